"""Practice data: what ships is what the oracles compute, and grading needs nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograder.assignments import making, practice, registry
from autograder.assignments.cases import Case, Draw
from autograder.assignments.practice import Practice
from autograder.assignments.truth import Question
from autograder.errors import HarnessError


@pytest.mark.parametrize("name", registry.names())
def test_the_data_that_ships_is_what_the_oracles_compute(name):
    assert making.stale(registry.find(name)) == []


def question(name="a case", judged=()):
    draws = {"A": Draw((2, 3)), "k": Draw((), "integers", dtype="int64")}
    case = Case(name, {"factor": 2}, draws, ("Z", "answer"), judged=judged)
    inputs = case.inputs(7, "section")
    return Question(case, inputs, {"Z": np.arange(6.0).reshape(2, 3), "answer": "b"})


def test_what_is_saved_comes_back(tmp_path):
    asked = question()
    practice.save(tmp_path, {"one": {asked.case.name: asked}})
    section = replace(registry.find("hw2p1").rubric().sections[0], id="one")
    read = Practice.load(tmp_path, lambda _: [asked.case], {}).questions(section)[0]
    for name, value in asked.inputs.items():
        assert read.inputs[name].dtype == value.dtype
        assert np.array_equal(read.inputs[name], value)
    assert np.array_equal(read.expected["Z"], asked.expected["Z"])
    assert read.expected["answer"] == "b"


def test_a_case_without_data_is_our_failure(tmp_path):
    practice.save(tmp_path, {"one": {}})
    section = registry.find("hw2p1").rubric().sections[0]
    with pytest.raises(HarnessError, match="no"):
        Practice.load(tmp_path, lambda _: [question().case], {}).questions(section)


def test_data_that_is_not_there_or_broken_is_our_failure(tmp_path):
    with pytest.raises(HarnessError):
        Practice.load(tmp_path, lambda _: [], {})
    (tmp_path / practice.INDEX).write_text("{")
    with pytest.raises(HarnessError):
        Practice.load(tmp_path, lambda _: [], {})


def test_values_depend_on_seed_section_and_case_only():
    case = question().case
    again = case.inputs(7, "section")
    assert all(np.array_equal(again[name], value) for name, value in case.inputs(7, "section").items())
    assert not np.array_equal(case.inputs(8, "section")["A"], again["A"])
    assert not np.array_equal(case.inputs(7, "another")["A"], again["A"])
    assert not np.array_equal(question("another case").case.inputs(7, "section")["A"], again["A"])
