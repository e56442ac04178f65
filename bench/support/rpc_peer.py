"""The Python side of `npm run bench -- rpc`: vnpy's own RpcClient, measured.

Reads JSON requests, one a line, and answers each with a line.
"""
import atexit
import json
import os
import shutil
import sys
import tempfile
import time

# vnpy keeps its settings in the current folder's .vntrader when there is one: nothing of the user's is touched.
folder = tempfile.mkdtemp(prefix="bench-rpc-")
atexit.register(shutil.rmtree, folder, True)
os.mkdir(os.path.join(folder, ".vntrader"))
os.chdir(folder)

from vnpy.rpc import RpcClient  # noqa: E402


class Client(RpcClient):
    """Counts the events, and when the first and, to the hundred, the last of a series came."""

    def __init__(self):
        super().__init__()
        self.seen = 0
        self.first = self.last = 0.0
        self.cpu_first = self.cpu_last = 0.0

    def on_disconnected(self):
        """Silent: stdout is for answers, and a client that subscribes nothing hears no heartbeat."""

    def callback(self, topic, data):
        self.seen += 1
        if self.seen == 1:
            self.first = time.perf_counter()
            self.cpu_first = time.process_time()
        elif self.seen % 100 == 0:
            self.last = time.perf_counter()
            self.cpu_last = time.process_time()


def connect(request, publish, subscribe=None):
    client = Client()
    if subscribe is not None:
        client.subscribe_topic(subscribe)
    client.start(request, publish)
    return client


def calls(request, publish, seconds):
    """Calls one after the other for so long."""
    client = clients.get(request) or clients.setdefault(request, connect(request, publish))
    took = []
    cpu = time.process_time()
    began = now = time.perf_counter()
    while now - began < seconds:
        client.add(1, 2)
        before, now = now, time.perf_counter()
        took.append(now - before)
    cpu = time.process_time() - cpu
    took.sort()
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))] * 1000  # noqa: E731
    return {"rate": len(took) / (now - began), "cpu": cpu / len(took) * 1e6, "p50": at(0.5), "p99": at(0.99), "p999": at(0.999)}


def events(request, publish, count, topic):
    """Receives a series of events that the server publishes as fast as it goes."""
    client = events_clients.get(request)
    if client is None:
        client = events_clients[request] = connect(request, publish, topic)
        while not client.seen:
            client.publish(1, 0, topic, "event")
            time.sleep(0.05)
        time.sleep(0.3)
    client.seen = 0
    client.publish(count, 0, topic, "event")
    before = -1
    while client.seen < count and client.seen != before:
        before = client.seen
        time.sleep(0.5)
    return {
        "rate": (client.seen // 100 * 100 - 1) / (client.last - client.first),
        "cpu": (client.cpu_last - client.cpu_first) / (client.seen // 100 * 100 - 1) * 1e6,
        "lost": 1 - client.seen / count,
    }


clients = {}
events_clients = {}
for line in sys.stdin:
    request = json.loads(line)
    work = {"calls": calls, "events": events}[request.pop("op")]
    print(json.dumps(work(**request)), flush=True)
# vnpy's stop() and join() would wait for the next message: nothing is left to be saved here.
shutil.rmtree(folder, True)
os._exit(0)
