# Two commands matter: `make run` and `make test`. Each does all of its set-up first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: run test check bench setup browser screenshots clean

run: setup  ## Set up, show the main job, and leave the service running on port 8000
	$(BIN)/caunoi tour
	$(BIN)/caunoi serve

test: setup browser check  ## Set up, check the code, and run the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

browser:  ## Chromium for the tests of pages, where it is missing and may be installed
	@command -v chromium || command -v chromium-browser || command -v google-chrome \
	  || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium; } \
	  || echo "No Chromium here: the tests that drive a browser will say that they are skipped."

screenshots: setup browser  ## Pictures of the main pages, in var/screenshots
	$(BIN)/python -m tests.screenshots

check: $(INSTALLED)  ## Style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup  ## Measure speed beside named baselines, in one run each
	$(BIN)/python -m tests.benchmarks

setup: $(INSTALLED)  ## The environment, the language model, the database with the catalogue
	$(BIN)/caunoi setup

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(INSTALLED)

clean:  ## Remove what set-up made
	rm -rf $(VENV) var build *.egg-info
