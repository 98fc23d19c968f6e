# Everything runs from .venv; the stamp files say what is installed.
PYTHON ?= python3
HOST ?= localhost
PORT ?= 8501
EXAMPLES ?= 200
BIN := .venv/bin

.PHONY: app dev test unit check fuzz format bench thumbnails pictures clean

.venv/app: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	touch .venv/app

.venv/dev: .venv/app requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch .venv/dev

app: .venv/app
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(HOST)

dev: .venv/app
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(HOST) --server.fileWatcherType auto

# The browser's tests run by themselves: they share one server and one Chromium.
test: .venv/dev
	$(BIN)/python tests/chromium.py
	$(BIN)/python -m pytest -m "not browser" --numprocesses 2
	$(BIN)/python -m pytest -m browser

unit: .venv/dev
	$(BIN)/python -m pytest -m "not browser and not slow" --numprocesses 2

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MAKE) test

# Links that nobody made: new random settings for every view, each run others.
fuzz: .venv/dev
	EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -k no_link_breaks --numprocesses 2

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.venv/bench: .venv/dev requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-bench.txt
	touch .venv/bench

bench: .venv/bench
	$(BIN)/python tests/chromium.py
	$(BIN)/python -m pytest tests/test_speed.py --benchmark-only --benchmark-columns=median,iqr,rounds
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.bench_peers
	$(BIN)/python -m tests.bench

thumbnails: .venv/dev
	$(BIN)/python -m viz.thumbnails

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
