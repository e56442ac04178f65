"""Print what the installed vnpy applications define and send, as JSON: constants, enums, classes, and pickles of real events.

    .venv-apps/bin/python python-fixtures/dump_apps.py > python-fixtures/data/vnpy-apps-4.5.0.json
    .venv-apps-4.4/bin/python python-fixtures/dump_apps.py > python-fixtures/data/vnpy-apps-4.4.0.json

tests/vnpy/apps holds the TypeScript classes against the committed output; interop/apps.apps.ts (`make apps`) holds the
committed output against the installed packages. Of each type of event the first and the last are kept, as they were
published while strategies, algos and a spread traded for some seconds.
"""

import base64
import dataclasses
import enum
import importlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
import traceback
from importlib.metadata import version
from time import sleep

LOCALES = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
ENUMS = {"vnpy_ctastrategy.base": ["StopOrderStatus"], "vnpy_algotrading.base": ["AlgoStatus"]}
CLASSES = {"vnpy_ctastrategy.base": ["StopOrder"], "vnpy_spreadtrading.base": ["SpreadItem", "AlgoItem"]}
CONSTANTS = [
    "vnpy_ctastrategy.base", "vnpy_portfoliostrategy.base", "vnpy_spreadtrading.base", "vnpy_algotrading.base",
    "vnpy_optionmaster.base", "vnpy_riskmanager.base", "vnpy_scripttrader.engine", "vnpy_paperaccount.engine",
    "vnpy_portfoliomanager.engine", "vnpy_datarecorder.engine",
]
# vnpy 4.5 publishes with HIGHEST_PROTOCOL, 4.4 with DEFAULT_PROTOCOL.
PROTOCOL = pickle.HIGHEST_PROTOCOL if version("vnpy") >= "4.5" else pickle.DEFAULT_PROTOCOL


def field_schema(field):
    """Name, type, and the default where there is one."""
    default = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    missing = default is dataclasses.MISSING
    value = f"{type(default).__name__}.{default.name}" if isinstance(default, enum.Enum) else default
    kind = getattr(field.type, "__name__", str(field.type))
    return {"name": field.name, "type": kind, "required": missing, **({} if missing else {"default": value})}


def definitions():
    """What does not depend on a market."""
    modules = {name: importlib.import_module(name) for name in {*CONSTANTS, *ENUMS, *CLASSES}}
    events = {
        value: name.split(".")[0]
        for name in CONSTANTS for key, value in vars(modules[name]).items()
        if key.startswith("EVENT_") and not key.startswith(("EVENT_TICK", "EVENT_ORDER", "EVENT_TRADE"))
        and not hasattr(importlib.import_module("vnpy.trader.event"), key) and key != "EVENT_SPREAD_DATA"
    }
    events["eSpreadData"] = "vnpy_spreadtrading"
    return {
        "events": dict(sorted(events.items())),
        "enums": {
            f"{module}.{name}": {member.name: member.value for member in getattr(modules[module], name)}
            for module, names in ENUMS.items() for name in names
        },
        "classes": {
            f"{module}.{name}": [field_schema(field) for field in dataclasses.fields(getattr(modules[module], name))]
            for module, names in CLASSES.items() for name in names
        },
    }


class Recorder:
    """Keeps the first and the last pickle of each type, as vnpy's RpcEngine would publish it."""

    def __init__(self, types):
        self.types = types
        self.first = {}
        self.last = {}

    def __call__(self, event):
        if event.type not in self.types:
            return
        try:
            data = pickle.dumps(event, PROTOCOL)
        except TypeError:
            return      # OptionMaster's algos carry their engine: vnpy's own publisher dies of them
        self.first.setdefault(event.type, data)
        self.last[event.type] = data

    def samples(self):
        """One or two a type."""
        pairs = [(kind, data) for kind in sorted(self.first) for data in dict.fromkeys([self.first[kind], self.last[kind]])]
        return [{"type": kind, "bytes": base64.b64encode(data).decode()} for kind, data in pairs]


