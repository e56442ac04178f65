# -*- coding: utf-8 -*-
"""The one table of named values that the pickle fixtures are made from. Runs on CPython 2.7 and 3.6 to 3.14.

A value is made anew for every pickle, by a function: CPython folds equal constants of one code object into one object,
and sharing is part of what the fixtures prove.
"""
import array
import collections
import datetime
import decimal
import fractions
import functools
import math
import operator
import sys
import uuid

import fixture_types

VERSION = sys.version_info[:2]
PY2 = VERSION[0] == 2

try:
    import enum
except ImportError:
    enum = None
try:
    import ipaddress
    import pathlib
except ImportError:
    ipaddress = pathlib = None
try:
    import zoneinfo
except ImportError:
    zoneinfo = None
try:
    from pickle import PickleBuffer
except ImportError:
    PickleBuffer = None

# The plain interpreters have none of these.
try:
    import numpy
except ImportError:
    numpy = None
try:
    import pandas
except ImportError:
    pandas = None
try:
    import pytz
except ImportError:
    pytz = None
try:
    import dateutil.tz
except ImportError:
    dateutil = None
try:
    import vnpy
except ImportError:
    vnpy = None

if PY2:
    unichr_ = unichr  # noqa: F821
    long_ = long  # noqa: F821
else:
    unichr_ = chr
    long_ = int


class Case(object):
    """One row. `protocols` are those at which the value can be pickled."""

    def __init__(self, name, make, protocols, persistent=False, buffers=False, extension=None):
        self.name = name
        self.make = make
        self.protocols = protocols
        self.persistent = persistent
        self.buffers = buffers
        self.extension = extension


TABLE = []


def case(name, make, since=(2, 7), until=(9, 9), protocols=range(6), when=True, **options):
    if when and since <= VERSION <= until:
        highest = 2 if PY2 else (5 if VERSION >= (3, 8) else 4)
        TABLE.append(Case(name, make, [p for p in protocols if p <= highest], **options))


def utc():
    return datetime.timezone.utc


def repeat(text, times):
    """A string made at run time, so that no two of them are one object."""
    return u"".join([text] * times)


# ---- numbers

INTS = [0, 1, -1, 2, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536, -65536]
for bits in (31, 32, 40, 53, 63, 64, 100, 2040, 2048):
    INTS += [2**bits - 1, 2**bits, 2**bits + 1, -(2**bits) - 1, -(2**bits), -(2**bits) + 1]

case("none", lambda: None)
case("true", lambda: True)
case("false", lambda: False)
for number in (0, 1, -1, 255, 256, 65535, 65536, -2**31, 2**31 - 1, 2**31, -2**40, 2**53 - 1, 2**53, 2**53 + 1, -2**53,
               2**63 - 1, 2**63, -2**63, 2**64, -2**255, 2**2040):
    sign = "minus-" if number < 0 else ""
    size = abs(number)
    power = size.bit_length() - 1
    name = str(size) if size < 70000 else "2-to-%d" % power if size == 2**power else "2-to-%d-%s" % (
        (power + 1, "less-1") if size == 2 ** (power + 1) - 1 else (power, "plus-1"))
    case("int-" + sign + name, functools.partial(int, number))
case("ints", lambda: [int(number) for number in INTS])
case("int-20000-bits", lambda: [long_(3) ** 12619, -(long_(3) ** 12619)], protocols=range(2, 6))
case("py2-long-small", lambda: [long_(0), long_(1), -long_(1)], until=(2, 7))
case("float", lambda: 1.5)
case("floats", lambda: [0.0, 1.0, -1.0, 0.1, 1e300, -1e-300, 5e-324, 1.7976931348623157e308, 123456789.125, 1e16, 1e22])
case("float-minus-zero", lambda: -0.0)
case("float-infinities", lambda: [float("inf"), -float("inf")])
case("float-nan", lambda: float("nan"))
case("float-integral", lambda: _dict([(u"price", 10.0), (u"count", 10)]), since=(3, 6))
case("complex", lambda: [complex(1, -2.5), complex(-0.0, float("inf"))])
case("bool-and-int", lambda: [True, 1, False, 0])

# ---- text and bytes

