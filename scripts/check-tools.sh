#!/bin/sh
# Says in one line what is missing or too old, before anything is installed.
set -eu

PYTHON=${PYTHON:-python3}

fail() {
  echo "setup: $1" >&2
  exit 1
}

case "${MAKE_VERSION:-}" in
  '' ) fail "this Makefile needs GNU make >= 3.81 (on BSD: gmake)" ;;
  [0-2].* | 3.[0-7]* | 3.80*) fail "make is $MAKE_VERSION, needs GNU make >= 3.81" ;;
esac

command -v node >/dev/null 2>&1 || fail "Node.js is missing, needs >= 20"
node_version=$(node --version)
node_major=${node_version#v}
node_major=${node_major%%.*}
[ "$node_major" -ge 20 ] || fail "Node.js is $node_version, needs >= 20"
command -v npm >/dev/null 2>&1 || fail "npm is missing (it comes with Node.js >= 20)"

command -v "$PYTHON" >/dev/null 2>&1 ||
  fail "Python is missing: '$PYTHON' is not a command; needs CPython >= 3.10 (make PYTHON=python3.12 ...)"
python_version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
  fail "'$PYTHON' does not run; needs CPython >= 3.10"
python_minor=${python_version#*.}
case "$python_version" in
  3.*) [ "$python_minor" -ge 10 ] || fail "Python is $python_version, needs CPython >= 3.10 (make PYTHON=python3.12 ...)" ;;
  *) fail "Python is $python_version, needs CPython >= 3.10 (make PYTHON=python3.12 ...)" ;;
esac
"$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
  fail "'$PYTHON' has no venv module (Debian: apt install python3-venv)"
