# Everything a newcomer needs: `make demo` renders the worked example, `make test` proves the promises.
# Python 3.11 or newer is all that must be there; the environment is kept in .venv.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
READY  := $(VENV)/.ready
# one worker for each core; a single file is quicker with `.venv/bin/python -m pytest tests/…` alone
TEST   := $(RUN) -m pytest -n logical --dist worksteal

.PHONY: help install demo test faults fuzz lint bench golden train-embedded evaluate-embedded song clip constraints clean

help:
	@echo "make demo            render keyframes/lighthouse.yaml with the embedded models"
	@echo "make test            run the test suite (no network, no GPU); ARGS='-k camera' runs a part"
	@echo "make faults          crash, kill, starve and damage it more often; writes tests/faults/RESULTS.md"
	@echo "make fuzz            malformed files, expressions and weights, more of them; writes the same table"
	@echo "make lint            ruff and mypy"
	@echo "make bench           seconds per step beside the floor of the bare networks; seconds for an animatic"
	@echo "make golden          rewrite the golden frames after an intended change"
	@echo "make train-embedded  train the embedded models again, from seeds (hours on a CPU)"
	@echo "make evaluate-embedded  score the embedded models and rewrite the numbers on their card"
	@echo "make song            compose keyframes/song.mp3 again"
	@echo "make clip            paint keyframes/clip.mp4 again"

install: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it"; exit 2; }
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(READY)

demo: $(READY)
	$(RUN) -m pipeline render keyframes/lighthouse.yaml

# ARGS goes to pytest: make test ARGS="tests/schedule -x"
test: $(READY)
	$(TEST) $(ARGS)

# GOAL_COUNTS=nightly tries more often
faults: $(READY)
	GOAL_COUNTS=$${GOAL_COUNTS:-ci} GOAL_RESULTS=tests/faults/RESULTS.md $(TEST) -m goal --ignore=tests/fuzz

fuzz: $(READY)
	GOAL_COUNTS=$${GOAL_COUNTS:-ci} GOAL_RESULTS=tests/faults/RESULTS.md $(TEST) -m goal tests/fuzz

lint: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: $(READY)
	$(RUN) -m pipeline.bench

golden: $(READY)
	REWRITE_GOLDEN=1 $(RUN) -m pytest tests/golden

train-embedded: $(READY)
	$(RUN) -m pipeline.train all

evaluate-embedded: $(READY)
	$(RUN) -m pipeline.train evaluate

song: $(READY)
	$(RUN) -m pipeline.compose keyframes/song.mp3

clip: $(READY)
	$(RUN) -m pipeline.train clip

constraints:
	(head -n 1 constraints.txt; $(RUN) -m pip freeze --exclude-editable | grep -v '^-e' | sed 's/+cpu//') > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