case("str-empty", lambda: u"")
case("str-ascii", lambda: u"hello")
case("str-chinese", lambda: u"\u591a\u7a7a")
case("str-non-bmp", lambda: u"\U0001F600 smile" if sys.maxunicode > 65535 else u"smile")
case("str-bom", lambda: u"\ufefftext\ufeff")
case("str-controls", lambda: u"\0\n\r\t\x1a\\\\u0041\x7f\x80\x85\xa0\xff")
case("str-backslashes", lambda: u"\\ \\u \\U \\x41 C:\\users\\new '\" \n")
case("str-255", lambda: repeat(u"a", 255))
case("str-256", lambda: repeat(u"a", 256))
case("str-65536-chinese", lambda: repeat(u"\u591a", 65536))
case("str-lone-surrogates", lambda: [u"\ud800", u"a\udfffb", u"\udc80\udc81", u"\ud800\ud800"], since=(3, 6))
case("str-line-separators", lambda: u"\u2028\u2029\x0b\x0c\x1c\x1d\x1e")
case("py2-str", lambda: ["", "abc", "it's", '"', "a\\b\n\t\0\x7f"], until=(2, 7))
case("py2-str-gbk", lambda: u"\u591a\u7a7a".encode("gbk"), until=(2, 7))
case("py2-str-256", lambda: "ab" * 128, until=(2, 7))
case("py2-str-all", lambda: "".join(chr(code) for code in range(256)), until=(2, 7))
case("py2-mixed-dict", lambda: [{"symbol": u"rb1810"}, {"last_price": 3700.0}], until=(2, 7))
case("bytes-empty", lambda: b"", since=(3, 6))
case("bytes-short", lambda: bytes(bytearray([0, 10, 127, 128, 255])), since=(3, 6))
case("bytes-all", lambda: bytes(bytearray(range(256))), since=(3, 6))
case("bytes-70000", lambda: bytes(bytearray(range(250))) * 280, since=(3, 6))
case("bytearray", lambda: [bytearray(), bytearray(b"abc\xff")])
case("bytearray-70000", lambda: bytearray(range(250)) * 280, since=(3, 6), protocols=[2, 4, 5])
case("bytes-shared", lambda: [bytes(bytearray(range(40)))] * 2, since=(3, 6))

# ---- containers

case("list-empty", lambda: [])
case("list-nested", lambda: [[], [[1], [2, [3, []]]]])
case("list-1", lambda: [1])
case("list-1001", lambda: list(range(1001)))
case("tuple-0-to-4", lambda: [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)])
case("tuple-nested", lambda: ((1, (2, ())), [((),)]))
case("dict-empty", lambda: {})
case("dict-1", lambda: {u"a": 1})
case("dict-symbols", lambda: _dict([(u"b", 1), (u"600000", 2), (u"a", 3), (u"1", 4)]), since=(3, 6))
case("dict-int-keys", lambda: {1: u"one", 2: u"two"})
case("dict-mixed-keys", lambda: _dict([(1, u"int"), (1.5, u"float"), (u"1", u"str"), (None, u"none"), ((1, 2), u"tuple"),
                                       (2**70, u"big"), (frozenset([3]), u"set")]), since=(3, 6))
case("dict-bytes-keys", lambda: _dict([(b"a", 1), (u"a", 2)]), since=(3, 6))
case("dict-datetime-keys", lambda: _dict([(datetime.date(2026, 1, 5), 1), (datetime.date(2026, 1, 6), 2),
                                          (decimal.Decimal("1.50"), 3)]), since=(3, 6))
case("dict-nan-keys", lambda: _dict([(float("nan"), 1), (float("nan"), 2)]), since=(3, 6))
case("dict-javascript-names", lambda: _dict([(u"__proto__", 1), (u"constructor", 2), (u"prototype", 3), (u"toJSON", 4),
                                             (u"then", 5), (u"hasOwnProperty", 6)]), since=(3, 6))
case("dict-proto-only", lambda: {u"__proto__": {u"polluted": True}})
case("dict-1001", lambda: _dict([(u"key%d" % number, number) for number in range(1001)]), since=(3, 6))
case("dict-nested", lambda: {u"a": {u"b": {u"c": [{u"d": None}]}}})
case("set-empty", lambda: set())
case("set", lambda: set([3, u"x", None, (1, 2)]))
case("set-1001", lambda: set(range(1001)), since=(3, 6))
case("frozenset", lambda: [frozenset(), frozenset([1]), frozenset([frozenset([u"in"]), u"out"])])


