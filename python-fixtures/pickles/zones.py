"""Gives zoneinfo the zones that the fixtures name, made here, so that nothing depends on the time-zone data of a machine.

A pickle holds a zone's key only, so a zone with one fixed offset serves.
"""
import os
import shutil
import struct
import tempfile

try:
    import zoneinfo
except ImportError:
    zoneinfo = None

_held = []

ZONES = {"Asia/Shanghai": (8 * 3600, b"CST"), "America/New_York": (-5 * 3600, b"EST"), "Europe/Berlin": (3600, b"CET")}


def _tzif(offset, name):
    """A version 2 TZif file (RFC 8536) of a zone that never changes."""
    header = b"TZif2" + b"\0" * 15 + struct.pack(">6L", 0, 0, 0, 0, 1, len(name) + 1)
    body = struct.pack(">lBB", offset, 0, 0) + name + b"\0"
    hours = -offset // 3600
    return header + body + header + body + b"\n" + name + str(hours).encode("ascii") + b"\n"


def install():
    """Makes zoneinfo look only at these zones. Does nothing where there is no zoneinfo."""
    if zoneinfo is None:
        return
    folder = tempfile.mkdtemp(prefix="fixture-zones-")
    try:
        for key, (offset, name) in ZONES.items():
            path = os.path.join(folder, *key.split("/"))
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            with open(path, "wb") as stream:
                stream.write(_tzif(offset, name))
        zoneinfo.reset_tzpath(to=[folder])
        zoneinfo.ZoneInfo.clear_cache()
        # Held here they stay in ZoneInfo's cache, so that the folder is not needed any more.
        _held.extend(zoneinfo.ZoneInfo(key) for key in ZONES)
    finally:
        shutil.rmtree(folder)
