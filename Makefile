# The two commands: `make grade` and `make test`. Each sets up its own virtual environment, once.

PYTHON ?= python3
ASSIGNMENT ?= hw2p1
SUBMISSION ?= handout/$(ASSIGNMENT)
WORKERS ?= auto

STUDENT := .venv/student
TEST := .venv/test
PIP := -m pip install --quiet --disable-pip-version-check

.PHONY: grade test test-more check benchmarks mutants clean

grade: $(STUDENT)/ready
	@$(STUDENT)/bin/python runner.py grade "$(SUBMISSION)" -a $(ASSIGNMENT)

test: $(TEST)/ready
	$(TEST)/bin/python -m pytest -n $(WORKERS) -m "not more"

test-more: $(TEST)/ready
	$(TEST)/bin/python -m pytest -n $(WORKERS) -m more

check: $(TEST)/ready
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy

# Half an hour on two cores; `python -m benchmarks.mutants table` alone (the public seed) takes a minute.
mutants: $(TEST)/ready
	for part in table seeds choose; do $(TEST)/bin/python -m benchmarks.mutants $$part -a $(ASSIGNMENT) || exit; done
	$(TEST)/bin/python runner.py selfcheck -a $(ASSIGNMENT) --update-practice
	for part in confirm summary; do $(TEST)/bin/python -m benchmarks.mutants $$part -a $(ASSIGNMENT) || exit; done

benchmarks: $(TEST)/ready
	$(TEST)/bin/python -m benchmarks

$(STUDENT)/ready: requirements-student.txt
	$(PYTHON) -m venv $(STUDENT)
	$(STUDENT)/bin/python $(PIP) -r requirements-student.txt
	@touch $@

$(TEST)/ready: requirements-dev.txt requirements-staff.txt requirements.txt requirements-student.txt
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python $(PIP) -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
