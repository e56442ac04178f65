"""Print what the installed vnpy says about its enums, classes, events and RPC functions, as JSON.

    python python-fixtures/dump_vnpy_schema.py > python-fixtures/data/vnpy-schema-4.5.0.json

tests/vnpy/schema.test.ts holds the TypeScript classes against the committed output; interop/vnpy-schema.test.ts holds
the committed output against the installed packages, so that a change in either is noticed.

Enum values depend on the locale of the process, so each locale is asked in a process of its own.
"""

import dataclasses
import enum
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

LOCALES = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}


def tagged(value):
    """A JSON form of a value that keeps apart what JSON would mix up."""
    if isinstance(value, enum.Enum):
        return {"enum": f"{type(value).__name__}.{value.name}"}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, float):
        return {"float": value}
    return value


def sample_value(annotation, index):
    """A value for a field, by its annotation: distinct numbers show a mixed-up field."""
    kind = str(annotation)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return list(annotation)[-1]
    for part in getattr(annotation, "__args__", ()):
        if isinstance(part, type) and part is not type(None):
            return sample_value(part, index)
    if annotation is datetime or "datetime" in kind:
        return datetime(2024, 5, 6, 9, 30, index, 123456, tzinfo=timezone.utc)
    if annotation is str:
        return f"s{index}"
    if annotation is bool:
        return True
    if annotation is int:
        return index
    if annotation is float:
        return index + 0.5
    if annotation is dict:
        return {"k": index}
    raise SystemExit(f"no sample for {annotation!r}: teach dump_vnpy_schema.py this type")


def type_name(annotation):
    args = [part for part in getattr(annotation, "__args__", ()) if part is not type(None)]
    optional = " | None" if len(args) == 1 and len(getattr(annotation, "__args__", ())) == 2 else ""
    return (args[0] if optional else annotation).__name__ + optional


def describe_class(cls):
    fields, init = [], {}
    for index, field in enumerate(dataclasses.fields(cls)):
        required = field.default is dataclasses.MISSING
        fields.append(
            {
                "name": field.name,
                "type": type_name(field.type),
                "required": required,
                "init": field.init,
                **({} if required else {"default": tagged(field.default)}),
            }
        )
        if field.init:
            init[field.name] = sample_value(field.type, index)
    state = vars(cls(**init))
    return {
        "fields": fields,
        "derived": [name for name in state if name not in {field["name"] for field in fields}],
        # LogData's time is the moment of its making: its name is checked, its value cannot be.
        "sample": {"init": {k: tagged(v) for k, v in init.items()},
                   "state": {k: tagged(v) for k, v in state.items() if not (cls.__name__ == "LogData" and k == "time")}},
        "methods": sorted(name for name, value in vars(cls).items() if inspect.isfunction(value) and name[0] != "_"),
    }


def dump_one():
    # vnpy creates ~/.vntrader at import unless the current folder has one.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ".vntrader").mkdir()
        os.chdir(folder)
        from vnpy.event.engine import EVENT_TIMER, Event
        from vnpy.rpc import common
        from vnpy.trader import constant, event, object as objects
        from vnpy.trader.engine import MainEngine, OmsEngine
        from vnpy_rpcservice.rpc_gateway.rpc_gateway import RpcGateway
        from vnpy_rpcservice.rpc_service import engine as service

        enums = {
            name: {member.name: member.value for member in cls}
            for name, cls in vars(constant).items()
            if isinstance(cls, type) and issubclass(cls, enum.Enum) and cls is not enum.Enum
        }
        classes = {
            name: describe_class(cls)
            for name, cls in vars(objects).items()
            if dataclasses.is_dataclass(cls) and cls.__module__ == objects.__name__
        }
        registered = re.findall(r"register\(self\.main_engine\.(\w+)\)", inspect.getsource(service.RpcEngine.init_server))
        functions = {
            name: [p for p in inspect.signature(getattr(MainEngine, name, None) or getattr(OmsEngine, name)).parameters
                   if p != "self"]
            for name in registered
        }
        probe = Event("eTick.")
        result = {
            "vnpy": version("vnpy"),
            "vnpy_rpcservice": version("vnpy_rpcservice"),
            "enums": enums,
            "classes": classes,
            "event": {"module": Event.__module__, "state": vars(probe)},
            "eventTypes": {"EVENT_TIMER": EVENT_TIMER, "EVENT_RPC_LOG": service.EVENT_RPC_LOG}
            | {name: value for name, value in vars(event).items() if name.startswith("EVENT_")},
            "activeStatuses": sorted(status.name for status in objects.ACTIVE_STATUSES),
            "functions": functions,
            "gatewaySetting": RpcGateway.default_setting,
            "heartbeat": {name: value for name, value in vars(common).items() if name.startswith("HEARTBEAT_")},
        }
        os.chdir("/")
    json.dump(result, sys.stdout)


def dump_all():
    outputs = {}
    for key, locale in LOCALES.items():
        environment = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")}
        environment |= {"LANG": locale, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, __file__, "--one"], env=environment, stdout=subprocess.PIPE, check=True)
        outputs[key] = json.loads(done.stdout)
    result = outputs["zh"]
    result["enums"] = {
        enum_name: {name: {key: outputs[key]["enums"][enum_name][name] for key in LOCALES} for name in members}
        for enum_name, members in result["enums"].items()
    }
    sys.stdout.reconfigure(encoding="utf-8")
    json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    dump_one() if sys.argv[1:] == ["--one"] else dump_all()
