#!/bin/sh
# Makes a virtual environment with exactly the packages of a requirements file, once.
#
#   [PYTHON=python3.12] python-fixtures/make-venv.sh VENV REQUIREMENTS
#
# Prints nothing and does nothing when VENV is complete and REQUIREMENTS is unchanged. PYTHON (default: python3) is the
# interpreter to build it with; when PYTHON is not set, a complete VENV of any Python stays as it is.
set -eu

fail() {
  echo "make-venv: $*" >&2
  exit 1
}

[ $# -eq 2 ] || fail "usage: make-venv.sh VENV REQUIREMENTS"
venv=$1
requirements=$2
[ -f "$requirements" ] || fail "no such file: $requirements"

# What VENV must hold. The stamp is written last, so an interrupted installation never looks complete.
stamp=$venv/.complete
wanted=$(cat "$requirements" "$0" | cksum)
version_of() { "$1" -c 'import sys; print(sys.implementation.name, sys.version.split()[0])' 2>/dev/null; }

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && built_with=$(version_of "$venv/bin/python"); then
  if [ -z "${PYTHON:-}" ] || [ "$built_with" = "$(version_of "$PYTHON")" ]; then
    exit 0
  fi
fi

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || fail "'$python' not found: install CPython 3.10 or newer, or set PYTHON=/path/to/python3"
found=$(version_of "$python") || fail "'$python' does not run, or is no Python 3: set PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.implementation.name != "cpython" or sys.version_info < (3, 10))' ||
  fail "'$python' is $found, but vnpy needs CPython 3.10 or newer: set PYTHON=/path/to/python3"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "'$python' has no venv module (on Debian and Ubuntu: apt-get install python3-venv)"

echo "make-venv: installing $requirements into $venv ($found)"
# Settings of the caller's shell must not leak packages in, nor send pip's installation elsewhere.
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV || true
rm -rf "$venv"
"$python" -m venv "$venv" || fail "'$python -m venv $venv' failed"
# --no-deps: the list is complete, and vnpy's own declares Qt and more that a headless process never imports.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r "$requirements" ||
  fail "pip could not install $requirements with $found (pinned for CPython 3.10 to 3.14; needs the network or pip's cache)"

# Import what the peers import, in a folder of its own: vnpy writes its settings into .vntrader of the current one.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/.vntrader"
interpreter=$(cd "$venv/bin" && pwd)/python
(cd "$scratch" && "$interpreter" -c '
import vnpy.rpc, vnpy.event, vnpy.trader.engine, vnpy.trader.utility
import vnpy_rpcservice, vnpy_rpcservice.rpc_gateway, vnpy_rpcservice.rpc_datafeed, vnpy_rpcservice.rpc_service.engine
') || fail "vnpy was installed into $venv but cannot be imported"

echo "$wanted" >"$stamp"
