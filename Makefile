# `make demo` and `make test` each work as the first command typed in a fresh clone.
# Needs: Node.js >= 20 with npm, CPython >= 3.10 with its venv module, GNU make >= 3.81.

VNPY ?= 4.5
RESULTS := build/test-results

ifeq ($(filter 4.4 4.5,$(VNPY)),)
$(error VNPY is '$(VNPY)': say VNPY=4.5 or VNPY=4.4)
endif

# One recipe at a time: stages print their story, and the tests measure time.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup check-tools demo web cluster test lint format-check typecheck unit-test interop-test browser-test matrix newest apps trader bench fixtures clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: check-tools ## install everything: npm packages, build, Python peers (only what changed)
	@node scripts/setup.mjs

check-tools:
	@MAKE_VERSION='$(MAKE_VERSION)' sh scripts/check-tools.sh

# Each does only what has changed since; scripts/setup/steps.mjs says what they make, and of what.
.PHONY: packages build-dist build-tools venvs venvs-apps
packages: check-tools
	@node scripts/setup.mjs packages

build-dist: check-tools
	@node scripts/setup.mjs build

build-tools: check-tools
	@node scripts/setup.mjs all tools

venvs: check-tools
	@node scripts/setup.mjs python

# vnpy's applications, for both versions of vnpy. They take their time and 500 MB each, so no other target needs them.
venvs-apps: check-tools
	@node scripts/setup.mjs apps

demo: build-tools ## a real vnpy server in Python, a Node strategy against it (VNPY=4.5 or 4.4)
	@node build/scripts/demo.js $(VNPY)

web: build-tools ## the console in front of a real vnpy server, to click through (VNPY=4.5 or 4.4)
	@node build/scripts/web.js $(VNPY)

cluster: build-tools ## a cluster on NATS: two vnpy servers, two edges, a relay, strategies in TypeScript and Python
	@node build/scripts/cluster.js

test: check-tools ## everything: lint, format, types, unit, interop and browser tests, with the time of each stage
	@MAKE='$(MAKE)' node scripts/stages.mjs

lint: packages
	npm run --silent lint

format-check: packages
	npm run --silent format:check

typecheck: packages
	npm run --silent typecheck

unit-test: build-dist
	@mkdir -p $(RESULTS)
	npm test -- --reporter=default --reporter=json --outputFile.json=$(RESULTS)/unit.json

interop-test: build-tools ## the tests against real Python peers of both vnpy versions
	@mkdir -p $(RESULTS)
	npm run --silent interop -- --reporter=default --reporter=json --outputFile.json=$(RESULTS)/interop.json

# Fails with the name of the package where no Chromium is installed. BROWSER=none leaves these tests out, on purpose.
ifeq ($(BROWSER),none)
browser-test:
	@echo 'BROWSER=none: the tests that need a browser are left out.'
else
browser-test: build-dist venvs ## the tests of the console and of the HTML report in Chromium (BROWSER=none leaves them out)
	@node scripts/chromium.mjs
	@mkdir -p $(RESULTS)
	npm run --silent test:browser -- --reporter=default --reporter=json --outputFile.json=$(RESULTS)/browser.json
endif

matrix: build-tools ## the tests over every CPython, vnpy and Node.js there is, and old libzmq (an hour; ONLY='--python 3.12 --node 22 --quick')
	@node build/scripts/matrix.js $(ONLY)

newest: build-tools ## the interop tests against the newest vnpy of the registry, whatever it is
	@node build/scripts/matrix.js --newest

apps: build-tools venvs-apps ## the tests against vnpy's own applications (CTA, algo, spread, WebTrader, ...), installed once into .venv-apps
	npm run --silent apps

trader: build-tools ## the real VeighNa Trader, clicked through as client and server of Node.js (needs a screen or Xvfb; 1 GB)
	@node scripts/setup.mjs trader
	@node build/scripts/trader.js

bench: setup ## measure against CPython, pickleparser, Python's RpcClient (ONLY=pickle for one part)
	npm run --silent bench -- $(ONLY)

fixtures: setup ## make the committed pickle fixtures again, with every CPython found
	npm run fixtures

clean: ## remove everything that setup and the tests have made
	rm -rf node_modules dist build coverage .venv .venv-4.4 .venv-apps .venv-apps-4.4 .venv-trader docs/api
