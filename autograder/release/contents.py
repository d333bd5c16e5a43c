"""What goes into the students' repository, as a list of what may: whatever is not named stays with the course.

A new module is left out until it is named here, and then the released grader fails its own test; the
other way round, a solution or a secret would have gone out unseen.
"""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignments import registry
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import DEFAULT, Imports, Rubric, RubricError
from autograder.assignments.truth import ANSWER
from autograder.errors import UsageError
from autograder.submissions.layout import Patterns

from . import practice_data

#: Of the grader's package. Assignments have their own list.
GRADER = Patterns(
    (
        "runner.py",
        "LICENSE",
        "autograder/__init__.py",
        "autograder/cli.py",
        "autograder/errors.py",
        "autograder/notebook.py",
        "autograder/py.typed",
        "autograder/pytest_plugin.py",
        "autograder/start.py",
        "autograder/assignments/__init__.py",
        "autograder/assignments/cases.py",
        "autograder/assignments/ladder.py",
        "autograder/assignments/lines.py",
        "autograder/assignments/listed.py",
        "autograder/assignments/misconceptions/*.py",
        "autograder/assignments/oracles.py",
        "autograder/assignments/overlays.py",
        "autograder/assignments/practice.py",
        "autograder/assignments/registry.py",
        "autograder/assignments/rubric.py",
        "autograder/assignments/rubric_files.py",
        "autograder/assignments/seeds.py",
        "autograder/assignments/settings.py",
        "autograder/assignments/shipped.py",
        "autograder/assignments/snippet_lines.py",
        "autograder/assignments/truth.py",
        "autograder/assignments/written/*.py",
        "autograder/commands/__init__.py",
        "autograder/commands/ci.py",
        "autograder/commands/doctor.py",
        "autograder/commands/grade.py",
        "autograder/commands/handin.py",
        "autograder/commands/options.py",
        "autograder/commands/sections.py",
        "autograder/grading/*.py",
        "autograder/guest/**",
        "autograder/platforms/*.py",
        "autograder/release/__init__.py",
        "autograder/release/archives.py",
        "autograder/release/changes.py",
        "autograder/release/signing.py",
        "autograder/reports/*.py",
        "autograder/reports/schema/*.json",
        "autograder/reports/templates/*.css",
        "autograder/reports/templates/*.html",
        "autograder/sandbox/*.py",
        "autograder/submissions/*.py",
    )
)

#: What stays all the same: the references with one line changed, and what is made of them.
STAYS = Patterns(
    (
        "autograder/assignments/misconceptions/wrong.py",
        "autograder/assignments/misconceptions/making.py",
        "misconceptions/wrong.py",
    )
)

#: Of an assignment's folder, besides its practice data. Its tables of cases, and of rungs, would show what is hidden.
ASSIGNMENT = Patterns(
    (
        "__init__.py",
        "rubric.toml",
        "exercises.py",
        "judges.py",
        "misconceptions/*.py",
        "misconceptions/*.toml",
        "snippets*.py",
    )
)

#: Of the handout: everything but what the machine makes.
LITTER = re.compile(r"(^|/)(__pycache__|\.[^/]*)(/|$)|\.pyc$")

#: What every released grader needs to run; each pin is the course's own.
NEEDED = ("numpy", "scipy", "rich", "click", "pytest", "Jinja2")

#: What the README says where there are such.
QUESTIONS = """ Multiple-choice questions are not checked here; the course
checks them from what you hand in."""

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Release:
    """A students' repository.

    Attributes
    ----------
    files
        Every file by its path.
    work
        Those of them that belong to the students once they have them.
    """

    files: dict[str, bytes]
    work: frozenset[str]


def students(assignment: Assignment, project: Path, edition: str | None = None, overlay: Path | None = None) -> Release:
    """The students' repository of an assignment.

    Parameters
    ----------
    project
        The course's checkout.
    edition
        The rubric's edition that the release grades by.
    overlay
        The course's changes to the rubric; it goes along.

    Raises
    ------
    UsageError
        This is not a course's checkout, the edition is unknown, or the rubric hides cases that there are not.
    """
    if not assignment.handout.is_dir():
        raise UsageError(
            f"there is no {assignment.handout}", hint=f"python runner.py handout -a {assignment.name} makes it"
        )
    rubric = assignment.rubric(edition, overlay)
    assignment.refuse_unmatched(rubric)
    files = dict(_grader(project))
    folder = f"autograder/assignments/{assignment.name}"
    files |= {f"{folder}/{path}": content for path, content in _chosen(assignment.folder, ASSIGNMENT)}
    in_edition = in_edition_of(files[f"{folder}/rubric.toml"], rubric.edition)
    files[f"{folder}/rubric.toml"] = without_cases(in_edition, "rubric.toml")
    data = practice_data.for_students(assignment, rubric, _rubrics(assignment, overlay))
    files |= {f"{folder}/{name}": content for name, content in data.items()}
    if overlay is not None:
        files[f"{folder}/overlay.toml"] = without_cases(overlay.read_bytes(), overlay.name)
    handout = {f"handout/{assignment.name}/{path}": content for path, content in _tree(assignment.handout)}
    own = {
        "README.md": _template("README.md", assignment, rubric),
        "conftest.py": (TEMPLATES / "conftest.py").read_bytes(),
        "pytest.ini": _template("pytest.ini", assignment, rubric),
        **requirements(project, rubric.imports),
        ".gitignore": b"__pycache__/\n*.pyc\n.venv/\n.pytest_cache/\n.autograder/\nhandin.tar*\n",
        ".github/workflows/score.yml": _template("score.yml", assignment, rubric),
    }
    return Release(files | handout | own, frozenset(handout))


