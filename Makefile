# Memo AI Coach: what a person types. `make help` lists it.
# Needs Python 3.11 or newer (with venv), make and a network; everything else goes into .venv.

SHELL := /bin/sh
ifndef PYTHON
PYTHON := $(shell for each in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
endif
VENV := .venv
BIN := $(VENV)/bin
# The stamp names what was installed: other locks or another Python make another stamp, and nothing else does.
INSTALLED := $(VENV)/installed-$(shell { cat requirements/development.lock pyproject.toml; $(PYTHON) --version; } | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help run dev build test check format bench lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: build ## install and build what is not yet, then serve http://127.0.0.1:3000 (HOST and PORT override)
	@exec $(BIN)/python -m memo_coach.web.serving

dev: $(INSTALLED) ## serve, and build and restart whenever a file changes
	@exec $(BIN)/python -m memo_coach.web.developing

build: $(INSTALLED) ## build the pages where their inputs changed
	@$(BIN)/python -m memo_coach.web.building

test: build ## the whole test suite: unit, integration, end to end
	@$(BIN)/python -m pytest $(TESTS)

check: $(INSTALLED) ## lint, format, types, import rules, dead links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.checks.dead_links

format: $(INSTALLED) ## put every file into the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: build ## measure: the coach, the weight of the page, Lighthouse (WRITE=--write puts it into docs/performance.md)
	@for benchmark in tests/benchmarks/bench_*.py tests/benchmarks/page_weight.py tests/benchmarks/lighthouse.py; do echo "== $$benchmark"; $(BIN)/python "$$benchmark" $(WRITE) || exit 1; done

lock: $(INSTALLED) ## bring every lock up to date: Python packages with hashes, npm packages
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade -o requirements/runtime.lock pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade --extra build --extra development -o requirements/development.lock pyproject.toml
	$(BIN)/python -m memo_coach.web.building --update-lock

clean: ## remove what was built; .venv and data stay
	rm -rf .web build

$(INSTALLED):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed, and is not here."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/installed-* && touch $@
