"""Prints, as JSON, what this interpreter makes of the table of pickles/cases.py. Runs on CPython 2.7 and 3.6 to 3.14.

    PYTHONHASHSEED=0 python generate.py [PREFIX...]

With prefixes, only the cases whose names start with one of them. generate_all.py calls this for every interpreter.
"""
import base64
import io
import json
import os
import pickle
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "pickles"))

import zones  # noqa: E402

zones.install()

import cases  # noqa: E402
import describe  # noqa: E402
import fixture_types  # noqa: E402

PY2 = sys.version_info[0] == 2

if PY2:
    import cPickle as c_pickle
    import copy_reg as copyreg
else:
    import copyreg

    c_pickle = pickle


def persistent_id(value):
    return str("handle-%s" % value.name) if isinstance(value, fixture_types.Handle) else None


def dump(case, value, protocol, writer):
    """The pickle and the buffers that travel beside it. `writer` is "c" or "python", two implementations of CPython."""
    buffers = []
    stream = io.BytesIO()
    if PY2:
        pickler = (c_pickle if writer == "c" else pickle).Pickler(stream, protocol)
        if case.persistent:
            pickler.persistent_id = persistent_id
    else:
        options = {"buffer_callback": buffers.append} if case.buffers else {}
        base = pickle.Pickler if writer == "c" else pickle._Pickler
        if case.persistent:
            base = type("Persistent", (base,), {"persistent_id": lambda self, value: persistent_id(value)})
        pickler = base(stream, protocol, **options)
    if case.extension is not None:
        copyreg.add_extension("fixture_types", "Plain", case.extension)
    try:
        pickler.dump(value)
    finally:
        if case.extension is not None:
            copyreg.remove_extension("fixture_types", "Plain", case.extension)
    return stream.getvalue(), [("r" if buffer.raw().readonly else "w", bytes(buffer.raw())) for buffer in buffers]


def base64_text(data):
    return base64.b64encode(data).decode("ascii")


def rows(prefixes=()):
    for case in cases.TABLE:
        if prefixes and not case.name.startswith(tuple(prefixes)):
            continue
        for protocol in case.protocols:
            described = describe.describe(case.make(), protocol, persistent_id if case.persistent else None)
            for writer in ("c", "python"):
                data, buffers = dump(case, case.make(), protocol, writer)
                row = {"case": case.name, "protocol": protocol, "writer": writer, "bytes": base64_text(data),
                       "value": described}
                if buffers:
                    row["buffers"] = [kind + ":" + base64_text(data) for kind, data in buffers]
                yield row


def packages():
    found = {}
    for name in ("numpy", "pandas", "pytz", "dateutil", "vnpy"):
        module = sys.modules.get(name)
        version = getattr(module, "__version__", None)
        if isinstance(version, str):
            found[name] = version
    return found


def report(prefixes=()):
    """Everything as one JSON text, in ASCII."""
    made = list(rows(prefixes))
    version = "%d.%d.%d" % tuple(sys.version_info[:3])
    return json.dumps({"python": version, "packages": packages(), "pickles": made})


if __name__ == "__main__":
    sys.stdout.write(report(sys.argv[1:]))
    sys.stdout.write("\n")
