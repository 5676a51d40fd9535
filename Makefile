# Every target sets itself up in .venv; Python 3.11 or newer is all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test crash check cover bench study schemas docs screenshots install clean help

help:            ## what there is
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/run   ## events into a local Loops sandbox; ARGS=--once ends by itself
	@$(BIN)/segue demo $(ARGS)

test: $(VENV)/dev   ## the tests; ARGS go to pytest
	@echo "running the tests"
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup $(ARGS)

crash: $(VENV)/dev  ## the crash test in full: 20,000 events, 30 times kill -9, some minutes
	@$(BIN)/python -m pytest -q -n 0 -s --crash=full tests/integration/test_crash.py $(ARGS)

check: $(VENV)/dev  ## lint, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy tests/typing
	$(BIN)/pyright
	$(BIN)/lint-imports

cover: $(VENV)/dev  ## the tests again, with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n auto --dist loadgroup $(ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --skip-covered --sort=cover

bench: $(VENV)/dev  ## side by side with the reference implementation (needs node and npm)
	@$(BIN)/python benchmarks/run.py $(ARGS)

study: $(VENV)/dev  ## faults in mappings and what the check catches, as stored; ARGS=--check checks them anew
	@cd benchmarks && ../$(BIN)/python -m faults $(ARGS)

schemas: $(VENV)/dev  ## publish the field specs of the actions that ship with Segue
	@$(BIN)/segue schema publish schemas/segue_schemas/actions $(notdir $(patsubst %/,%,$(wildcard actions/segue_actions/[a-z]*/)))

docs: $(VENV)/dev    ## write the reference pages of the destinations that ship with Segue
	@for name in $(notdir $(patsubst %/,%,$(wildcard actions/segue_actions/[a-z]*/))); do \
	  $(BIN)/segue docs $$name > actions/segue_actions/$$name/REFERENCE.md || exit 1; done

screenshots: $(VENV)/dev  ## the console's pages into screens/ (needs Debian's Chromium)
	@PYTHONPATH=tests/models $(BIN)/python tests/screens.py $(ARGS)

install: $(VENV)/dev  ## set up .venv for work on Segue itself

$(VENV)/run: pyproject.toml | $(VENV)/python
	@echo "setting up $(VENV) (once; needs a package index)"
	@$(PIP) install --quiet -e .
	@touch $@

$(VENV)/dev: pyproject.toml | $(VENV)/python
	@echo "setting up $(VENV) for tests and checks (once; needs a package index)"
	@$(PIP) install --quiet -e '.[dev]'
	@touch $@ $(VENV)/run

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Segue needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

clean:           ## remove what the targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
