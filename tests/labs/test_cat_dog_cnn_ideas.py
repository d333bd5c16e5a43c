"""cat_dog_cnn: wrong ideas are named in their sections, planted mistakes rightly, correct variants not at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cat_dog_cnn_variants import VARIANTS
from lab_kit import Mistake
from test_cat_dog_cnn import LAB, MISTAKES

from autograder.assignments.cat_dog_cnn import cases
from autograder.assignments.misconceptions import ideas
from autograder.assignments.seeds import Seed
from autograder.grading.diagnose import diagnose
from autograder.grading.grader import Grader
from autograder.submissions import Submission

LABELS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("cat_dog_cnn_labels.toml").read_text("utf-8"))
#: Of those with a true name, named rightly; of all, named wrongly.
RIGHT, WRONG = 0.80, 0.02

#: A mistake for each idea, named like it.
IDEAS = [
    Mistake(name, entry["where"], entry["old"], entry["new"], frozenset([entry["section"]]))
    for name, entry in tomllib.loads(Path(__file__).with_name("cat_dog_cnn_ideas.toml").read_text("utf-8")).items()
]


@contextmanager
def grading(seed: int | None = None) -> Iterator[Grader]:
    """A grader of all but the training of the large network, which no idea is seen by."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(cases.SECTIONS, "train", lambda: cases.train()[:-1])  # type: ignore[attr-defined]
        with LAB.grader(**({} if seed is None else {"seed": Seed(seed)})) as warm:
            yield warm


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with grading() as warm:
        yield warm


def named(submission: Submission, sections: set[str], grader: Grader, *, public: bool = True) -> set[str]:
    """The ids that the outputs of these sections are given."""
    tried = [section for section in LAB.rubric.sections if section.id in sections]
    results = grader.run_all(submission, tried)
    found = [diagnose(results[section.id], LAB.assignment, public=public) for section in tried]
    return {diagnosis.id for diagnoses in found for diagnosis in diagnoses.values()}


def test_every_idea_has_words_and_a_mistake_that_shows_it() -> None:
    words = ideas.load(LAB.assignment.folder)
    observed = {idea for signs in LAB.assignment.observed().values() for idea in signs}
    assert len(observed) >= 12
    assert observed == {planted.name for planted in IDEAS}
    assert set(words) - observed == {idea.kin for idea in words.values()} - {""}
    for idea in words.values():
        assert idea.where, idea.id
        assert 1 <= len(re.findall(r"[.?!](?= |$)", idea.hint)) <= 3, idea.id
        assert not re.search(r"np\.|torch\.|nn\.|\[:|::|self\.|\(\)", idea.hint), idea.hint


@pytest.mark.parametrize("planted", IDEAS, ids=lambda planted: planted.name)
def test_ideas_are_named_in_their_sections(planted: Mistake, grader: Grader) -> None:
    assert named(LAB.planted(planted), set(planted.fails), grader) == {planted.name}


@pytest.mark.parametrize("name", VARIANTS)
def test_correct_variants_are_not_named(name: str, grader: Grader) -> None:
    everything = {section.id for section in LAB.rubric.sections}
    assert named(LAB.submission(VARIANTS[name]), everything, grader) == set()


def rates(mistakes: list[Mistake], grader: Grader, *, public: bool) -> tuple[float, float, list[str]]:
    """Shares of planted mistakes named rightly and wrongly, and which were wrong or stayed unnamed."""
    right = wrong = 0
    remarks = []
    for planted in mistakes:
        true = set(LABELS[planted.name])
        said = named(LAB.planted(planted), set(planted.fails), grader, public=public)
        right += bool(said & true) and said <= true
        wrong += not said <= true
        if not said <= true or (true and not said):
            remarks.append(f"{planted.name}: {sorted(said)} for {sorted(true)}")
    nameable = sum(bool(LABELS[planted.name]) for planted in mistakes)
    return right / nameable, wrong / len(mistakes), remarks


@pytest.mark.more
def test_a_sample_of_planted_mistakes_is_named_rightly(grader: Grader) -> None:
    right, wrong, remarks = rates(MISTAKES[::4], grader, public=True)
    assert right >= RIGHT, remarks
    assert wrong == 0, remarks


@pytest.mark.more
@pytest.mark.parametrize("seed", [None, 7])
def test_planted_mistakes_are_named_rightly_and_hardly_ever_wrongly(seed: int | None) -> None:
    assert set(LABELS) == {planted.name for planted in MISTAKES}
    with grading(seed) as grader:
        right, wrong, remarks = rates(MISTAKES, grader, public=seed is None)
    print(f"named rightly {right:.1%}, wrongly {wrong:.1%} of {len(MISTAKES)}")
    assert right >= RIGHT, remarks
    assert wrong <= WRONG, remarks
