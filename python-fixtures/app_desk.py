"""
A trading desk with vnpy's applications, unmodified, on the simulated exchange: what app_server.py and dump_apps.py use.
"""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

# The risk manager stands before what registers main_engine.send_order only when it is added first.
APPS: tuple[tuple[str, str], ...] = (
    ("vnpy_riskmanager", "RiskManagerApp"),
    ("vnpy_rpcservice", "RpcServiceApp"),
    ("vnpy_ctastrategy", "CtaStrategyApp"),
    ("vnpy_portfoliostrategy", "PortfolioStrategyApp"),
    ("vnpy_spreadtrading", "SpreadTradingApp"),
    ("vnpy_algotrading", "AlgoTradingApp"),
    ("vnpy_optionmaster", "OptionMasterApp"),
    ("vnpy_scripttrader", "ScriptTraderApp"),
    ("vnpy_portfoliomanager", "PortfolioManagerApp"),
    ("vnpy_datarecorder", "DataRecorderApp"),
)


def control_example() -> ModuleType:
    """The example that registers the functions by which Node.js controls strategies."""
    path: Path = Path(__file__).parent.parent.joinpath("examples", "app_control.py")
    spec: Any = importlib.util.spec_from_file_location("app_control", path)
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_desk(rate: float, seed: int = 1, record: Any = None) -> Any:
    """
    A MainEngine with all of APPS, connected to the simulated exchange; `record` hears every event, the first ones too.
    """
    from vnpy.event import EventEngine
    from vnpy.trader.engine import MainEngine

    from drain import drain
    from sim_gateway import SimGateway

    event_engine: EventEngine = EventEngine()
    if record is not None:
        event_engine.register_general(record)
    main_engine: MainEngine = MainEngine(event_engine)
    main_engine.add_gateway(SimGateway, "SIM")
    for module, app in APPS:
        main_engine.add_app(getattr(importlib.import_module(module), app))
    main_engine.connect(
        {"rate": rate, "seed": seed, "contracts": 0, "history_days": 30, "journal": ""}, "SIM",
    )
    drain(event_engine)
    main_engine.get_engine("CtaStrategy").init_engine()
    main_engine.get_engine("PortfolioStrategy").init_engine()
    main_engine.get_engine("SpreadTrading").start()
    main_engine.get_engine("AlgoTrading").init_engine()
    main_engine.get_engine("ScriptTrader").init()
    raise_limits(main_engine.get_engine("RiskManager"))
    drain(event_engine)
    return main_engine


def raise_limits(risk_engine: Any) -> None:
    """The rules of the risk manager stay on, with limits that a test does not reach."""
    for name in risk_engine.get_all_rule_names():
        rule: Any = risk_engine.rules[name]
        setting: dict[str, Any] = {
            key: 1_000_000_000 for key in rule.parameters if key != "active" and type(getattr(rule, key)) in (int, float)
        }
        risk_engine.update_rule_setting(name, setting)
