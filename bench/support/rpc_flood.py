"""A publisher that costs nothing but sending, and subscribers that cost nothing but receiving, for `npm run bench -- rpc`.

The event is pickled once, before anything is sent, as vnpy 4.5's RpcServer sends it: a topic and a pickle. Nothing is dropped:
what a subscriber does not take waits here. Reads JSON requests, one a line, and answers each with a line.
"""
import io
import json
import pickle
import sys
import time

import zmq

requests, sys.stdin = sys.stdin, io.StringIO()
import pickle_peer  # noqa: E402  (answers standard input when it is loaded; here it has the value alone)

sys.stdin = requests
body = pickle.dumps(pickle_peer.tick_event()[1])
context = zmq.Context()
context.set(zmq.MAX_SOCKETS, 4000)
publisher = context.socket(zmq.PUB)
publisher.sndhwm = 0
publisher.linger = 0
port = publisher.bind_to_random_port("tcp://127.0.0.1")
sinks = []


def flood(topic, count):
    """Sends so many events at once."""
    topic = topic.encode()
    for _ in range(count):
        publisher.send_multipart([topic, body])


def subscribe(address, count):
    """Connects so many subscribers to all that is published there."""
    for _ in range(count):
        sink = context.socket(zmq.SUB)
        sink.rcvhwm = 0
        sink.linger = 0
        sink.subscribe(b"")
        sink.connect(address)
        sinks.append(sink)


def drain(topic, count):
    """Takes what has come for all subscribers; gives how many events of the topic, when these are all or no more come."""
    topic, seen, last = topic.encode(), 0, time.monotonic()
    while seen < count and time.monotonic() - last < 2:
        for sink in sinks:
            while sink.poll(0):
                parts = sink.recv_multipart()
                last = time.monotonic()
                seen += parts[0] == topic
        time.sleep(0.002)
    return seen


def leave():
    while sinks:
        sinks.pop().close()


OPERATIONS = {
    "address": lambda: "tcp://127.0.0.1:%d" % port,
    "flood": flood,
    "subscribe": subscribe,
    "drain": drain,
    "leave": leave,
}
for line in requests:
    request = json.loads(line)
    print(json.dumps(OPERATIONS[request.pop("op")](**request)), flush=True)
context.destroy(0)
