"""Root causes: which sections fail only because of others, and what mending those is worth."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from .compose import LEAST, composed
from .report import SectionReport, Status
from .score import closure, first_failure, owner, status

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment
    from autograder.assignments.rubric import Rubric, Section

    from .place import Place
    from .result import Composed, Result

#: Seconds that composing may take, over all sections of a submission: a hundred times what it takes, so that a machine
#: that is busy with much else finds the same, unless parts are slow.
SECONDS = 20
#: The same where points hang on it (`carry_forward`), which may not be fewer on a slow machine.
PATIENCE = 120


def find(results: Mapping[str, Result], place: Place, assignment: Assignment) -> None:
    """Mark the results that fail because of sections that they build upon, whatever the checks that points go by.

    What a section gives is put together again from the submission's own broken parts; where that cannot be done (the
    references are not at hand, the assignment has no such parts, nothing can be told from what they give), `needs`
    alone decides, as `score.root_cause` says.
    """
    if not assignment.reference.is_dir():
        return
    rubric = place.rubric
    for result in results.values():
        result.composed, result.causes = "unknown", ()
    by_id = {section.id: section for section in rubric.sections}
    statuses: dict[str, Status] = {
        name: "ungraded" if result.trouble else status(result.section, result.findings, "strict")[0]
        for name, result in results.items()
    }
    carries = rubric.settings.get("carry_forward", "none") != "none"
    until = time.monotonic() + (PATIENCE if carries else SECONDS)
    waiting = [
        (result, broken)
        # What a section needs comes before it: it builds upon less.
        for result in sorted(results.values(), key=lambda one: len(closure(one.section, by_id)))
        if (broken := [by_id[need] for need in result.section.needs if statuses.get(need, "passed") != "passed"])
        and not any(statuses[section.id] == "ungraded" for section in broken)
        and not result.trouble
        and _open(result, statuses, rubric)
    ]
    for number, (result, broken) in enumerate(waiting):
        now = time.monotonic()
        # What others left over is shared out anew: one that sleeps takes no more than its part.
        by = min(until, now + max(LEAST, (until - now) / (len(waiting) - number)))

        def put_together(sections: Sequence[Section], result: Result = result, by: float = by) -> Composed:
            return composed(result, own_parts(sections, statuses, by_id), place, assignment, by)

        try:
            told = assignment.composition(result.section) is not None  # it says by itself what follows from what
            needed = broken if told else [by_id[need] for need in result.section.needs]
            result.composed = settled(put_together, broken, needed)
        except Exception as error:
            result.unexplained(error, at_stake=carries)
            continue
        if result.composed in ("cleared", "breaks"):
            result.causes = roots(broken, results, rubric)
        elif result.composed == "unknown" and (by - now < LEAST or time.monotonic() >= by):
            late = "it took too long to find out whether only another section makes it fail"
            result.remarks.append(f"{result.section.key}: {late}")


def settled(
    put_together: Callable[[Sequence[Section]], Composed], broken: Sequence[Section], needed: Sequence[Section]
) -> Composed:
    """What composition finds out with the broken parts, or else with all that a section needs.

    What passes may take wrong shapes and types otherwise than right code of another style does. A match with it is a
    root cause, but carries no points: what passes has another part in it.
    """
    found = put_together(broken)
    if found in ("cleared", "breaks") or len(broken) == len(needed):
        return found
    every = put_together(needed)
    return "breaks" if every == "cleared" else found if every == "unknown" else every


def _open(result: Result, statuses: Mapping[str, Status], rubric: Rubric) -> bool:
    """Whether it may be that another section makes this one fail: wrong values, or an error in no faulty class.

    What breaks inside another section's class that is right by itself was given what it cannot take.
    """
    failure = first_failure(result.section, result.findings, "strict")
    if failure is None or result.section.timed is not None:
        return False
    frames = failure.trouble.frames if failure.trouble is not None else ()
    faulty = (s for s in rubric.sections if s.id == result.section.id or statuses.get(s.id, "passed") != "passed")
    known = {name for section in faulty for name in section.classes}
    return failure.status == "failed" or (failure.status == "error" and not (frames and owner(frames[-1]) in known))


def own_parts(broken: Sequence[Section], statuses: Mapping[str, Status], by_id: Mapping[str, Section]) -> list[str]:
    """The names of the parts that broken sections declare; where one declares none, of all that fails below them."""
    if any(not section.classes for section in broken):
        below = dict.fromkeys(name for section in broken for name in (section.id, *closure(section, by_id)))
        broken = [by_id[name] for name in below if statuses.get(name, "passed") != "passed"]
    return list(dict.fromkeys(name for section in broken for name in section.classes))


def roots(broken: Sequence[Section], results: Mapping[str, Result], rubric: Rubric) -> tuple[str, ...]:
    """Ids of what has to be mended for these to pass: what alone makes them fail, or they themselves."""
    cleared = {section.id for section in broken if results[section.id].composed == "cleared"}
    found = {name for s in broken for name in (results[s.id].causes if s.id in cleared else (s.id,))}
    return tuple(section.id for section in rubric.sections if section.id in found)


def notes(results: Mapping[str, Result], reports: Sequence[SectionReport]) -> list[str]:
    """For each root cause, or several together: what fails only because of them, and what mending them is worth.

    Parameters
    ----------
    reports
        Of the same sections, in the same order: what they have earned.
    """
    by_name = dict(zip(results, reports, strict=True))
    lost = {name: report.max - (report.points or 0) for name, report in by_name.items()}
    failing = {name for name, report in by_name.items() if report.status != "passed"}
    seen = {name for name in failing if results[name].section.visibility == "visible"}
    own = {name for name in seen if by_name[name].root_cause is None}
    hanging = {name: set(results[name].causes) for name in results if name in seen and results[name].causes}
    said = []
    for causes in dict.fromkeys(results[name].causes for name in hanging if results[name].composed == "cleared"):
        if not own.issuperset(causes):
            continue  # what may hang on yet another one: nobody knows what mending that would be worth
        keys = {results[name].section.key for name in causes}
        mended = [name for name, its in hanging.items() if its.issubset(causes)]
        cleared = [name for name in mended if results[name].composed == "cleared"]
        others = (name for name in seen if name not in cleared and not (name in hanging and name not in mended))
        worth = sum((lost[name] for name in (*causes, *cleared)), Decimal(0))
        least = "at least " if any(by_name[name].root_cause in keys for name in others) else ""
        mending = {1: "it", 2: "both"}.get(len(causes), "all of them")
        names = [results[name].section.key for name in cleared if results[name].causes == causes]
        said.append(
            f"{_listed(names)} {'fails' if len(names) == 1 else 'fail'} only because of "
            f"{_listed([results[name].section.key for name in causes])}; "
            f"fixing {mending} is worth {least}{worth.normalize():f} points more"
        )
    return said


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
