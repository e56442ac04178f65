#!/usr/bin/env python3
"""Makes the pickle fixtures in data/pickles/ with every CPython that it finds, or checks them.

    python3 python-fixtures/generate_all.py            write data/pickles/
    python3 python-fixtures/generate_all.py --check    change nothing; exit 1 if a found interpreter makes other bytes
    --packages     also make the environments with numpy, pandas, pytz, dateutil and vnpy (needs the network, once)

Looks for CPython 2.7 and 3.6 to 3.13 through pyenv and on the PATH, and takes 3.14 from the npm package `pyodide`.
Rows of interpreters that are not found stay as they are. A check is exact for the patch versions that are recorded in
interpreters.json; another patch version of the same CPython is compared, and differences are told, not judged.

Files in data/pickles/:

    interpreters.json  who made them: {"3.11": {"python": "3.11.7", "packages": {}}}
    streams.jsonl      one line a distinct pickle: {"case", "protocol", "by", "value", "bytes", "buffers"?}: `by` lists
                       ranges of interpreters ("3.6-3.14"; "p" after a version: CPython's pure Python pickler, else its
                       C one); `value` is an index into the case's values; "deflated" instead of "bytes": zlib;
                       buffers are "r:" or "w:" (read-only or writable) and base64
    values.json        {case: [description, ...]} in the notation of pickles/describe.py
"""
import argparse
import base64
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
DATA = os.path.join(HERE, "data", "pickles")
MINORS = ["2.7"] + ["3.%d" % minor for minor in range(6, 15)]
# The first patch versions of 3.11 (Debian 12 has one) pickle enum members by name: a dialect of its own.
EARLY_311 = "3.11.2"
PLAIN = MINORS[: MINORS.index("3.11")] + [EARLY_311] + MINORS[MINORS.index("3.11") :]
PACKAGE_PREFIXES = ["numpy", "pandas", "pytz", "dateutil", "vnpy"]

# One with the last numpy 1 and vnpy's older events, one with numpy 2 and the newest vnpy.
ENVIRONMENTS = {
    "3.10": ["numpy==1.26.4", "pandas==2.2.3", "pytz==2025.2", "python-dateutil==2.9.0", "six==1.17.0",
             "tzdata==2025.2", "vnpy==4.4.0"],
    "3.13": ["numpy==2.2.6", "pandas==2.3.3", "pytz==2025.2", "python-dateutil==2.9.0", "six==1.17.0",
             "tzdata==2025.2", "vnpy==4.5.0"],
}
# Values of vnpy's enums depend on the locale of the process.
LOCALES = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
# The order in which `by` counts.
ORDER = (PLAIN + [name + "p" for name in PLAIN]
         + [minor + "+" + locale + writer for locale in LOCALES for writer in ("", "p") for minor in ENVIRONMENTS])
COMPRESS_FROM = 1500


def find_interpreters(recorded):
    """{minor: path}; of several patch versions the recorded one, else the newest."""
    found = {}
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates = []
    versions = os.path.join(pyenv, "versions")
    if os.path.isdir(versions):
        candidates += [os.path.join(versions, name, "bin", "python") for name in sorted(os.listdir(versions))]
    candidates += [path for path in (shutil.which("python" + minor) for minor in MINORS) if path]
    candidates.append("/usr/bin/python3")
    for path in candidates:
        version = version_of(path)
        if version is None:
            continue
        minor = version if version == EARLY_311 else version.rsplit(".", 1)[0]
        if minor in PLAIN:
            found.setdefault(minor, {}).setdefault(version, path)
    chosen = {}
    for minor, by_version in found.items():
        wanted = recorded.get(minor, {}).get("python")
        newest = max(by_version, key=lambda version: [int(part) for part in version.split(".")])
        chosen[minor] = by_version[wanted if wanted in by_version else newest]
    return chosen