def trade(main_engine):
    """Have the applications do what they do."""
    from vnpy.trader.constant import Direction, Offset

    from drain import drain

    cta = main_engine.get_engine("CtaStrategy")
    cta.add_strategy("TestStrategy", "测试", "rb2705.SHFE", {"test_trigger": 2})
    cta.init_strategy("测试").result()
    cta.start_strategy("测试")
    portfolio = main_engine.get_engine("PortfolioStrategy")
    portfolio.add_strategy("PairTradingStrategy", "pair", ["rb2705.SHFE", "au2706.SHFE"], {})
    portfolio.init_strategy("pair")
    spread = main_engine.get_engine("SpreadTrading")
    legs = [
        {"variable": "A", "vt_symbol": "rb2705.SHFE", "trading_direction": 1, "trading_multiplier": 1},
        {"variable": "B", "vt_symbol": "IF2703.CFFEX", "trading_direction": -1, "trading_multiplier": -1},
    ]
    spread.add_spread("rb-IF", legs, "A-B", "rb2705.SHFE", 1)
    spread.add_strategy("BasicSpreadStrategy", "basic", "rb-IF", {})
    spread.init_strategy("basic").result()
    algo = main_engine.get_engine("AlgoTrading")
    algo.start_algo(
        "TwapAlgo", "rb2705.SHFE", Direction.LONG, Offset.OPEN, 4000.0, 4, {"time": 4, "interval": 2},
    )
    main_engine.get_engine("ScriptTrader").write_log("脚本")
    sleep(2)
    spread.start_algo("rb-IF", Direction.LONG, 10_000.0, 2, 5, 1, False, {})
    main_engine.get_engine("RiskManager").write_log("超过上限")
    sleep(9)
    cta.stop_strategy("测试")
    drain(main_engine.event_engine)


def trade_on_paper(record):
    """PaperAccount takes the place of the gateway: a desk of its own."""
    from vnpy.event import EventEngine
    from vnpy.trader.constant import Direction, Exchange, Offset, OrderType
    from vnpy.trader.engine import MainEngine
    from vnpy.trader.object import OrderRequest, QuoteRequest, SubscribeRequest
    from vnpy_paperaccount import PaperAccountApp

    from drain import drain
    from sim_gateway import SimGateway

    event_engine = EventEngine()
    event_engine.register_general(record)
    main_engine = MainEngine(event_engine)
    main_engine.add_gateway(SimGateway, "SIM")
    main_engine.add_app(PaperAccountApp)
    setting = {"rate": 2.0, "seed": 1, "contracts": 0, "history_days": 1, "journal": ""}
    main_engine.connect(setting, "SIM")
    drain(event_engine)
    main_engine.subscribe(SubscribeRequest("rb2705", Exchange.SHFE), "SIM")
    vt_orderid = main_engine.send_order(
        OrderRequest("rb2705", Exchange.SHFE, Direction.LONG, OrderType.LIMIT, 1, 3200.0, Offset.OPEN), "SIM",
    )
    vt_quoteid = main_engine.send_quote(QuoteRequest("rb2705", Exchange.SHFE, 3200.0, 1, 3900.0, 1), "SIM")
    drain(event_engine)
    main_engine.cancel_order(main_engine.get_order(vt_orderid).create_cancel_request(), "SIM")
    main_engine.cancel_quote(main_engine.get_quote(vt_quoteid).create_cancel_request(), "SIM")
    drain(event_engine)
    drain(event_engine)


def dump_here(part):
    """One part, in a process of its own."""
    output = os.fdopen(os.dup(1), "w")
    sys.stdout = sys.stderr
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, ".vntrader"))
        os.chdir(folder)
        found = definitions()
        if part != "definitions":
            from app_desk import make_desk

            record = Recorder(found["events"])
            try:
                if part == "paper":
                    trade_on_paper(record)
                else:
                    trade(make_desk(5.0, record=record))
            except Exception:
                # Threads of vnpy's engines would go on, and this process with them.
                traceback.print_exc()
                os._exit(1)
            found["samples"] = record.samples()
        output.write(json.dumps(found))
        output.flush()
        # Threads of pools and gateways are not waited for.
        os._exit(0)


def ask(part, locale):
    """The same in a process of its own, under a locale."""
    env = {**{k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES")}, "LANG": locale}
    result = subprocess.run(
        [sys.executable, __file__, part], env=env, check=True, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    return json.loads(result.stdout)


def main():
    if len(sys.argv) > 1 and sys.argv[1] in ("definitions", "desk", "paper"):
        dump_here(sys.argv[1])
    chinese, english = (ask("definitions", locale) for locale in LOCALES.values())
    found = {"vnpy": version("vnpy")}
    packages = sorted({name.split(".")[0] for name in CONSTANTS})
    found["packages"] = {name: version(name) for name in packages}
    found.update(chinese)
    found["enums"] = {
        name: {member: {"zh": value, "en": english["enums"][name][member]} for member, value in members.items()}
        for name, members in chinese["enums"].items()
    }
    if "--definitions" not in sys.argv:
        desk, foreign = (ask("desk", locale) for locale in LOCALES.values())
        samples = desk["samples"] + ask("paper", LOCALES["zh"])["samples"]
        # English values of an enum are in these alone.
        found["samples"] = samples + [s for s in foreign["samples"] if s["type"] in ("eCtaStopOrder", "eAlgoUpdate")]
    print(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
