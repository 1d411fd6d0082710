# Everything from nothing: each target makes the virtual environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := minions_core langchain_minions llama_index_minions
ENDS := langchain-oldest langchain-newest llama-index-oldest llama-index-newest query-pipeline

.PHONY: demo app test test-matrix lint docs check format clean

demo: $(VENV)/demo.ok  ## answer a question over a long document, with no model and no network
	$(BIN)/minions demo

app: $(VENV)/app.ok  ## the same in a browser
	$(BIN)/minions app

test: $(VENV)/dev.ok $(VENV)/chromium.ok  ## all tests, with branch coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

test-matrix: $(ENDS:%=test-matrix-%)  ## the adapters with the oldest and newest of their frameworks

test-matrix-%:
	PYTHON=$(PYTHON) tests/matrix/run.sh $*

check: lint docs test  ## everything: formatting, lint, types, imports, documentation, tests, coverage

lint: $(VENV)/dev.ok  ## formatting, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tests/types/*.py
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: $(VENV)/dev.ok  ## the documentation, in site/; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

format: $(VENV)/dev.ok
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .matrix site .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.ok: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[cli]'
	touch $@

$(VENV)/app.ok: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[app,ollama,openai]'
	touch $@

$(VENV)/dev.ok: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

$(VENV)/chromium.ok: $(VENV)/dev.ok
	tests/apps/browser/get_chromium.sh $(BIN)/python
	touch $@