def _dict(pairs):
    result = {}
    for key, value in pairs:
        result[key] = value
    return result


# ---- sharing and cycles


def _shared_lists():
    inner = [1]
    return [inner, inner, {u"again": inner}, (inner,)]


def _shared_tuple():
    inner = (1, [2])
    return [inner, inner, inner]


def _shared_deep():
    value = [u"leaf"]
    for _ in range(30):
        value = [value, value]
    return value


def _shared_many():
    # More than 255 memo entries, so that BINGET must become LONG_BINGET.
    items = [[number] for number in range(300)]
    return items + items


def _list_in_itself():
    value = [1]
    value.append(value)
    return value


def _dict_in_itself():
    value = {}
    value[u"me"] = value
    return value


def _tuple_in_itself(size):
    inner = []
    value = tuple([inner] + list(range(size - 1)))
    inner.append(value)
    return value


def _tuple_in_itself_inside():
    inner = []
    value = (inner, 1)
    inner.append(value)
    return [value, value, inner]


def _tuple_by_dict():
    inner = {}
    value = (1, 2, 3, inner)
    inner[u"up"] = value
    return value


def _instance_in_itself():
    value = fixture_types.Plain()
    value.me = value
    value.others = [value]
    return value


def _instance_cycle():
    left, right = fixture_types.Plain(), fixture_types.Plain()
    left.right = right
    right.left = left
    return (left, right)


def _set_cycle():
    item = fixture_types.Plain()
    item.owner = set([item])
    return item


def _frozenset_cycle():
    item = fixture_types.Plain()
    item.owner = frozenset([item])
    return item.owner


case("shared-list", _shared_lists)
case("shared-tuple", _shared_tuple)
case("shared-deep", _shared_deep)
case("shared-many", _shared_many)
case("shared-str", lambda: [u"text", [u"text"] * 3])
case("shared-datetime", lambda: [datetime.datetime(2026, 1, 5)] * 2)
case("shared-decimal", lambda: [decimal.Decimal("1.0")] * 3)
case("shared-frozenset", lambda: [frozenset([1, 2])] * 2)
case("equal-but-not-shared", lambda: [[1], [1], {u"a": 1}, {u"a": 1}, (1, [2]), (1, [2])])
case("cycle-list", _list_in_itself)
case("cycle-dict", _dict_in_itself)
for size in (1, 2, 3, 4):
    case("cycle-tuple-%d" % size, functools.partial(_tuple_in_itself, size))
case("cycle-tuple-inside", _tuple_in_itself_inside)
case("cycle-tuple-dict", _tuple_by_dict)
case("cycle-instance", _instance_in_itself)
case("cycle-two-instances", _instance_cycle)
case("cycle-set", _set_cycle, since=(3, 6), protocols=[2, 3, 4, 5])
case("cycle-frozenset", _frozenset_cycle, since=(3, 6), protocols=[4, 5])

# ---- time

case("datetime", lambda: datetime.datetime(2026, 1, 5, 9, 30, 0, 123456))
case("datetime-edges", lambda: [datetime.datetime.min, datetime.datetime.max, datetime.datetime(1969, 12, 31, 23, 59, 59),
                                datetime.datetime(99, 12, 31)])
case("datetime-fold", lambda: datetime.datetime(2026, 10, 25, 2, 30, fold=1), since=(3, 6))
case("datetime-utc", lambda: datetime.datetime(2026, 1, 5, 9, 30, tzinfo=utc()), since=(3, 6))
case("datetime-offset", lambda: datetime.datetime(
    2026, 1, 5, 9, 30, 15, 500, datetime.timezone(datetime.timedelta(hours=8))), since=(3, 6))
case("datetime-named-offset", lambda: datetime.datetime(
    2026, 1, 5, tzinfo=datetime.timezone(-datetime.timedelta(hours=3, minutes=30), u"NST")), since=(3, 6))