def version_of(path):
    code = "import platform; print(platform.python_implementation() + ' ' + platform.python_version())"
    try:
        text = subprocess.run([path, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30,
                              check=True).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.fullmatch(r"CPython (\d+\.\d+\.\d+)\s*", text)
    return match.group(1) if match else None


def run(command, **environment):
    env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    for name in ("PYTHONPATH", "PYTHONHOME", "LC_ALL", "LC_MESSAGES"):
        if name not in environment:
            env.pop(name, None)
    done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise SystemExit("generate_all: %s failed:\n%s" % (" ".join(command), done.stderr.decode(errors="replace")))
    return json.loads(done.stdout.decode("ascii"))


def make_environment(minor, python, requirements):
    """The interpreter of a virtual environment beside the repository's own ones, made when it is not complete."""
    folder = os.path.join(ROOT, ".venv-fixtures-" + minor)
    interpreter = os.path.join(folder, "bin", "python")
    stamp = os.path.join(folder, ".complete")
    wanted = "\n".join(requirements)
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    # vnpy declares Qt and more, which nothing here imports.
    subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    *requirements], check=True)
    with open(stamp, "w") as stream:
        stream.write(wanted)
    return interpreter


def has_environment(minor):
    stamp = os.path.join(ROOT, ".venv-fixtures-" + minor, ".complete")
    return os.path.exists(stamp) and open(stamp).read() == "\n".join(ENVIRONMENTS[minor])


def reports(interpreters, packages):
    """{interpreter id: report} of everything that is there."""
    script = os.path.join(HERE, "generate.py")
    # -S: nothing that happens to be installed beside the interpreter.
    jobs = {minor: ([path, "-S", script], {}) for minor, path in interpreters.items() if minor != "3.14"}
    if os.path.isdir(os.path.join(ROOT, "node_modules", "pyodide")) and shutil.which("node"):
        jobs["3.14"] = (["node", os.path.join(HERE, "generate-pyodide.js")], {})
    for minor, requirements in ENVIRONMENTS.items():
        if minor not in interpreters or not (packages or has_environment(minor)):
            continue
        python = make_environment(minor, interpreters[minor], requirements)
        for locale, language in LOCALES.items():
            # Only vnpy's values differ between locales.
            prefixes = PACKAGE_PREFIXES if locale == "zh" else ["vnpy"]
            jobs[minor + "+" + locale] = ([python, script, *prefixes], {"LANG": language, "LANGUAGE": language})
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        started = {name: pool.submit(run, command, **environment) for name, (command, environment) in jobs.items()}
        return {name: started[name].result() for name in sorted(started, key=ORDER.index)}


def rename_python2(tree):
    """The names of Python 2's modules become those of Python 3, as `fix_imports` does when it loads."""
    import _compat_pickle

    if not isinstance(tree, list):
        return tree
    if len(tree) == 3 and tree[0] == "global":
        module, name = tree[1], tree[2]
        if (module, name) in _compat_pickle.NAME_MAPPING:
            return ["global", *_compat_pickle.NAME_MAPPING[(module, name)]]
        return ["global", _compat_pickle.IMPORT_MAPPING.get(module, module), name]
    return [rename_python2(item) for item in tree]


def rows_of(name, report):
    """{(case, protocol, bytes, buffers, value as JSON)} -> {id}"""
    rows = {}
    for made in report["pickles"]:
        value = rename_python2(made["value"]) if name == "2.7" else made["value"]
        key = (made["case"], made["protocol"], base64.b64decode(made["bytes"]), tuple(made.get("buffers", ())),
               json.dumps(value))
        rows.setdefault(key, set()).add(name + ("p" if made["writer"] == "python" else ""))
    return rows


def ranges(names):
    """['3.6', '3.7', '3.8', '3.13p'] -> '3.6-3.8 3.13p'"""
    parts = []
    positions = sorted(ORDER.index(name) for name in names)
    while positions:
        first = last = positions.pop(0)
        while positions and positions[0] == last + 1:
            last = positions.pop(0)
        parts.append(ORDER[first] if first == last else ORDER[first] + "-" + ORDER[last])
    return " ".join(parts)


def names_of(text):
    names = set()
    for part in text.split():
        first, _, last = part.partition("-")
        names.update(ORDER[ORDER.index(first) : ORDER.index(last or first) + 1])
    return names


def pack(data):
    packed = zlib.compress(data, 9)
    if len(data) >= COMPRESS_FROM and len(packed) < 0.7 * len(data):
        return {"deflated": base64.b64encode(packed).decode("ascii")}
    return None


