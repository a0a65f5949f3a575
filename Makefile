# Two commands do everything: `make run` and `make test`. Each sets up what it needs on a machine with Python 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8001
# A file's tests stay together, for they share what they made.
PARALLEL := --numprocesses auto --dist loadfile

.PHONY: run test setup lint types tests datasette-1 pywb browser bench lock clean

run: $(READY)  ## The main job: the demo story on the bundled newsroom, or WATCH=watches/….toml on the live web.
ifdef WATCH
	@$(BIN)/afterprint run $(WATCH) $(if $(NO_SERVE),,--serve --port $(PORT))
else
	@$(BIN)/afterprint --archive demo.db demo --port $(PORT) $(if $(NO_SERVE),--no-serve)
endif

test: $(READY) browser lint types datasette-1 tests  ## All checks.

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "afterprint needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

tests: $(READY) pywb
	$(BIN)/pytest $(PARALLEL)

datasette-1: $(READY) browser  ## The reading pages on the next Datasette, an alpha pinned here.
	$(BIN)/python -m pip install --quiet --upgrade --target $(VENV)/datasette-1 datasette==1.0a41
	PYTHONPATH=$(VENV)/datasette-1 $(BIN)/pytest $(PARALLEL) tests/datasette_config --ignore=tests/datasette_config/test_browser_real.py

pywb: $(VENV)/pywb/bin/wayback  ## Replays exported WARC files in a test. Apart, for it wants other versions of our packages.

$(VENV)/pywb/bin/wayback:
	$(PYTHON) -m venv $(VENV)/pywb
	$(VENV)/pywb/bin/pip install --quiet --disable-pip-version-check pywb==2.10.0

browser:  ## Chromium for the browser tests and OpenSSL's program, from the system's packages.
	@{ command -v chromium && command -v openssl; } >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then S=; else S=sudo; fi; \
	  $$S apt-get update -qq && $$S apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core openssl; }

bench: $(READY)  ## Evaluations on a data folder: make bench DATA=…
	$(BIN)/python -m benchmarks.warc_import $(DATA)/web/warc
	$(BIN)/python -m benchmarks.captures $(DATA)/web/captures
	$(BIN)/python -m benchmarks.syndication $(DATA)/web/syndication
	$(BIN)/python -m benchmarks.story $(DATA)/story

lock:  ## Renew requirements.lock after a change of pyproject.toml.
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
