# Every target does its own set-up, and does it again only when its inputs change.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
BASE_PYTHON ?= $(firstword $(foreach p,python3.11 python3,$(shell command -v $(p))))
export LEASEWATCH_CACHE ?= $(CURDIR)/.cache/leasewatch
COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-config

.PHONY: setup demo test check lock clean

setup: $(VENV)/.installed

demo: setup
	exec $(VENV)/bin/leasewatch demo

check: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PYTHON) -m pytest -q -m "not servers and not browser"

test: setup
	$(PYTHON) -m pytest

$(UV): deploy/python/uv.lock
	test -x $(PYTHON) || $(BASE_PYTHON) -m venv $(VENV)
	$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r $<
	touch $@

$(VENV)/.installed: $(UV) requirements.lock pyproject.toml
	$(UV) pip sync -q --no-config --python $(PYTHON) --require-hashes requirements.lock
	$(UV) pip install -q --no-config --python $(PYTHON) --no-deps --no-build-isolation -e .
	touch $@

lock:
	$(COMPILE) deploy/python/uv.in -o deploy/python/uv.lock
	$(COMPILE) deploy/python/jre.in -o deploy/python/jre.lock
	$(COMPILE) pyproject.toml --extra dev --extra embedded -o requirements.lock

clean:
	rm -rf $(VENV) .cache *.egg-info services/api/page/vendor
	rm -rf deploy/page/node_modules deploy/browser/node_modules
