"""
vnpy's datafeed `rpcservice`, driven by lines of JSON: what a Python user gets of a datafeed server.
"""

import argparse
from typing import Any

import peer_runtime


def main() -> None:
    """
    Connect as vnpy does, report that it is ready, then execute commands.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_client_arguments(parser)
    args: argparse.Namespace = parser.parse_args()

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start({
        "datafeed.name": "rpcservice",
        "datafeed.username": args.request,
        "datafeed.password": args.publish,
    })
    from vnpy.trader.datafeed import BaseDatafeed, get_datafeed

    from describe import describe

    datafeed: BaseDatafeed = get_datafeed()
    outputs: list[str] = []
    datafeed.init(outputs.append)

    def query(function: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        outputs.clear()
        data: list[Any] = function(peer_runtime.history_request(**arguments), outputs.append)
        return {"data": describe(data), "count": len(data), "outputs": list(outputs)}

    def bars(vt_symbol: str, start: str, end: str | None = None, interval: str = "MINUTE") -> dict[str, Any]:
        return query(
            datafeed.query_bar_history, {"vt_symbol": vt_symbol, "start": start, "end": end, "interval": interval}
        )

    def ticks(vt_symbol: str, start: str, end: str | None = None) -> dict[str, Any]:
        return query(
            datafeed.query_tick_history, {"vt_symbol": vt_symbol, "start": start, "end": end, "interval": "TICK"}
        )

    peer.ready(request=args.request, publish=args.publish)
    scope: dict[str, Any] = {"datafeed": datafeed}
    peer.serve_commands({"bars": bars, "ticks": ticks, "eval": lambda code: describe(eval(code, scope))})


if __name__ == "__main__":
    main()
