"""From findings to checks, from checks to points: all of a section's checks hold, or it earns nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any, Literal, get_args

from autograder.assignments.cases import Level
from autograder.assignments.rubric import VISIBILITIES, Rubric, Section

from . import wording
from .compare import Mismatch
from .findings import Finding
from .report import Check, Diagnosis, SectionReport, Status, Total, Visibility, counts
from .result import Result

Scored = Literal["strict", "course"]
LEVELS: tuple[Level, ...] = get_args(Level)
#: What a traceback calls the lines of a module that no function is around.
LOADED = "<module>"


def checks(
    section: Section, findings: Sequence[Finding], diagnoses: Mapping[str, Diagnosis] | None = None
) -> tuple[Check, ...]:
    """One check for each output, level and kind of readers: the first finding that did not pass, or passed."""
    made = []
    found: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        kind = finding.output, finding.level, section.visibility_of_case(finding.case)
        if kind not in found or found[kind].status == "passed":
            found[kind] = finding
    for output, level, seen in product(section.outputs, LEVELS, VISIBILITIES):
        if mine := found.get((output, level, seen)):
            known = (diagnoses or {}).get(output) if mine.status != "passed" and seen == "visible" else None
            made.append(check(mine, known, seen))
    return tuple(made)


def check(finding: Finding, diagnosis: Diagnosis | None, seen: Visibility) -> Check:
    """A finding as a line of the report."""
    if finding.status == "passed":
        return Check(finding.output, finding.level, "passed", visibility=seen)
    mismatch = finding.mismatch or Mismatch("")
    first: Mapping[str, Any] | None = None
    if mismatch.index is not None:
        first = {
            "index": list(mismatch.index),
            "expected": mismatch.expected_value,
            "got": mismatch.got_value,
        }
    return Check(
        finding.output,
        finding.level,
        finding.status,
        finding.case,
        finding.message,
        diagnosis,
        expected_shape=mismatch.expected_shape,
        got_shape=mismatch.got_shape,
        first_mismatch=first,
        mismatched=mismatch.wrong,
        max_error=mismatch.max_error,
        visibility=seen,
    )


def first_failure(section: Section, findings: Sequence[Finding], scored: Scored) -> Finding | None:
    """The failure that a section shows: of the simplest case, in the order of its outputs; hidden cases come last.

    Values that are wrong come before what is still to be written, among cases that the same people may see.
    """
    failing = [f for f in findings if f.status != "passed" and counts(f.level, scored)]
    if not failing or failing[0].status != "not_implemented":
        return failing[0] if failing else None
    seen = section.visibility_of_case(failing[0].case)
    written = (f for f in failing if f.status == "failed" and section.visibility_of_case(f.case) == seen)
    return next(written, failing[0])


def status(section: Section, findings: Sequence[Finding], scored: Scored) -> tuple[Status, str]:
    """A section's status and message under one kind of checks."""
    if not any(counts(finding.level, scored) for finding in findings):
        return "ungraded", "nothing of this section could be checked"
    failure = first_failure(section, findings, scored)
    if failure is None:
        return "passed", ""
    return failure.status, f"{failure.output}: {failure.message}"


def section_report(
    result: Result, scored: Scored, shown: tuple[Check, ...], statuses: Mapping[str, Status], rubric: Rubric
) -> SectionReport:
    """A section's line of the report.

    Parameters
    ----------
    shown
        Its checks.
    statuses
        Status of every section that was run, by id.
    """
    section = result.section
    if result.trouble:
        found: tuple[Status, str] = ("ungraded", result.trouble)
    else:
        found = status(section, result.findings, scored)
    points: Decimal | None = section.points
    kept = Decimal(0)
    if found[0] == "ungraded":
        points = None
    elif found[0] != "passed":
        points = kept = carried(result, rubric)
        if kept:
            told = f"{kept.normalize():f} of {section.points.normalize():f} points carried forward, 0 without that"
            found = found[0], f"{found[1]} ({told})"
    return SectionReport(
        section.key,
        section.number,
        section.group,
        points,
        section.points,
        *found,
        shown,
        root_cause(result, scored, statuses, rubric),
        section.visibility,
        kept,
    )


