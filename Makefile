# Memo AI Coach: what a person types. `make help` lists it.
# Needs Python 3.11 or newer (with venv), make and a network; everything else goes into .venv.

SHELL := /bin/sh
# Where an install was cut short its stamps say nothing, and the next one begins anew.
BEGUN := $(wildcard .venv/unfinished .venv-operations/unfinished .venv-training/unfinished)
ifneq ($(BEGUN),)
$(shell rm -f $(foreach each,$(dir $(BEGUN)),$(each)running-* $(each)development-* $(each)installed-*))
endif
ifndef PYTHON
PYTHON := $(shell for each in $$(test -e .venv/unfinished || echo .venv/bin/python) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
endif
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(PYTHON) requirements/install.py
# A stamp names what was installed: other locks or another Python make another stamp, and nothing else does. What
# running takes comes first; what tests and checks take is added to the same environment.
DIGEST = $(shell { cat requirements/install.py requirements/installer.lock $(1); $(PYTHON) --version; } 2>&1 | cksum | cut -d' ' -f1)
RUNNING := $(VENV)/running-$(call DIGEST,requirements/build.lock pyproject.toml)
DEVELOPMENT := $(VENV)/development-$(call DIGEST,requirements/build.lock requirements/development.lock pyproject.toml)

# The operators' tools (Ansible, checkov, linters, stand-ins for the rehearsal) live apart: their dependencies are many
# and must never meet the product's.
OPERATIONS_VENV := .venv-operations
OPERATIONS := $(OPERATIONS_VENV)/installed-$(call DIGEST,requirements/operations.lock)

# What trains the built-in coach's model lives apart, too: a server judges with the weights and never trains.
TRAINING_VENV := .venv-training
TRAINING := $(TRAINING_VENV)/installed-$(call DIGEST,requirements/training.lock)

PYTEST = $(BIN)/python -m pytest -n auto $(if $(DATABASE),-p tests.database_choice --database=$(DATABASE))
DOCKER ?= docker
VERSION ?= $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' pyproject.toml)
# The database's image has a version of its own: a new one of the service does not restart the database.
POSTGRES_TAG := $(shell sed -n 's/.*memo-coach-postgres}:\(.*\)/\1/p' docker-compose.prod.yml)
REVISION := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade

.DEFAULT_GOAL := help
.PHONY: needs-python help run dev build test test-unit test-integration test-e2e installation check format bench load eval fuzz docs train validate-training image operations rehearse lock clean

help: ## list the commands
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

run: build ## install and build what is not yet, then serve http://127.0.0.1:3000 (HOST and PORT override)
	@exec $(BIN)/python -m memo_coach.server.serve

dev: $(RUNNING) ## serve, and build and restart whenever a file changes
	@exec $(BIN)/python -m memo_coach.server.develop

build: $(RUNNING) ## build the pages where their inputs changed
	@$(BIN)/python -m memo_coach.server.build

test: build $(DEVELOPMENT) ## the whole test suite: unit, integration, end to end
	@$(PYTEST) $(TESTS)

test-unit: build $(DEVELOPMENT) ## the suite's short tests (DATABASE=postgres: those on Postgres, DATABASE=sqlite: all others)
	@$(PYTEST) tests/unit tests/metamorphic

test-integration: build $(DEVELOPMENT) ## the suite's tests of running servers and programs (DATABASE as above)
	@$(PYTEST) tests/integration

test-e2e: build $(DEVELOPMENT) ## the suite's tests in a real browser; what fails leaves a trace in test-results
	@TRACES=1 $(PYTEST) tests/e2e

installation: $(DEVELOPMENT) ## install every lock with an old pip and the newest, and start a fresh clone, from an index
	@$(BIN)/python -m pytest -n 0 tests/installation/every_lock.py tests/installation/starting.py

check: $(DEVELOPMENT) $(OPERATIONS) ## everything that needs no run: code, documents, infrastructure, secrets in the history (ONLY="ruff mypy")
	@$(BIN)/python -m tests.checks $(ONLY)

format: $(DEVELOPMENT) ## put every file into the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: build $(DEVELOPMENT) ## measure: the coach, the weight of the page, Lighthouse (WRITE=--write puts it into docs/performance.md)
	@for benchmark in tests/benchmarks/bench_*.py tests/benchmarks/page_weight.py tests/benchmarks/lighthouse.py; do echo "== $$benchmark"; $(BIN)/python "$$benchmark" $(WRITE) || exit 1; done

load: build $(DEVELOPMENT) ## put the load of a crowd on real servers, side by side (OPTIONS="--connected 300 --at-work 100", "--hundred", "--soak 30")
	@$(BIN)/python -m tests.load $(OPTIONS)

eval: $(RUNNING) ## measure a coach on documents that you have annotated: FOLDER=path (OPTIONS="--coach llm --runs 3")
	@test -n "$(FOLDER)" || { echo "Name the folder with the annotated documents: make eval FOLDER=path"; exit 2; }
	@$(BIN)/memo-coach eval $(OPTIONS) "$(FOLDER)"

train: $(TRAINING) ## train the built-in coach's small model again (FOLDERS="…" with the texts that are not here; see training/README.md)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(TRAINING_VENV)/bin/python -m training.train $(OPTIONS) $(FOLDERS)

validate-training: $(TRAINING) ## say how well that model does on documents that it never saw (FOLDERS="…")
	@$(TRAINING_VENV)/bin/python -m training.train --validate $(OPTIONS) $(FOLDERS)

fuzz: build $(DEVELOPMENT) ## ask the API whatever its description allows, and whatever not (EXAMPLES=200 of each address)
	@$(BIN)/python -m tests.integration.api.any_request $(or $(EXAMPLES),200)

docs: $(DEVELOPMENT) ## write again what the documents take from the code: docs/remarks.md, docs/operate/environment.md, .env.example, the dashboards
	@$(BIN)/python -m tests.checks.environment_docs --write
	@$(BIN)/python -m tests.checks.remarks_docs --write
	@$(BIN)/python -m tests.checks.dashboards --write

operations: $(OPERATIONS) ## install the operators' tools (Ansible, checkers) into .venv-operations

image: ## build the images of the application and its backup, as VERSION (by default pyproject.toml's), and of the database
	@for target in app backup postgres; do \
		name=memo-coach; test $$target = app || name=memo-coach-$$target; \
		tag="$(VERSION)"; test $$target != postgres || tag="$(POSTGRES_TAG)"; \
		$(DOCKER) build --target $$target --tag "$$name:$$tag" --build-arg VERSION="$(VERSION)" --build-arg REVISION="$(REVISION)" . || exit 1; \
	done

rehearse: build $(DEVELOPMENT) $(OPERATIONS) ## walk production on this machine, from nothing to a restored backup (STAGE=backup for one stage)
	@$(BIN)/python -m tests.rehearsal $(STAGE)

lock: $(DEVELOPMENT) ## bring every lock up to date: Python packages with hashes, npm packages
	$(COMPILE) -o requirements/installer.lock requirements/installer.in
	$(COMPILE) -o requirements/runtime.lock pyproject.toml
	$(COMPILE) --extra build -o requirements/build.lock pyproject.toml
	$(COMPILE) --extra build --extra development -o requirements/development.lock pyproject.toml
	$(COMPILE) -o requirements/operations.lock requirements/operations.in
	$(COMPILE) -o requirements/model-proxy.lock requirements/model-proxy.in
	$(COMPILE) -o requirements/training.lock requirements/training.in
	$(BIN)/python -m memo_coach.server.build --update-lock

clean: ## remove what was built; the environments and data stay
	rm -rf .web build

$(RUNNING): | needs-python
	@$(INSTALL) $(VENV) requirements/build.lock --project .
	@rm -f $(VENV)/installed-* $(VENV)/running-* $(VENV)/development-* && touch $@

$(DEVELOPMENT): $(RUNNING)
	@$(INSTALL) $(VENV) requirements/development.lock
	@rm -f $(VENV)/development-* && touch $@

$(OPERATIONS): | needs-python
	@$(INSTALL) $(OPERATIONS_VENV) requirements/operations.lock
	@rm -f $(OPERATIONS_VENV)/installed-* && touch $@

$(TRAINING): | needs-python
	@$(INSTALL) $(TRAINING_VENV) requirements/training.lock
	@rm -f $(TRAINING_VENV)/installed-* && touch $@

needs-python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed, and is not here."; exit 2; }
