"""What the tests ask of a real CPython: run in the CPython of the npm package `pyodide`, and as a child process.

    python proof.py    reads one JSON request a line, {"function": name, "argument": value}, answers one line each

Runs on CPython 3.8 to 3.14. Bytes travel as base64.
"""
import base64
import io
import json
import os
import pickle
import pickletools
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import zones  # noqa: E402

zones.install()

import cases  # noqa: E402
import describe  # noqa: E402
import fixture_types  # noqa: E402

CASES = {case.name: case for case in cases.TABLE}


class Persistent(object):
    """Stands in a loaded value for a persistent id."""

    def __init__(self, identifier):
        self.identifier = identifier


class Witness(describe.Describer):
    """Describes what a reader of out-of-band buffers gets, too."""

    def _instance(self, value):
        if isinstance(value, memoryview):
            return ["bytes" if value.readonly else "bytearray", encode(bytes(value))]
        return super()._instance(value)


class Unpickler(pickle.Unpickler):
    def persistent_load(self, identifier):
        return Persistent(identifier)


def decode(text):
    return base64.b64decode(text)


def encode(data):
    return base64.b64encode(data).decode("ascii")


def buffer_of(text):
    kind, data = text.split(":")
    return bytearray(decode(data)) if kind == "w" else decode(data)


def load(request):
    data = decode(request["bytes"])
    buffers = request.get("buffers")
    options = {} if buffers is None else {"buffers": [buffer_of(text) for text in buffers]}
    return Unpickler(io.BytesIO(data), encoding=request.get("encoding", "ASCII"), **options).load()


def persistent_id(value):
    if isinstance(value, Persistent):
        return value.identifier
    return "handle-%s" % value.name if isinstance(value, fixture_types.Handle) else None


def told(error):
    return "%s: %s" % (type(error).__name__, error)


def answer(function, request):
    try:
        return function(request)
    except (Exception, SystemExit) as error:  # noqa: BLE001: whatever CPython says is the answer
        return {"error": told(error)}


def version(_argument):
    return {"python": "%d.%d.%d" % sys.version_info[:3], "packages": packages()}


def packages():
    return {name: True for name in ("numpy", "pandas", "pytz", "dateutil", "vnpy") if getattr(cases, name) is not None}


def names(_argument):
    """The names of the cases that this CPython can make."""
    return sorted(CASES)


def loads(requests):
    """For each pickle {"bytes", "buffers"?, "encoding"?}: the description of what CPython makes of it, or its error."""
    return [answer(lambda request: {"value": describe.describe(load(request), 4, persistent_id)}, request)
            for request in requests]


class Forbidden(Exception):
    pass


class PlainUnpickler(Unpickler):
    """Knows no name at all: for input that nobody has looked at."""

    def find_class(self, module, name):
        raise Forbidden("%s.%s" % (module, name))


def loads_plain(requests):
    """As loads, for pickles that may hold anything. One that names a class or function is "Forbidden: ..."."""

    def one(text):
        return {"value": describe.describe(PlainUnpickler(io.BytesIO(decode(text))).load(), 4, persistent_id)}

    return [answer(one, request) for request in requests]


def compare(requests):
    """For each {"case", "protocol", "bytes", "buffers"?}: null when CPython loads it to what the case's value is.

    The protocol decides about the one thing that older protocols do not carry, the fold of a datetime.
    """
    originals = {}

    def text(value, fold):
        tree = Witness(4, persistent_id).describe(value)
        return json.dumps(tree if fold else without_fold(tree))

    def one(request):
        name, fold = request["case"], request["protocol"] >= 4
        if (name, fold) not in originals:
            originals[name, fold] = text(CASES[name].make(), fold)
        loaded = text(load(request), fold)
        if loaded == originals[name, fold]:
            return None
        return {"error": "is %s, should be %s" % (loaded[:2000], originals[name, fold][:2000])}

    return [answer(one, request) for request in requests]


def without_fold(tree):
    if not isinstance(tree, list):
        return tree
    if tree[:1] in (["datetime"], ["time"]):
        return tree[:2] + [0] + tree[3:]
    return [without_fold(item) for item in tree]


def make(requests):
    """For each {"case", "protocol"}: the pickle that CPython makes of the case, and its buffers."""
    import generate

    def one(request):
        case = CASES[request["case"]]
        data, buffers = generate.dump(case, case.make(), request["protocol"], "c")
        return {"bytes": encode(data), "buffers": [kind + ":" + encode(content) for kind, content in buffers]}

    return [answer(one, request) for request in requests]


def disassemble(requests):
    """For each pickle: the text of pickletools.dis, or its error."""

    def one(text):
        stream = io.StringIO()
        pickletools.dis(decode(text), stream)
        return {"text": stream.getvalue()}

    # Newer CPythons limit the digits of an int as text; a listing has to show all of them.
    limit = getattr(sys, "get_int_max_str_digits", lambda: 0)()
    getattr(sys, "set_int_max_str_digits", id)(0)
    try:
        return [answer(one, request) for request in requests]
    finally:
        getattr(sys, "set_int_max_str_digits", id)(limit)


def tokens(requests):
    """For each pickle: [[offset, opcode name], ...] of pickletools.genops, or its error."""

    def one(text):
        return {"tokens": [[offset, opcode.name] for opcode, _argument, offset in pickletools.genops(decode(text))]}

    return [answer(one, request) for request in requests]


def optimize(requests):
    """For each pickle: pickletools.optimize of it."""
    return [answer(lambda text: {"bytes": encode(pickletools.optimize(decode(text)))}, request) for request in requests]


def redump(requests):
    """For each {"bytes", "protocol"}: CPython's own pickle of what it loads, both optimized by pickletools."""

    def one(request):
        data = decode(request["bytes"])
        own = pickle.dumps(pickle.loads(data), request["protocol"])
        return {"given": encode(pickletools.optimize(data)), "own": encode(pickletools.optimize(own))}

    return [answer(one, request) for request in requests]


def call(text):
    request = json.loads(text)
    return json.dumps(globals()[request["function"]](request["argument"]))


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for line in sys.stdin:
        sys.stdout.write(call(line) + "\n")
        sys.stdout.flush()
