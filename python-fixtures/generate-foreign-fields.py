"""
Pickles of values that vnpy's gateways put into fields which vnpy declares as datetime or float: of pandas, numpy and dateutil,
which the virtual environments of the tests do not all have. Makes `data/foreign-fields.json`.

Run it with a Python that has pandas, numpy and python-dateutil. Python-dateutil 2.9 and 4.0 pickle a tzfile in different ways,
and so do pandas 2 and 3 a Timestamp: the file has what each run adds, under the versions.
"""

import json
import pickle
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import dateutil
from dateutil import tz

try:
    import numpy
    import pandas
except ImportError:
    pandas = None

TARGET: Path = Path(__file__).parent / "data" / "foreign-fields.json"

# What each is in Python, by isoformat(), with the zone that it is to have here; None for "not a time".
WALL: tuple[int, ...] = (2027, 1, 4, 9, 30, 0, 123456)
values: dict[str, Any] = {
    "tzfile": datetime(*WALL, tzinfo=tz.gettz("Asia/Shanghai")),
    "tzfile by path": datetime(*WALL, tzinfo=tz.tzfile("/usr/share/zoneinfo/Asia/Tokyo")),
    "tzoffset": datetime(*WALL, tzinfo=tz.tzoffset("X", 28800)),
    "tzoffset west": datetime(*WALL, tzinfo=tz.tzoffset(None, -5400)),
    "tzutc": datetime(*WALL, tzinfo=tz.tzutc()),
    "tzstr": datetime(*WALL, tzinfo=tz.tzstr("EST5EDT")),
}
versions: str = f"dateutil {dateutil.__version__}"
if pandas is not None:
    versions += f", pandas {pandas.__version__}, numpy {numpy.__version__}"
    text: str = "2027-01-04 09:30:00.123456"
    values |= {
        "Timestamp": pandas.Timestamp(text),
        "Timestamp to the nanosecond": pandas.Timestamp(text + "789"),
        "Timestamp before 1970": pandas.Timestamp("1969-12-31 23:59:59.999999999"),
        "Timestamp in a zone": pandas.Timestamp(text, tz="Asia/Shanghai"),
        "Timestamp in UTC": pandas.Timestamp(text, tz="UTC"),
        "Timestamp in a zone of dateutil": pandas.Timestamp(text, tz=tz.gettz("America/New_York")),
        "NaT": pandas.NaT,
        "datetime64[us]": numpy.datetime64("2027-01-04T09:30:00.123456"),
        "datetime64[D]": numpy.datetime64("2027-01-04"),
        "datetime64[ns]": numpy.datetime64("2027-01-04T09:30:00.123456789", "ns"),
        "datetime64 NaT": numpy.datetime64("NaT"),
        "int64": numpy.int64(2**62),
        "float32": numpy.float32(2.5),
        "array of no dimension": numpy.array(2.5),
    }

known: list[dict[str, Any]] = json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else []
known = [entry for entry in known if entry["versions"] != versions]
for name, value in values.items():
    is_time: bool = hasattr(value, "isoformat")
    python: str = "NaT" if str(value) == "NaT" else value.isoformat() if is_time else str(value)
    for protocol in (2, 4):
        pickled: str = pickle.dumps(value, protocol).hex()
        known.append({"versions": versions, "name": name, "protocol": protocol, "python": python, "pickle": pickled})
TARGET.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
print(f"{versions}, CPython {sys.version.split()[0]}: {len(values)} values")
