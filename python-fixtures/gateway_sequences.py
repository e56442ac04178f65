"""What vnpy's real gateway classes tell of orders, driven through a stubbed broker API.

    pip install --no-deps vnpy==4.5.0 vnpy_okx==2026.6.10 vnpy_binance==2026.8.5 vnpy_rest==1.2.0 vnpy_websocket==1.1.1
    pip install numpy tzlocal loguru aiohttp requests websocket-client ta-lib vnpy_ctp
    python python-fixtures/gateway_sequences.py > python-fixtures/data/gateway-sequences.json

The classes are unmodified. What stands in for the broker are the packets that its documentation shows, and a transport that
sends nothing. vnpy_ctp is left out where it cannot be installed: it has to be compiled.

Each step is a pickled Event as RpcService would publish it, or what `send_order` returned.
"""

import base64
import json
import pickle
import sys

from vnpy.event import Event
from vnpy.trader.constant import Direction, Exchange, Offset, OrderType, Product
from vnpy.trader.object import ContractData, OrderRequest


class Recorder:
    """In place of the event engine."""

    def __init__(self) -> None:
        self.steps: list[dict] = []

    def put(self, event: Event) -> None:
        # A server adds the second event, under the longer type.
        if event.type not in ("eOrder.", "eTrade."):
            return
        # Now: some gateways change the object after they have told it.
        data = pickle.dumps(event, pickle.DEFAULT_PROTOCOL)
        self.steps.append({"event": base64.b64encode(data).decode()})

    def register(self, *_: object) -> None:
        pass

    def sent(self, vt_orderid: str) -> None:
        self.steps.append({"sent": vt_orderid})


def request(symbol: str, exchange: Exchange, **changes: object) -> OrderRequest:
    fields = {
        "symbol": symbol,
        "exchange": exchange,
        "direction": Direction.LONG,
        "type": OrderType.LIMIT,
        "volume": 5.0,
        "price": 3500.0,
        "offset": Offset.OPEN,
        "reference": "vb-test",
        **changes,
    }
    return OrderRequest(**fields)


def contract(gateway_name: str, symbol: str, name: str, extra: dict) -> ContractData:
    made = ContractData(
        gateway_name=gateway_name,
        symbol=symbol,
        exchange=Exchange.GLOBAL,
        name=name,
        product=Product.SWAP,
        size=1,
        pricetick=0.1,
        min_volume=0.001,
    )
    made.extra = extra
    return made


def okx() -> dict[str, list[dict]]:
    from vnpy_okx import OkxGateway

    def gateway() -> tuple[OkxGateway, Recorder]:
        recorder = Recorder()
        made = OkxGateway(recorder, "OKX")
        extra = {"instIdCode": 1, "instType": "SWAP"}
        made.on_contract(contract("OKX", "BTCUSDT_SWAP_OKX", "BTC-USDT-SWAP", extra))
        made.private_api.send_packet = lambda packet: True
        made.private_api.connect_time = 261129090000
        return made, recorder

    def packet(orderid: str, state: str, filled: str = "0", fill: str = "0", **changes: str) -> dict:
        row = {
            "instType": "SWAP", "instId": "BTC-USDT-SWAP", "ordId": "77", "clOrdId": orderid, "side": "buy",
            "ordType": "limit", "px": "3500", "sz": "5", "accFillSz": filled, "fillSz": fill, "fillPx": "3500",
            "tradeId": f"t{filled}", "state": state, "cTime": "1795940000000", "uTime": "1795940001000", **changes,
        }
        return {"arg": {"channel": "orders"}, "data": [row]}

    sequences = {}

    made, recorder = gateway()
    vt_orderid = made.send_order(request("BTCUSDT_SWAP_OKX", Exchange.GLOBAL))
    recorder.sent(vt_orderid)
    orderid = vt_orderid.removeprefix("OKX.")
    for step in [("live",), ("partially_filled", "2", "2"), ("filled", "5", "3")]:
        made.private_api.on_order(packet(orderid, *step))
    # After a new login the private channel and the query tell working orders; an order that is done may come late.
    made.private_api.on_order(packet(orderid, "filled", "5", "0"))
    sequences["okx: filled in two, told again after a login"] = recorder.steps

    made, recorder = gateway()
    recorder.sent(vt_orderid := made.send_order(request("BTCUSDT_SWAP_OKX", Exchange.GLOBAL)))
    orderid = vt_orderid.removeprefix("OKX.")
    made.private_api.on_order(packet(orderid, "partially_filled", "2", "2"))
    # Amended at the broker's own page.
    made.private_api.on_order(packet(orderid, "partially_filled", "2", "0", px="3490", sz="4"))
    made.rest_api.on_query_order({"data": packet(orderid, "partially_filled", "2", "0", px="3490", sz="4")["data"]}, None)
    made.private_api.on_order(packet(orderid, "canceled", "2", "0", px="3490", sz="4"))
    sequences["okx: amended, listed at a login, cancelled"] = recorder.steps

    made, recorder = gateway()
    recorder.sent(vt_orderid := made.send_order(request("BTCUSDT_SWAP_OKX", Exchange.GLOBAL)))
    orderid = vt_orderid.removeprefix("OKX.")
    failed = {"id": "1", "code": "1", "data": [{"sCode": "51008", "clOrdId": orderid, "sMsg": "insufficient"}]}
    made.private_api.on_send_order(failed)
    # The answer of an earlier try came late, and the order works.
    made.private_api.on_order(packet(orderid, "live"))
    made.private_api.on_order(packet(orderid, "filled", "5", "5"))
    sequences["okx: rejected by a late answer, and working"] = recorder.steps
    return sequences


