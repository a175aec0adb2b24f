# `make drills` and `make test` each do all the set-up that a fresh Debian or Ubuntu needs.
PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/bash

.PHONY: venv drills test check prove demo setup help

help:
	@echo "make drills   roll back real replicas and report; make demo: see a false success being caught"
	@echo "make check    ruff, mypy, pure tests (30 s); make test: all that a change must pass; make prove: everything, in full"

venv:
	@PYTHON=$(PYTHON) sh fixtures/venv.sh

setup: venv
	@$(BIN)/python -m fixtures.setup

drills: setup
	@$(BIN)/pytest drills/ $(ARGS)

demo: setup
	@$(BIN)/python -m fixtures.demo

check: venv
	@sh tests/tools.sh
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q . && $(BIN)/mypy
	@$(BIN)/pytest tests -m "not docker" -n 4 --dist worksteal -q $(ARGS)

test: setup
	@$(MAKE) -s check
	@$(BIN)/pytest tests -m docker -n 2 -q $(ARGS)

prove: setup
	@$(MAKE) -s check ARGS=--prove
	@$(BIN)/pytest tests -m docker -n 2 --prove $(ARGS)
