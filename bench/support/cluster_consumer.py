"""Consumers with nats-py and pickle.loads, for `npm run bench -- cluster`.

They read the ticks that an edge publishes. Reads JSON requests, one a line, and answers each with a line.
"""
import asyncio
import json
import pickle
import statistics
import sys
import time

import nats

PREFIX_BYTES = 32
PATIENCE = 2.0


class Consumers:
    def __init__(self):
        self.connections = []
        self.begin(float("inf"), False)

    def begin(self, expected, timed):
        self.seen, self.expected, self.timed, self.late = 0, expected, timed, []
        self.first = self.last = time.perf_counter()
        self.start, self.used = time.process_time(), 0.0

    async def see(self, message):
        event = pickle.loads(message.data[PREFIX_BYTES:])
        self.last = time.perf_counter()
        if self.seen == 0:
            self.first = self.last
        self.seen += 1
        if self.timed:
            self.late.append(time.monotonic_ns() / 1e6 - event.data.turnover)
        if self.seen == self.expected:
            self.used = time.process_time() - self.start

    async def open(self, url, subject, count):
        for _ in range(count):
            connection = await nats.connect(url, pending_size=1 << 26)
            await connection.subscribe(subject, cb=self.see, pending_msgs_limit=-1, pending_bytes_limit=-1)
            await connection.flush()
            self.connections.append(connection)

    async def completed(self):
        before, since = -1, time.perf_counter()
        while self.seen < self.expected and time.perf_counter() - since < PATIENCE:
            if self.seen != before:
                before, since = self.seen, time.perf_counter()
            await asyncio.sleep(0.02)
        if self.seen < self.expected:
            self.used = time.process_time() - self.start
        seen = max(self.seen, 1)
        return {
            "seen": self.seen,
            "rate": (seen - 1) / max(self.last - self.first, 1e-9),
            "cpu": self.used * 1e6 / seen,
            "late": statistics.median(self.late) if self.late else None,
            "missed": 0,
        }

    async def close(self):
        for connection in self.connections:
            await connection.close()
        self.connections.clear()


async def main():
    consumers = Consumers()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        request = json.loads(line)
        op, answer = request["op"], True
        if op == "open":
            await consumers.open(request["url"], request["subject"], request["count"])
        elif op == "begin":
            consumers.begin(request["expected"], request["isTimed"])
        elif op == "completed":
            answer = await consumers.completed()
        elif op == "close":
            await consumers.close()
        print(json.dumps(answer), flush=True)


asyncio.run(main())