def binance() -> dict[str, list[dict]]:
    from vnpy_binance import BinanceLinearGateway

    def gateway() -> tuple[BinanceLinearGateway, Recorder]:
        recorder = Recorder()
        made = BinanceLinearGateway(recorder, "BINANCE_LINEAR")
        made.on_contract(contract("BINANCE_LINEAR", "BTCUSDT_SWAP_BINANCE", "BTCUSDT", {}))
        made.trade_api.send_packet = lambda packet: True
        made.trade_api.key, made.trade_api.secret = "key", b"secret"
        made.trade_api.order_prefix = "261129090000"
        return made, recorder

    def packet(orderid: str, status: str, filled: str = "0", last: str = "0", kind: str = "LIMIT", price: str = "3500") -> dict:
        row = {
            "s": "BTCUSDT", "c": orderid, "S": "BUY", "o": kind, "f": "GTC", "q": "5", "p": price, "X": status,
            "z": filled, "l": last, "L": "3500", "t": 900 + int(filled), "T": 1795940001000,
        }
        return {"e": "ORDER_TRADE_UPDATE", "E": 1795940001000, "o": row}

    sequences = {}

    made, recorder = gateway()
    recorder.sent(vt_orderid := made.send_order(request("BTCUSDT_SWAP_BINANCE", Exchange.GLOBAL)))
    orderid = vt_orderid.removeprefix("BINANCE_LINEAR.")
    for step in [("NEW",), ("PARTIALLY_FILLED", "2", "2")]:
        made.user_api.on_order(packet(orderid, *step))
    row = {
        "type": "LIMIT", "timeInForce": "GTC", "symbol": "BTCUSDT", "clientOrderId": orderid, "price": "3500",
        "origQty": "5", "side": "BUY", "executedQty": "4", "status": "PARTIALLY_FILLED", "time": 1795940000000,
    }
    made.rest_api.on_query_order([row], None)
    # The user stream is behind the query.
    made.user_api.on_order(packet(orderid, "PARTIALLY_FILLED", "3", "1"))
    made.user_api.on_order(packet(orderid, "PARTIALLY_FILLED", "4", "1"))
    made.user_api.on_order(packet(orderid, "FILLED", "5", "1"))
    sequences["binance: a query ahead of the stream"] = recorder.steps

    made, recorder = gateway()
    market = request("BTCUSDT_SWAP_BINANCE", Exchange.GLOBAL, type=OrderType.MARKET, price=3600.0)
    recorder.sent(vt_orderid := made.send_order(market))
    orderid = vt_orderid.removeprefix("BINANCE_LINEAR.")
    made.user_api.on_order(packet(orderid, "NEW", kind="MARKET", price="0"))
    made.user_api.on_order(packet(orderid, "FILLED", "5", "5", kind="MARKET", price="0"))
    sequences["binance: a market order, told without its price"] = recorder.steps

    made, recorder = gateway()
    recorder.sent(vt_orderid := made.send_order(request("BTCUSDT_SWAP_BINANCE", Exchange.GLOBAL)))
    orderid = vt_orderid.removeprefix("BINANCE_LINEAR.")
    made.trade_api.on_send_order({"id": made.trade_api.reqid, "error": {"code": -1007, "msg": "Timeout waiting for response"}})
    # The error said that the status is unknown: the order works all the same.
    made.user_api.on_order(packet(orderid, "NEW"))
    made.user_api.on_order(packet(orderid, "CANCELED"))
    sequences["binance: rejected for a timeout, and working"] = recorder.steps
    return sequences


