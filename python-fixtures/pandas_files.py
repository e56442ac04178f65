"""Writes data/pandas-pickles.jsonl: frames, series and indexes as real versions of pandas pickle them.

    python3 python-fixtures/pandas_files.py PYTHON...

Each PYTHON has another pandas: 3.1.1 (numpy 2.5.1), 2.2.3 (1.26.4) and 1.5.3 (1.23.5), each with pyarrow, 1.1.5 (1.18.5), 0.25.3 (1.17.5),
0.23.4 (1.15.4).
What several write alike is kept once.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

ONE = r"""
import base64, datetime, decimal, json, pickle, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
try:
    import pyarrow as pa
except ImportError:
    pass

when = pd.date_range("2026-01-05 09:00", periods=7, freq="min", tz="Asia/Shanghai")
bars = pd.DataFrame({
    "open": [3500.0, 3501.5, float("nan"), 3503.0, 3504.0, 3505.0, 3506.0],
    "volume": np.arange(7, dtype="i8"),
    "name": [u"\u87ba\u7eb9\u94a2"] * 7,
    "up": [True, False] * 3 + [True],
    "close": np.arange(7, dtype="f8"),
}, index=when)
cases = {
    "bars": lambda: bars,
    "plain": lambda: pd.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]}),
    "empty": lambda: pd.DataFrame(),
    "no rows": lambda: pd.DataFrame({"a": np.zeros(0), "b": np.zeros(0, "i8")}),
    "no columns": lambda: pd.DataFrame(index=[1, 2, 3]),
    "same names": lambda: pd.DataFrame([[1, 2.5], [3, 4.5]], columns=["x", "x"]),
    "numbered columns": lambda: pd.DataFrame(np.arange(6.0).reshape(2, 3)),
    "fortran": lambda: pd.DataFrame(np.asfortranarray(np.arange(6.0).reshape(2, 3))),
    "small numbers": lambda: pd.DataFrame({"i1": np.array([1, -2], "i1"), "u2": np.array([1, 2], "u2"),
        "f4": np.array([0.5, 1], "f4"), "c": np.array([1 + 2j, -1j])}),
    "dates": lambda: pd.DataFrame({"at": pd.to_datetime(["2026-01-05 09:30:00.500", None, "1969-12-31 00:00:00.000"]),
        "zone": pd.to_datetime(["2026-01-05", None, "2026-07-01"]).tz_localize("America/New_York"),
        "utc": pd.to_datetime(["2026-01-05", None, "2026-07-01"]).tz_localize("UTC"),
        "span": pd.to_timedelta(["1 days", None, "-1 s"])}),
    "categories": lambda: pd.DataFrame({"side": pd.Categorical(["long", None, "short"]),
        "level": pd.Categorical([3, 1, 2], ordered=True)}),
    "objects": lambda: pd.DataFrame({"o": [1, "x", None, decimal.Decimal("1.5"), datetime.date(2026, 1, 5), [1, 2], {"k": 1}]}),
    "multi index": lambda: pd.DataFrame({"n": [1, 2, 3, 4]},
        index=pd.MultiIndex.from_product([["SHFE", "DCE"], [1, 2]], names=["exchange", "n"])),
    "multi columns": lambda: pd.DataFrame([[1, 2], [3, 4]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])),
    "named index": lambda: pd.DataFrame({"v": [1.5, 2.5]}, index=pd.Index(["r1", "r2"], name=u"\u5408\u7ea6")),
    "added column": lambda: bars.assign(extra=1).drop(columns=["close"]),
    "every second": lambda: pd.DataFrame(np.arange(20.0).reshape(5, 4)).iloc[::2, ::2],
    "transposed": lambda: pd.DataFrame(np.arange(6).reshape(2, 3)).T,
    "series": lambda: pd.Series([1.5, 2.5, 3.5], name=u"\u6536\u76d8\u4ef7"),
    "series of dates": lambda: pd.Series(pd.to_datetime(["2026-01-05", None])),
    "series with index": lambda: pd.Series(["a", "b"], index=[10, 20]),
    "index": lambda: pd.Index([3, 1, 2]),
    "float index": lambda: pd.Index([0.5, 1.5]),
    "text index": lambda: pd.Index(["a", "b"], name="key"),
    "range index": lambda: pd.RangeIndex(0, 10, 2),
    "date index": lambda: when,
    "naive date index": lambda: pd.date_range("2026-01-05", periods=3, freq="D"),
    "offset zone": lambda: pd.DatetimeIndex(["2026-01-05"]).tz_localize(datetime.timezone(datetime.timedelta(hours=8))),
    "span index": lambda: pd.to_timedelta(["1 days", "2 days"]),
    "category index": lambda: pd.CategoricalIndex(["a", "b", "a"]),
    "multi": lambda: pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]),
    "period index": lambda: pd.period_range("2026-01", periods=3, freq="M"),
    "interval index": lambda: pd.interval_range(0, 3),
    "timestamp": lambda: [pd.Timestamp("2026-01-05 09:30:00.123456789"), pd.Timestamp("2026-01-05", tz="Asia/Shanghai"), pd.NaT],
    "timedelta": lambda: pd.Timedelta(days=1, seconds=2),
    "nullable": lambda: pd.DataFrame({"i": pd.array([1, None, 3], "Int64"), "b": pd.array([True, None, False], "boolean"),
        "s": pd.array(["x", None, "z"], "string")}),
    "nullable float": lambda: pd.DataFrame({"f": pd.array([1.5, None], "Float64")}),
    "text of arrow": lambda: pd.Series(pd.array(["x", None, u"\u591a"], "string[pyarrow]")),
    "text of python": lambda: pd.Series(pd.array(["x", None], pd.StringDtype("python"))),
    "periods": lambda: pd.DataFrame({"p": pd.period_range("2026-01", periods=2, freq="M")}),
    "intervals": lambda: pd.DataFrame({"i": pd.interval_range(0, 2)}),
    "sparse": lambda: pd.DataFrame({"s": pd.arrays.SparseArray([0, 0, 1])}),
    "milliseconds": lambda: pd.DataFrame({"ms": np.array(["2026-01-05T09:30:00.250"], "M8[ms]")}),
    "attributes": lambda: (lambda f: (f.attrs.update(source="ctp"), f)[1])(pd.DataFrame({"a": [1]})),
    "period scalars": lambda: [pd.Period(*of) for of in (("2026-01", "M"), ("2026-01-05", "D"), ("2026Q1", "Q"), ("2026-01-05", "W"),
        ("2026-01-05", "B"), ("2026-01-05 09:30", "min"), ("2026-01-05 09:30:01", "s"), ("2026-01-05", "W-WED"), ("2026Q1", "Q-MAR"))],
    "interval scalars": lambda: [pd.Interval(0, 1), pd.Interval(0.5, 1.5, "both"),
        pd.Interval(pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-06"), "left")],
    "periods of each kind": lambda: pd.DataFrame({of: pd.period_range("2026-01-05 09:30", periods=2, freq=of)
        for of in ("Y", "Q", "M", "W", "B", "D", "h", "min", "s")}),
    "scalars in objects": lambda: pd.Series([pd.Timestamp("2026-01-05", tz="Asia/Shanghai"), pd.NaT, pd.Timedelta("1d"),
        pd.Period("2026-01", "M"), pd.Interval(0, 1)], dtype=object),
    "by periods": lambda: pd.Series([1, 2], index=pd.period_range("2026-01", periods=2, freq="M")),
    "arrow numbers": lambda: pd.DataFrame({str(of): pd.array([1, None, 0] if of != pa.bool_() else [True, None, False], pd.ArrowDtype(of))
        for of in (pa.int8(), pa.uint64(), pa.float32(), pa.float64(), pa.bool_())}).iloc[1:],
    "arrow times": lambda: pd.DataFrame({
        "at": pd.array([pd.Timestamp("2026-01-05 09:30"), None], pd.ArrowDtype(pa.timestamp("ns"))),
        "zone": pd.array([pd.Timestamp("2026-01-05 09:30", tz="Asia/Shanghai"), None], pd.ArrowDtype(pa.timestamp("us", "Asia/Shanghai"))),
        "day": pd.array([datetime.date(1969, 12, 31), None], pd.ArrowDtype(pa.date32())),
        "time": pd.array([datetime.time(9, 30, 0, 500), None], pd.ArrowDtype(pa.time64("us"))),
        "span": pd.array([pd.Timedelta("-1s"), None], pd.ArrowDtype(pa.duration("ns")))}),
    "arrow others": lambda: pd.DataFrame({
        "price": pd.array([decimal.Decimal("-123.45"), None], pd.ArrowDtype(pa.decimal128(10, 2))),
        "side": pd.array(pa.array([u"\u591a", None]).dictionary_encode(), pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
        "list": pd.array(pa.array([[1, None], None]), pd.ArrowDtype(pa.list_(pa.int64()))),
        "struct": pd.array(pa.array([{"a": 1}, None]), pd.ArrowDtype(pa.struct([("a", pa.int64())]))),
        "bytes": pd.array([b"a", None], pd.ArrowDtype(pa.binary())),
        "none": pd.array(pa.nulls(2), pd.ArrowDtype(pa.null()))}),
    "arrow in chunks": lambda: pd.concat([pd.Series([1, 2], dtype="int64[pyarrow]"), pd.Series([3], dtype="int64[pyarrow]")]),
    "arrow index": lambda: pd.Series([1, 2], index=pd.Index(pd.array([10, 20], pd.ArrowDtype(pa.int64())), name="n")),
    "in a dict": lambda: {"rb2705": pd.DataFrame({"close": [1.0, 2.0]}), "n": 1},
}
rows = []
for name, make in cases.items():
    try:
        value = make()
    except Exception as error:
        sys.stderr.write("%s: no %s: %s\n" % (pd.__version__, name, error))
        continue
    for protocol in (2, 4, 5):
        if protocol > pickle.HIGHEST_PROTOCOL:
            continue
        if protocol != 4 and name not in ("bars", "plain", "dates", "series", "multi index", "categories", "nullable", "timestamp", "every second"):
            continue
        buffers = []
        data = pickle.dumps(value, protocol)
        pickle.loads(data)
        rows.append([name, protocol, base64.b64encode(data).decode(), []])
        if protocol == 5 and name in ("bars", "plain", "every second"):
            data = pickle.dumps(value, 5, buffer_callback=buffers.append)
            outside = [base64.b64encode(b.raw()).decode() for b in buffers]
            rows.append([name + ", out of band", 5, base64.b64encode(data).decode(), outside])
json.dump({"pandas": pd.__version__, "rows": rows}, sys.stdout)
"""


def main():
    merged = {}
    for python in sys.argv[1:]:
        out = subprocess.run([python, "-c", ONE], check=True, stdout=subprocess.PIPE).stdout
        made = json.loads(out)
        for name, protocol, data, buffers in made["rows"]:
            merged.setdefault((name, protocol, data, tuple(buffers)), []).append(made["pandas"])
    with open(os.path.join(HERE, "data", "pandas-pickles.jsonl"), "w") as file:
        for (name, protocol, data, buffers), by in sorted(merged.items()):
            row = {"case": name, "protocol": protocol, "pandas": by, "data": data}
            if buffers:
                row["buffers"] = list(buffers)
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
