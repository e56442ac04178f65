"""
A desk of vnpy's own applications, unmodified, on the market that `vnpy-bridge serve --simulate` simulates, for a time: a CTA strategy
that turns round again and again, a spread, an algorithm, and OptionMaster with a chain. Reports what each of them has done, and ends.
"""

import argparse
import time
from typing import Any

import peer_runtime
from cluster_desk import ACTIVE, PATIENCE, run_spread, wait

PORTFOLIO: str = "IO.CFFEX"
CHAIN: str = "IO2703.CFFEX"
FUTURE: str = "IF2703.CFFEX"


def main() -> None:
    """
    Start the applications, let them run, and look at what they have.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_client_arguments(parser)
    parser.add_argument("--seconds", type=float, default=60, help="how long they run (default: %(default)s)")
    args: argparse.Namespace = parser.parse_args()

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start()
    from vnpy.event import EventEngine
    from vnpy.trader.engine import MainEngine
    from vnpy_algotrading import AlgoTradingApp
    from vnpy_ctastrategy import CtaStrategyApp
    from vnpy_optionmaster import OptionMasterApp
    from vnpy_rpcservice import RpcGateway
    from vnpy_spreadtrading import SpreadTradingApp

    main_engine: Any = MainEngine(EventEngine())
    main_engine.add_gateway(RpcGateway)
    apps: tuple[Any, ...] = (CtaStrategyApp, SpreadTradingApp, AlgoTradingApp, OptionMasterApp)
    cta, spread, algo, option = (main_engine.add_app(app) for app in apps)
    main_engine.connect({"主动请求地址": args.request, "推送订阅地址": args.publish}, "RPC")
    wait(lambda: main_engine.get_contract(ACTIVE) and PORTFOLIO in option.get_portfolio_names())
    peer.ready(request=args.request, publish=args.publish)

    end: float = time.monotonic() + args.seconds
    peer.report({"spread": run_spread(main_engine, spread)})
    strategy: Any = start_cta(cta)
    portfolio: Any = start_options(option)
    peer.report({"algo": {"done": run_algos(algo, end)}})
    # What the slow one has begun may need a moment more.
    wait(lambda: strategy.turns >= 2)
    cta.stop_strategy("turning")
    peer.report({"cta": {"turns": strategy.turns, "bars": strategy.bars}})
    peer.report({"option": describe_options(portfolio)})
    peer.report({"alive": main_engine.event_engine._thread.is_alive()})
    main_engine.close()
    peer.report({"done": True})
    peer.end()


def start_cta(cta: Any) -> Any:
    """
    Start a strategy that is long and short in turn, with stop orders and with limit orders.
    """
    from vnpy_ctastrategy import CtaTemplate

    class Turning(CtaTemplate):
        """
        Turns round at every tenth tick.
        """

        author: str = "vnpy-bridge"
        turns: int = 0
        bars: int = 0
        seen: int = 0
        variables: list[str] = ["turns", "bars", "seen"]

        def on_init(self) -> None:
            """Load history, as strategies do."""
            self.load_bar(3)

        def on_bar(self, bar: Any) -> None:
            """Count."""
            self.bars += 1

        def on_tick(self, tick: Any) -> None:
            """Turn round, with what is still open cancelled first."""
            self.seen += 1
            if self.seen % 10 != 0:
                return
            self.cancel_all()
            if self.pos > 0:
                self.sell(tick.bid_price_1 - 5, abs(self.pos))
            elif self.pos < 0:
                self.cover(tick.ask_price_1 + 5, abs(self.pos))
            elif self.turns % 2 == 0:
                self.buy(tick.ask_price_1 + 5, 2)
            else:
                self.short(tick.last_price + 1, 2, stop=True)

        def on_trade(self, trade: Any) -> None:
            """Count."""
            self.turns += 1

    cta.init_engine()
    cta.classes["Turning"] = Turning
    cta.add_strategy("Turning", "turning", "rb2705.SHFE", {})
    cta.init_strategy("turning").result(PATIENCE)
    cta.start_strategy("turning")
    return cta.strategies["turning"]


def run_algos(algo: Any, end: float) -> int:
    """
    Let algorithms buy and sell in turn, one after the other, and return how many have done what they were to do.
    """
    from vnpy.trader.constant import Direction, Offset

    steps: tuple[tuple[Direction, Offset, float], ...] = (
        (Direction.LONG, Offset.OPEN, 4300),
        (Direction.SHORT, Offset.CLOSE, 3700),
    )
    algo.init_engine()
    done: int = 0
    while time.monotonic() < end or done < len(steps):
        direction, offset, price = steps[done % len(steps)]
        name: str = algo.start_algo("TwapAlgo", FUTURE, direction, offset, price, 2, {"time": 12, "interval": 2})
        one: Any = algo.algos[name]
        wait(lambda: one.traded >= 2 or one.status.name != "RUNNING")
        done += 1
    return done


def start_options(option: Any) -> Any:
    """
    Load the chain of the index, with its future as the underlying, as a user does in the window.
    """
    assert option.get_underlying_symbols(PORTFOLIO) == [FUTURE]
    option.update_portfolio_setting(PORTFOLIO, "Black-76 欧式期货期权", 0.0, {CHAIN: FUTURE})
    option.init_portfolio(PORTFOLIO)
    portfolio: Any = option.get_portfolio(PORTFOLIO)
    wait(lambda: all(one.tick for one in portfolio.options.values()))
    return portfolio


def describe_options(portfolio: Any) -> dict[str, Any]:
    """
    Return how many options there are, and the volatility that their prices imply at the money.
    """
    chain: Any = portfolio.chains[CHAIN]
    chain.calculate_atm_price()
    near: list[Any] = [chain.calls[chain.atm_index], chain.puts[chain.atm_index]]
    return {"options": len(portfolio.options), "impv": [one.mid_impv for one in near], "strikes": len(chain.indexes)}


if __name__ == "__main__":
    main()
