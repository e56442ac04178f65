"""
What every Python peer of the tests needs: a work folder of its own, lines of JSON on stdout, a prompt and clean end.

Nothing here touches vnpy: `start` only has to run before vnpy is imported, because vnpy looks for its `.vntrader`
folder, and binds its console log to `sys.stdout`, at import.
"""

import argparse
import errno
import json
import os
import platform
import random
import shutil
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn, TextIO

# The exit code of a server whose address was taken: its launcher may try again with another one.
EXIT_ADDRESS_IN_USE: int = 98

# Below the range from which Linux takes the ports of outgoing connections: a client that retries a port of that range
# while its server is away can connect to itself, and so keep the server from coming back.
PORT_RANGE: range = range(12000, 32000)


class Peer:
    """
    The running peer: where it reports, what it cleans up.
    """

    def __init__(self, output: TextIO, folder: Path) -> None:
        """
        Keep the stream for reports and the work folder. Made by `start` only.
        """
        self.output: TextIO = output
        self.folder: Path = folder
        self._lock: threading.Lock = threading.Lock()
        self._ending: threading.Lock = threading.Lock()
        self._at_end: list[Callable[[], None]] = []

    def report(self, record: dict[str, Any]) -> None:
        """
        Print one line of JSON on the real stdout; any thread may call.
        """
        line: str = json.dumps(record, allow_nan=False)
        with self._lock:
            self.output.write(line + "\n")
            self.output.flush()

    def ready(self, **details: Any) -> None:
        """
        Report that the peer can be used from now on, with the versions that it runs.
        """
        self.report({
            "ready": True,
            **details,
            "vnpy": version("vnpy"),
            "python": platform.python_version(),
            "locale": environment_locale(),
            "pid": os.getpid(),
        })

    def bind(self, server: Any, args: argparse.Namespace) -> dict[str, str]:
        """
        Start a server at the addresses of the arguments, and say which they are; end if they cannot be had.
        """
        import zmq

        addresses: dict[str, str] = {
            "request": resolve_address(args.request),
            "publish": resolve_address(args.publish),
        }
        try:
            server.start(addresses["request"], addresses["publish"])
        except zmq.ZMQError as error:
            in_use: bool = error.errno == zmq.EADDRINUSE
            self.fail(f"cannot bind {' and '.join(addresses.values())}: {error}", EXIT_ADDRESS_IN_USE if in_use else 1)
        return addresses

    def at_end(self, action: Callable[[], None]) -> None:
        """
        Add what has to happen before the process ends, last added first. It must not wait long.
        """
        self._at_end.append(action)

    def end(self, code: int = 0) -> NoReturn:
        """
        Clean up and end the process at once, whatever its threads are doing.

        vnpy's own way out (`MainEngine.close`) waits for a poll of one second in each engine, and for as long as a
        remote call runs; `RpcClient.join` for up to 30 seconds. A process that is told to end must not.
        """
        if self._ending.acquire(blocking=False):
            try:
                for action in reversed(self._at_end):
                    action()
            except Exception:
                traceback.print_exc()
            os.chdir(tempfile.gettempdir())
            shutil.rmtree(self.folder, ignore_errors=True)
            sys.stderr.flush()
            os._exit(code)
        # Another thread is at it already.
        threading.Event().wait()
        raise AssertionError("unreachable")

    def fail(self, message: str, code: int = 1) -> NoReturn:
        """
        End because something is wrong.
        """
        sys.stderr.write(f"{Path(sys.argv[0]).name}: {message}\n")
        self.end(code)

    def serve(self, commands: dict[str, Callable[..., Any]], exit_with_parent: bool) -> NoReturn:
        """
        Let the other threads work until a signal comes; with `exit_with_parent` take commands until stdin is closed.
        """
        if exit_with_parent:
            self.serve_commands(commands)
        while True:
            threading.Event().wait()

    def serve_commands(self, commands: dict[str, Callable[..., Any]]) -> NoReturn:
        """
        Execute one JSON command a line of stdin, report each result, and end when stdin is closed.

        A command is `{"op": name, "id": anything, ...arguments}`; its report is
        `{"id": ..., "ok": true, "result": ...}` or
        `{"id": ..., "ok": false, "error": {"type": ..., "message": ...}}`.
        """
        for line in sys.stdin:
            if not line.strip():
                continue
            command: Any = None
            try:
                command = json.loads(line)
                arguments: dict[str, Any] = dict(command)
                identity: Any = arguments.pop("id", None)
                action: Callable[..., Any] = commands[arguments.pop("op")]
                result: Any = action(**arguments)
                self.report({"id": identity, "ok": True, "result": result})
            except Exception as error:
                self.report({
                    "id": command.get("id") if isinstance(command, dict) else None,
                    "ok": False,
                    "error": {"type": type_name(error), "message": str(error)},
                })
        self.end()