def ctp() -> dict[str, list[dict]]:
    from vnpy_ctp import CtpGateway
    from vnpy_ctp.gateway.ctp_gateway import symbol_contract_map

    symbol_contract_map["rb2705"] = ContractData(
        gateway_name="CTP", symbol="rb2705", exchange=Exchange.SHFE, name="rb2705", product=Product.FUTURES, size=10, pricetick=1,
    )

    def gateway() -> tuple[CtpGateway, Recorder]:
        recorder = Recorder()
        made = CtpGateway(recorder, "CTP")
        made.td_api.reqOrderInsert = lambda req, reqid: 0
        made.td_api.frontid, made.td_api.sessionid, made.td_api.contract_inited = 1, 100, True
        return made, recorder

    def order(status: str, traded: int = 0, ref: str = "1", session: int = 100, **changes: object) -> dict:
        return {
            "FrontID": 1, "SessionID": session, "OrderRef": ref, "InstrumentID": "rb2705", "ExchangeID": "SHFE",
            "InsertDate": "20261129", "InsertTime": "09:00:00", "OrderPriceType": "2", "TimeCondition": "3",
            "VolumeCondition": "1", "OrderSubmitStatus": "3", "OrderStatus": status, "OrderSysID": f"sys{ref}",
            "Direction": "0", "CombOffsetFlag": "0", "LimitPrice": 3500.0, "VolumeTotalOriginal": 5,
            "VolumeTraded": traded, "StatusMsg": "", **changes,
        }

    def fill(tradeid: str, volume: int, ref: str = "1") -> dict:
        return {
            "InstrumentID": "rb2705", "ExchangeID": "SHFE", "OrderSysID": f"sys{ref}", "TradeID": tradeid, "Direction": "0",
            "OffsetFlag": "0", "Price": 3500.0, "Volume": volume, "TradeDate": "20261129", "TradeTime": "09:00:01",
        }

    def day(made: CtpGateway) -> None:
        td_api = made.td_api
        td_api.onRtnOrder(order("a"))
        td_api.onRtnOrder(order("1", 2))
        td_api.onRtnTrade(fill("t1", 2))
        td_api.onRtnOrder(order("0", 5))
        td_api.onRtnTrade(fill("t2", 3))
        td_api.onRtnOrder(order("a", ref="2"))
        td_api.onRtnOrder(order("5", ref="2"))

    sequences = {}
    made, recorder = gateway()
    recorder.sent(made.send_order(request("rb2705", Exchange.SHFE)))
    day(made)
    # A new login tells the day again (the private topic is subscribed with RESTART), under another session.
    made.td_api.sessionid = 101
    day(made)
    made.td_api.order_ref = 0
    recorder.sent(made.send_order(request("rb2705", Exchange.SHFE)))
    made.td_api.onRtnOrder(order("3", ref="1", session=101))
    made.td_api.onRtnOrder(order("0", 5, ref="1", session=101, OrderSysID="sys9"))
    sequences["ctp: the day told again after a login"] = recorder.steps
    return sequences


def main() -> None:
    sequences: dict[str, list[dict]] = {}
    for make in (okx, binance, ctp):
        try:
            sequences.update(make())
        except ImportError as error:
            print(f"{make.__name__} is left out: {error}", file=sys.stderr)
    json.dump(sequences, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
