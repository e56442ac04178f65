"""
Python values as JSON that keeps the Python types: what a test has to see to judge what arrived.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from peer_runtime import type_name

# Integers above are not exact in a JavaScript number, so they travel as text.
MAX_SAFE_INTEGER: int = 2**53 - 1


def describe(value: object) -> dict[str, Any]:
    """
    Return `{"type": ..., "value": ...}` for a value, and the same for everything in it.

    | value | JSON |
    | --- | --- |
    | None, bool, str, finite float, safe int | `{"type": "float", "value": 1.0}` |
    | other int, inf, nan | `value` is text: `"9007199254740993"`, `"inf"`, `"nan"` |
    | bytes, bytearray | `value` is hexadecimal |
    | list, tuple, set, frozenset | `value` is a list |
    | dict | `value` is a list of [key, value] pairs, in order |
    | datetime, date, time | `value` is `isoformat()`, with `"tz": repr(tzinfo)` or null |
    | timedelta | `value` is the number of microseconds |
    | enum member | `{"type": "vnpy.trader.constant.Direction", "name": "LONG", "value": "多"}` |
    | object with attributes | `{"type": "vnpy.trader.object.TickData", "fields": {"symbol": {...}, ...}}`, in order |
    | anything else | `{"type": ..., "repr": ...}` |
    """
    kind: str = type_name(value)
    if isinstance(value, Enum):
        return {"type": kind, "name": value.name, "value": value.value}
    if value is None or isinstance(value, (bool, str)):
        return {"type": kind, "value": value}
    if isinstance(value, int):
        return {"type": kind, "value": int(value) if abs(value) <= MAX_SAFE_INTEGER else str(value)}
    if isinstance(value, float):
        return {"type": kind, "value": float(value) if math.isfinite(value) else repr(float(value))}
    if isinstance(value, (bytes, bytearray)):
        return {"type": kind, "value": value.hex()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return {"type": kind, "value": [describe(item) for item in value]}
    if isinstance(value, Mapping):
        return {"type": kind, "value": [[describe(key), describe(item)] for key, item in value.items()]}
    if isinstance(value, (datetime, time)):
        zone: str | None = None if value.tzinfo is None else repr(value.tzinfo)
        return {"type": kind, "value": value.isoformat(), "tz": zone, "fold": value.fold}
    if isinstance(value, date):
        return {"type": kind, "value": value.isoformat()}
    if isinstance(value, timedelta):
        return {"type": kind, "value": value // timedelta(microseconds=1)}
    if hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
        return {"type": kind, "fields": {name: describe(item) for name, item in vars(value).items()}}
    return {"type": kind, "repr": repr(value)}
