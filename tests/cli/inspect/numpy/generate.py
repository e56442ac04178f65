"""Writes pickles.jsonl beside this file: structured arrays, records and arrays of objects, as real numpys pickle them.

    python3 generate.py PYTHON...

Each PYTHON has another numpy. What several write alike is kept once.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

ONE = r"""
import base64, datetime, decimal, json, pickle, sys
import numpy as np

plain = [("id", "<i4"), ("price", "<f8"), ("symbol", "U6")]
nested = [("id", "<i4"), ("leg", [("side", "S1"), ("price", ">f4", (2,)), ("at", "M8[us]")])]
objects = [("id", "<i4"), ("name", "O"), ("inner", [("tags", "O"), ("n", "u1")])]
records = np.rec.array([(1, 2.5), (2, 3.5)], dtype=[("a", "<i4"), ("b", "<f8")])
cases = {
    "structured": np.array([(1, 2.5, "rb2605"), (2, 3.5, "ag")], plain),
    "structured-scalar": np.array([(1, 2.5, "rb2605")], plain)[0],
    "structured-2d": np.zeros((2, 3), plain),
    "nested": np.zeros(2, nested),
    "nested-scalar": np.zeros(1, nested)[0],
    "no-fields": np.zeros(2, []),
    "raw": [np.zeros(2, "V4"), np.void(b"abc")],
    "aligned": np.zeros(2, np.dtype([("a", "i1"), ("b", "<f8")], align=True)),
    "aligned-objects": np.zeros(2, np.dtype([("a", "i1"), ("b", "O")], align=True)),
    "offsets": np.zeros(2, {"names": ["x", "y"], "formats": ["<i4", "<i4"], "offsets": [8, 0], "itemsize": 20}),
    "overlapping-numbers": np.zeros(2, {"names": ["x", "y"], "formats": ["<i4", "<i2"], "offsets": [0, 2], "itemsize": 4}),
    "titles": np.zeros(2, [(("The title", "a"), "<i4"), ("b", "O")]),
    "metadata": np.zeros(2, np.dtype([("a", "<i4"), ("b", "O")], metadata={"unit": "lots"})),
    "sub-array": np.zeros(2, [("m", "<f8", (2, 3)), ("o", "O", (2,))]),
    "objects": np.array([1, "a", None, [2], {"k": decimal.Decimal("1.5")}, datetime.date(2026, 1, 5)], object),
    "objects-2d": np.array([[1, "a"], [None, 2.5]], object),
    "objects-0d": np.array(None, object),
    "objects-empty": np.zeros((0, 3), object),
    "objects-in-objects": np.array([np.array([1, "a"], object), np.zeros(2, objects)] + [None], object),
    "structured-objects": np.array([(1, "a", ([1], 2)), (2, None, ({}, 3))], objects),
    "structured-objects-scalar": np.array([(1, "a", ([1], 2))], objects)[0],
    "record-array": records,
    "record": records[0],
    "record-array-objects": np.rec.array([(1, None)], dtype=[("a", "<i4"), ("b", "O")]),
    "record-objects": np.rec.array([(1, None)], dtype=[("a", "<i4"), ("b", "O")])[0],
    "dtypes": [np.dtype(t) for t in (plain, nested, objects, ("<f8", (2, 3)), ("O", 2), "O", "M8[ns]", "S0", "U0", "?")],
    "transposed": np.arange(24, dtype="<i8").reshape(2, 3, 4).transpose(1, 0, 2),
    "fortran-structured": np.asfortranarray(np.zeros((2, 3), plain)),
    "shared": (lambda a: [a, a, a.dtype])(np.zeros(2, objects)),
    "masked": np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False]),
    "masked-fortran": np.ma.array(np.asfortranarray(np.arange(6, dtype="<i4").reshape(2, 3)), mask=[[0, 0, 1], [0, 0, 0]], fill_value=9),
    "matrix": np.matrix([[1, 2]]),
    "many-fields": np.zeros(1, [("f%d" % i, "<f4") for i in range(400)]),
}
rows = []
for name, value in cases.items():
    for protocol in (4,) if name == "many-fields" else (2, 3, 4, 5):
        data = pickle.dumps(value, protocol)
        pickle.loads(data)
        rows.append([name, protocol, base64.b64encode(data).decode()])
json.dump({"numpy": np.__version__, "rows": rows}, sys.stdout)
"""


def main():
    merged = {}
    for python in sys.argv[1:]:
        out = subprocess.run([python, "-c", ONE], check=True, stdout=subprocess.PIPE).stdout
        made = json.loads(out)
        for name, protocol, data in made["rows"]:
            merged.setdefault((name, protocol, data), []).append(made["numpy"])
    rows = [{"case": key[0], "protocol": key[1], "numpy": by, "data": key[2]} for key, by in sorted(merged.items())]
    with open(os.path.join(HERE, "pickles.jsonl"), "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


if __name__ == "__main__":
    main()
