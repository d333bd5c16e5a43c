"""Reports as they come back from workers: checked before they are believed, taken apart, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from autograder.assignments.rubric import Rubric
from autograder.errors import HarnessError
from autograder.gradebook.store import Graded, Terms, compact
from autograder.grading.report import SCHEMA, SectionReport, Status, counts, gathered, number, restored

_STATUSES = frozenset(get_args(Status))
_KEYS = {
    "schema", "assignment", "edition", "seed", "profile", "checks", "totals", "totals_course", "totals_strict",
    "scores", "sections", "notes", "run",
}  # fmt: skip
#: What reading values of other kinds than a report's may raise.
MALFORMED = (ArithmeticError, LookupError, AttributeError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a report must say about itself."""

    terms: Terms
    rubric: Rubric

    def check(self, document: Any, digest: str, keys: Iterable[str], seed: str = "") -> dict[str, Any]:
        """The document, if it is a report of this submission, by these conditions, of these sections.

        Parameters
        ----------
        seed
            How the attempt's own seed is named; default: as that of all.

        Raises
        ------
        HarnessError
            It is not; nothing of it is used.
        """
        try:
            wrong = self._wrong(document, digest, list(keys), seed or self.terms.seed) or _unreadable(document)
        except MALFORMED:
            wrong = "other values"
        if wrong:
            raise HarnessError(f"a worker sent what is no report: {wrong}")
        checked: dict[str, Any] = document
        return checked

    def _wrong(self, document: Any, digest: str, keys: list[str], seed: str) -> str:
        if not isinstance(document, dict) or set(document) != _KEYS:
            return "other keys"
        terms = self.terms
        told = [document[name] for name in ("schema", "assignment", "edition", "seed", "profile", "checks")]
        if told != [SCHEMA, terms.assignment, terms.edition, seed, terms.profile, terms.checks]:
            return "graded otherwise than asked"
        if document["run"].get("submission", {}).get("digest") != digest:
            return "of another submission"
        points = {section.key: section.points for section in self.rubric.sections}
        groups = {section.key: section.group for section in self.rubric.sections}
        if [section.get("key") for section in document["sections"]] != keys:
            return "other sections"
        for section in document["sections"]:
            full = points[section["key"]]
            kept = Decimal(str(section.get("carried", 0)))
            due = full * self.rubric.carried
            if kept and (kept != due or section["status"] == "passed" or section["root_cause"] is None):
                return f"{section['key']} carries points forward that it may not"
            earned = {"passed": full, "ungraded": None}.get(section["status"], kept)
            known = section["status"] in _STATUSES and section["group"] == groups[section["key"]]
            if not known or Decimal(str(section["max"])) != full:
                return f"{section['key']} is not as in the rubric"
            if section["points"] is not earned and Decimal(str(section["points"])) != earned:
                return f"{section['key']} has points that its status does not earn"
        if document["totals"] != totals(document["sections"], terms.checks, chosen=True):
            return "a total that is not the sum"
        return ""


def _unreadable(document: Mapping[str, Any]) -> str:
    """What nobody could read who reads a report later on: values of other kinds than a report has."""
    compact(document)  # no number that JSON has not
    report, sections = restored(document), document["sections"]
    words = [*document["notes"], *(word for section in report.sections for word in _words(section))]
    sums = [total for name in ("totals", "totals_course", "totals_strict") for total in document[name].values()]
    numbers = [
        *(section[what] for section in sections for what in ("points", "max") if section[what] is not None),
        *(section.get("carried", 0) for section in sections),
        *(value for total in sums for value in total.values()),
        *document["scores"].values(),
        *(gathered(facts).get("cpu_seconds", 0) for facts in document["run"].get("sections", {}).values()),
    ]
    told = all(isinstance(word, str) for word in words) and isinstance(document["notes"], list)
    counted = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in numbers)
    return "" if told and counted else "other values"


def _words(section: SectionReport) -> list[Any]:
    """What is text in a section, if it is a report's."""
    words: list[Any] = [section.number, section.message, "" if section.root_cause is None else section.root_cause]
    return words + [word for check in section.checks for word in (check.name, check.level, check.status, check.message)]


