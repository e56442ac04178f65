"""Prints src/pickle/values/zone-names.ts: the keys that Python's zoneinfo knows by the package tzdata.

    .venv/bin/python python-fixtures/dump_zone_names.py > src/pickle/values/zone-names.ts

Not `zoneinfo.available_timezones()`: it has what the machine adds, too (`localtime`).
"""
import importlib.resources
import textwrap

import tzdata

names = importlib.resources.files("tzdata").joinpath("zones").read_text("ascii").split()
lines = textwrap.wrap(" ".join(sorted(names)), 116, break_long_words=False, break_on_hyphens=False)
body = "\n".join("  " + line for line in lines)

print(f"""/**
 * The time zones that Python's zoneinfo knows, spelled as it wants them.
 *
 * Made by python-fixtures/dump_zone_names.py of the package tzdata {tzdata.__version__}; do not edit.
 *
 * @module
 */

/** Keys of the IANA database, aliases included. */
export const ZONE_NAMES: readonly string[] = `
{body}
`
  .trim()
  .split(/\\s+/);""")
