"""
Sockets of an old libzmq, taken by ctypes from the wheel of an old pyzmq, as vnpy's RPC uses them.

Needs no package and no old Python: `old_libzmq.py FOLDER server|client [REQUEST PUBLISH]`, where FOLDER holds the unpacked
wheel. Prints `{"ready": true, "libzmq": "4.2.5", ...}`, then one line of JSON for each line of JSON on stdin:

    server  REP and PUB at free ports. Answers `add`, and `publish(n)` by publishing n once; publishes nothing by itself.
            {"op": "stop"} ends it.
    client  REQ and SUB with the topic ''. {"op": "call", "args": [1, 3]} gives {"reply": ...}, null after 5 s without one;
            {"op": "events", "count": 1} waits for so many messages, 5 s at most, and gives all, each part as hex.
"""

import ctypes
import json
import os
import pickle
import sys
import threading
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_short, c_size_t, c_void_p
from pathlib import Path
from typing import Any

PUB, SUB, REQ, REP = 1, 2, 3, 4
SUBSCRIBE, RCVMORE, LINGER, LAST_ENDPOINT = 6, 13, 17, 32
SNDMORE = 2
POLLIN, POLLOUT = 1, 2
PATIENCE_MS = 5000


class Message(ctypes.Structure):
    """zmq_msg_t: 64 bytes from 4.1 on."""

    _fields_ = [("_", ctypes.c_ubyte * 64)]


class PollItem(ctypes.Structure):
    """zmq_pollitem_t."""

    _fields_ = [("socket", c_void_p), ("fd", c_int), ("events", c_short), ("revents", c_short)]


def load(folder: str) -> ctypes.CDLL:
    """Load libzmq, and before it the libsodium that newer wheels keep beside it."""
    libraries = next(path for path in (Path(folder, "zmq", ".libs"), Path(folder, "pyzmq.libs")) if path.is_dir())
    for sodium in libraries.glob("libsodium*"):
        ctypes.CDLL(str(sodium), mode=ctypes.RTLD_GLOBAL)
    lib = ctypes.CDLL(str(next(libraries.glob("libzmq*"))), use_errno=True)
    lib.zmq_ctx_new.restype = lib.zmq_socket.restype = lib.zmq_msg_data.restype = c_void_p
    lib.zmq_msg_size.restype = c_size_t
    lib.zmq_socket.argtypes = [c_void_p, c_int]
    lib.zmq_bind.argtypes = lib.zmq_connect.argtypes = [c_void_p, c_char_p]
    lib.zmq_setsockopt.argtypes = [c_void_p, c_int, c_void_p, c_size_t]
    lib.zmq_getsockopt.argtypes = [c_void_p, c_int, c_void_p, POINTER(c_size_t)]
    lib.zmq_send.argtypes = [c_void_p, c_char_p, c_size_t, c_int]
    lib.zmq_poll.argtypes = [POINTER(PollItem), c_int, c_long]
    lib.zmq_msg_recv.argtypes = [POINTER(Message), c_void_p, c_int]
    lib.zmq_msg_init.argtypes = lib.zmq_msg_close.argtypes = [POINTER(Message)]
    lib.zmq_msg_data.argtypes = lib.zmq_msg_size.argtypes = [POINTER(Message)]
    return lib


