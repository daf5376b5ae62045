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

# The operators' tools (Ansible, checkov, linters, stand-ins for the rehearsal) live apart: their dependencies are many
# and must never meet the product's.
OPERATIONS_VENV := .venv-operations
OPERATIONS := $(OPERATIONS_VENV)/installed-$(shell { cat requirements/operations.lock; $(PYTHON) --version; } | cksum | cut -d' ' -f1)

DOCKER ?= docker
VERSION ?= $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' pyproject.toml)
REVISION := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade

.DEFAULT_GOAL := help
.PHONY: help run dev build test check format bench docs image operations rehearse lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: build ## install and build what is not yet, then serve http://127.0.0.1:3000 (HOST and PORT override)
	@exec $(BIN)/python -m memo_coach.web.serving

dev: $(INSTALLED) ## serve, and build and restart whenever a file changes
	@exec $(BIN)/python -m memo_coach.web.developing

build: $(INSTALLED) ## build the pages where their inputs changed
	@$(BIN)/python -m memo_coach.web.building

test: build ## the whole test suite: unit, integration, end to end
	@$(BIN)/python -m pytest -n auto $(TESTS)

check: $(INSTALLED) $(OPERATIONS) ## everything that needs no run: code, documents, infrastructure, secrets in the history (ONLY="ruff mypy")
	@$(BIN)/python -m tests.checks $(ONLY)

format: $(INSTALLED) ## put every file into the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: build ## measure: the coach, the weight of the page, Lighthouse (WRITE=--write puts it into docs/performance.md)
	@for benchmark in tests/benchmarks/bench_*.py tests/benchmarks/page_weight.py tests/benchmarks/lighthouse.py; do echo "== $$benchmark"; $(BIN)/python "$$benchmark" $(WRITE) || exit 1; done

docs: $(INSTALLED) ## write again what the documents take from the code: docs/operate/environment.md, .env.example
	@$(BIN)/python -m tests.checks.environment_docs --write

operations: $(OPERATIONS) ## install the operators' tools (Ansible, checkers) into .venv-operations

image: ## build the images of the application and of its backup, as VERSION (by default pyproject.toml's)
	@for target in app backup; do \
		name=memo-coach; test $$target = app || name=memo-coach-$$target; \
		$(DOCKER) build --target $$target --tag "$$name:$(VERSION)" --build-arg VERSION="$(VERSION)" --build-arg REVISION="$(REVISION)" . || exit 1; \
	done

rehearse: build $(OPERATIONS) ## walk production on this machine, from nothing to a restored backup (STAGE=backup for one stage)
	@$(BIN)/python -m tests.rehearsal $(STAGE)

lock: $(INSTALLED) ## bring every lock up to date: Python packages with hashes, npm packages
	$(COMPILE) -o requirements/runtime.lock pyproject.toml
	$(COMPILE) --extra build -o requirements/build.lock pyproject.toml
	$(COMPILE) --extra build --extra development -o requirements/development.lock pyproject.toml
	$(COMPILE) -o requirements/operations.lock requirements/operations.in
	$(COMPILE) -o requirements/model-proxy.lock requirements/model-proxy.in
	$(BIN)/python -m memo_coach.web.building --update-lock

clean: ## remove what was built; the environments and data stay
	rm -rf .web build

$(INSTALLED):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed, and is not here."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/installed-* && touch $@

$(OPERATIONS):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed, and is not here."; exit 2; }
	@test -x $(OPERATIONS_VENV)/bin/python || $(PYTHON) -m venv $(OPERATIONS_VENV)
	$(OPERATIONS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/operations.lock
	@rm -f $(OPERATIONS_VENV)/installed-* && touch $@
