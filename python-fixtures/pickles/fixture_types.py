"""Classes that nobody registers: what the pickle fixtures hold instances of.

Runs on CPython 2.7 and 3.6 to 3.14. The pickles name this module, so names here are part of the fixtures.
"""
import collections

try:
    import enum
except ImportError:  # CPython 2.7
    enum = None

try:
    import dataclasses
except ImportError:  # CPython 2.7 and 3.6
    dataclasses = None


class Old:
    """An old-style class on Python 2 (INST and OBJ), an ordinary one on Python 3. __init__ must not be called."""

    def __init__(self, name):
        self.name = name


class OldInit:
    """An old-style class whose arguments come from __getinitargs__ (Python 2 only)."""

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def __getinitargs__(self):
        return (self.left, self.right)


class Plain(object):
    """A __dict__ and nothing else."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def method(self):
        return self


class Slots(object):
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class SlotsAndDict(object):
    __slots__ = ("left", "__dict__")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class State(object):
    """A state that is no dict."""

    def __init__(self, value):
        self.value = value

    def __getstate__(self):
        return [self.value]

    def __setstate__(self, state):
        self.value = state[0]


class FalsyState(object):
    """__setstate__ is called for 0, though not for None."""

    def __init__(self):
        self.restored = False

    def __getstate__(self):
        return 0

    def __setstate__(self, state):
        self.restored = True


def make_reduced(left, right):
    result = Reduced.__new__(Reduced)
    result.left = left
    result.right = right
    return result


class Reduced(object):
    """Travels as a call of a function, with a state."""

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def __reduce__(self):
        return make_reduced, (self.left, self.right), {"reduced": True}


def set_state(instance, state):
    instance.__dict__.update(state)


class StateSetter(object):
    """The sixth item of __reduce__, since CPython 3.8."""

    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return StateSetter, (None,), {"value": self.value}, None, None, set_state


class NewArgs(object):
    def __new__(cls, left, right):
        result = object.__new__(cls)
        result.left = left
        result.right = right
        return result

    def __getnewargs__(self):
        return (self.left, self.right)


class NewArgsEx(object):
    def __new__(cls, left, right=None):
        result = object.__new__(cls)
        result.left = left
        result.right = right
        return result

    def __getnewargs_ex__(self):
        return (self.left,), {"right": self.right}


class Constant(object):
    """__reduce__ gives a string: the name of a global."""

    def __reduce__(self):
        return "THE_CONSTANT"


THE_CONSTANT = Constant()


class ListSub(list):
    pass


class DictSub(dict):
    pass


class SetSub(set):
    pass


class TupleSub(tuple):
    pass


class IntSub(int):
    pass


class FloatSub(float):
    pass


class Failure(Exception):
    def __init__(self, message, code):
        super(Failure, self).__init__(message, code)
        self.code = code


class Outer(object):
    class Inner(object):
        def __init__(self, value=1):
            self.value = value

    @staticmethod
    def helper():
        return 1


Point = collections.namedtuple("Point", ["x", "y"])


class Handle(object):
    """Goes into the pickle as a persistent id."""

    def __init__(self, name):
        self.name = name


if enum is not None:

    class Color(enum.Enum):
        RED = "red"
        GREEN = 2
        BLUE = (1, 2)
        ALIAS = "red"

    class Number(enum.IntEnum):
        ONE = 1
        TWO = 2

    class Permission(enum.Flag):
        READ = 1
        WRITE = 2
        EXECUTE = 4

    class Text(str, enum.Enum):
        HELLO = "hello"


if dataclasses is not None:

    def _derive(self):
        self.derived = "%s!" % (self.name,)

    # make_dataclass, because annotations are a syntax error for CPython 2.7.
    Record = dataclasses.make_dataclass(
        "Record", [("name", object, ""), ("price", object, 0.0)], namespace={"__post_init__": _derive}
    )
    Record.__module__ = __name__