case("timezone-seconds", lambda: datetime.timezone(datetime.timedelta(seconds=3661)), since=(3, 7))
case("timezone-microseconds", lambda: datetime.timezone(datetime.timedelta(seconds=-3661, microseconds=7)), since=(3, 7))
case("datetime-zoneinfo", lambda: datetime.datetime(2026, 1, 5, 9, 30, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai")),
     when=zoneinfo is not None)
case("zoneinfo", lambda: [zoneinfo.ZoneInfo("Asia/Shanghai"), zoneinfo.ZoneInfo("Asia/Shanghai")],
     when=zoneinfo is not None)
case("date", lambda: [datetime.date(2026, 1, 5), datetime.date.min, datetime.date.max])
case("time", lambda: [datetime.time(), datetime.time(23, 59, 59, 999999)])
case("time-zone-fold", lambda: [datetime.time(9, 30, tzinfo=utc()), datetime.time(9, 30, fold=1)], since=(3, 6))
case("timedelta", lambda: [datetime.timedelta(), datetime.timedelta(-1, 5, 7), datetime.timedelta.max,
                           datetime.timedelta.min])

# ---- the standard library's classes

case("decimal", lambda: [decimal.Decimal(text) for text in ("1.10", "-0", "1E+30", "NaN", "-Infinity", "sNaN123", "0E-7")])
case("fraction", lambda: [fractions.Fraction(1, 3), fractions.Fraction(-2**70, 7)])
case("uuid", lambda: uuid.UUID("12345678-1234-5678-1234-567812345678"))
case("ordereddict", lambda: collections.OrderedDict([(u"b", 1), (u"a", [2])]))
case("defaultdict", lambda: _fill(collections.defaultdict(list), u"a", [1]))
case("defaultdict-none", lambda: collections.defaultdict(None, {u"a": 1}))
case("deque", lambda: [collections.deque([1, 2, 3]), collections.deque([1, 2], 5)])
case("counter", lambda: collections.Counter([u"a", u"a", u"b"]), since=(3, 6))
case("namedtuple", lambda: fixture_types.Point(1, [2]))
case("range", lambda: [range(0), range(1, 10, 3), range(2**70)], since=(3, 6))
case("py2-xrange", lambda: xrange(1, 10, 3), until=(2, 7))  # noqa: F821
case("slice", lambda: [slice(1, 5, 2), slice(None)], protocols=range(2, 6))
case("ellipsis", lambda: [Ellipsis, NotImplemented], since=(3, 6))
case("singleton-types", lambda: [type(None), type(Ellipsis), type(NotImplemented)], since=(3, 6))
case("path", lambda: [pathlib.PurePosixPath("/a/b.txt"), pathlib.PureWindowsPath("C:\\x")], since=(3, 6))
case("ipaddress", lambda: [ipaddress.ip_address(u"127.0.0.1"), ipaddress.ip_address(u"::1"),
                           ipaddress.ip_network(u"10.0.0.0/8")], since=(3, 6))
case("array", lambda: [array.array("d", [1.5, -2.0]), array.array("i", [1, 2])])
case("exception", lambda: [ValueError(u"bad", 3), KeyError(u"missing")])
case("exception-os", lambda: OSError(7777, u"No such number on any system"))
case("exception-own", lambda: fixture_types.Failure(u"no", 7))
case("partial", lambda: functools.partial(fixture_types.make_reduced, 1, right=2))
case("itemgetter", lambda: operator.itemgetter(1), since=(3, 6))
case("types", lambda: [int, str, list, dict, set, object, datetime.datetime, collections.OrderedDict])
case("builtin-functions", lambda: [len, getattr, math.sqrt, sorted])
case("object", lambda: object())


def _fill(mapping, key, value):
    mapping[key] = value
    return mapping


# ---- classes that nobody registers

case("class", lambda: [fixture_types.Plain, fixture_types.Plain, fixture_types.Old])
case("function", lambda: fixture_types.make_reduced)
case("class-nested", lambda: fixture_types.Outer.Inner, since=(3, 6))
case("instance-nested", lambda: fixture_types.Outer.Inner(5), since=(3, 6))
case("method-static", lambda: fixture_types.Outer.helper, since=(3, 6))
case("method-bound", lambda: fixture_types.Plain(a=1).method, since=(3, 6))
case("old-class", lambda: fixture_types.Old(u"x"))
case("py2-old-class-args", lambda: fixture_types.OldInit(1, u"r"), until=(2, 7))
case("instance", lambda: fixture_types.Plain(a=1))
case("instance-empty", lambda: fixture_types.Plain())
case("instance-javascript-names", lambda: _instance(u"__proto__", u"constructor", u"prototype", u"toJSON", u"then",
                                                    u"hasOwnProperty"), since=(3, 6))
case("instances-of-one-class", lambda: [fixture_types.Plain(a=number) for number in range(3)])
case("slots", lambda: fixture_types.Slots(1, [2]), since=(3, 6), protocols=range(2, 6))
case("slots-and-dict", lambda: fixture_types.SlotsAndDict(1, 2), since=(3, 6), protocols=range(2, 6))
case("state-list", lambda: fixture_types.State(7))
case("state-falsy", lambda: fixture_types.FalsyState(), since=(3, 6), protocols=range(2, 6))
case("reduced", lambda: fixture_types.Reduced(1, [2]))
case("state-setter", lambda: fixture_types.StateSetter(9), since=(3, 8))
case("newargs", lambda: fixture_types.NewArgs(1, [2]), protocols=range(2, 6))
case("newargs-ex", lambda: fixture_types.NewArgsEx(1, right=[2]), since=(3, 6), protocols=range(2, 6))
case("global-constant", lambda: [fixture_types.THE_CONSTANT, fixture_types.THE_CONSTANT])
case("list-subclass", lambda: fixture_types.ListSub([1, 2]))
case("list-subclass-attribute", lambda: _attribute(fixture_types.ListSub([1])))
case("dict-subclass", lambda: fixture_types.DictSub({u"a": 1}))
case("set-subclass", lambda: fixture_types.SetSub([1]))
case("tuple-subclass", lambda: fixture_types.TupleSub([1, 2]))
case("int-subclass", lambda: fixture_types.IntSub(5))
case("float-subclass", lambda: fixture_types.FloatSub(5.0))
case("dataclass", lambda: fixture_types.Record(u"rb", 10.0), since=(3, 7))
case("enum", lambda: [fixture_types.Color.RED, fixture_types.Color.GREEN, fixture_types.Color.BLUE,
                      fixture_types.Color.RED], since=(3, 6))
case("enum-int", lambda: [fixture_types.Number.ONE, fixture_types.Number.TWO], since=(3, 6))
case("enum-flag", lambda: [fixture_types.Permission.READ, fixture_types.Permission.READ | fixture_types.Permission.WRITE,
                           fixture_types.Permission(0)], since=(3, 6))
case("enum-str", lambda: fixture_types.Text.HELLO, since=(3, 6))
case("enum-as-key", lambda: {fixture_types.Color.RED: 1}, since=(3, 6))


def _instance(*names):
    value = fixture_types.Plain()
    for number, name in enumerate(names):
        value.__dict__[name] = number
    return value


def _attribute(value):
    value.extra = 1
    return value


# ---- what needs an option

case("persistent-id", lambda: [fixture_types.Handle(u"a"), {u"h": fixture_types.Handle(u"b")}], persistent=True)
case("out-of-band", lambda: [PickleBuffer(bytearray(b"writable")), PickleBuffer(b"read only")],
     when=PickleBuffer is not None, protocols=[5], buffers=True)
case("buffer-in-band", lambda: [PickleBuffer(bytearray(b"writable")), PickleBuffer(b"read only")],
     when=PickleBuffer is not None, protocols=[5])
for code in (1, 255, 256, 65535, 65536, 2**31 - 1):
    case("extension-%d" % code, lambda: [fixture_types.Plain, fixture_types.Plain], protocols=range(2, 6), extension=code)

# ---- time zones of other packages

case("pytz-utc", lambda: datetime.datetime(2026, 1, 5, tzinfo=pytz.utc), when=pytz is not None)
case("pytz-shanghai", lambda: pytz.timezone("Asia/Shanghai").localize(datetime.datetime(2026, 1, 5)), when=pytz is not None)
case("pytz-new-york", lambda: [pytz.timezone("America/New_York").localize(datetime.datetime(2026, month, 5))
                               for month in (1, 7, 1)], when=pytz is not None)
case("pytz-unlocalized", lambda: pytz.timezone("Asia/Shanghai"), when=pytz is not None)
case("pytz-static", lambda: pytz.timezone("Etc/GMT-8"), when=pytz is not None)
case("pytz-fixed-offset", lambda: pytz.FixedOffset(480), when=pytz is not None)
case("dateutil-utc", lambda: datetime.datetime(2026, 1, 5, tzinfo=dateutil.tz.tzutc()), when=dateutil is not None)
case("dateutil-offset", lambda: datetime.datetime(2026, 1, 5, tzinfo=dateutil.tz.tzoffset(u"CST", 28800)),
     when=dateutil is not None)

# ---- numpy and pandas

if numpy is not None:
    for dtype in ("<f2", "<f4", "<f8", ">f8", "<i1", "<i2", "<i4", "<i8", ">i4", "<u1", "<u2", "<u4", "<u8", "?", "<c16"):
        case("numpy-array-" + numpy.dtype(dtype).str.replace("<", "le-").replace(">", "be-").replace("|", ""),
             functools.partial(numpy.array, [0, 1, 100], dtype))
        case("numpy-scalar-" + numpy.dtype(dtype).str.replace("<", "le-").replace(">", "be-").replace("|", ""),
             functools.partial(lambda dtype: numpy.array([1], dtype)[0], dtype))
    case("numpy-float-special", lambda: numpy.array([float("nan"), float("inf"), -0.0, 1.5]))
    case("numpy-scalars-special", lambda: [numpy.float64("nan"), numpy.float64(-0.0), numpy.float64(10.0),
                                           numpy.int64(-2**63), numpy.uint64(2**64 - 1), numpy.bool_(True)])
    case("numpy-array-2d", lambda: numpy.arange(6, dtype="<i4").reshape(2, 3))
    case("numpy-array-fortran", lambda: numpy.asfortranarray(numpy.arange(6, dtype="<f8").reshape(2, 3)))
    case("numpy-array-0d", lambda: numpy.array(5.0))
    case("numpy-array-empty", lambda: numpy.zeros((0, 3)))
    case("numpy-array-slice", lambda: numpy.arange(10, dtype="<i8")[::3])
    case("numpy-array-shared", lambda: [numpy.arange(3, dtype="<i8")] * 2)
    case("numpy-array-out-of-band", lambda: [numpy.arange(4, dtype="<f8")], protocols=[5], buffers=True)
    case("numpy-datetime64", lambda: [numpy.array(["2026-01-05T09:30", "NaT"], "M8[us]"), numpy.datetime64("2026-01-05", "D")])
    case("numpy-timedelta64", lambda: [numpy.array([1, -1], "m8[ns]"), numpy.timedelta64(5, "s")])
    case("numpy-bytes-and-str", lambda: [numpy.array([b"ab", b"c"]), numpy.array([u"\u591a", u"b"]), numpy.str_(u"text")])
    case("numpy-objects", lambda: numpy.array([1, u"a", None, [2]], dtype=object))
    case("numpy-structured", lambda: numpy.array([(1, 2.5)], dtype=[("id", "<i4"), ("price", "<f8")]))
    case("numpy-dtypes", lambda: [numpy.dtype("<f8"), numpy.dtype(">i2"), numpy.dtype("M8[us]"), numpy.dtype("S3"),
                                  numpy.dtype("O"), numpy.dtype([("a", "<i4")])])
    case("numpy-types", lambda: [numpy.float64, numpy.int32])
if pandas is not None:
    case("pandas-frame", lambda: pandas.DataFrame({u"symbol": [u"rb", u"au"], u"price": [1.5, 2.5]}))
    case("pandas-series", lambda: pandas.Series([1, 2, 3], name=u"volume"))
    case("pandas-timestamp", lambda: pandas.Timestamp("2026-01-05T09:30:00.123456789"))


# ---- vnpy's own objects, in the shapes that travel

if vnpy is not None:
    # After the third-party table on purpose: this import needs vnpy's locale to be set by the caller.
    from vnpy.event import Event
    from vnpy.trader.constant import Direction, Exchange, Interval, Offset, OptionType, OrderType, Product, Status
    from vnpy.trader import object as vt

    def _when():
        return datetime.datetime(2026, 1, 5, 9, 30, 0, 500000, tzinfo=zoneinfo_shanghai())

    def zoneinfo_shanghai():
        return zoneinfo.ZoneInfo("Asia/Shanghai")

    def _tick(**changes):
        fields = dict(
            gateway_name="CTP", symbol="rb2605", exchange=Exchange.SHFE, datetime=_when(), name="rb2605",
            volume=1234567, turnover=45678901234.0, open_interest=2345678, last_price=3702.0, last_volume=3,
            limit_up=4000.0, limit_down=3400.0, open_price=3690.0, high_price=3711.0, low_price=3688.0, pre_close=3695.0,
            bid_price_1=3701.0, ask_price_1=3702.0, bid_volume_1=120, ask_volume_1=88, localtime=datetime.datetime(
                2026, 1, 5, 9, 30, 0, 501234))
        fields.update(changes)
        return vt.TickData(**fields)

    def _order():
        return vt.OrderData(
            gateway_name="CTP", symbol="rb2605", exchange=Exchange.SHFE, orderid="1_2_3", type=OrderType.LIMIT,
            direction=Direction.LONG, offset=Offset.OPEN, price=3700.0, volume=2, traded=0, status=Status.NOTTRADED,
            datetime=_when(), reference="strategy")

    def _contract(number=0):
        return vt.ContractData(
            gateway_name="CTP", symbol="rb%d" % (2605 + number), exchange=Exchange.SHFE, name=u"\u87ba\u7eb9\u94a2",
            product=Product.FUTURES, size=10, pricetick=1.0, min_volume=1, option_type=OptionType.CALL)

    case("vnpy-tick", _tick)
    case("vnpy-tick-event", lambda: ["", Event("eTick.", _tick())])
    case("vnpy-tick-minimal", lambda: vt.TickData(
        gateway_name="SIM", symbol="600000", exchange=Exchange.SSE, datetime=datetime.datetime(2026, 1, 5, 9, 30)))
    case("vnpy-tick-extra", lambda: _extra(_tick()))
    case("vnpy-order", _order)
    case("vnpy-order-event", lambda: ["", Event("eOrder.", _order())])
    case("vnpy-orders-shared", lambda: [_order()] * 2)
    case("vnpy-trade", lambda: vt.TradeData(
        gateway_name="CTP", symbol="rb2605", exchange=Exchange.SHFE, orderid="1", tradeid="9", direction=Direction.SHORT,
        offset=Offset.CLOSETODAY, price=3701.0, volume=1, datetime=_when()))
    case("vnpy-position", lambda: vt.PositionData(
        gateway_name="CTP", symbol="rb2605", exchange=Exchange.SHFE, direction=Direction.NET, volume=3, price=3690.5))
    case("vnpy-account", lambda: vt.AccountData(gateway_name="CTP", accountid="9999", balance=1000000.0, frozen=10.5))
    case("vnpy-contract", _contract)
    case("vnpy-contracts", lambda: [True, [_contract(number) for number in range(20)]])
    case("vnpy-bar", lambda: vt.BarData(
        gateway_name="DB", symbol="rb2605", exchange=Exchange.SHFE, datetime=_when(), interval=Interval.MINUTE,
        open_price=1.0, high_price=2, low_price=0.5, close_price=1.5))
    case("vnpy-log-event", lambda: Event("eLog", _log()))
    case("vnpy-timer-event", lambda: ["", Event("eTimer")])
    case("vnpy-send-order", lambda: ["send_order", (vt.OrderRequest(
        symbol="rb2605", exchange=Exchange.SHFE, direction=Direction.LONG, type=OrderType.LIMIT, volume=1, price=3700.0,
        offset=Offset.OPEN, reference="x"), "CTP"), {}])
    case("vnpy-query-history", lambda: ["query_history", (vt.HistoryRequest(
        symbol="rb2605", exchange=Exchange.SHFE, start=_when(), end=_when(), interval=Interval.DAILY), "CTP"), {}])
    case("vnpy-cancel", lambda: ["cancel_order", (vt.CancelRequest(
        orderid="1_2_3", symbol="rb2605", exchange=Exchange.SHFE), "CTP"), {}])
    case("vnpy-subscribe", lambda: ["subscribe", (vt.SubscribeRequest(
        symbol="rb2605", exchange=Exchange.SHFE), "CTP"), {}])
    case("vnpy-enums", lambda: [list(kind) for kind in (Direction, Offset, Status, Product, OrderType, OptionType,
                                                       Exchange, Interval)])

    def _extra(data):
        data.extra = {"settle": 1.5}
        return data

    def _log():
        log = vt.LogData(gateway_name="CTP", msg=u"\u884c\u60c5\u670d\u52a1\u5668\u8fde\u63a5\u6210\u529f")
        # It is the time of creation, and a fixture must not change from day to day.
        log.time = datetime.datetime(2026, 1, 5, 9, 30)
        return log
