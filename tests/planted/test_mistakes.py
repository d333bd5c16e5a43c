"""Every planted mistake is caught: in its section and what builds upon it, nowhere else, in the output it spoils."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import helpers
import pytest
from mistakes import MISTAKES, Mistake
from whole_methods import ALL

from autograder.grading.grader import Grader


@pytest.fixture(scope="module")
def graders() -> Iterator[Callable[[str], Grader]]:
    """A warm grader for each edition, started when it is first asked for."""
    with ExitStack() as stack:
        made: dict[str, Grader] = {}

        def of(edition: str) -> Grader:
            if edition not in made:
                made[edition] = stack.enter_context(helpers.warm(edition))
            return made[edition]

        yield of


def params(mistakes: tuple[Mistake, ...]) -> list[object]:
    """The mistakes as test parameters; those that live are expected to, and to be taken off the list once caught."""
    return [
        pytest.param(m, id=m.name, marks=pytest.mark.xfail(reason=m.lives, strict=True) if m.lives else ())
        for m in mistakes
    ]


def affected(mistake: Mistake) -> set[str]:
    """Ids of the sections that a mistake could reach: what builds upon its section, and what needs its file."""
    sections = helpers.rubric(mistake.edition).sections
    users = {section.id for section in sections if mistake.file in section.files}
    return helpers.closure(mistake.fails[0], mistake.edition) | users


def sample(mistake: Mistake) -> set[str]:
    """Two of the sections that a mistake cannot reach, others for each mistake."""
    rest = [s.id for s in helpers.rubric(mistake.edition).sections if s.id not in affected(mistake)]
    start = MISTAKES.index(mistake) * 2
    return {rest[(start + i) % len(rest)] for i in range(2)} if rest else set()


def check(mistake: Mistake, grader: Grader, chosen: set[str]) -> None:
    """Grade those sections: the right ones fail, in the right output, with a word about it."""
    picked = [section for section in grader.rubric.sections if section.id in chosen]
    report = grader.report(mistake.submission, grader.run_all(mistake.submission, picked))
    sections = helpers.by_id(report, mistake.edition)
    statuses = helpers.not_passed(report, mistake.edition)
    said = {name: (sections[name].status, sections[name].message) for name in statuses}
    assert set(statuses) == set(mistake.fails), said
    assert helpers.wrong_outputs(sections[mistake.fails[0]]) == mistake.outputs, said
    assert all(sections[name].message for name in statuses), said


@pytest.mark.parametrize("mistake", params(MISTAKES))
def test_caught_where_it_is(mistake: Mistake, graders: Callable[[str], Grader]) -> None:
    check(mistake, graders(mistake.edition), affected(mistake) | sample(mistake))


@pytest.mark.parametrize("mistake", params(ALL))
def test_a_whole_wrong_method_is_caught(mistake: Mistake, graders: Callable[[str], Grader]) -> None:
    check(mistake, graders(mistake.edition), {mistake.fails[0]})


@pytest.mark.more
@pytest.mark.parametrize("mistake", params(MISTAKES))
def test_caught_nowhere_else(mistake: Mistake, graders: Callable[[str], Grader]) -> None:
    grader = graders(mistake.edition)
    check(mistake, grader, {section.id for section in grader.sections})


def test_the_table_is_large_enough() -> None:
    """At least two for every section, at least one for every output, no two alike."""
    assert len(MISTAKES) >= 120
    caught = [mistake for mistake in MISTAKES if not mistake.lives]
    sections = Counter(mistake.fails[0] for mistake in caught)
    for section in helpers.rubric().sections:
        assert sections[section.id] >= 2, section.key
        covered = set().union(*(m.outputs for m in caught if m.fails[0] == section.id))
        assert covered == set(section.outputs), section.key
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)
    trees = Counter((mistake.file, ast.dump(ast.parse(mistake.text))) for mistake in MISTAKES)
    assert max(trees.values()) == 1
    for file, text in helpers.reference().items():
        assert (file, ast.dump(ast.parse(text))) not in trees


def test_what_fails_depends_on_the_mistake() -> None:
    assert [m.name for m in MISTAKES if not set(m.fails) <= affected(m)] == []