def root_cause(result: Result, scored: Scored, statuses: Mapping[str, Status], rubric: Rubric) -> str | None:
    """The key of the section whose failure this one inherits, of several the first.

    What broke while a file was loaded belongs to the file. Else what composition has found out comes first. Where it
    could not, None, a tuple or a list in an array's place belongs to a section below that gives no arrays; an exception
    to the section whose class it was raised in, innermost first; wrong values, and an exception in the class of a
    section that passes, to what is broken of the section's `needs`.
    """
    failure = first_failure(result.section, result.findings, scored)
    if failure is None or result.trouble:
        return None
    by_id = {section.id: section for section in rubric.sections}
    if failure.trouble is not None and failure.trouble.received and result.composed == "unknown":
        below = closure(result.section, by_id)
        if empty := [name for name in below if statuses.get(name) in ("bad_output", "not_implemented")]:
            return by_id[_lowest(empty, by_id)].key
    frames = failure.trouble.frames if failure.trouble is not None else ()
    if loaded := _loaded_from(failure, result.section, statuses, by_id):
        return loaded
    if failure.status in ("timeout", "forbidden"):
        return _raised_in(frames[-1], result.section, statuses, by_id) if frames else None
    if failure.status not in ("failed", "error", "not_implemented"):
        return None
    if result.composed != "unknown":
        return by_id[result.causes[0]].key if result.causes else None
    # Of what we could not grade nobody knows whether it is broken.
    broken = [need for need in result.section.needs if statuses.get(need, "passed") not in ("passed", "ungraded")]
    if frames and not _in_right_class(frames[-1], result.section, statuses, by_id):
        return _raised_in(frames[-1], result.section, statuses, by_id)
    if failure.status != "failed" and not frames:
        return None
    return by_id[_lowest(broken, by_id)].key if broken else None


def followed(reports: Sequence[SectionReport]) -> list[SectionReport]:
    """The same, each with the root cause at the end: what fails because of one that itself fails because of another.

    A root cause is always further down, so that every way ends.
    """
    causes = {report.key: report.root_cause for report in reports}

    def end(cause: str | None) -> str | None:
        while cause is not None and (deeper := causes.get(cause)) is not None:
            cause = deeper
        return cause

    return [replace(report, root_cause=end(report.root_cause)) for report in reports]


def _loaded_from(
    failure: Finding, section: Section, statuses: Mapping[str, Status], by_id: Mapping[str, Section]
) -> str | None:
    """The key of the first section that a file belongs to which broke while it was loaded, where that is another one.

    Who imports more than a section calls (`from Conv1d import *` above a layer of two dimensions) meets what is wrong
    with files of others.
    """
    trouble = failure.trouble
    if trouble is None or failure.status != "error":
        return None
    last = trouble.syntax or (trouble.frames[-1] if trouble.frames and trouble.frames[-1]["function"] == LOADED else {})
    file = last.get("file")
    if file is None or file in section.files:
        return None
    broken = (other for other in by_id.values() if file in other.files and statuses.get(other.id) == "error")
    return next((other.key for other in broken if section.id not in closure(other, by_id)), None)


def _lowest(broken: Sequence[str], by_id: Mapping[str, Section]) -> str:
    """Of what is broken, the one that everything else builds upon."""
    return next(name for name in broken if not set(by_id[name].needs) & set(broken))


def owner(frame: Mapping[str, Any]) -> str:
    """The class or function of a module that a frame of a traceback belongs to."""
    return str(frame["function"]).partition(".")[0]


def _in_right_class(
    frame: Mapping[str, Any], section: Section, statuses: Mapping[str, Status], by_id: Mapping[str, Section]
) -> bool:
    """Whether an exception's innermost frame is of a class that the section needs, and that is right by itself."""
    owners = [name for name in closure(section, by_id) if owner(frame) in by_id[name].classes]
    return bool(owners) and all(statuses.get(name, "passed") == "passed" for name in owners)


