"""
A vnpy process with applications: MainEngine, RpcServiceApp, CTA, spread, algo and more, and the control of examples/app_control.py.
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
    parser.add_argument("--rate", type=float, default=5.0, help="ticks a second and contract (default: %(default)s)")
    args: argparse.Namespace = parser.parse_args()

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start()
    from app_desk import control_example, make_desk
    from describe import describe

    main_engine: Any = make_desk(args.rate)
    peer.at_end(main_engine.get_gateway("SIM").close)
    rpc_engine: Any = main_engine.get_engine("RpcService")
    control_example().register(main_engine)

    request: str = peer_runtime.resolve_address(args.request)
    publish: str = peer_runtime.resolve_address(args.publish)
    if not rpc_engine.start(request, publish):
        peer.fail(f"vnpy's RpcEngine could not bind {request} and {publish}", peer_runtime.EXIT_ADDRESS_IN_USE)
    peer.ready(request=request, publish=publish)

    scope: dict[str, Any] = {"main_engine": main_engine}
    peer.serve({"eval": lambda code: describe(eval(code, scope))}, args.exit_with_parent)


if __name__ == "__main__":
    main()