class Socket:
    """One socket; as much of it as is needed here."""

    def __init__(self, lib: ctypes.CDLL, context: int, kind: int) -> None:
        self.lib = lib
        self.socket = lib.zmq_socket(context, kind)
        zero = c_int(0)
        self.check(lib.zmq_setsockopt(self.socket, LINGER, byref(zero), ctypes.sizeof(zero)))

    def check(self, result: int) -> int:
        """Raise the error of libzmq's last call."""
        if result < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return result

    def bind(self, address: str = "tcp://127.0.0.1:*") -> str:
        """Bind a free port of this machine, or what is given, and return the address."""
        self.check(self.lib.zmq_bind(self.socket, address.encode()))
        text, size = ctypes.create_string_buffer(256), c_size_t(256)
        self.check(self.lib.zmq_getsockopt(self.socket, LAST_ENDPOINT, text, byref(size)))
        return text.value.decode()

    def connect(self, address: str) -> None:
        """Connect, by and by."""
        self.check(self.lib.zmq_connect(self.socket, address.encode()))

    def subscribe(self, prefix: bytes) -> None:
        """Subscribe a prefix."""
        self.check(self.lib.zmq_setsockopt(self.socket, SUBSCRIBE, prefix, len(prefix)))

    def send(self, *parts: bytes) -> None:
        """Send one message."""
        for index, part in enumerate(parts):
            more = SNDMORE if index + 1 < len(parts) else 0
            self.check(self.lib.zmq_send(self.socket, part, len(part), more))

    def ready(self, event: int, timeout: int) -> bool:
        """Wait until a message can be received (POLLIN) or sent (POLLOUT), so many ms."""
        item = PollItem(self.socket, 0, event, 0)
        return self.check(self.lib.zmq_poll(byref(item), 1, timeout)) > 0

    def receive(self) -> list[bytes]:
        """Receive one message."""
        parts: list[bytes] = []
        more, size = c_int(1), c_size_t(ctypes.sizeof(c_int))
        while more.value:
            message = Message()
            self.lib.zmq_msg_init(byref(message))
            self.check(self.lib.zmq_msg_recv(byref(message), self.socket, 0))
            parts.append(ctypes.string_at(self.lib.zmq_msg_data(byref(message)), self.lib.zmq_msg_size(byref(message))))
            self.lib.zmq_msg_close(byref(message))
            self.check(self.lib.zmq_getsockopt(self.socket, RCVMORE, byref(more), byref(size)))
        return parts


def tell(**record: Any) -> None:
    """Print one line."""
    print(json.dumps(record), flush=True)


def serve(reply: Socket, publish: Socket) -> None:
    """Do what vnpy's RpcServer does, but for its heartbeat."""
    while True:
        name, args, _ = pickle.loads(reply.receive()[0])
        answer: list[Any] = [True, None]
        if name == "add":
            answer = [True, sum(args)]
        elif name == "publish":
            publish.send(b"", pickle.dumps(args[0]))
        else:
            answer = [False, f"KeyError: {name!r}"]
        reply.send(pickle.dumps(answer))


def end_with_stdin() -> None:
    """End when the parent says so, or is gone."""
    sys.stdin.read()
    os._exit(0)


def request(caller: Socket, events: Socket) -> None:
    """Execute the parent's commands."""
    for line in sys.stdin:
        command = json.loads(line)
        if command["op"] == "call":
            # A REQ whose connection has ended for good, or that was not answered, can send no more.
            if caller.ready(POLLOUT, PATIENCE_MS):
                caller.send(pickle.dumps(["add", tuple(command["args"]), {}]))
            tell(reply=pickle.loads(caller.receive()[0]) if caller.ready(POLLIN, PATIENCE_MS) else None)
        else:
            messages = []
            while events.ready(POLLIN, PATIENCE_MS if len(messages) < command["count"] else 0):
                messages.append([part.hex() for part in events.receive()])
            tell(events=messages)
    os._exit(0)


def main() -> None:
    """Play the role that the arguments name."""
    folder, role, *addresses = sys.argv[1:]
    lib = load(folder)
    version = [c_int(), c_int(), c_int()]
    lib.zmq_version(*map(byref, version))
    libzmq = ".".join(str(part.value) for part in version)
    context = lib.zmq_ctx_new()
    if role == "server":
        reply, publish = Socket(lib, context, REP), Socket(lib, context, PUB)
        tell(ready=True, libzmq=libzmq, request=reply.bind(), publish=publish.bind())
        threading.Thread(target=end_with_stdin, daemon=True).start()
        serve(reply, publish)
    else:
        caller, events = Socket(lib, context, REQ), Socket(lib, context, SUB)
        caller.connect(addresses[0])
        events.subscribe(b"")
        events.connect(addresses[1])
        tell(ready=True, libzmq=libzmq)
        request(caller, events)


if __name__ == "__main__":
    main()
