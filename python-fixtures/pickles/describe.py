"""Says what a Python value is, as neutral JSON: type, value, order and sharing. Runs on CPython 2.7 and 3.6 to 3.14.

Two values with the same description are equal in value, type and sharing. The description is made from the live value
and never from a pickle, so it is an independent witness of what a decoder must find. It says of an instance of a class
that it does not know what `__reduce_ex__` says, so it depends on the protocol exactly as pickle does.

    null, true, false, "text"      None, bool, str
    ["int", "12"], from 4000 bits on in hex     ["float", 8 bytes big endian in hex]     ["complex", hex, hex]
    ["str2", base64]               a str of Python 2
    ["bytes", base64]              ["bytearray", base64]
    ["list", [...]]                ["tuple", [...]]        ["set", [...]]   ["frozenset", [...]]
    ["dict", [[key, value], ...]]  in order
    ["ellipsis"]                   ["notimplemented"]
    ["datetime", iso, fold, zone]  ["time", iso, fold, zone]   ["date", iso]   ["timedelta", days, seconds, microseconds]
    ["timezone", microseconds, name or null]                   ["zoneinfo", key]
    ["decimal", text]              ["fraction", text]      ["uuid", text]
    ["ordereddict", [[key, value], ...]]   ["counter", [[key, value], ...]]   ["defaultdict", factory, [[key, value], ...]]
    ["deque", [...], maximum or null]
    ["range", start, stop, step]   ["slice", start, stop, step]
    ["path", class, parts]         ["ip", class, text]
    ["ndarray", dtype, shape, fortran, base64 or for objects [...]]    ["npscalar", dtype, base64]    ["dtype", text]
    ["global", module, qualname]
    ["object", class, args, kwargs or null, state, items, entries]    NEWOBJ, NEWOBJ_EX, INST and OBJ without arguments
    ["call", callable, args, state, items, entries]                   REDUCE, INST and OBJ with arguments
    ["persid", id]
    ["shared", n, description]     a value that is met again as ["ref", n]; n counts in order of first meeting
"""
import base64
import collections
import datetime
import decimal
import fractions
import functools
import json
import struct
import sys
import types
import uuid

PY2 = sys.version_info[0] == 2

if PY2:
    import copy_reg as copyreg

    text_type = unicode  # noqa: F821
    int_types = (int, long)  # noqa: F821
    classic_types = (types.ClassType, types.InstanceType)
else:
    import copyreg
    import pathlib

    text_type = str
    int_types = (int,)
    classic_types = ()

try:
    import zoneinfo
except ImportError:
    zoneinfo = None

try:
    from pickle import PickleBuffer
except ImportError:
    PickleBuffer = None

try:
    import numpy
except ImportError:
    numpy = None

# Kinds of numpy's element types that a decoder may turn into numbers; the others travel as calls.
PLAIN_KINDS = "biufcMmSUO"


def base64_text(data):
    return base64.b64encode(bytes(data)).decode("ascii")


def float_text(value):
    if value != value:
        # Of NaN's many encodings, the sign of which depends on the machine, one.
        return "7ff8000000000000"
    return base64.b16encode(struct.pack(">d", value)).decode("ascii").lower()


class _Ref(object):
    def __init__(self, node):
        self.node = node


