# A fresh machine needs Python 3.11 or newer and make. README.md says what each target runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint lock train bench clean

demo: $(VENV)/.installed
	$(BIN)/kg demo

test: lint
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --nbmake tests/kg/spark tests notebooks

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/mypy kg api ontology tests
	$(BIN)/lint-imports
	$(BIN)/nbstripout --verify notebooks/*.ipynb

# pip builds the project with the hatchling of the lock, so nothing is fetched that has no hash.
# Python compiles a module when it first imports it: compiling all of them at once takes a minute that nobody needs.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# The one target that needs uv. Every Python gets the same versions; no address of a registry or a machine gets in.
lock:
	uv pip compile pyproject.toml --extra dev --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock --quiet

# The data is not in the repository: CONTRIBUTING.md says where it comes from.
train: $(VENV)/.installed
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[train]'
	$(BIN)/kg train

# All performance tables, beside those of the last committed run; OPTIONS="--quads 100000 --json docs/benchmarks.json".
bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m tests.benchmarks $(OPTIONS)

clean:
	rm -rf $(VENV) graph demo-graph build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
