"""
A real MainEngine with vnpy_rpcservice's RpcGateway, driven by lines of JSON: what a Python user sees of a server.
"""

import argparse
import time
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

import peer_runtime


def main() -> None:
    """
    Start the engines, connect if told so, then execute commands.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_client_arguments(parser)
    parser.add_argument("--connect", action="store_true", help="connect before reporting ready")
    parser.add_argument("--quiet", action="store_true", help="count events, do not report them")
    args: argparse.Namespace = parser.parse_args()

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start()
    from vnpy.event import EVENT_TIMER, Event, EventEngine
    from vnpy.trader import constant, object as objects
    from vnpy.trader.engine import MainEngine
    from vnpy.trader.utility import extract_vt_symbol
    from vnpy_rpcservice import RpcGateway

    from describe import describe

    event_engine: EventEngine = EventEngine()
    main_engine: MainEngine = MainEngine(event_engine)
    gateway: Any = main_engine.add_gateway(RpcGateway)
    counts: dict[str, int] = {}
    reported: bool = not args.quiet

    def on_event(event: Event) -> None:
        if event.type == EVENT_TIMER:
            return
        counts[event.type] = counts.get(event.type, 0) + 1
        if reported:
            peer.report({"event": event.type, "data": describe(event.data)})

    event_engine.register_general(on_event)

    def connect(request: str = args.request, publish: str = args.publish) -> None:
        main_engine.connect({"主动请求地址": request, "推送订阅地址": publish}, gateway.gateway_name)

    def subscribe(vt_symbol: str) -> None:
        symbol, exchange = extract_vt_symbol(vt_symbol)
        main_engine.subscribe(objects.SubscribeRequest(symbol, exchange), gateway.gateway_name)

    def send_order(
        vt_symbol: str,
        direction: str,
        volume: float,
        price: float = 0,
        type: str = "LIMIT",
        offset: str = "NONE",
        reference: str = "",
    ) -> str:
        symbol, exchange = extract_vt_symbol(vt_symbol)
        request: objects.OrderRequest = objects.OrderRequest(
            symbol=symbol,
            exchange=exchange,
            direction=constant.Direction[direction],
            type=constant.OrderType[type],
            volume=volume,
            price=price,
            offset=constant.Offset[offset],
            reference=reference,
        )
        return main_engine.send_order(request, gateway.gateway_name)

    def cancel_order(vt_orderid: str) -> None:
        order: objects.OrderData | None = main_engine.get_order(vt_orderid)
        if order is None:
            raise KeyError(f"this engine knows no order {vt_orderid}")
        main_engine.cancel_order(order.create_cancel_request(), gateway.gateway_name)

    def query_history(vt_symbol: str, start: str, end: str | None = None, interval: str = "MINUTE") -> dict[str, Any]:
        request: objects.HistoryRequest = peer_runtime.history_request(vt_symbol, start, end, interval)
        return describe(main_engine.query_history(request, gateway.gateway_name))

    def get(kind: str, key: str) -> dict[str, Any]:
        return describe(getattr(main_engine, f"get_{kind}")(key))

    def get_all(kind: str) -> dict[str, Any]:
        return describe(getattr(main_engine, f"get_all_{kind}")())

    def wait(kind: str, key: str, fields: dict[str, Any], timeout: float = 10) -> dict[str, Any]:
        """Wait until get_<kind>(key) has these values; of an enum the member's name counts."""
        deadline: float = time.monotonic() + timeout
        while True:
            found: Any = getattr(main_engine, f"get_{kind}")(key)
            if is_dataclass(found) and all(_plain(getattr(found, name)) == value for name, value in fields.items()):
                return describe(found)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{kind} {key} is {found!r} after {timeout} s, not {fields}")
            time.sleep(0.01)

    def report_events(on: bool) -> None:
        nonlocal reported
        reported = on

    scope: dict[str, Any] = {"main_engine": main_engine, "gateway": gateway, **vars(objects), **vars(constant)}
    if args.connect:
        connect()
    peer.ready(request=args.request, publish=args.publish, connected=args.connect)
    peer.serve_commands({
        "connect": connect,
        "subscribe": subscribe,
        "send_order": send_order,
        "cancel_order": cancel_order,
        "query_history": query_history,
        "get": get,
        "get_all": get_all,
        "wait": wait,
        "counts": lambda: dict(counts),
        "report_events": report_events,
        "receiving": lambda: gateway.client._thread is not None and gateway.client._thread.is_alive(),
        "eval": lambda code: describe(eval(code, scope)),
    })


def _plain(value: object) -> object:
    """An enum member's name, any other value as it is."""
    return value.name if isinstance(value, Enum) else value


if __name__ == "__main__":
    main()
