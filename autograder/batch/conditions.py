"""What a grading depends on besides the submission, as digests: one of all, and one for each section.

Cases enter as data, by section; the rest of the assignment's code (exercises, oracles, judges, hints) enters file
by file and is common to all sections. The arrays that oracles compute do not enter: their last digits are the
machine's. A secret seed enters by its fingerprint.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, RubricError, Section
from autograder.assignments.seeds import Seed, for_student
from autograder.errors import UsageError
from autograder.gradebook.store import Terms
from autograder.grading.score import Scored
from autograder.sandbox.levels import Wanted

#: Parts of an assignment that enter as data, by section: a module or a package of cases, and the rubric.
_ELSEWHERE = ("cases", "cases.py", "rubric.toml")
#: What messages call an overlay that is kept as text.
KEPT = "the overlay in the gradebook"


@dataclass(frozen=True, slots=True)
class Job:
    """How a batch grades.

    Attributes
    ----------
    overlay
        The text of a course's overlay; empty where there is none.
    only
        Keys of the sections that a regrade was told to stay with; others keep what they have.
    own
        Each attempt is asked with values of its own, drawn from a seed that is derived from the secret one.
    """

    assignment: Assignment
    rubric: Rubric
    seed: Seed
    edition: str | None = None
    overlay: str = ""
    profile: str = "quick"
    checks: Scored = "strict"
    isolation: Wanted = "auto"
    only: tuple[str, ...] = ()
    own: bool = False


def seed_of(job: Job, student: str, label: str) -> Seed:
    """The seed of an attempt: `grade --seed-file FILE --student KEY --attempt LABEL` draws from the same one.

    Parameters
    ----------
    student
        Whose work it is, by key (see `drawn_for`).
    label
        What the attempt is called: the name of what was handed in.
    """
    return for_student(job.seed, student, job.assignment.name, label)


def drawn_for(students: Iterable[str]) -> str:
    """The student who stands for all of a group: the first by key; nobody's work stands for itself."""
    return min(students, default="")


def overlay_text(path: Path | None) -> str:
    """An overlay's text, which the gradebook keeps and workers elsewhere need.

    Raises
    ------
    UsageError
        It cannot be read.
    """
    try:
        return "" if path is None else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def rubric_of(assignment: Assignment, edition: str | None, overlay: str) -> Rubric:
    """The rubric in an edition, with an overlay that a gradebook keeps as text.

    Raises
    ------
    RubricError
        The overlay does not fit the rubric any more.
    """
    if not overlay:
        return assignment.rubric(edition)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "overlay.toml"
        path.write_text(overlay, "utf-8")
        try:
            return assignment.rubric(edition, path)
        except RubricError as error:  # nobody knows this file
            raise RubricError(str(error).replace(str(path), KEPT), hint=error.hint) from error


def terms(job: Job) -> Terms:
    """The conditions of a batch, as the gradebook keeps them.

    Raises
    ------
    UsageError
        The rubric hides cases that there are not.
    """
    job.assignment.refuse_unmatched(job.rubric)
    sections = {section.key: _section(job, section) for section in job.rubric.sections}
    facts: dict[str, Any] = {
        "assignment": job.rubric.name,
        "edition": job.rubric.edition,
        "seed": job.seed.shown,
        "checks": job.checks,
        "profile": job.profile,
        "common": _common(job),
        "sections": sections,
    }
    if job.own:
        facts["own"] = True
    whole = _digest(facts)
    if job.only:
        facts["only"] = sorted(job.only)
    details = {
        **{key: facts[key] for key in ("common", "sections")},
        "only": facts.get("only", []),
        "limits": asdict(job.rubric.limits_of(job.profile)),
        "points": {section.key: str(section.points) for section in job.rubric.sections},
        "title": job.rubric.title,
        "overlay": job.overlay,
        "edition": job.edition,
        "own": job.own,
        "whole": whole,
    }
    return Terms(
        _digest(facts), job.rubric.name, job.rubric.edition, job.seed.shown, job.checks, job.profile, details
    )  # fmt: skip


def affected(job: Job, old: dict[str, Any], new: dict[str, Any]) -> frozenset[str]:
    """Keys of the sections that may come out otherwise now: those that changed, and what builds upon them.

    Parameters
    ----------
    old, new
        The details of the two conditions.
    """
    keys = {section.key for section in job.rubric.sections}
    if set(old["sections"]) != set(new["sections"]):
        return frozenset(keys)  # a report of another shape
    changed = keys if old["common"] != new["common"] else {k for k in keys if old["sections"][k] != new["sections"][k]}
    if old.get("only"):
        changed = changed | (keys - set(old["only"]))  # those of an earlier grading, under whatever it was made
    if job.only:
        return frozenset(changed & set(job.only)) if old["common"] == new["common"] else frozenset(job.only)
    return dependants(job.rubric, changed)


def dependants(rubric: Rubric, keys: set[str]) -> frozenset[str]:
    """These sections, and all that need them: their cause of failure may be another one now."""
    ids = {section.id for section in rubric.sections if section.key in keys}
    grown = True
    while grown:
        more = {section.id for section in rubric.sections if set(section.needs) & ids} - ids
        ids |= more
        grown = bool(more)
    return frozenset(section.key for section in rubric.sections if section.id in ids)


def to_run(rubric: Rubric, keys: frozenset[str]) -> tuple[str, ...]:
    """What must run so that these sections' reports are as in a full run: they, and all that they build upon.

    Why a section fails is worked out from those that it needs, however far down.
    """
    ids = {section.id for section in rubric.sections if section.key in keys}
    while more := {need for section in rubric.sections if section.id in ids for need in section.needs} - ids:
        ids |= more
    return tuple(section.key for section in rubric.sections if section.id in ids)


def _section(job: Job, section: Section) -> str:
    rubric = job.rubric
    cases = job.assignment.cases(section, rubric, job.profile)
    return _digest(
        {
            "section": asdict(section),
            "cases": [asdict(case) for case in cases],
            "limits": asdict(rubric.limits_of(job.profile)),
            "imports": asdict(rubric.imports),
            "settings": dict(rubric.settings),
            "search": rubric.search,
            "given": rubric.given,
        }
    )


def _common(job: Job) -> str:
    folder = job.assignment.folder
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".py", ".toml") and name.partition("/")[0] not in _ELSEWHERE:
            files[name] = hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    return _digest({"files": files, "accept": job.rubric.accept, "markers": job.rubric.markers})


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=_plain)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return dict(value)  # a mapping that `json` does not know
