"""
A peer of pyzmq alone, with a security mechanism of ZeroMQ: vnpy itself has had none since 3.0.

Takes one JSON object as argument, prints one JSON line when it is ready, and for a client the answer or the failure.
"""

import json
import sys
from typing import Any

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


def secure(socket: zmq.Socket, options: dict[str, Any]) -> None:
    """Set the options of the mechanism."""
    for name, value in options.items():
        setattr(socket, name, value.encode() if isinstance(value, str) else value)


def serve(context: zmq.Context, config: dict[str, Any]) -> None:
    """Answer `add` as vnpy's RpcServer does, until killed; publish a heartbeat all the time."""
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    if config.get("users"):
        authenticator.configure_plain(domain="*", passwords=config["users"])
    else:
        authenticator.configure_curve(domain="*", location=zmq.auth.CURVE_ALLOW_ANY)
    reply: zmq.Socket = context.socket(zmq.REP)
    secure(reply, config["options"])
    port: int = reply.bind_to_random_port("tcp://127.0.0.1")
    print(json.dumps({"address": f"tcp://127.0.0.1:{port}"}), flush=True)
    while True:
        name, args, kwargs = reply.recv_pyobj()
        reply.send_pyobj([True, sum(args)] if name == "add" else [False, f"KeyError: {name!r}"])


def request(context: zmq.Context, config: dict[str, Any]) -> None:
    """Call `add` once."""
    socket: zmq.Socket = context.socket(zmq.REQ)
    secure(socket, {"linger": 0, **config["options"]})
    socket.connect(config["address"])
    socket.send_pyobj(["add", (1, 3), {}])
    if socket.poll(config["timeout"]):
        print(json.dumps({"reply": socket.recv_pyobj()}), flush=True)
    else:
        print(json.dumps({"reply": None}), flush=True)


if __name__ == "__main__":
    configuration: dict[str, Any] = json.loads(sys.argv[1])
    {"serve": serve, "request": request}[configuration["role"]](zmq.Context(), configuration)
