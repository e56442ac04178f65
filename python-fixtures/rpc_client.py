"""
A plain vnpy.rpc.RpcClient, driven by lines of JSON: what Python's own client makes of a server.
"""

import argparse
import time
from typing import Any

import peer_runtime


def main() -> None:
    """
    Connect, report that it is ready, then execute commands.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_client_arguments(parser)
    parser.add_argument("--topic", action="append", default=[], help="topic to subscribe; may be repeated; '' is all")
    parser.add_argument("--quiet", action="store_true", help="count events, do not report them")
    args: argparse.Namespace = parser.parse_args()

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start()
    from vnpy.rpc import RpcClient
    from vnpy.trader import constant, object as objects

    from describe import describe

    class Client(RpcClient):
        """
        The client as vnpy wants it used: a subclass with a callback.
        """

        def __init__(self) -> None:
            """Start counting."""
            super().__init__()
            self.counts: dict[str, int] = {}
            self.first_at: float = 0.0
            self.last_at: float = 0.0
            self.disconnected: int = 0

        def callback(self, topic: str, data: object) -> None:
            """Count and report an event."""
            self.last_at = time.perf_counter()
            self.first_at = self.first_at or self.last_at
            self.counts[topic] = self.counts.get(topic, 0) + 1
            if not args.quiet:
                peer.report({"event": topic, "data": describe(data)})

        def on_disconnected(self) -> None:
            """Report that the server has been silent for too long."""
            self.disconnected += 1
            super().on_disconnected()
            peer.report({"disconnected": self.disconnected})

    client: Client = Client()
    scope: dict[str, Any] = {"client": client, **vars(objects), **vars(constant)}

    def call(
        name: str,
        args: list[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
        code: str = "",
        timeout: int | None = None,
        repeat: int = 1,
    ) -> dict[str, Any]:
        """Call a function; `code` is a Python expression for args where JSON does not do, e.g. "((1, 2), b'x')"."""
        positional: tuple[Any, ...] = tuple(eval(code, scope)) if code else tuple(args or ())
        named: dict[str, Any] = dict(kwargs or {})
        if timeout is not None:
            named["timeout"] = timeout
        result: Any = None
        began: float = time.perf_counter()
        for _ in range(repeat):
            result = getattr(client, name)(*positional, **named)
        return {"returned": describe(result), "ms": (time.perf_counter() - began) * 1000}

    def counts() -> dict[str, Any]:
        assert client._thread is not None
        return {
            "topics": dict(client.counts),
            "total": sum(client.counts.values()),
            "seconds": client.last_at - client.first_at,
            "heartbeat": client._last_received_ping,
            "receiving": client._thread.is_alive(),
        }

    def wait_events(count: int, timeout: float = 10) -> dict[str, Any]:
        """Wait until so many events have come since the start."""
        deadline: float = time.monotonic() + timeout
        while sum(client.counts.values()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{sum(client.counts.values())} of {count} events after {timeout} s")
            time.sleep(0.005)
        return counts()

    def stop() -> float:
        """Stop as vnpy does, and return how many seconds it took."""
        began: float = time.perf_counter()
        client.stop()
        client.join()
        return time.perf_counter() - began

    for topic in args.topic:
        client.subscribe_topic(topic)
    client.start(args.request, args.publish)
    peer.ready(request=args.request, publish=args.publish)
    peer.serve_commands({
        "call": call,
        "subscribe": client.subscribe_topic,
        "counts": counts,
        "wait_events": wait_events,
        "stop": stop,
        "eval": lambda code: describe(eval(code, scope)),
    })


if __name__ == "__main__":
    main()
