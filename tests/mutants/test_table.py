"""The committed table: complete, caught, and what grading a sample of it again gives."""

from __future__ import annotations

import pytest
from helpers import SHIPPED

from autograder.assignments import choice, registry
from benchmarks.mutants import cover, planted, run, table
from benchmarks.mutants.cover import greedy
from benchmarks.mutants.equivalents import reasons
from benchmarks.mutants.mutant import make

TABLES = sorted(path.stem for path in (table.HERE / "results").glob("*.jsonl") if path.stem in SHIPPED)
COMMITTED = {name: table.load(name) for name in TABLES}
#: So many mistakes a table must have at least.
MANY = {"hw2p1": 600}
#: Code of one section that others run too, though none of them is said to need it: what breaks in it breaks them.
SHARED = {"hw2p1": "Flatten", "cat_dog_cnn": "init_weights"}

every = pytest.mark.parametrize("name", COMMITTED)


@every
def test_every_mistake_was_caught_in_its_own_section(name):
    assert len(COMMITTED[name].mistakes) >= MANY.get(name, 150)
    assert [(row.id, row.where, row.missed) for row in COMMITTED[name].alive] == []


@every
def test_every_equivalent_has_a_reason_and_lives(name):
    equivalent = {row.id: row for row in COMMITTED[name].rows if row.equivalent}
    assert set(equivalent) == set(reasons(name))
    assert [row.id for row in equivalent.values() if row.killed] == []


@every
def test_no_section_fails_that_does_not_build_upon_the_mutated_one(name):
    rubric = registry.find(name).rubric()
    for row in COMMITTED[name].mistakes:
        if row.operator == planted.OPERATOR:  # which say themselves what fails, and are tested for it
            continue
        dependents = set(row.own)
        while more := {s.id for s in rubric.sections if set(s.needs) & dependents} - dependents:
            dependents |= more
        if row.where.partition(".")[0] != SHARED.get(name):
            assert set(row.caught) <= dependents, row


@every
def test_the_table_is_small(name):
    assert table.path(name).stat().st_size < 800_000


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


@pytest.mark.parametrize("section", ["conv1d", "conv2d"])
def test_a_layer_without_an_option_is_held_to_as_much(section):
    """Whether a layer takes a padding is its author's choice: neither kind may lack a family of cases."""
    assignment = registry.find("hw2p1")
    rubric = assignment.rubric()
    (found,) = (one for one in rubric.sections if one.id == section)
    asked = [case for case in assignment.cases(found, rubric, "quick") if not case.optional]
    optional = [case for case in assignment.cases(found, rubric, "quick") if case.optional]
    for cases in (asked, optional):
        assert any("A_first" in case.draws for case in cases)
        assert any("b" in case.draws for case in cases)
        assert any(case.params["arguments"]["kernel_size"] == 1 for case in cases)
        assert any(case.draws["A"].shape[0] == 1 for case in cases)
        assert section == "conv1d" or any(len(set(case.draws["A"].shape[2:])) > 1 for case in cases)


def test_a_changed_line_is_told_in_short():
    assert table.shortened("a = b + c → a = b - c") == "a = b + c → a = b - c"


@pytest.mark.more
@every
def test_the_table_is_of_these_references(name):
    assignment = registry.find(name)
    mutants = [*make(assignment), *planted.make(assignment)]
    assert {mutant.id for mutant in mutants} == {row.id for row in COMMITTED[name].rows}


@pytest.mark.more
@every
def test_a_sample_graded_again_is_caught_again(name):
    sample = run.run(name, everyth=40, wide=4, processes=1, profile="quick")
    before = {row.id: row for row in COMMITTED[name].rows}
    for row in sample.rows:
        assert row.killed == before[row.id].killed, row
        assert row.edition == before[row.id].edition


def chosen(name):
    """The committed choice by section; empty for an assignment that asks all its candidates."""
    return choice.read(registry.find(name).folder)


@every
def test_each_mistake_is_caught_under_every_seed_by_a_case_that_was_chosen(name):
    assignment = registry.find(name)
    rubric = assignment.rubric()
    cases = {s.id: [c.name for c in assignment.cases(s, rubric, choice.CANDIDATES)] for s in rubric.sections}
    kept = {s: set(chosen(name)[s]["kept"]) if chosen(name) else set(names) for s, names in cases.items()}
    for row in COMMITTED[name].mistakes:
        section = table.caught_by(row.own, row.caught)
        if not row.edition and row.always:
            assert kept[section] & {cases[section][i] for i in row.always}, row


@pytest.mark.more
@pytest.mark.parametrize("name", [name for name in COMMITTED if chosen(name)])
def test_the_choice_is_what_the_table_says(name):
    assert cover.document(list(cover.choices(COMMITTED[name]))) == chosen(name)


@pytest.mark.more
def test_a_few_cases_are_enough_to_catch_again_what_they_caught():
    rows = tuple(row for row in COMMITTED["conv2d_layer"].rows if len(row.always) > 1)[:8]
    again = run.under(table.Table({**COMMITTED["conv2d_layer"].facts, "seeds": []}, rows), 21, processes=1, few=2)
    assert [row.missed for row in again.rows] == [()] * len(rows)
    assert all(
        row.always and set(row.always) <= set(before.always[:2]) for row, before in zip(again.rows, rows, strict=True)
    )


@every
def test_twenty_other_seeds_were_tried(name):
    facts = COMMITTED[name].facts
    assert len(set(facts["seeds"])) >= 20 and facts["seed"] not in facts["seeds"]
