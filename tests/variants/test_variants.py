"""Correct solutions earn everything, in whatever style they are written."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import helpers
import pytest

from autograder.assignments import ladder
from autograder.assignments.seeds import Seed
from autograder.grading.grader import Grader
from autograder.grading.place import conversation
from autograder.grading.result import Result
from autograder.grading.sections import case_frame, end, started, take
from autograder.submissions import Submission
from benchmarks.affected import affected
from benchmarks.mutants.grade import Remembered

HERE = Path(__file__).parent
MANIFEST = tomllib.loads((HERE / "manifest.toml").read_text("utf-8"))
SEEDS = range(10)


def variant(style: str) -> Submission:
    """The reference in a style."""
    root = HERE / style
    own = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.py"))}
    if not MANIFEST[style].get("whole", False):
        own = {file: spliced(helpers.reference()[file], text) for file, text in own.items()}
    return helpers.submission_from(own, style)


def spliced(text: str, other: str) -> str:
    """A module with the other one's classes in place of its own; what else the other one has comes before them all."""
    theirs, source = ast.parse(other), other.splitlines(keepends=True)

    def piece(node: ast.stmt) -> str:
        return "".join(source[node.lineno - 1 : node.end_lineno]) + "\n\n"

    before = ""
    for node in theirs.body[1:]:  # without the docstring
        if isinstance(node, ast.ClassDef) and f"\nclass {node.name}" in text:
            first, last = helpers.span(text, node.name)
            text = text[:first] + piece(node) + text[last:]
        else:
            before += piece(node)
    first, _ = helpers.span(text, next(n.name for n in ast.parse(text).body if isinstance(n, ast.ClassDef)))
    return text[:first] + before + text[first:]


def earns_everything(grader: Grader, submission: Submission, edition: str = "s23") -> None:
    report = grader.grade(submission)
    said = {s.key: (s.status, s.message) for s in report.sections if s.status != "passed"}
    assert not said
    for totals in (report.totals_course, report.totals_strict):
        assert all(total.points == total.max for total in totals.values())


def test_every_style_is_in_the_manifest() -> None:
    assert len(MANIFEST) >= 12
    assert {path.name for path in HERE.iterdir() if path.is_dir() and any(path.rglob("*.py"))} == set(MANIFEST)


@pytest.mark.parametrize("style", MANIFEST)
def test_earns_everything(style: str, grader: Grader) -> None:
    earns_everything(grader, variant(style))


@pytest.mark.parametrize(
    "style", [style if i % 5 == 0 else pytest.param(style, marks=pytest.mark.more) for i, style in enumerate(MANIFEST)]
)
def test_the_ladder_has_nothing_against_it(style: str, grader: Grader) -> None:
    """A right solution's own rounding fails on no rung, or it would be shown as an example."""
    anew = [path.relative_to(HERE / style).as_posix() for path in (HERE / style).rglob("*.py")]
    place, climbed = grader.place(variant(style)), 0
    for section in affected(grader.rubric, grader.sections, anew):
        rungs, result = ladder.rungs(grader.assignment, section), Result(section)
        with conversation(section.id, section.exercise, place) as talk:
            ready = started(talk, place)
            for rung in rungs:
                answer = talk.ask(case_frame(rung))
                assert answer is not None
                take(result, rung, answer, place.limits)
            end(result, [], talk, place, ready=ready)
        assert [(f.case, f.output, f.message) for f in result.findings if f.status != "passed"] == []
        climbed += len(rungs)
    assert climbed


@pytest.fixture(scope="module", params=["f23", "s24"])
def other_edition(request: pytest.FixtureRequest) -> Iterator[tuple[str, Grader]]:
    with helpers.warm(request.param) as grader:
        yield request.param, grader


PADDED: Mapping[str, tuple[str, ...]] = {"f23": ("fft", "one_piece"), "s24": ("one_piece", "class_hierarchy")}


def test_earns_everything_in_editions_with_padding(other_edition: tuple[str, Grader]) -> None:
    edition, grader = other_edition
    for style in PADDED[edition]:
        earns_everything(grader, variant(style))


@pytest.mark.more
@pytest.mark.parametrize("seed", SEEDS)
def test_passes_whatever_it_writes_anew_under_other_seeds(seed: int) -> None:
    with helpers.warm(seed=Seed(seed)) as grader:
        grader._truth = Remembered(grader.truth)  # made once for all styles
        for style in MANIFEST:
            anew = [path.relative_to(HERE / style).as_posix() for path in (HERE / style).rglob("*.py")]
            results = grader.run_all(variant(style), affected(grader.rubric, grader.sections, anew))
            report = grader.report(variant(style), results)
            assert {s.key: s.message for s in report.sections if s.status != "passed"} == {}, style


@pytest.mark.more
@pytest.mark.parametrize("style", MANIFEST)
def test_earns_everything_in_full(style: str, full: Grader) -> None:
    earns_everything(full, variant(style))


@pytest.fixture(scope="module")
def full() -> Iterator[Grader]:
    with helpers.warm(profile="full") as grader:
        yield grader