def read():
    """The committed rows and who made them."""
    interpreters, rows = {}, {}
    if not os.path.exists(os.path.join(DATA, "streams.jsonl")):
        return interpreters, rows
    with open(os.path.join(DATA, "interpreters.json")) as stream:
        interpreters = json.load(stream)
    with open(os.path.join(DATA, "values.json")) as stream:
        values = json.load(stream)
    with open(os.path.join(DATA, "streams.jsonl")) as stream:
        for line in stream:
            row = json.loads(line)
            data = (base64.b64decode(row["bytes"]) if "bytes" in row
                    else zlib.decompress(base64.b64decode(row["deflated"])))
            value = values[row["case"]][row["value"]]
            if isinstance(value, dict):
                value = json.loads(zlib.decompress(base64.b64decode(value["deflated"])))
            key = (row["case"], row["protocol"], data, tuple(row.get("buffers", ())), json.dumps(value))
            rows[key] = names_of(row["by"])
    return interpreters, rows


def write(interpreters, rows):
    os.makedirs(DATA, exist_ok=True)
    values, lines = {}, []
    for key in sorted(rows, key=lambda key: (key[0], key[1], min(ORDER.index(name) for name in rows[key]), key[2])):
        case, protocol, data, buffers, value = key
        known = values.setdefault(case, [])
        if value not in known:
            known.append(value)
        row = {"case": case, "protocol": protocol, "by": ranges(rows[key]), "value": known.index(value)}
        if buffers:
            row["buffers"] = list(buffers)
        row.update(pack(data) or {"bytes": base64.b64encode(data).decode("ascii")})
        lines.append(json.dumps(row, separators=(",", ":")) + "\n")
    with open(os.path.join(DATA, "streams.jsonl"), "w") as stream:
        stream.writelines(lines)
    with open(os.path.join(DATA, "values.json"), "w") as stream:
        stream.write("{\n")
        stream.write(",\n".join('%s:[\n%s]' % (json.dumps(case), ",\n".join(
            json.dumps(pack(value.encode("ascii"))) if pack(value.encode("ascii")) else
            json.dumps(json.loads(value), separators=(",", ":")) for value in known))
            for case, known in values.items()))
        stream.write("\n}\n")
    with open(os.path.join(DATA, "interpreters.json"), "w") as stream:
        json.dump(interpreters, stream, indent=2)
        stream.write("\n")


def by_interpreter(rows):
    result = {}
    for key, names in rows.items():
        for name in names:
            result.setdefault(name, set()).add(key)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail if the bytes differ")
    parser.add_argument("--packages", action="store_true", help="make the environments with numpy, vnpy, ... too")
    options = parser.parse_args()

    recorded, committed = read()
    made = reports(find_interpreters(recorded), options.packages)
    fresh = {}
    for name, report in made.items():
        for key, names in rows_of(name, report).items():
            fresh.setdefault(key, set()).update(names)

    missing = [name for name in recorded if name not in made]
    for name in made:
        print("found %-8s CPython %s %s" % (name, made[name]["python"], made[name]["packages"] or ""))
    if missing:
        print("not found, committed pickles kept: " + " ".join(missing))

    if not options.check:
        kept = {key: {name for name in names if name.rstrip("p") not in made} for key, names in committed.items()}
        for key, names in kept.items():
            if names:
                fresh.setdefault(key, set()).update(names)
        facts = {name: {"python": report["python"], "packages": report["packages"]} for name, report in made.items()}
        merged = {**recorded, **facts}
        write({name: merged[name] for name in ORDER if name in merged}, fresh)
        print("%d distinct pickles in %s" % (len(fresh), os.path.relpath(DATA, ROOT)))
        return 0

    failed = False
    before, after = by_interpreter(committed), by_interpreter(fresh)
    for name in made:
        for writer in (name, name + "p"):
            old, new = before.get(writer, set()), after.get(writer, set())
            if old == new:
                continue
            same_version = recorded.get(name, {}) == {"python": made[name]["python"], "packages": made[name]["packages"]}
            failed = failed or same_version
            changed = sorted({"%s@%d" % key[:2] for key in old ^ new})
            print("%s: %s differs from data/pickles/ (made by %s): %s" % (
                "DIFFERENT" if same_version else "told only, another version", writer,
                recorded.get(name, {}).get("python"), ", ".join(changed[:20]) + (" ..." if len(changed) > 20 else "")))
    print("FAILED: run `npm run fixtures` and look at what changed" if failed else "data/pickles/ is what these interpreters make")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
