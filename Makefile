# Two commands do all of their own set-up: `make run` and `make test`. The rest is for the inner loop.
# Needs Python 3.11 or newer and make. Node joins when the web does.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PORT ?= 8000
export PORT

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
UV_VERSION := 0.13.9
UV := $(CURDIR)/.tools/bin/uv
VENV := server/.venv
BIN := $(CURDIR)/$(VENV)/bin
SYNC = cd server && UV_PYTHON_DOWNLOADS=never $(UV) sync --quiet --frozen --python $(PYTHON)

.PHONY: help run test check fmt static unit lessons bench bench-voice bench-learning clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

$(UV):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv was not found. Install it (Debian: python3 and python3-venv) or set PYTHON=/path/to/python."; exit 1; }
	@echo "→ tools: uv $(UV_VERSION)"
	@$(PYTHON) -m venv .tools && .tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.run: server/pyproject.toml server/uv.lock | $(UV)
	@echo "→ environment: what the server needs (about 150 MB, once)"
	@$(SYNC) --no-dev --inexact && touch $(CURDIR)/$@

$(VENV)/.dev: server/pyproject.toml server/uv.lock | $(UV)
	@echo "→ environment: what the tests need (once)"
	@$(SYNC) && touch $(CURDIR)/$@ $(CURDIR)/$(VENV)/.run

run: $(VENV)/.run ## Start the server on http://127.0.0.1:8000 (PORT=… to change)
	@exec $(BIN)/bakame serve

test: static ## Everything that CI runs
	@echo "→ tests with coverage"
	@cd server && $(BIN)/coverage erase && $(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term

check: static unit ## The fast half of the tests, for the inner loop

static: $(VENV)/.dev
	@echo "→ format";    cd server && $(BIN)/ruff format --check --quiet . && $(BIN)/ruff format --config pyproject.toml --check --quiet ../bench ../training
	@echo "→ lint";      cd server && $(BIN)/ruff check --quiet . && $(BIN)/ruff check --config pyproject.toml --quiet ../bench ../training
	@echo "→ types";     cd server && $(BIN)/pyright
	@echo "→ contracts"; cd server && $(BIN)/lint-imports --no-cache | tail -n 2

unit: $(VENV)/.dev
	@echo "→ tests of the pure floors"
	@cd server && $(BIN)/pytest -n auto --dist worksteal tests/audio tests/text tests/calls tests/tutor

fmt: $(VENV)/.dev ## Format and mend what a tool can mend
	@cd server && $(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff check --config pyproject.toml --fix --quiet ../bench ../training ; $(BIN)/ruff format --quiet . ; $(BIN)/ruff format --config pyproject.toml --quiet ../bench ../training

lessons: $(VENV)/.dev ## Write the transcripts of docs/lessons anew
	@cd server && PYTHONPATH=tests $(BIN)/python -m tutor.lessons

bench: $(VENV)/.dev ## Measure the numbers that the README gives
	@cd bench && for b in answer_call.py answer_text.py recogniser.py; do $(BIN)/python $$b || exit 1; done

bench-voice: $(VENV)/.dev ## Load the voice line beside the floor; wants two quiet cores
	@cd bench && $(BIN)/python voice.py

bench-learning: $(VENV)/.dev ## Simulated learners: what an hour of call teaches; plots in docs/learning
	@cd bench && $(BIN)/python learning.py

clean: ## Remove the environments and what the server keeps
	rm -rf .tools $(VENV) var
