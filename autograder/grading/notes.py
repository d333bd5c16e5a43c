"""What a report says besides its verdicts: notes, which cost nothing, and what was seen of each section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.assignments.rubric import Visibility
from autograder.submissions import Submission

from .phases import phase_of, phases
from .report import SectionReport
from .result import Result


def notes(submission: Submission, results: dict[str, Result]) -> list[str]:
    """What costs nothing but should be known."""
    said = []
    if submission.root:
        said.append(f"the homework's root is the folder {submission.root}")
    said += submission.notes
    said += [f"left out: {entry.path} ({entry.reason})" for entry in submission.left_out]
    for result in results.values():
        key = result.section.key
        for name in dict.fromkeys(name.removesuffix("_first") for name in sorted(result.changed)):
            said.append(f"{key}: a call changed its input {name} in place")
        said += [f"{key}: {shared}; who changes the one changes the other" for shared in sharing(result)]
        spared = [
            why for case, why in result.inapplicable.items() if result.section.visibility_of_case(case) == "visible"
        ]
        for why in dict.fromkeys(spared):
            many = f"{n} cases do" if (n := spared.count(why)) > 1 else "a case does"
            said.append(f"{key}: {many} not apply, because {why}; this costs nothing")
        # What the guest notes of a hidden section may have been worded by the submission: it stays with that section.
        told = [*result.notes, *result.remarks]
        if result.section.visibility != "visible":
            told = [f"{key}: {note}" for note in told]
        said += [note for note in told if note not in said]
    return said


def caused(results: dict[str, Result], reports: list[SectionReport]) -> list[str]:
    """What fails only because of another section, and what mending that is worth."""
    if not any(result.causes for result in results.values()):
        return []
    from .causes import notes

    return notes(results, reports)


def sharing(result: Result) -> Iterator[str]:
    """Which results were no arrays of their own."""
    for output, name in sorted(result.shared):
        if any(name != other and name.startswith(other) for out, other in result.shared if out == output and other):
            continue  # `A_first` beside `A`
        yield f"`{output}` shares memory with {f'its input {name}' if name else 'what an earlier call gave'}"


def section_facts(result: Result) -> dict[str, Any]:
    """What was seen of a section beyond its checks; of what not everybody may see apart, under `later`."""
    facts = _left(result)
    if result.example is not None:
        facts["example"] = result.example
    if begun := right_already(result):
        facts["right"] = begun
    facts |= (raised := _raised(result, phases(result.section)[0]))
    later = {}
    for phase, one in result.later.items():
        first = {} if raised else _raised(result, phase)
        raised = raised or first
        more = [note for note in one.notes if note not in result.notes]
        if found := {**_left(one), **first, **({"notes": more} if more else {})}:
            later[phase] = found
    return {**facts, "later": later} if later else facts


def _left(result: Result) -> dict[str, Any]:
    """What a process left behind."""
    facts: dict[str, Any] = {}
    if result.ended is not None:
        facts = {
            "cpu_seconds": round(result.ended.cpu_seconds, 3),
            "wall_seconds": round(result.ended.wall_seconds, 3),
            "memory_mb": result.ended.memory_kb >> 10,
        }
    if result.overtaken:
        facts["overtaken"] = True
    if result.measured:
        facts["measured"] = dict(result.measured)
    if result.printed:
        facts["printed"] = result.printed
    return facts


def _raised(result: Result, phase: Visibility) -> dict[str, Any]:
    """The first thing that went wrong in the cases of a phase."""
    broken = (f.trouble for f in result.findings if f.trouble and phase_of(result.section, f.case) == phase)
    trouble = next(broken, None)
    if trouble is None:
        return {}
    facts: dict[str, Any] = {"exception": trouble.exception, "traceback": [dict(frame) for frame in trouble.frames]}
    if trouble.syntax is not None:
        facts["syntax"] = dict(trouble.syntax)
    return facts


def right_already(result: Result) -> list[str]:
    """Outputs that are right wherever they came back, of a section in which something is still to be written.

    A case ends at the first stub that it calls, so that what is right can be lacking in some.
    """
    seen = [f for f in result.findings if result.section.visibility_of_case(f.case) == "visible"]
    if all(f.status != "not_implemented" for f in seen):
        return []
    right = dict.fromkeys(f.output for f in seen if f.status == "passed")
    return [name for name in right if all(f.status in ("passed", "not_implemented") for f in seen if f.output == name)]
