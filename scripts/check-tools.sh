#!/bin/sh
# Says in one line what a Makefile needs and scripts/setup.mjs cannot check: make itself and Node.js.
set -eu

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
