"""The Python side of `npm run bench -- pickle`: times its own C pickle with the bytes that the other side gets.

Reads JSON requests, one a line, and answers each with a line.
"""
import atexit
import base64
import datetime
import json
import os
import pickle
import platform
import shutil
import sys
import tempfile
import time
import tracemalloc

# vnpy keeps its settings in the current folder's .vntrader when there is one: nothing of the user's is touched.
folder = tempfile.mkdtemp(prefix="bench-pickle-")
atexit.register(shutil.rmtree, folder, True)
os.mkdir(os.path.join(folder, ".vntrader"))
os.chdir(folder)

try:
    from vnpy.event import Event
    from vnpy.trader.constant import Exchange, Interval, Product
    from vnpy.trader.object import BarData, ContractData, TickData

    import vnpy

    VNPY = vnpy.__version__
except ImportError:
    VNPY = None

CHINA = datetime.timezone(datetime.timedelta(hours=8))


def tick_event():
    levels = {"%s_%s_%d" % (side, what, level): 3700.5 + level
              for side in ("bid", "ask") for what in ("price", "volume") for level in range(1, 6)}
    tick = TickData(
        gateway_name="CTP", symbol="rb2605", exchange=Exchange.SHFE,
        datetime=datetime.datetime(2026, 1, 5, 9, 30, 0, 500000, CHINA), name="\u87ba\u7eb9\u94a22605", volume=1234567,
        turnover=45678901234.5, open_interest=2345678.0, last_price=3702.0, last_volume=3, limit_up=4000.0,
        limit_down=3400.0, open_price=3690.0, high_price=3711.0, low_price=3688.0, pre_close=3695.0,
        localtime=datetime.datetime(2026, 1, 5, 9, 30, 0, 501234), **levels)
    return ["", Event("eTick.", tick)]


def whole_tick_event():
    """Prices in whole numbers, as those of rebar: in JavaScript they are integers in the fields that are declared float."""
    topic, event = tick_event()
    for name, value in vars(event.data).items():
        if type(value) is float:
            setattr(event.data, name, float(int(value)))
    return [topic, event]


def contracts():
    return [True, [ContractData(
        gateway_name="CTP", symbol="IO%d-C-%d" % (2600 + number % 12, number), exchange=Exchange.CFFEX,
        name="\u6caa\u6df1300\u80a1\u6307%d" % number, product=Product.OPTION, size=100, pricetick=0.2, min_volume=1,
        option_strike=3000.0 + number, option_underlying="IO%d" % (2600 + number % 12), option_portfolio="IO_O",
        option_listed=datetime.datetime(2025, 12, 1), option_expiry=datetime.datetime(2026, 1 + number % 12, 16),
        option_index=str(3000 + number)) for number in range(20000)]]


def bars():
    start = datetime.datetime(2026, 1, 5, 9, 0, tzinfo=CHINA)
    return [True, [BarData(
        gateway_name="RPC", symbol="rb2605", exchange=Exchange.SHFE, datetime=start + datetime.timedelta(minutes=number),
        interval=Interval.MINUTE, volume=100.0 + number, turnover=1e6 + number, open_interest=5e5, open_price=3700.5,
        high_price=3701.5, low_price=3699.5, close_price=3700.25) for number in range(5000)]]


def shared():
    """A graph of 2,000 nodes that each refer to the two before them, and 20,000 references into it."""
    nodes = [["a"], ["b"]]
    while len(nodes) < 2000:
        nodes.append({"left": nodes[-1], "right": nodes[-2], "id": len(nodes)})
    # The order is that of creation, so the depth of the pickle stays small; every further mention is a reference.
    return [nodes, [nodes[number * 7919 % 2000] for number in range(20000)]]


VALUES = {
    "tick event": tick_event,
    "tick event of whole numbers": whole_tick_event,
    "20,000 contracts": contracts,
    "5,000 bars": bars,
    "bytes-heavy": lambda: [bytes([number]) * 65536 for number in range(32)] + [bytes([number]) * 40 for number in range(200)],
    "string-heavy": lambda: ["%d text of an ordinary length %d" % (number, number * 7919) if number % 4 else
                             "\u5408\u7ea6%d\u8bf4\u660e" % number for number in range(20000)],
    "deeply shared": shared,
    "floats": lambda: [number * 0.37 for number in range(20000)],
    "small dicts": lambda: [{"symbol": "rb%d" % number, "price": number * 0.5, "volume": number, "active": True}
                            for number in range(5000)],
}
NEED_VNPY = {"tick event", "tick event of whole numbers", "20,000 contracts", "5,000 bars"}
made = {}


def value_of(name):
    if name not in made:
        made[name] = VALUES[name]()
    return made[name]


def timed(work, request):
    """Nanoseconds a time."""
    seconds = request["milliseconds"] / 1000
    calls, batch = 0, 1
    start, start_cpu = time.perf_counter(), time.process_time()
    elapsed = 0.0
    while elapsed < seconds:
        before = time.perf_counter()
        for _ in range(batch):
            work()
        calls += batch
        now = time.perf_counter()
        if now - before < 0.0005:
            batch *= 2
        elapsed = now - start
    if request.get("clock") == "cpu":
        elapsed = time.process_time() - start_cpu
    return elapsed / calls * 1e9


def answer(request):
    name = request.get("name")
    if request["do"] == "about":
        return {"python": platform.python_version(), "vnpy": VNPY,
                "values": [name for name in VALUES if VNPY or name not in NEED_VNPY]}
    if request["do"] == "bytes":
        return base64.b64encode(pickle.dumps(value_of(name), request["protocol"])).decode()
    if request["do"] == "loads":
        data = pickle.dumps(value_of(name), request["protocol"])
        return timed(lambda: pickle.loads(data), request)
    if request["do"] == "dumps":
        value = value_of(name)
        return timed(lambda: pickle.dumps(value, request["protocol"]), request)
    if request["do"] == "memory":
        data = pickle.dumps(value_of(name), request["protocol"])
        pickle.loads(data)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        kept = [pickle.loads(data) for _ in range(request["count"])]
        used = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        return used / len(kept)
    if request["do"] == "check":
        # That what the other side writes is what was meant.
        loaded, meant = pickle.loads(base64.b64decode(request["bytes"])), value_of(name)
        if name.startswith("tick event"):
            # An Event has no __eq__.
            loaded, meant = (loaded[0], loaded[1].__dict__), (meant[0], meant[1].__dict__)
        if name == "deeply shared":
            # Python's == would compare every path through the graph: 2 ** 2000 of them.
            meant = pickle.loads(pickle.dumps(meant, request["protocol"]))
            return pickle.dumps(loaded) == pickle.dumps(meant)
        return loaded == meant
    raise ValueError(request["do"])


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
