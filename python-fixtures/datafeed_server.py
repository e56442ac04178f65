"""
vnpy_rpcservice's DatafeedServer in front of a simulated datafeed.
"""

import argparse

import peer_runtime


def main() -> None:
    """
    Start the server, report that it is ready, run until told to end.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_server_arguments(parser)
    args: argparse.Namespace = parser.parse_args()

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start({"datafeed.name": "simdata"})
    from vnpy.event import EventEngine
    from vnpy_rpcservice import DatafeedServer

    from describe import describe

    event_engine: EventEngine = EventEngine()
    server: DatafeedServer = DatafeedServer(event_engine)
    addresses: dict[str, str] = peer.bind(server, args)
    event_engine.start()

    peer.ready(**addresses)
    peer.serve({"eval": lambda code: describe(eval(code, {"server": server}))}, args.exit_with_parent)


if __name__ == "__main__":
    main()