def totals(sections: Iterable[Mapping[str, Any]], checks: str, *, chosen: bool = False) -> dict[str, Any]:
    """Totals by group under one kind of checks: the sum of the points, in decimals.

    Parameters
    ----------
    chosen
        `checks` is what the sections' points were given by.
    """
    sums: dict[str, dict[str, Decimal]] = {}
    for group in ("main", "bonus"):
        for section in sections:
            if section["group"] == group:
                points, kept = section["points"], section.get("carried", 0)
                if not chosen:
                    passed = passes(section, checks)
                    points, kept = section["max"] if passed else kept, 0 if passed else kept
                sum_of = sums.setdefault(group, dict.fromkeys(("points", "max", "carried"), Decimal(0)))
                for what, value in (("points", points), ("max", section["max"]), ("carried", kept)):
                    sum_of[what] += Decimal(str(value or 0))
    return {
        group: {what: number(value) for what, value in sum_of.items() if value or what != "carried"}
        for group, sum_of in sums.items()
    }


def passes(section: Mapping[str, Any], checks: str) -> bool:
    """Whether a section passes under `course` or `strict` checks, by the checks that it lists."""
    counted = [check for check in section["checks"] if counts(check["level"], checks)]
    return bool(counted) and all(check["status"] == "passed" for check in counted)


def ungraded(document: Mapping[str, Any]) -> list[str]:
    """What we could not grade, with the reason."""
    return [f"{s['key']}: {s['message']}" for s in document["sections"] if s["status"] == "ungraded"]


def overtaken(document: Mapping[str, Any]) -> list[str]:
    """Keys of sections that ran out of time without having computed for as long: the machine may have been busy."""
    facts = document["run"].get("sections", {})
    late = (section["key"] for section in document["sections"] if section["status"] == "timeout")
    return [key for key in late if gathered(facts.get(key, {})).get("overtaken", False)]


def merged(old: Mapping[str, Any], new: Mapping[str, Any], keys: frozenset[str], rubric: Rubric) -> dict[str, Any]:
    """The old report with these sections from the new one, as if all had run again."""
    fresh = {section["key"]: section for section in new["sections"] if section["key"] in keys}
    sections = [fresh.get(section["key"], section) for section in old["sections"]]
    run = dict(new["run"])
    facts = {**old["run"].get("sections", {}), **{k: v for k, v in run.get("sections", {}).items() if k in keys}}
    run["sections"] = {section["key"]: facts[section["key"]] for section in sections if section["key"] in facts}
    return {
        **{name: new[name] for name in ("schema", "assignment", "edition", "seed", "profile", "checks")},
        "totals": totals(sections, new["checks"], chosen=True),
        "totals_course": totals(sections, "course"),
        "totals_strict": totals(sections, "strict"),
        "scores": {section["key"]: section["points"] for section in sections if section["points"] is not None},
        "sections": sections,
        "notes": _notes(old["notes"], new["notes"], keys, rubric),
        "run": run,
    }


def _notes(old: list[str], new: list[str], keys: frozenset[str], rubric: Rubric) -> list[str]:
    """Notes in the order of a full run: on the whole, then by section; each section's from where it ran last."""
    order = [section.key for section in rubric.sections]

    def about(note: str) -> int:
        return next((index for index, key in enumerate(order) if note.startswith(f"{key}: ")), -1)

    kept = [note for note in old if about(note) < 0 or order[about(note)] not in keys]
    added = [note for note in new if about(note) >= 0 and order[about(note)] in keys]
    return sorted([*kept, *added], key=about)


def graded(document: Mapping[str, Any], attempt: int, conditions: int, drawn_for: str = "") -> Graded:
    """A report as the gradebook takes it."""
    body = {name: value for name, value in document.items() if name != "run"}
    summary = [
        [section["key"], section["group"], section["status"], _spelt(section["points"]), _spelt(section["max"])]
        for section in document["sections"]
    ]
    return Graded(attempt, conditions, compact(body), compact(document["run"]), compact(summary), drawn_for)


def _spelt(points: Any) -> str | None:
    return None if points is None else str(points)
