# `make run` starts Innspill on this machine, `make test` tests it, `make check` is what must hold before a change is in.
# A machine with Python 3.11 or newer and nothing else is enough for the first two; none of them needs root.

.DELETE_ON_ERROR:
.PHONY: run test check matrix malformed sbom bench faults lock clean install install-dev

BIN := .venv/bin
PY := $(BIN)/python
APPS := config organisation feedback surveys reporting
# Named by what they were made from, so that a changed file installs anew and a mere checkout does not.
sum = $(shell cat $(1) 2>/dev/null | cksum | tr ' ' '-')
RUN_FILES := requirements.txt requirements-embedded.txt
RUN_STAMP := .venv/.run-$(call sum,$(RUN_FILES))
DEV_STAMP := .venv/.dev-$(call sum,$(RUN_FILES) requirements-s3.txt requirements-dev.txt)
NODE_STAMP := node_modules/.set-$(call sum,package.json package-lock.json)
PIP := $(PY) -m pip --disable-pip-version-check --no-input -qq install --require-hashes
NPM := $(shell command -v npm 2>/dev/null)

run: install
	@exec $(PY) manage.py run

# Everything but what opens a browser, sends load, kills processes or takes many seconds.
test: install-dev
	@$(PY) -m pytest -n auto --maxprocesses 2 --dist worksteal -m "not browser and not load and not fault and not slow"

# Three at once for two cores: what opens a browser or starts servers waits for a third of its time.
check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(APPS) manage.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml compose.own-proxy.yml
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check
	SITE_URL=https://innspill.example.no BEHIND_PROXY=1 DEMONSTRATION=0 $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m pytest -n 3 --dist worksteal

# Everybody at every address there is, asked for and sent an empty form: `make check` asks of those let in one in turn.
matrix: install-dev
	MATRIX=whole $(PY) -m pytest tests/test_matrix.py

# What no browser sends, at a server of its own: 10,000 requests and 5,000 files.
malformed: install-dev
	@$(PY) -m benchmarks.malformed

# What Innspill is made of, as CycloneDX JSON.
sbom: install-dev
	@$(PY) -m tools.sbom

# What it takes, on 10,000 and 100,000 cards, which targets are met and which missed. BENCH=1m and BENCH=10m: on more. Needs wrk.
bench: install-dev
	@$(PY) -m benchmarks --size "$(BENCH)" --only "$(ONLY)"

# Breaks a town's parts for ten minutes under load, and prints what was lost: nothing. FAULTS="--minutes 2 --seed 7" changes it.
faults: install-dev
	@$(PY) -m tests.faults.storm --json var/faults/report.json $(FAULTS)

install: $(RUN_STAMP) $(NODE_STAMP)

install-dev: $(DEV_STAMP) $(NODE_STAMP)

$(PY):
	@for found in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
	  if [ -n "$$found" ] && "$$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	      echo "Innspill needs Python's venv and ensurepip, which this $$found lacks: install them (Debian: apt install python3-venv)." >&2; exit 1; \
	    fi; \
	    echo "Making .venv with $$("$$found" --version)"; exec "$$found" -m venv --clear .venv; \
	  fi; \
	done; \
	echo "Innspill needs Python 3.11 or newer, and none was found: install one, or name it: make run PYTHON=/path/to/python3" >&2; exit 1

$(RUN_STAMP): | $(PY)
	@echo "Installing what Innspill runs on (once)"
	@$(PIP) -r requirements.txt -r requirements-embedded.txt
	@rm -f .venv/.run-* && touch $@

$(DEV_STAMP): | $(PY)
	@echo "Installing what Innspill runs on and is tested with (once)"
	@$(PIP) -r requirements.txt -r requirements-embedded.txt -r requirements-s3.txt -r requirements-dev.txt
	@rm -f .venv/.run-* .venv/.dev-* && touch $(RUN_STAMP) $@

# Style sheets and fonts. Their packages' own scripts are not run.
$(NODE_STAMP): | $(PY)
	@echo "Fetching style sheets and fonts (once)"
ifeq ($(NPM),)
	@$(PIP) -r requirements-node.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error
else
	@"$(NPM)" ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error
endif
	@touch $@

# Pins every package anew, with hashes, for Python 3.11.2 and newer. Needs uv.
LOCK := uv pip compile --universal --python-version 3.11.2 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv" >&2; exit 1; }
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-embedded.in -o requirements-embedded.txt
	$(LOCK) requirements-s3.in -o requirements-s3.txt
	$(LOCK) requirements-watching.in -o requirements-watching.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-node.in -o requirements-node.txt

# Takes away all that was made here, the database included.
clean:
	@if [ -s var/data-folder ]; then rm -rf -- "$$(cat var/data-folder)"; fi
	rm -rf .venv node_modules staticfiles var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
