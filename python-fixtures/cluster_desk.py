"""
A desk of vnpy's own applications, unmodified, behind vnpy_rpcservice's RpcGateway: a CTA strategy that sends twenty equal orders, a
spread that trades its two legs, and a recorder. Reports what each of them has seen, and ends.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import peer_runtime

ACTIVE: str = "rb2705.SHFE"
PASSIVE: str = "IF2703.CFFEX"
ORDERS: int = 20
PATIENCE: float = 100


def main() -> None:
    """
    Run the applications, one after the other where one would move the other's positions.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_client_arguments(parser)
    args: argparse.Namespace = parser.parse_args()

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start()
    from vnpy.event import EventEngine
    from vnpy.trader.engine import MainEngine
    from vnpy_ctastrategy import CtaStrategyApp
    from vnpy_datarecorder import DataRecorderApp
    from vnpy_rpcservice import RpcGateway
    from vnpy_spreadtrading import SpreadTradingApp

    main_engine: Any = MainEngine(EventEngine())
    main_engine.add_gateway(RpcGateway)
    cta, spread, recorder = (main_engine.add_app(app) for app in (CtaStrategyApp, SpreadTradingApp, DataRecorderApp))
    main_engine.connect({"主动请求地址": args.request, "推送订阅地址": args.publish}, "RPC")
    wait(lambda: main_engine.get_contract(ACTIVE) and main_engine.get_contract(PASSIVE))
    peer.ready(request=args.request, publish=args.publish)

    for record in (recorder.add_tick_recording, recorder.add_bar_recording):
        record(ACTIVE)
    peer.report({"cta": run_cta(main_engine, cta)})
    peer.report({"spread": run_spread(main_engine, spread)})
    peer.report({"recorder": read_recorder()})
    main_engine.close()
    peer.report({"done": True})
    peer.end()


def wait(condition: Callable[[], Any], timeout: float = PATIENCE) -> Any:
    """
    Wait for something true, and return it.
    """
    deadline: float = time.monotonic() + timeout
    while True:
        found: Any = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError("not in time")
        time.sleep(0.05)


def run_cta(main_engine: Any, cta: Any) -> dict[str, Any]:
    """
    Let a strategy send its orders, all of them equal, and wait until each is over.
    """
    from vnpy_ctastrategy import CtaTemplate

    class TwentyOrders(CtaTemplate):
        """
        Buys one lot twenty times at its first tick.
        """

        author: str = "vnpy-bridge"
        sent: int = 0
        traded: int = 0
        variables: list[str] = ["sent", "traded"]

        def on_init(self) -> None:
            """Nothing to load."""

        def on_start(self) -> None:
            """Nothing to do before a tick."""

        def on_tick(self, tick: Any) -> None:
            """Send all of them, with the one reference that the application gives."""
            if self.sent:
                return
            price: float = tick.ask_price_1 + 20 * self.get_pricetick()
            for _ in range(ORDERS):
                self.sent += len(self.buy(price, 1))

        def on_trade(self, trade: Any) -> None:
            """Count."""
            self.traded += int(trade.volume)

    cta.init_engine()
    cta.classes["TwentyOrders"] = TwentyOrders
    cta.add_strategy("TwentyOrders", "twenty", ACTIVE, {})
    cta.init_strategy("twenty").result(PATIENCE)
    cta.start_strategy("twenty")
    strategy: Any = cta.strategies["twenty"]
    wait(lambda: strategy.traded >= ORDERS)
    orders: list[Any] = [order for order in main_engine.get_all_orders() if order.reference == "CtaStrategy_twenty"]
    return {
        "sent": strategy.sent,
        "traded": strategy.traded,
        "pos": strategy.pos,
        "orders": len({order.vt_orderid for order in orders}),
        "status": dict(Counter(order.status.name for order in orders)),
    }


def run_spread(main_engine: Any, spread: Any) -> dict[str, Any]:
    """
    Let the application's own strategy buy a pair of legs, and wait until both are there.
    """
    spread.start()
    spread.data_engine.add_spread(
        name="pair",
        leg_settings=[
            {"variable": "A", "vt_symbol": ACTIVE, "trading_direction": 1, "trading_multiplier": 1},
            {"variable": "B", "vt_symbol": PASSIVE, "trading_direction": -1, "trading_multiplier": -1},
        ],
        price_formula="A-B",
        active_symbol=ACTIVE,
        min_volume=1,
        save=False,
    )
    # It buys below a price that is never reached, and does not sell what it has.
    setting: dict[str, Any] = {
        "buy_price": 1e6, "sell_price": 1e9, "cover_price": -1e9, "short_price": 1e9, "max_pos": 2, "payup": 20, "interval": 1,
    }
    engine: Any = spread.strategy_engine
    engine.add_strategy("BasicSpreadStrategy", "basic", "pair", setting)
    strategy: Any = engine.strategies["basic"]
    # At whatever time of the day.
    strategy.start_time, strategy.end_time = "00:00:00", "23:59:59"
    engine.init_strategy("basic").result(PATIENCE)
    engine.start_strategy("basic")
    legs: dict[str, Any] = spread.data_engine.legs

    def is_done() -> bool:
        """Both legs of both lots."""
        pair: Any = spread.data_engine.get_spread("pair")
        return bool(pair.net_pos == 2 and len(traded()) >= 2)

    def traded() -> dict[str, float]:
        """Signed volume of the trades of the strategy's orders by leg."""
        own: set[str] = {
            order.vt_orderid for order in main_engine.get_all_orders() if order.reference == "SpreadTrading_pair"
        }
        volumes: Counter[str] = Counter()
        for trade in main_engine.get_all_trades():
            if trade.vt_orderid in own:
                volumes[trade.vt_symbol] += trade.volume if trade.direction.name == "LONG" else -trade.volume
        return dict(volumes)

    wait(is_done)
    engine.stop_strategy("basic")
    return {"net_pos": spread.data_engine.get_spread("pair").net_pos, "traded": traded(), "legs": sorted(legs)}


def read_recorder() -> dict[str, Any]:
    """
    Wait until ticks and a bar of the recorder are in the database, and read them.
    """
    from datetime import datetime, timedelta

    from vnpy.trader.constant import Exchange, Interval
    from vnpy.trader.database import DB_TZ, get_database

    database: Any = get_database()
    start: datetime = datetime.now(DB_TZ) - timedelta(hours=1)
    end: datetime = start + timedelta(hours=2)
    bars: list[Any] = wait(lambda: database.load_bar_data("rb2705", Exchange.SHFE, Interval.MINUTE, start, end))
    ticks: list[Any] = wait(lambda: database.load_tick_data("rb2705", Exchange.SHFE, start, end))
    return {"ticks": len(ticks), "bars": len(bars), "rising": all(a.datetime < b.datetime for a, b in zip(ticks, ticks[1:]))}


if __name__ == "__main__":
    main()
