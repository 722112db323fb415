# Everything a person or a machine does with this project, as commands. Needs Python 3.11 or 3.12 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev install-bench run test check format bench faults lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 13) else "Xiaoce needs Python 3.11 or 3.12: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

# A stamp per lock file: installing again only when the lock changed.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the packages of requirements.lock (about a minute the first time)…"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q adapters bot config knowledge skills storage
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the packages of requirements-dev.lock…"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed ## Install what running needs into .venv

install-dev: $(VENV)/.installed-dev ## Install what testing needs, too

install-bench: $(VENV)/.installed-dev ## Install the packages that attribution is measured beside
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock

run: install ## Start with the sample company on http://127.0.0.1:8080
	$(BIN)/xiaoce run --sample

# Three at once on two processors: a third of the time, a test waits for a process, a clock or a platform.
test: install-dev ## Run all tests
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: install-dev ## Style, types, import rules, documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/docs

format: install-dev ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev ## Measure the hot paths and rewrite docs/measurements.md
	$(BIN)/python -m tests.benchmarks

faults: install-dev ## The long form of the kill test: 200 kills under load
	$(BIN)/python -m pytest tests/faults -m "long" -s --timeout 3600

lock: install-dev ## Resolve pyproject.toml again into the three lock files
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra bench --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 -c requirements-dev.lock -o requirements-bench.lock

clean: ## Remove .venv and caches; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info
