"""
Any kind of socket of any libzmq, for the pairs of sockets that interop/zmtp-cells.ts tries.

`libzmq_cells.py FOLDER`, where FOLDER holds an unpacked wheel of pyzmq. Prints `{"ready": true, "libzmq": "4.3.5",
"curve": true}`, then one line of JSON for each line of JSON on stdin; `{"error": ...}` when it cannot do it:

    open     {"kind": "REP", "connect": "tcp://..."?, "bind": "ipc://*"?, "options": [[47, 1]]} gives {"endpoint": ...},
             bound unless it connects
    echo     {"count": 9}: answers so many messages with themselves
    ask      {"messages": [[0, 255], ...]}: sends each, its parts of these sizes, and gives the answers
    send     {"messages": ...}: sends each
    receive  {"count": 9}: gives so many messages, but for those of one part `sync`
    close    closes the socket: there is one at a time

A message is given as a list of its parts, each as its size and the beginning of its SHA-1.
"""

import ctypes
import hashlib
import json
import os
import sys
import threading
from ctypes import byref, c_int
from typing import Any

from old_libzmq import POLLIN, Socket, load, tell

KINDS = {"PUB": 1, "SUB": 2, "REQ": 3, "REP": 4, "DEALER": 5, "ROUTER": 6, "XPUB": 9, "XSUB": 10}
LAST_WORDS_MS = 1000
LINGER, ZAP_DOMAIN = 17, 55
PATIENCE_MS = 20_000
SYNC = b"sync"
PATTERN = bytes(range(256))


def body(size: int) -> bytes:
    """Bytes of which interop/zmtp-cells.ts makes the same."""
    first = size % 256
    return (PATTERN * (size // 256 + 2))[first : first + size]


def described(parts: list[bytes]) -> list[str]:
    """Describe the parts of a message."""
    return [f"{len(part)}:{hashlib.sha1(part).hexdigest()[:8]}" for part in parts]


def authenticate(handler: Socket) -> None:
    """Answer as ZAP's handler (rfc27): PLAIN of ann, and CURVE of everybody."""
    while True:
        version, request, _domain, _address, _identity, mechanism, *credentials = handler.receive()
        good = mechanism != b"PLAIN" or credentials == [b"ann", b"secret"]
        handler.send(version, request, b"200" if good else b"400", b"", b"ann", b"")


class Cells:
    """Executes the commands of the parent."""

    def __init__(self, lib: ctypes.CDLL, context: int) -> None:
        self.lib, self.context = lib, context
        self.socket: Socket | None = None

    @property
    def open_socket(self) -> Socket:
        """The socket of the cell."""
        if self.socket is None:
            raise RuntimeError("no socket is open")
        return self.socket

    def receive(self) -> list[bytes]:
        """Receive one message, and fail when there is none."""
        if not self.open_socket.ready(POLLIN, PATIENCE_MS):
            raise TimeoutError("no message came")
        return self.open_socket.receive()

    def open(
        self, kind: str, options: list[Any], connect: str | None = None, bind: str = "tcp://127.0.0.1:*"
    ) -> dict[str, Any]:
        """Open the socket."""
        socket = self.socket = Socket(self.lib, self.context, KINDS[kind])
        for option, value in [*options, [LINGER, LAST_WORDS_MS]]:
            data = value.encode() if isinstance(value, str) else value.to_bytes(4, sys.byteorder)
            socket.check(self.lib.zmq_setsockopt(socket.socket, option, data, len(data)))
        if connect is None:
            return {"endpoint": socket.bind(bind)}
        socket.connect(connect)
        if kind == "XSUB":
            socket.send(b"\x01")
        return {"endpoint": connect}

    def echo(self, count: int) -> dict[str, Any]:
        """Answer messages."""
        for _ in range(count):
            self.open_socket.send(*self.receive())
        return {}

    def ask(self, messages: list[list[int]]) -> dict[str, Any]:
        """Send messages, and receive the answer of each before the next."""
        answers = []
        for sizes in messages:
            self.open_socket.send(*map(body, sizes))
            answers.append(described(self.receive()))
        return {"messages": answers}

    def send(self, messages: list[list[int]]) -> dict[str, Any]:
        """Send messages."""
        for sizes in messages:
            self.open_socket.send(*map(body, sizes))
        return {}

    def sync(self) -> dict[str, Any]:
        """Send the message that does not count."""
        self.open_socket.send(SYNC)
        return {}

    def receive_all(self, count: int) -> dict[str, Any]:
        """Receive messages."""
        messages: list[list[str]] = []
        while len(messages) < count:
            parts = self.receive()
            if parts != [SYNC]:
                messages.append(described(parts))
        return {"messages": messages}

    def receive_sync(self) -> dict[str, Any]:
        """Wait for any message."""
        self.receive()
        return {}

    def close(self) -> dict[str, Any]:
        """Close the socket."""
        self.lib.zmq_close(ctypes.c_void_p(self.open_socket.socket))
        self.socket = None
        return {}


def main() -> None:
    """Execute commands until stdin is closed."""
    lib = load(sys.argv[1])
    version = [c_int(), c_int(), c_int()]
    lib.zmq_version(*map(byref, version))
    keys = [ctypes.create_string_buffer(41) for _ in range(2)]
    context = lib.zmq_ctx_new()
    handler = Socket(lib, context, KINDS["REP"])
    handler.check(lib.zmq_bind(handler.socket, b"inproc://zeromq.zap.01"))
    threading.Thread(target=authenticate, args=(handler,), daemon=True).start()
    cells = Cells(lib, context)
    curve = lib.zmq_curve_keypair(*keys) == 0
    tell(ready=True, libzmq=".".join(str(part.value) for part in version), curve=curve)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            tell(**getattr(cells, command.pop("op"))(**command))
        except (OSError, RuntimeError) as error:
            tell(error=f"{type(error).__name__}: {error}")
    os._exit(0)


if __name__ == "__main__":
    main()
