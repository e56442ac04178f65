"""
A vnpy process as a trading desk runs it: MainEngine, RpcServiceApp, and a gateway to a simulated exchange.
"""

import argparse
from typing import Any

import peer_runtime


def main() -> None:
    """
    Start the engines, report that they are ready, run until told to end.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_server_arguments(parser)
    parser.add_argument("--rate", type=float, default=2.0, help="ticks a second and contract (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random walk (default: %(default)s)")
    parser.add_argument("--contracts", type=int, default=0, help="synthetic contracts beside the standard ones")
    parser.add_argument("--history-days", type=int, default=365, help="how far back bars go (default: %(default)s)")
    parser.add_argument("--journal", default="", help="file for a JSON line for each order, cancel and trade executed")
    parser.add_argument("--gateway", default="SIM", help="name of the gateway (default: %(default)s)")
    args: argparse.Namespace = parser.parse_args()
    journal: str = peer_runtime.absolute(args.journal)

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start()
    from vnpy.event import Event, EventEngine
    from vnpy.trader import constant, object as objects
    from vnpy.trader.engine import MainEngine
    from vnpy.trader.gateway import BaseGateway
    from vnpy_rpcservice import RpcServiceApp

    from describe import describe
    from drain import drain
    from sim_gateway import SimGateway

    event_engine: EventEngine = EventEngine()
    main_engine: MainEngine = MainEngine(event_engine)
    gateway: BaseGateway = main_engine.add_gateway(SimGateway, args.gateway)
    peer.at_end(gateway.close)
    rpc_engine: Any = main_engine.add_app(RpcServiceApp)

    main_engine.connect({
        "rate": args.rate,
        "seed": args.seed,
        "contracts": args.contracts,
        "history_days": args.history_days,
        "journal": journal,
    }, args.gateway)

    # Ready means that a client sees every contract: what connect has pushed must be through the event queue.
    drain(event_engine)

    request: str = peer_runtime.resolve_address(args.request)
    publish: str = peer_runtime.resolve_address(args.publish)
    if not rpc_engine.start(request, publish):
        peer.fail(f"vnpy's RpcEngine could not bind {request} and {publish}", peer_runtime.EXIT_ADDRESS_IN_USE)
    peer.ready(request=request, publish=publish, contracts=len(main_engine.get_all_contracts()))

    scope: dict[str, Any] = {
        **vars(objects),
        **vars(constant),
        "main_engine": main_engine,
        "rpc_engine": rpc_engine,
        "gateway": gateway,
        "Event": Event,
    }
    peer.serve({"eval": lambda code: describe(eval(code, scope))}, args.exit_with_parent)


if __name__ == "__main__":
    main()
