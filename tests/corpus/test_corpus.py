"""Real submissions' ways: each of the corpus earns what it should, under each edition that it is graded under."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import helpers
import pytest
import recipes

from autograder.grading.grader import Grader
from autograder.submissions import read

EXPECTED = tomllib.loads(Path(__file__).with_name("expect.toml").read_text("utf-8"))
CASES = [
    pytest.param(
        name,
        entry,
        id=f"{name}-{entry.get('edition', 's23')}",
        marks=pytest.mark.xfail(reason=entry["lives"], strict=True) if "lives" in entry else (),
    )
    for name, entries in EXPECTED.items()
    for entry in entries
]


@pytest.fixture(scope="module")
def graders() -> Iterator[Callable[[str], Grader]]:
    with ExitStack() as stack:
        made: dict[str, Grader] = {}

        def of(edition: str) -> Grader:
            if edition not in made:
                made[edition] = stack.enter_context(helpers.warm(edition))
            return made[edition]

        yield of


def test_every_recipe_has_its_expectation() -> None:
    assert set(EXPECTED) == set(recipes.RECIPES)


def statuses(table: dict[str, str] | str, every: Iterable[str]) -> dict[str, str]:
    """Status by section, from sections by status; one status alone is that of all."""
    if isinstance(table, str):
        return dict.fromkeys(every, table)
    return {section: status for status, sections in table.items() for section in sections.split()}


@pytest.mark.parametrize(
    ("name", "expected"), CASES, ids=lambda v: v if isinstance(v, str) else v.get("edition", "s23")
)
def test_earns_what_it_should(
    name: str, expected: dict[str, Any], graders: Callable[[str], Grader], tmp_path: Path
) -> None:
    edition = expected.get("edition", "s23")
    root = tmp_path / "submission"
    for path, content in recipes.made(name).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    report = graders(edition).grade(read(root, helpers.rubric(edition)))

    sections = helpers.by_id(report, edition)
    said = {key: (sections[key].status, sections[key].message) for key in helpers.not_passed(report, edition)}
    assert {key: status for key, (status, _) in said.items()} == statuses(expected.get("status", {}), sections), said
    for totals, wanted in ((report.totals_strict, "strict"), (report.totals_course, "course")):
        assert [float(totals[group].points) for group in ("main", "bonus")] == expected[wanted], said
    for key, text in expected.get("message", {}).items():
        assert text in sections[key].message
    for text in expected.get("notes", []):
        assert any(text in note for note in report.notes), report.notes
    if not expected.get("notes"):
        assert list(report.notes) == []