class Describer(object):
    """Describes values for one protocol. `persistent_id` is the pickler's."""

    def __init__(self, protocol, persistent_id=None):
        self.protocol = protocol
        self.persistent_id = persistent_id
        self.nodes = {}
        self.keep = []

    def describe(self, value):
        tree = self._visit(value)
        return _Numbering().number(tree)

    def _visit(self, value):
        if self.persistent_id is not None:
            identifier = self.persistent_id(value)
            if identifier is not None:
                return ["persid", self._visit(identifier)]
        atom = self._atom(value)
        if atom is not None:
            return atom[0]
        known = self.nodes.get(id(value))
        if known is not None:
            return _Ref(known)
        node = []
        self.keep.append(value)
        self.nodes[id(value)] = node
        node.extend(self._container(value))
        if node[0] == "global":
            # A name has no identity.
            del self.nodes[id(value)]
        return node

    def _atom(self, value):
        """The description of a value without identity, in a list of one; None for the others."""
        kind = type(value)
        if value is None or value is True or value is False:
            return [value]
        if kind is text_type:
            return [value]
        if PY2 and kind is str:
            return [["str2", base64_text(value)]]
        if kind in int_types:
            # Decimal of a long number is quadratic, and limited by newer CPythons.
            return [["int", str(value) if value.bit_length() < 4000 else hex(value).rstrip("L")]]
        if kind is float:
            return [["float", float_text(value)]]
        if kind is complex:
            return [["complex", float_text(value.real), float_text(value.imag)]]
        if value is Ellipsis:
            return [["ellipsis"]]
        if value is NotImplemented:
            return [["notimplemented"]]
        if kind is tuple and not value:
            return [["tuple", []]]
        if kind is frozenset and not value:
            return [["frozenset", []]]
        if kind is bytes and len(value) < 2:
            # CPython has one object for each of these.
            return [["bytes", base64_text(value)]]
        if self._is_named(value):
            described = self._global(value)
            # Where it takes a call to get it, pickle remembers the result.
            return [described] if described[0] == "global" else None
        zone = self._zone(value)
        if zone is not None:
            return [zone]
        return None

    @staticmethod
    def _is_named(value):
        """Classes, functions and functions of modules: pickled by name."""
        if not isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType) + classic_types[:1]):
            return False
        owner = getattr(value, "__self__", None)
        return owner is None or isinstance(owner, types.ModuleType)

    def _zone(self, value):
        kind = type(value)
        if not PY2 and kind is datetime.timezone:
            args = value.__getinitargs__()
            microseconds = args[0] // datetime.timedelta(microseconds=1)
            return ["timezone", microseconds, args[1] if len(args) > 1 else None]
        if zoneinfo is not None and kind is zoneinfo.ZoneInfo:
            return ["zoneinfo", value.key]
        return None

    def _global(self, value):
        singleton = {type(None): None, type(Ellipsis): Ellipsis, type(NotImplemented): NotImplemented}
        if isinstance(value, type) and value in singleton and not PY2:
            return ["call", ["global", "builtins", "type"], [self._visit(singleton[value])], None, [], []]
        name = getattr(value, "__qualname__", None) or value.__name__
        module = getattr(value, "__module__", None)
        if module is None:
            module = "builtins" if not PY2 else "__builtin__"
        if "." in name and self.protocol < 4:
            parent, last = name.rsplit(".", 1)
            owner = sys.modules[module]
            for part in parent.split("."):
                owner = getattr(owner, part)
            return ["call", ["global", "builtins", "getattr"], [self._visit(owner), last], None, [], []]
        return ["global", module, name]

    def _container(self, value):
        kind = type(value)
        if self._is_named(value):
            return self._global(value)
        if kind is bytes:
            return ["bytes", base64_text(value)]
        if kind is bytearray:
            return ["bytearray", base64_text(value)]
        if kind is list:
            return ["list", [self._visit(item) for item in value]]
        if kind is tuple:
            return ["tuple", [self._visit(item) for item in value]]
        if kind is dict:
            return ["dict", self._entries(value)]
        if kind is set:
            return ["set", _sorted([self._visit(item) for item in value])]
        if kind is frozenset:
            return ["frozenset", _sorted([self._visit(item) for item in value])]
        if kind is datetime.datetime:
            zone = None if value.tzinfo is None else self._visit(value.tzinfo)
            return ["datetime", value.replace(tzinfo=None).isoformat(), self._fold(value), zone]
        if kind is datetime.time:
            zone = None if value.tzinfo is None else self._visit(value.tzinfo)
            return ["time", value.replace(tzinfo=None).isoformat(), self._fold(value), zone]
        if kind is datetime.date:
            return ["date", value.isoformat()]
        if kind is datetime.timedelta:
            return ["timedelta", value.days, value.seconds, value.microseconds]
        if kind is decimal.Decimal:
            return ["decimal", str(value)]
        if PickleBuffer is not None and kind is PickleBuffer:
            # What a reader gets that was given no better buffer.
            raw = value.raw()
            return ["bytes" if raw.readonly else "bytearray", base64_text(bytes(raw))]
        if numpy is not None:
            if kind is numpy.ndarray and value.dtype.kind in PLAIN_KINDS:
                fortran = bool(value.flags.f_contiguous and not value.flags.c_contiguous)
                order = "F" if fortran else "C"
                if value.dtype.kind == "O":
                    data = [self._visit(item) for item in value.ravel(order)]
                else:
                    data = base64_text(value.tobytes(order))
                return ["ndarray", value.dtype.str, list(value.shape), fortran, data]
            if isinstance(value, numpy.dtype) and value.kind in PLAIN_KINDS:
                return ["dtype", value.str]
            if isinstance(value, numpy.generic) and value.dtype.kind in PLAIN_KINDS:
                return ["npscalar", value.dtype.str, base64_text(value.tobytes())]
        standard = self._standard(value)
        if standard is not None:
            return standard
        if PY2 and kind is types.InstanceType:
            return self._classic_instance(value)
        return self._instance(value)

    def _standard(self, value):
        """Classes of the standard library that travel as calls, by what they mean."""
        kind = type(value)
        if kind is fractions.Fraction:
            return ["fraction", str(value)]
        if kind is uuid.UUID:
            return ["uuid", str(value)]
        # On Python 2 its __dict__ holds how it works.
        if kind is collections.OrderedDict and (PY2 or not value.__dict__):
            return ["ordereddict", self._entries(value)]
        if kind is collections.Counter:
            return ["counter", self._entries(value)]
        if kind is collections.defaultdict:
            return ["defaultdict", self._visit(value.default_factory), self._entries(value)]
        if kind is collections.deque:
            return ["deque", [self._visit(item) for item in value], value.maxlen]
        if kind is slice:
            return ["slice", self._visit(value.start), self._visit(value.stop), self._visit(value.step)]
        if PY2:
            if kind is xrange:  # noqa: F821
                return ["range"] + [self._visit(part) for part in value.__reduce__()[1]]
            return None
        if kind is range:
            return ["range", self._visit(value.start), self._visit(value.stop), self._visit(value.step)]
        if isinstance(value, pathlib.PurePath):
            return ["path", kind.__name__, list(value.parts)]
        if kind.__module__ == "ipaddress":
            return ["ip", kind.__name__, str(value)]
        return None

    def _entries(self, mapping):
        return [[self._visit(key), self._visit(item)] for key, item in mapping.items()]

    def _fold(self, value):
        # Protocols 0 to 3 do not carry it.
        return getattr(value, "fold", 0) if self.protocol >= 4 else 0

    def _classic_instance(self, value):
        state = value.__getstate__() if hasattr(value, "__getstate__") else value.__dict__
        if hasattr(value, "__getinitargs__"):
            args = value.__getinitargs__()
            self.keep.append(args)
            return ["call", self._global(value.__class__), self._args(args), self._state(state), [], []]
        # INST and OBJ without arguments leave __init__ out.
        return ["object", self._global(value.__class__), [], None, self._state(state), [], []]

    def _instance(self, value):
        if isinstance(value, type):
            return self._global(value)
        reducer = copyreg.dispatch_table.get(type(value))
        reduced = reducer(value) if reducer is not None else value.__reduce_ex__(self.protocol)
        if isinstance(reduced, (str, text_type)):
            # Nothing depends on which of two names of a global is taken.
            return ["global", getattr(value, "__module__", None) or type(value).__module__, reduced]
        self.keep.append(reduced)
        parts = list(reduced) + [None] * (6 - len(reduced))
        function, args, state, items, entries, setter = parts
        items = [self._visit(item) for item in items] if items is not None else []
        entries = [[self._visit(key), self._visit(item)] for key, item in entries] if entries is not None else []
        state = self._state(state)
        if setter is not None:
            # Pickle writes it as a call of its own whose result is dropped.
            state = ["setter", self._visit(setter), state]
        name = getattr(function, "__name__", "")
        if name == "__newobj__":
            return ["object", self._visit(args[0]), self._args(args[1:]), None, state, items, entries]
        if name == "__newobj_ex__" and self.protocol < 4:
            bound = functools.partial(args[0].__new__, args[0], *args[1], **args[2])
            self.keep.append(bound)
            return ["call", self._visit(bound), [], state, items, entries]
        if name == "__newobj_ex__":
            kwargs = [[key, self._visit(item)] for key, item in args[2].items()]
            return ["object", self._visit(args[0]), self._args(args[1]), kwargs, state, items, entries]
        if name == "_reconstructor" and args[1] is object:
            # The way of protocols 0 and 1 to say NEWOBJ.
            return ["object", self._visit(args[0]), [], None, state, items, entries]
        return ["call", self._visit(function), self._args(args), state, items, entries]

    def _args(self, args):
        return [self._visit(item) for item in args]

    def _state(self, state):
        # A state has no identity of its own: pickle makes it for the occasion.
        if type(state) is dict:
            return ["dict", [[self._visit(key), self._visit(item)] for key, item in state.items()]]
        if type(state) is tuple:
            return ["tuple", [self._state(item) for item in state]]
        return self._visit(state)


class _Numbering(object):
    """Turns the references of a tree into numbers, counted in order of first meeting."""

    def __init__(self):
        self.targets = set()
        self.numbers = {}

    def number(self, tree):
        self._collect(tree)
        return self._emit(tree)

    def _collect(self, tree):
        if isinstance(tree, _Ref):
            self.targets.add(id(tree.node))
        elif isinstance(tree, list):
            for item in tree:
                self._collect(item)

    def _emit(self, tree):
        if isinstance(tree, _Ref):
            tree = tree.node
        if not isinstance(tree, list):
            return tree
        if id(tree) not in self.targets:
            return [self._emit(item) for item in tree]
        if id(tree) in self.numbers:
            return ["ref", self.numbers[id(tree)]]
        number = len(self.numbers)
        self.numbers[id(tree)] = number
        return ["shared", number, [self._emit(item) for item in tree]]


def _sorted(trees):
    return sorted(trees, key=lambda tree: json.dumps(tree, default=lambda ref: "ref"))


def describe(value, protocol=4, persistent_id=None):
    """The description of a value, as pickle of that protocol sees it."""
    return Describer(protocol, persistent_id).describe(value)
