"""What goes into the students' repository, as a list of what may: whatever is not named stays with the course.

A new module is left out until it is named here, and then the released grader fails its own test; the
other way round, a solution or a secret would have gone out unseen.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.assignments import registry
from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Imports, Rubric, RubricError, toml
from autograder.assignments.truth import ANSWER
from autograder.errors import UsageError, pins
from autograder.submissions.layout import Patterns

from . import practice_data, rubrics

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
        "exercises/**",
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
        This is not a course's checkout, the edition is unknown, the rubric hides cases that there are not or every
        section, or students could not grade by the practice data.
    """
    if not assignment.handout.is_dir():
        raise UsageError(
            f"there is no {assignment.handout}", hint=f"python runner.py handout -a {assignment.name} makes it"
        )
    rubric = assignment.rubric(edition, overlay)
    assignment.refuse_unmatched(rubric)
    hidden = _hidden(assignment, rubric, overlay)
    keys = {section.key for section in rubric.sections if section.id in hidden}
    rubric = rubrics.visible(rubric, hidden)
    if not rubric.sections:
        raise UsageError(f"{assignment.name}: all sections are hidden", hint="students would have nothing to grade")
    files = dict(_grader(project))
    folder = f"autograder/assignments/{assignment.name}"
    files |= {f"{folder}/{path}": content for path, content in _chosen(assignment.folder, ASSIGNMENT)}
    data = toml(assignment.folder / "rubric.toml")
    files[f"{folder}/rubric.toml"] = rubrics.rubric_for_students(data, rubric.edition, hidden)
    editions = (rubrics.visible(each, hidden) for each in _rubrics(assignment, overlay))
    practice = practice_data.for_students(assignment, rubric, editions)
    files |= {f"{folder}/{name}": content for name, content in practice.items()}
    if overlay is not None:
        files[f"{folder}/overlay.toml"] = rubrics.overlay_for_students(toml(overlay), keys)
    handout = {f"handout/{assignment.name}/{path}": content for path, content in _tree(assignment.handout)}
    own = {
        "README.md": _template("README.md", assignment, rubric),
        "conftest.py": (TEMPLATES / "conftest.py").read_bytes(),
        "pytest.ini": _template("pytest.ini", assignment, rubric),
        **requirements(project, rubric.imports),
        ".gitignore": b"__pycache__/\n*.pyc\n.venv/\n.pytest_cache/\n.autograder/\nhandin.tar*\nscores.json\n",
        ".github/workflows/score.yml": _template("score.yml", assignment, rubric),
    }
    return Release(files | handout | own, frozenset(handout))


def _hidden(assignment: Assignment, rubric: Rubric, overlay: Path | None) -> set[str]:
    """Ids of the sections that are not for students: as the released edition says, and of others as theirs do."""
    plain = [assignment.rubric(name) for name in assignment.editions()]
    every = (*plain, *_rubrics(assignment, overlay), rubric)  # the later decides
    shown = {section.id: section.visibility == "visible" for each in every for section in each.sections}
    return {name for name, seen in shown.items() if not seen}


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
    usual = dict(pin for path in sorted(project.glob("requirements*.txt")) for pin in pins(path))
    usually = {name: usual[name] for name in NEEDED if name in usual}
    own = project / imports.requirements
    extra = dict(pins(own)) if imports.requirements != Imports().requirements and own.is_file() else {}
    lines = "".join(f"{line}\n" for line in {**usually, **extra}.values())
    made = {"requirements.txt": f"# All that the grader needs.\n{lines}".encode()}
    return {**made, own.name: b"-r requirements.txt\n"} if extra else made