def start(settings: dict[str, Any] | None = None) -> Peer:
    """
    Make this process a peer: take stdout for reports, enter a temporary folder with `.vntrader` in it.

    `settings` are vnpy's global settings, as a user writes them into `vt_setting.json`.
    """
    # What vnpy and its log print goes to stderr; stdout carries reports only, in UTF-8 whatever the locale.
    output: TextIO = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")     # type: ignore[union-attr]
    sys.stdin.reconfigure(encoding="utf-8")                                 # type: ignore[union-attr]

    folder: Path = Path(tempfile.mkdtemp(prefix="vnpy-peer-"))
    peer: Peer = Peer(output, folder)
    end_on_signals(peer)

    trader: Path = folder.joinpath(".vntrader")
    trader.mkdir()
    with open(trader.joinpath("vt_setting.json"), "w", encoding="utf-8") as f:
        json.dump({"log.file": False, **(settings or {})}, f)
    os.chdir(folder)

    def report_thread(args: threading.ExceptHookArgs) -> None:
        """A thread of vnpy that dies does so in silence: say it."""
        text: str = "".join(traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback))
        sys.stderr.write(text)
        name: str = args.thread.name if args.thread else ""
        peer.report({"thread_died": {"thread": name, "type": args.exc_type.__name__, "traceback": text}})

    threading.excepthook = report_thread
    return peer


def end_on_signals(peer: Peer) -> None:
    """
    End the peer on SIGTERM and SIGINT, whatever its threads are doing.

    A thread of its own waits for them, and all others (which inherit the mask) do not get them. A Python handler would
    run in the main thread only: when the kernel gives the signal to another thread, as it may while the process is
    continued after a stop, a main thread that reads stdin never gets to run it. And the import of vnpy.rpc takes the
    handler of SIGINT away. Windows has no signals that could be waited for: there a peer ends with its stdin.
    """
    if not hasattr(signal, "pthread_sigmask"):
        return
    signals: set[signal.Signals] = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait() -> None:
        signal.sigwait(signals)
        peer.end()

    threading.Thread(target=wait, name="signals", daemon=True).start()


def environment_locale() -> str:
    """
    Return the locale as gettext, and so vnpy, will read it from the environment; '' when nothing says one.
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name]
    return ""


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """
    Add the argument that every peer has.
    """
    parser.add_argument("--exit-with-parent", action="store_true", help="end when stdin is closed")


def add_server_arguments(parser: argparse.ArgumentParser) -> None:
    """
    Add the arguments that every server has.
    """
    add_common_arguments(parser)
    text: str = "address to bind; port 0 takes a free one (default: %(default)s)"
    parser.add_argument("--request", default="tcp://127.0.0.1:0", help=text)
    parser.add_argument("--publish", default="tcp://127.0.0.1:0", help=text)


def add_client_arguments(parser: argparse.ArgumentParser) -> None:
    """
    Add the arguments that every client has.
    """
    parser.add_argument("--request", default="tcp://127.0.0.1:2014", help="address of requests (default: %(default)s)")
    parser.add_argument("--publish", default="tcp://127.0.0.1:4102", help="address of events (default: %(default)s)")


def absolute(path: str) -> str:
    """
    Make a path of the command line absolute, as long as the current folder is still the caller's; keep '' as it is.
    """
    return str(Path(path).absolute()) if path else ""


def resolve_address(address: str) -> str:
    """
    Replace port 0 (or *) of a TCP address with a free port: vnpy has no way to tell which one a socket got.
    """
    head, _, port = address.rpartition(":")
    if not address.startswith("tcp://") or port not in ("0", "*"):
        return address

    host: str = head.removeprefix("tcp://").strip("[]")
    family: socket.AddressFamily = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Unseeded on purpose: two peers that start together must not try the same ports.
    for candidate in random.SystemRandom().sample(PORT_RANGE, 200):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("" if host == "*" else host, candidate))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
        return f"{head}:{candidate}"
    raise OSError(errno.EADDRINUSE, f"no free port found for {address}")


def history_request(vt_symbol: str, start: str, end: str | None, interval: str) -> Any:
    """
    Make a vnpy HistoryRequest from ISO times and the name of an Interval. To be called after `start` only.
    """
    from vnpy.trader.constant import Interval
    from vnpy.trader.object import HistoryRequest
    from vnpy.trader.utility import extract_vt_symbol

    symbol, exchange = extract_vt_symbol(vt_symbol)
    return HistoryRequest(
        symbol=symbol,
        exchange=exchange,
        start=datetime.fromisoformat(start),
        end=datetime.fromisoformat(end) if end else None,
        interval=Interval[interval],
    )


def type_name(value: object) -> str:
    """
    Return the full name of a value's type; of a built-in type the bare name.
    """
    kind: type = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