def _rubrics(assignment: Assignment, overlay: Path | None) -> Iterator[Rubric]:
    """The rubric in the editions that the overlay fits: it may name a section that another one does not have."""
    for edition in assignment.editions():
        with contextlib.suppress(RubricError):
            yield assignment.rubric(edition, overlay)


def _grader(project: Path) -> Iterator[tuple[str, bytes]]:
    yield from _chosen(project, GRADER, ("runner.py", "LICENSE", "autograder"))


def _chosen(root: Path, patterns: Patterns, tops: tuple[str, ...] = ("",)) -> Iterator[tuple[str, bytes]]:
    for top in tops:
        place = root / top
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not LITTER.search(name) and patterns.match(name) and not STAYS.match(name):
                yield name, path.read_bytes()


def _tree(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not LITTER.search(name):
            yield name, path.read_bytes()


def in_edition_of(rubric: bytes, edition: str) -> bytes:
    """A rubric file that grades by this edition where none is named.

    Raises
    ------
    UsageError
        Its own edition is written in a way that cannot be replaced.
    """
    text = rubric.decode("utf-8")
    before = tomllib.loads(text)
    if before.get("edition", DEFAULT) == edition:
        return rubric
    said = f"edition = {json.dumps(edition)}"
    there = re.search(r"(?m)^[ \t]*edition[ \t]*=.*$", text) if "edition" in before else None
    made = f"{said}\n{text}" if there is None else text[: there.start()] + said + text[there.end() :]
    if _toml(made) != {**before, "edition": edition}:
        raise UsageError(
            "rubric.toml: its edition cannot be set in the students' copy",
            hint='write edition = "NAME" in a line of its own, at the top',
        )
    return made.encode()


def without_cases(text: bytes, name: str) -> bytes:
    """A rubric or an overlay that does not tell which cases are hidden.

    Raises
    ------
    UsageError
        They are written in another way than as a table of their own, or in one line.
    """
    kept, hiding = [], False
    for line in text.decode("utf-8").splitlines(keepends=True):
        if re.match(r"\s*\[", line):
            hiding = re.match(r"\s*\[sections?\..*cases\s*\]|\s*\[section\.cases\s*\]", line) is not None
        if not hiding and not re.match(r"\s*cases\s*=", line):
            kept.append(line)
    before, after = tomllib.loads(text.decode("utf-8")), _toml("".join(kept))
    if after is None or _hides(after) or _told(after) != _told(before):
        raise UsageError(
            f"{name}: which cases are hidden cannot be left out of the students' copy",
            hint='write them as a table of their own, [sections."KEY".cases], or as cases = {…} in one line',
        )
    return "".join(kept).encode()


def _toml(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _sections(data: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """The tables of a rubric, or of an overlay, that are about a section."""
    return [*enumerate(data.get("section", ())), *data.get("sections", {}).items()]


def _hides(data: dict[str, Any]) -> bool:
    return any("cases" in section for _, section in _sections(data))


def _told(data: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """All else that a rubric or overlay says; a section of which nothing is said may be left out."""
    rest = {key: value for key, value in data.items() if key not in ("section", "sections")}
    said = [(key, {name: value for name, value in table.items() if name != "cases"}) for key, table in _sections(data)]
    return rest, [entry for entry in said if entry[1]]


def _template(name: str, assignment: Assignment, rubric: Rubric) -> bytes:
    text = (TEMPLATES / name).read_text("utf-8")
    usual = assignment.name == registry.USUAL  # what `runner.py` grades unless it is told
    for mark, value in (
        ("@ASSIGNMENT@", assignment.name),
        ("@TITLE@", rubric.title),
        ("@QUESTIONS@", QUESTIONS if any(ANSWER in s.outputs for s in rubric.sections) else ""),
        ("@RUN@", "runner.py" if usual else f"runner.py grade -a {assignment.name}"),
        ("@GRADE@", "runner.py grade" if usual else f"runner.py grade -a {assignment.name}"),
        ("@HANDIN@", "runner.py handin" if usual else f"runner.py handin -a {assignment.name}"),
    ):
        text = text.replace(mark, value)
    return text.encode()


def requirements(project: Path, imports: Imports) -> dict[str, bytes]:
    """The pins that a released grader needs, out of the course's own; PyTorch only where the homework itself does.

    An assignment with a file of its own finds it in the release too, because messages name it.
    """
    usual = dict(pin for path in sorted(project.glob("requirements*.txt")) for pin in _pins(path))
    pins = {name: usual[name] for name in NEEDED if name in usual}
    own = project / imports.requirements
    extra = dict(_pins(own)) if imports.requirements != Imports().requirements and own.is_file() else {}
    lines = "".join(f"{line}\n" for line in {**pins, **extra}.values())
    made = {"requirements.txt": f"# All that the grader needs.\n{lines}".encode()}
    return {**made, own.name: b"-r requirements.txt\n"} if extra else made


def _pins(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        name, equals, _ = line.partition("==")
        if equals:
            yield name.strip(), line.strip()
