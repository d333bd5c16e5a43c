"""The committed table: complete, caught, and what grading a sample of it again gives."""

from __future__ import annotations

import pytest

from autograder.assignments import registry
from benchmarks.mutants import run, table
from benchmarks.mutants.cover import greedy
from benchmarks.mutants.equivalents import reasons
from benchmarks.mutants.mutant import make

COMMITTED = table.load("hw2p1")


def test_every_mistake_was_caught_in_its_own_section():
    assert len(COMMITTED.mistakes) >= 600
    assert [(row.id, row.where, row.missed) for row in COMMITTED.alive] == []


def test_every_equivalent_has_a_reason_and_lives():
    equivalent = {row.id: row for row in COMMITTED.rows if row.equivalent}
    assert set(equivalent) == set(reasons("hw2p1"))
    assert [row.id for row in equivalent.values() if row.killed] == []


def test_no_section_fails_that_does_not_build_upon_the_mutated_one():
    rubric = registry.find("hw2p1").rubric()
    for row in COMMITTED.mistakes:
        dependents = set(row.own)
        while more := {s.id for s in rubric.sections if set(s.needs) & dependents} - dependents:
            dependents |= more
        if row.where.partition(".")[0] != "Flatten":  # which has no section of its own, and the scanning MLPs use
            assert set(row.caught) <= dependents, row


def test_the_table_is_small():
    assert table.path("hw2p1").stat().st_size < 500_000


@pytest.mark.parametrize(
    ("catchers", "costs", "chosen"),
    [
        ([{0, 1}, {1, 2}], [1, 1, 1], [1]),
        ([{0}, {1}, {0, 1, 2}], [1, 1, 1], [0, 1]),
        ([{0, 2}, {1, 2}], [1, 1, 10], [0, 1]),
        ([], [1, 1], []),
    ],
)
def test_the_cover_is_small_and_complete(catchers, costs, chosen):
    assert greedy([frozenset(c) for c in catchers], costs) == chosen


def test_a_changed_line_is_told_in_short():
    assert table.shortened("a = b + c → a = b - c") == "a = b + c → a = b - c"


@pytest.mark.more
def test_the_table_is_of_these_references():
    assert {mutant.id for mutant in make(registry.find("hw2p1"))} == {row.id for row in COMMITTED.rows}


@pytest.mark.more
def test_a_sample_graded_again_is_caught_again():
    sample = run.run("hw2p1", everyth=40, wide=4, processes=1)
    before = {row.id: row for row in COMMITTED.rows}
    for row in sample.rows:
        assert row.killed == before[row.id].killed, row
        assert row.edition == before[row.id].edition


def test_twenty_other_seeds_were_tried():
    assert len(COMMITTED.facts["seeds"]) == 20 and COMMITTED.facts["seed"] not in COMMITTED.facts["seeds"]
