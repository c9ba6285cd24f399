# Everything sets itself up: `make demo` and `make test` need Python 3.11+ (with venv), make and git.
# Each recipe line stops by itself when a part of it fails, so that an old make behaves like a new one.
SHELL := /bin/bash
.DEFAULT_GOAL := help
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# mypy reads Django's settings: sound ones, whatever this machine is set to, that write nothing here.
SOUND := env -u DATABASE_URL -u REDIS_URL -u SENDGRID_API_KEY MAILER_DATA_DIR=$(VENV)/lint \
  MAILER_SECRET_KEY=only-for-the-linter-0123456789abcdef MAILER_HASH_KEY=only-for-the-linter-0123456789abcdef
BENCHMARKS := $(wildcard benchmarks/__main__.py)
PYTEST := $(BIN)/python -m pytest

.PHONY: help setup demo test test-browser test-mjml faults lint messages clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)$(if $(BENCHMARKS),, | grep -v 'make bench')

setup: $(STAMP) ## Make the environment in .venv (all the others do this by themselves)

# uv is itself pinned and hashed in requirements.lock; where it does not get on, pip installs the same lock.
$(STAMP): requirements.lock pyproject.toml Makefile
	@python=""; for candidate in python3 python3.13 python3.12 python3.11; do \
	  if command -v $$candidate >/dev/null && $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$candidate; break; fi; done; \
	if [ -z "$$python" ]; then echo "make: no Python 3.11 or newer on PATH; install it and run make again" >&2; exit 1; fi; \
	if ! [ -x $(BIN)/python ]; then echo "Making $(VENV) with $$($$python --version) ..."; \
	  $$python -m venv $(VENV) || { echo "make: this Python cannot make a virtual environment; install its venv package (Debian: python3-venv)" >&2; exit 1; }; fi
	@echo "Installing what requirements.lock pins ..."
	@awk '/^uv==/ {keep=1} /^[a-z]/ && !/^uv==/ {keep=0} keep' requirements.lock > $(VENV)/uv.lock
	@{ $(PIP) install --require-hashes -r $(VENV)/uv.lock && \
	   $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python requirements.lock; } || \
	{ echo "uv does not get on here; pip takes longer ..." && $(PIP) install --require-hashes -r requirements.lock; }
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

demo: setup ## Deliver a sample edition to 1,000 readers in the sandbox and show what came of it
	@if [ -t 0 ]; then exec $(BIN)/mailer demo; else exec $(BIN)/mailer demo --exit; fi

lint: setup ## Check style, types and the direction of imports
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "make: run $(BIN)/ruff format" >&2; exit 1; }
	@$(SOUND) $(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >$(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }

test: lint ## Lint, then test on SQLite and the embedded broker, then again on PostgreSQL
	@$(PYTEST) -n auto -m "not browser"
	@$(PYTEST) -n auto -m "database and not browser" --database postgresql

test-browser: setup ## Test in a real browser: the Chromium of this machine, else one that Playwright fetches
	@if [ -z "$$MAILER_CHROMIUM" ]; then \
	  for browser in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
	    if command -v $$browser >/dev/null; then found=$$browser; fi; done; \
	  if [ -z "$$found" ]; then $(BIN)/playwright install chromium; fi; fi
	@$(PYTEST) -m browser

test-mjml: setup ## Compile our MJML with npm's mjml, strictly, and compare what both look like (wants Node)
	@$(BIN)/python -m tests.strict_mjml

messages: setup ## Gather what readers are told for translators, and compile what they wrote
	@$(BIN)/python -m tests.languages

# Resumable: what is in the file of results is not run again. make faults RUNS=5 takes minutes, not hours.
# All of it is run and reported, whatever fails on the way; the end tells whether anything did.
RUNS := 60
# Each named place, crossed in each way.
POINTS := 120
FAULTS := $(BIN)/python -m tests.faults --results faults.jsonl
faults: setup ## Pull every plug, thousands of times, on both databases and both transports; takes hours
	@failed=0; for on in sqlite postgresql; do for by in sendgrid smtp; do \
	  $(FAULTS) --database $$on --transport $$by --runs $(RUNS) || failed=1; \
	  $(FAULTS) --database $$on --transport $$by --family points --runs $(POINTS) || failed=1; \
	  for family in clock doorbell; do \
	    $(FAULTS) --database $$on --transport $$by --family $$family --runs $$(($(RUNS) / 6 + 1)) || failed=1; \
	  done; done; done; \
	$(FAULTS) --breaks --runs 40 || failed=1; \
	$(FAULTS) --report faults.jsonl; exit $$failed

ifdef BENCHMARKS
.PHONY: bench
bench: setup ## Measure against the limits of this machine
	@$(BIN)/python -m benchmarks
endif

clean: ## Remove what was installed and cached; data stay
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find mailer subscribers tests -type d -name __pycache__ -prune -exec rm -rf {} +