def beside(
    result: Result, statuses: Mapping[str, Status], rubric: Rubric, changed: frozenset[str] = frozenset()
) -> list[Finding]:
    """The findings of a section as they are seen beside those of the others.

    None that it got from what it calls: where neither it nor anything below it is a stub, it is none either, nor where
    what is still to be written is a part that has no section of its own. Of exceptions in classes
    that are right by themselves, and in files that were handed out, it is said what to look at. An array of integers
    that cannot take other numbers is made where it breaks, by a class that is right elsewhere.

    Parameters
    ----------
    changed
        Paths of the files that were handed out, and that are others in the submission: nobody knows of them.
    """
    if all(finding.trouble is None for finding in result.findings):
        return result.findings
    by_id = {section.id: section for section in rubric.sections}
    stubs = any(statuses.get(name) == "not_implemented" for name in closure(result.section, by_id))
    given = {path.rpartition("/")[2] for path in rubric.given}
    known = {name for section in rubric.sections for name in section.classes}

    def of_a_part(finding: Finding) -> bool:
        """Whether what is not implemented is of no section by its name, and in another file than this one's code."""
        frames = finding.trouble.frames if finding.trouble is not None else ()
        if not frames or not result.section.classes or owner(frames[-1]) in known:
            return False
        own = [*result.section.files[:1], *(f["file"] for f in frames if owner(f) in result.section.classes)]
        return _name_of(frames[-1]["file"]) not in map(_name_of, own)

    stubs = stubs or any(
        f.status == "not_implemented" and not (f.trouble and f.trouble.received) and not of_a_part(f)
        for f in result.findings
    )

    def seen(finding: Finding) -> Finding:
        trouble = finding.trouble
        if trouble is None:
            return finding
        if finding.status == "not_implemented" and trouble.received and not stubs:
            return replace(finding, status="bad_output")
        if finding.status == "not_implemented" and not stubs and of_a_part(finding):
            last = trouble.frames[-1]
            said = f"`{last['function']}` is not implemented yet at {last['file']}:{last['line']}"
            return replace(finding, status="error", message=said)
        if finding.status != "error" or not trouble.frames:
            return finding
        last = trouble.frames[-1]
        if wording.lacks_room_for_fractions(trouble.exception):
            return replace(finding, message=f"{finding.message}; {wording.INTEGERS}")
        handed_out = last["file"].rpartition("/")[2] in given
        if last["file"] in changed:
            return replace(finding, message=f"{finding.message}; {wording.OTHER_THAN_GIVEN}")
        if len(trouble.frames) > 1 and (handed_out or _in_right_class(last, result.section, statuses, by_id)):
            return replace(finding, message=f"{finding.message}; `{owner(last)}` {wording.RIGHT_THERE}")
        return finding

    return [seen(finding) for finding in result.findings]


def _name_of(path: str) -> str:
    """A file's name without its folder, and a notebook's without the cell."""
    return path.partition(" cell ")[0].rpartition("/")[2]


def _raised_in(
    frame: Mapping[str, Any], section: Section, statuses: Mapping[str, Status], by_id: Mapping[str, Section]
) -> str | None:
    """The key of the section that an exception's innermost frame belongs to, where that is another one."""
    name_of_owner = owner(frame)
    if name_of_owner in section.classes:
        return None
    broken = [name for name in closure(section, by_id) if statuses.get(name, "passed") != "passed"]
    owners = [name for name in broken if name_of_owner in by_id[name].classes]
    known = any(name_of_owner in other.classes for other in by_id.values())
    if not owners and not known:
        owners = [name for name in broken if name in section.needs and frame["file"] in by_id[name].files]
    return by_id[owners[0]].key if owners else None


def closure(section: Section, by_id: Mapping[str, Section]) -> list[str]:
    """Ids of all that a section builds upon, directly or not."""
    found: list[str] = []
    waiting = list(section.needs)
    while waiting:
        name = waiting.pop(0)
        if name not in found and name in by_id:
            found.append(name)
            waiting += by_id[name].needs
    return found


def carried(result: Result, rubric: Rubric) -> Decimal:
    """Points that a section keeps because composition has cleared it, by the rubric's `carry_forward`.

    That it breaks where right code does is not enough: nobody has seen what it gives.
    """
    return result.section.points * rubric.carried if result.composed == "cleared" else Decimal(0)


def total(reports: Sequence[SectionReport]) -> Mapping[str, Total]:
    """Points by group: one sum, in decimals."""
    groups: dict[str, Total] = {}
    for group in ("main", "bonus"):
        mine = [report for report in reports if report.group == group]
        if mine:
            groups[group] = Total(
                sum((report.points or Decimal(0) for report in mine), Decimal(0)),
                sum((report.max for report in mine), Decimal(0)),
                sum((report.carried for report in mine), Decimal(0)),
            )
    return groups
