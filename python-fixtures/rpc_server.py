"""
A plain vnpy.rpc.RpcServer: functions that return, raise and wait in every way, and a publisher of events.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from functools import wraps
from typing import Any, TextIO

import peer_runtime


class Unknown:
    """
    A class that no client has: `__main__.Unknown`.
    """

    def __init__(self, value: object) -> None:
        """Keep a value."""
        self.value: object = value


class Journal:
    """
    What was really executed, in memory and, if asked, in a file.
    """

    def __init__(self, path: str) -> None:
        """Open the file, unless the path is ''."""
        self.calls: list[dict[str, Any]] = []
        self._file: TextIO | None = open(path, "a", encoding="utf-8") if path else None

    def recorded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function so that each call is noted before it runs."""
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            record: dict[str, Any] = {"name": function.__name__, "args": repr(args), "kwargs": repr(kwargs)}
            self.calls.append(record)
            if self._file:
                self._file.write(json.dumps({"time": time.time(), **record}) + "\n")
                self._file.flush()
            return function(*args, **kwargs)

        return call


class Publisher:
    """
    Publishes events from a thread of its own, as vnpy's event engine does.
    """

    def __init__(self, publish: Callable[[str, object], None]) -> None:
        """Keep the server's publish function."""
        self._publish: Callable[[str, object], None] = publish
        self._stopped: threading.Event = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, count: int, rate: float, topic: str, payload: Callable[[int], object]) -> None:
        """Publish so many events, at a rate a second or (0) as fast as it goes."""
        self._stopped.clear()
        thread: threading.Thread = threading.Thread(target=self._run, args=(count, rate, topic, payload), daemon=True)
        self._threads = [old for old in self._threads if old.is_alive()] + [thread]
        thread.start()

    def stop(self) -> None:
        """Stop all that is being published."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def busy(self) -> bool:
        """Whether something is still being published."""
        return any(thread.is_alive() for thread in self._threads)

    def _run(self, count: int, rate: float, topic: str, payload: Callable[[int], object]) -> None:
        """Publish one series."""
        began: float = time.monotonic()
        for number in range(count):
            if rate:
                ahead: float = began + number / rate - time.monotonic()
                if ahead > 0 and self._stopped.wait(ahead):
                    return
            elif self._stopped.is_set():
                return
            self._publish(topic, payload(number))


def payloads() -> dict[str, Callable[[int], object]]:
    """
    Return the kinds of data that `publish` can send, by name; each is made from the number of the event.
    """
    from vnpy.event import Event
    from vnpy.trader.constant import Exchange
    from vnpy.trader.object import TickData

    def tick(number: int) -> TickData:
        return TickData(
            gateway_name="SIM",
            symbol="rb2705",
            exchange=Exchange.SHFE,
            datetime=datetime.now(timezone.utc),
            name="螺纹钢2705",
            volume=number,
            last_price=3500.5,
            bid_price_1=3500.0,
            ask_price_1=3501.0,
            bid_volume_1=12,
            ask_volume_1=7,
            localtime=datetime.now(),
        )

    return {
        "int": lambda number: number,
        "dict": lambda number: {"seq": number, "time": time.time()},
        "tick": tick,
        "event": lambda number: Event("eTick.", tick(number)),
        "big": lambda number: {"seq": number, "data": b"x" * 1_000_000},
        "unknown": Unknown,
    }


def functions(publisher: Publisher, journal: Journal) -> list[Callable[..., Any]]:
    """
    Return what the server offers.
    """
    kinds: dict[str, Callable[[int], object]] = payloads()

    def add(a: Any, b: Any) -> Any:
        return a + b

    def echo(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, kwargs

    def type_of(value: Any) -> tuple[str, str]:
        return peer_runtime.type_name(value), repr(value)

    def none() -> None:
        return None

    def raise_error(message: str = "failed on purpose") -> None:
        raise ValueError(message)

    def raise_key_error(key: str = "missing") -> Any:
        empty: dict[str, Any] = {}
        return empty[key]

    def sleep(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    def unpicklable() -> Any:
        return threading.Lock()

    def unknown(value: Any = None) -> Unknown:
        return Unknown(value)

    def big_list(count: int) -> list[int]:
        return list(range(count))

    def big_bytes(count: int) -> bytes:
        return bytes(count)

    def execute(uid: Any) -> Any:
        return uid

    def publish(count: int = 1, rate: float = 0, topic: str = "", kind: str = "dict") -> None:
        publisher.start(count, rate, topic, kinds[kind])

    def stop_publish() -> None:
        publisher.stop()

    recorded: list[Callable[..., Any]] = [
        add, echo, type_of, none, raise_error, raise_key_error, sleep, unpicklable, unknown, big_list, big_bytes,
        execute, publish, stop_publish,
    ]

    def executed(name: str = "") -> list[dict[str, Any]]:
        return [call for call in journal.calls if name in ("", call["name"])]

    def publishing() -> bool:
        return publisher.busy()

    return [journal.recorded(function) for function in recorded] + [executed, publishing]


def main() -> None:
    """
    Start the server, report that it is ready, run until told to end.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_server_arguments(parser)
    parser.add_argument("--journal", default="", help="file for a JSON line for each call executed")
    args: argparse.Namespace = parser.parse_args()
    journal: Journal = Journal(peer_runtime.absolute(args.journal))

    # vnpy is imported from here on: it looks for .vntrader in the current folder when it is.
    peer: peer_runtime.Peer = peer_runtime.start()
    from vnpy.rpc import RpcServer

    from describe import describe

    server: RpcServer = RpcServer()
    publisher: Publisher = Publisher(server.publish)
    for function in functions(publisher, journal):
        server.register(function)

    addresses: dict[str, str] = peer.bind(server, args)
    peer.ready(**addresses)
    peer.serve({
        "publish": lambda count=1, rate=0, topic="", kind="dict": publisher.start(count, rate, topic, payloads()[kind]),
        "stop_publish": publisher.stop,
        "executed": lambda: journal.calls,
        "serving": lambda: server._thread is not None and server._thread.is_alive(),
        "eval": lambda code: describe(eval(code, {"server": server, "journal": journal, "Unknown": Unknown})),
    }, args.exit_with_parent)


if __name__ == "__main__":
    main()
