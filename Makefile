# Everything sets itself up: `make demo` and `make test` need Python 3.11+ (with venv), make and git.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete

.PHONY: help setup demo test test-browser lint bench clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make the environment in .venv (all the others do this by themselves)

# uv is itself pinned and hashed in requirements.lock; where it cannot be had, pip installs the same lock.
$(STAMP): requirements.lock pyproject.toml Makefile
	@python=""; for candidate in python3 python3.13 python3.12 python3.11; do \
	  if command -v $$candidate >/dev/null && $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$candidate; break; fi; done; \
	if [ -z "$$python" ]; then echo "make: no Python 3.11 or newer on PATH; install it and run make again" >&2; exit 1; fi; \
	if ! [ -x $(BIN)/python ]; then echo "Making $(VENV) with $$($$python --version) ..."; \
	  $$python -m venv $(VENV) || { echo "make: this Python cannot make a virtual environment; install its venv package (Debian: python3-venv)" >&2; exit 1; }; fi
	@echo "Installing what requirements.lock pins ..."
	@awk '/^uv==/ {keep=1} /^[a-z]/ && !/^uv==/ {keep=0} keep' requirements.lock > $(VENV)/uv.lock
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock; \
	then $(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@
