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


def listen(request, publish, topic):
    """Begins to count the events of a topic."""
    listeners[topic] = connect(request, publish, topic)


def begin(topic):
    listeners[topic].seen = 0


def seen(topic):
    """What has come since `begin`: how many events, how many a second, and microseconds of CPU for each."""
    client = listeners[topic]
    counted = client.seen // 100 * 100 - 1
    if counted < 1:
        return {"seen": client.seen, "rate": 0, "cpu": 0}
    return {
        "seen": client.seen,
        "rate": counted / (client.last - client.first),
        "cpu": (client.cpu_last - client.cpu_first) / counted * 1e6,
    }


clients = {}
listeners = {}
for line in sys.stdin:
    request = json.loads(line)
    work = {"calls": calls, "listen": listen, "begin": begin, "seen": seen}[request.pop("op")]
    print(json.dumps(work(**request)), flush=True)
# vnpy's stop() and join() would wait for the next message: nothing is left to be saved here.
shutil.rmtree(folder, True)
os._exit(0)
