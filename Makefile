# Everything starts here on a fresh machine: each target prepares what it needs.
SHELL := bash
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Where it is set, each `pbx` compiles what it imports anew: a second of CPU.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo images k8s-demo lint test proof fuzz bench kubernetes rows reference lab-up lab-down clean

help:  ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup:  ## Install what this machine lacks, and .venv
	@bin/setup

demo: setup  ## Bring the lab up, apply the example companies, call them, print the results
	@bin/demo

images: setup  ## Build the container images, print their digests, write them to build/images (IMAGES='web': only these)
	$(BIN)/pbx image build $(IMAGES) --out build/images

k8s-demo: setup  ## Apply the example companies to a one-machine Kubernetes cluster and call them through its pods
	@bin/k8s-demo

lint:  ## Check style, types, the direction of imports, and shell scripts
	@bin/setup lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	shellcheck $$(grep -rlIE '^#!.*/(env )?(ba)?sh$$' bin .ci provisioner roles)

test: lint  ## Lint, then run every test (the lab's need root)
	@bin/setup tests
	@# Calls are mostly waiting, so four labs are tested side by side on two processors. The longest groups of tests begin first
	@# (tests/conftest.py).
	$(BIN)/pytest -n 4 --dist loadgroup --no-loadscope-reorder --junitxml=build/test.xml

kubernetes: setup  ## Build what tests of the Kubernetes target need: minutes, once for a machine
	$(BIN)/python -m provisioner.adapters.cluster.programs

lab-up: setup  ## Bring the lab up
	$(BIN)/pbx lab up

lab-down: setup  ## Take the lab down
	$(BIN)/pbx lab down

clean:  ## Remove what was built and cached here (not .venv, not the lab)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

proof: setup  ## Hold traces against a real Asterisk: random tenants and their calls (PROOF=1000: so many tenants)
	@bin/setup tests
	PBX_PROOF=$(or $(PROOF),25) $(BIN)/pytest -v -s tests/pipeline/test_traces_in_asterisk.py

fuzz: setup  ## Try a hundred thousand broken tenant files: never a traceback, 1 GB or 10 s (FUZZ=2000: so many)
	@bin/setup tests
	$(BIN)/python -m tests.fuzz $(or $(FUZZ),100000)

bench: setup  ## Measure, print a table, write build/bench.json (BENCH=start: that alone; BENCH=-fresh_clone: all but that)
	$(BIN)/python -m bench $(BENCH)

rows: setup  ## Show for each promised row which tests show it, and how they ended last
	$(BIN)/python docs/make_rows.py

reference: setup  ## Write the generated schemas and reference pages
	$(BIN)/python docs/make_reference.py
