"""
A real MainEngine with vnpy_rpcservice's RpcGateway, driven by lines of JSON: what a Python user sees of a server.
"""

import argparse

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
    from gateway_desk import Desk

    desk: Desk = Desk(peer, args.request, args.publish, reported=not args.quiet)
    if args.connect:
        desk.connect()
    peer.ready(request=args.request, publish=args.publish, connected=args.connect)
    peer.serve_commands(desk.commands())


if __name__ == "__main__":
    main()
