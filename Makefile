# The verbs of this repository. `make` alone lists them. Needs Python 3.11, make and a package index; nothing else.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0" -c constraints.txt
SETUP := pyproject.toml constraints.txt
WORKERS ?= 2
# On a machine with few cores, several test workers with several threads each only get in one another's way.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
QUIET := HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false

.DEFAULT_GOAL := help
.PHONY: help install demo format lint test test-all test-gpu bench bench-gpu docs check clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/bin/python:
	$(PYTHON) -m venv .venv

# One stamp a set of extras: an install that is up to date costs nothing.
.venv/installed-%: $(SETUP) | .venv/bin/python
	$(PIP) -e ".[$*]"
	@touch $@

install: .venv/installed-demo ## install the library and its command line into .venv

demo: .venv/installed-demo ## train on the sample corpus, extract, draw: the whole road in a few minutes
	$(QUIET) $(BIN)/globalpointer demo --output demo

format: .venv/installed-test ## lay out the code
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

lint: .venv/installed-test ## style, types and import contracts
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## lint, then all tests that are not marked slow or gpu
	$(QUIET) $(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) -m "not slow and not gpu"

test-all: lint ## lint, then every test that needs no GPU
	$(QUIET) $(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) -m "not gpu"

test-gpu: .venv/installed-test ## the tests that need a CUDA device
	$(QUIET) $(BIN)/python -m pytest -m gpu

bench: .venv/installed-bench ## train what is missing in benchmarks/results, time the kernels, render tables and plots
	$(QUIET) $(BIN)/python -m benchmarks.accuracy
	$(QUIET) $(BIN)/python -m benchmarks.policies
	$(QUIET) $(BIN)/python -m benchmarks.kernels
	$(BIN)/python -m benchmarks.plots
	$(BIN)/python -m benchmarks.tables

bench-gpu: .venv/installed-bench ## time the kernels on a CUDA device, in one call
	$(QUIET) $(BIN)/python -m benchmarks.gpu
	$(BIN)/python -m benchmarks.tables

docs: .venv/installed-docs ## build the documentation site into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

check: test docs ## all that must hold before a release

clean: ## remove what the other verbs made
	rm -rf .venv site dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
