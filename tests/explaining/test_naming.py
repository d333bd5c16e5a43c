"""How often a mistake is named rightly, counted on the planted mistakes, which are other people's."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import helpers
import pytest

sys.path.append(str(Path(__file__).parent.parent / "planted"))
from mistakes import MISTAKES, Mistake
from whole_methods import SETS

from autograder.grading.diagnose import FOLLOWS, diagnose
from autograder.grading.grader import Grader, Options

LABELS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))
BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
#: Of those with a true name, named rightly; of all, named wrongly.
RIGHT, WRONG = 0.80, 0.02


def named(mistake: Mistake, grader: Grader) -> set[str]:
    """The ids that the outputs of the mistake's own section are given."""
    section = next(s for s in grader.rubric.sections if s.id == mistake.fails[0])
    result = grader.run_all(mistake.submission, [section])[section.id]
    return {said.id for said in diagnose(result, grader.assignment, public=True).values()} - {FOLLOWS}


def rates(labelled: Iterable[tuple[Mistake, frozenset[str]]]) -> tuple[float, float, list[str]]:
    """Shares named rightly and wrongly, and which ones were wrong or stayed unnamed."""
    right = wrong = nameable = count = 0
    remarks = []
    graders: dict[str, Grader] = {}
    try:
        for mistake, true in labelled:
            if mistake.edition not in graders:
                edition = helpers.rubric(mistake.edition)
                graders[mistake.edition] = Grader(helpers.ASSIGNMENT, edition, Options())
            said = named(mistake, graders[mistake.edition])
            count += 1
            nameable += bool(true)
            right += bool(said & true) and said <= true
            wrong += not said <= true
            if not said <= true or (true and not said):
                remarks.append(f"{mistake.name}: {sorted(said)} for {sorted(true)}")
    finally:
        for grader in graders.values():
            grader.guest.close()
    return right / max(nameable, 1), wrong / count, remarks


def planted() -> list[tuple[Mistake, frozenset[str]]]:
    """The planted mistakes with their labels."""
    return [(BY_NAME[name], frozenset(true)) for name, true in LABELS.items() if name in BY_NAME]


def test_a_sample_of_planted_mistakes_is_named_rightly() -> None:
    right, wrong, remarks = rates(planted()[::9])
    assert right >= RIGHT, remarks
    assert wrong <= 0.08, remarks  # of 27: two at most


@pytest.mark.parametrize(
    "mistakes",
    [SETS["whole_methods"], *(pytest.param(one, marks=pytest.mark.more) for one in list(SETS.values())[1:])],
    ids=SETS,
)
def test_whole_wrong_methods_are_named_rightly(mistakes: Mapping[Mistake, frozenset[str]]) -> None:
    right, wrong, remarks = rates(mistakes.items())
    assert right >= RIGHT, remarks
    assert wrong <= WRONG, remarks


@pytest.mark.more
def test_planted_mistakes_are_named_rightly_and_hardly_ever_wrongly() -> None:
    known = planted()
    assert len(known) >= 0.9 * len(LABELS), "the planted mistakes have changed: label them anew"
    right, wrong, remarks = rates(known)
    print(f"named rightly {right:.1%}, wrongly {wrong:.1%} of {len(known)}")
    assert right >= RIGHT, remarks
    assert wrong <= WRONG, remarks
