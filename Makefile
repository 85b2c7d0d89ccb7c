# `make demo` and `make test` need Python 3.11 or newer and a package index, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet
PYTEST_ARGS ?=

.PHONY: help demo test lint types bench soak fuzz wheel train lock clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.run ## Install, then show the main job on embedded servers
	@$(BIN)/triage demo

test: $(VENV)/.dev ## Run all tests (those with Dovecot and PostgreSQL where these are installed)
	$(BIN)/pytest -n auto --dist loadfile $(PYTEST_ARGS)

lint: $(VENV)/.dev ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Check types
	$(BIN)/mypy

bench: $(VENV)/.dev ## Measure speed as ratios (needs Dovecot for the whole way)
	$(BIN)/python -m tests.bench

soak: $(VENV)/.dev ## Run 20,000 mixed mails through and print the memory held
	$(BIN)/python tests/bench/soak.py

fuzz: $(VENV)/.dev ## Fuzz the reading of mails for a minute
	$(PIP) --require-hashes -r requirements/fuzz.txt
	@mkdir -p .fuzz
	$(BIN)/python tests/fuzz/fuzz_message.py -max_total_time=60 .fuzz tests/fuzz/corpus

train: $(VENV)/.dev ## Train the language model from the texts in nlp_models/
	$(BIN)/triage models train

wheel: $(VENV)/.dev ## Build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

lock: ## Pin all dependencies with their hashes anew (needs uv)
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate \
	    pyproject.toml --extra demo --extra postgres --group build -o requirements/run.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate \
	    pyproject.toml --all-extras --group test --group lint --group build \
	    -c requirements/run.txt -o requirements/dev.txt
	uv pip compile -q --generate-hashes --python-version 3.11 --no-annotate \
	    --group fuzz -o requirements/fuzz.txt

clean: ## Remove what was installed and built here
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	    || { echo "Python's venv is missing: apt install python3-venv" >&2; exit 1; }

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) (once, a minute or two) ..."
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
