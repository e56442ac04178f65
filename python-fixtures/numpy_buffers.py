"""Arrays of numpy at protocol 5, and what becomes of them: one JSON line in, one JSON line out, `-W error` at work.

    {"make": 5}                                  every array of ARRAYS, pickled at that protocol, in band and out of band
    {"load": [{"bytes": …, "buffers": […]}]}     what numpy makes of pickles

A buffer is `w` or `r` (writable, read-only) and base64. An array is described by its type, shape, order, flags and content.
"""
import base64
import json
import pickle
import sys
import warnings

import numpy

warnings.simplefilter("error")


def frozen(array):
    array.flags.writeable = False
    return array


def arrays():
    grid = numpy.arange(12.0).reshape(3, 4)
    structure = numpy.array([(1, 2.5), (-3, 4)], [("a", ">i4"), ("b", "<f8")])
    codes = [kind + size for kind in "<>" for size in ("i2", "u4", "i8", "f2", "f4", "f8", "c8", "c16")]
    yield from ((code, numpy.arange(5).astype(code)) for code in codes)
    yield "bool", numpy.array([True, False])
    yield "text", numpy.array(["a", "多"])
    yield "text, big-endian", numpy.array(["a", "多"], ">U2")
    yield "bytes", numpy.array([b"a", b"bc"])
    yield "read-only", frozen(numpy.arange(3.0))
    yield "read-only, big-endian", frozen(numpy.arange(3, dtype=">i4"))
    yield "no dimension", numpy.array(5.0)
    yield "nothing", numpy.zeros((0, 3))
    yield "nothing, read-only", frozen(numpy.zeros((0, 3)))
    yield "Fortran", numpy.asfortranarray(grid)
    yield "Fortran, read-only", frozen(numpy.asfortranarray(grid))
    yield "every second", grid[::2, ::2]
    yield "backwards", grid[::-1]
    yield "transposed", grid.T
    yield "dates", numpy.array(["2024-05-06"], "M8[us]")
    yield "objects", numpy.array([None, "a"], object)
    yield "structured", structure
    yield "structured, read-only", frozen(structure.copy())


def described(array):
    flags = [array.flags.writeable, array.flags.c_contiguous, array.flags.f_contiguous]
    content = array.tolist() if array.dtype.hasobject else array.tobytes("A").hex()
    return [str(array.dtype.descr), list(array.shape), flags, content]


def text_of(buffer):
    view = pickle.PickleBuffer(buffer).raw()
    return ("r" if view.readonly else "w") + base64.b64encode(view).decode()


def make(protocol):
    made = []
    for name, array in arrays():
        buffers = []
        outside = pickle.dumps(array, protocol, buffer_callback=buffers.append) if protocol >= 5 else b""
        made.append({
            "name": name,
            "inside": base64.b64encode(pickle.dumps(array, protocol)).decode(),
            "outside": base64.b64encode(outside).decode(),
            "buffers": [text_of(buffer) for buffer in buffers],
        })
    return made


def load(requests):
    loaded = []
    for request in requests:
        contents = [(text[0], base64.b64decode(text[1:])) for text in request.get("buffers", [])]
        buffers = [content if kind == "r" else bytearray(content) for kind, content in contents]
        try:
            array = pickle.loads(base64.b64decode(request["bytes"]), buffers=buffers)
            loaded.append(described(array))
        except Exception as error:
            loaded.append(f"{type(error).__name__}: {error}")
    return loaded


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(make(question["make"]) if "make" in question else load(question["load"])), flush=True)
