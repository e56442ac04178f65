"""Files of joblib, with arrays beside their pickles.

    pip install joblib==1.6.0 numpy==2.4.6
    python python-fixtures/joblib_files.py > python-fixtures/data/joblib-files.json
"""

import base64
import io
import json
import os
import sys

import joblib
import numpy as np


class Harmful:
    """What it would run, it would only print."""

    def __reduce__(self) -> tuple:
        return os.system, ("echo hi",)


def main() -> None:
    mixed = {
        "ints": np.arange(3),
        "text": "after an array",
        "objects": np.array([1, "x", None], dtype=object),
        "fortran": np.asfortranarray(np.ones((2, 2), "f4")),
        "big-endian": np.arange(5, dtype=">i2"),
        "empty": np.zeros((2, 0)),
        "record": np.zeros(2, dtype=[("x", "i4"), ("y", "f8")]),
        "last": [1, 2, 3],
    }
    files = {
        "an array": (np.arange(6.0).reshape(2, 3), {}),
        "many": (mixed, {}),
        "protocol 2": ([np.arange(3)], {"protocol": 2}),
        "protocol 5": ([np.arange(3)], {"protocol": 5}),
        "compressed": ({"a": np.arange(300)}, {"compress": ("zlib", 3)}),
        "harmful in an array": ([np.array([Harmful()], dtype=object), np.arange(3)], {}),
        "harmful behind an array": ([np.arange(3), Harmful()], {}),
    }
    made = {}
    for name, (value, options) in files.items():
        file = io.BytesIO()
        joblib.dump(value, file, **options)
        made[name] = base64.b64encode(file.getvalue()).decode()
    json.dump(made, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
