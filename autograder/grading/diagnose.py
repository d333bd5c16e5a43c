"""Which wrong idea explains a failure: the one that fits every case of an output, or none.

An idea explains an output when it gives, up to rounding, what the submission gave in every failing case, and what is
expected in every passing one. Ideas of the assignment are asked first, then general ones. Where two explain the
same thing, only what they share is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from autograder.assignments.misconceptions import conditions, generic, ideas, known, shapes
from autograder.assignments.misconceptions.ideas import Idea
from autograder.assignments.misconceptions.predictions import Answers, Predictions, Screen, idea_of
from autograder.assignments.misconceptions.sketches import Sketch

from .report import Diagnosis
from .shown import Shown, collect, everywhere, readable, small_cases

if TYPE_CHECKING:
    from autograder.assignments.registry import Assignment

    from .result import Result

#: Failures that an idea may explain; a missing class or a timeout speaks for itself.
EXPLAINED = ("failed", "error", "bad_output")
#: The id of what is said where nothing but an output before it need be wrong; those of conditions begin like it.
FOLLOWS = "only-follows"
#: How a hint begins that was given in full before, and how it ends where it is sure: what is one submission's own.
AGAIN, SURE = "The same as above:", "(It explains"


def diagnose(result: Result, assignment: Assignment, *, public: bool) -> dict[str, Diagnosis]:
    """By output: the idea that explains its failures, where exactly one does."""
    with np.errstate(all="ignore"):  # what came back may hold anything
        return _explained(result, assignment, public=public)


def _explained(result: Result, assignment: Assignment, *, public: bool) -> dict[str, Diagnosis]:
    shown = collect(result, assignment.arrays())
    found = _diagnosed(shown, result, assignment, public=public)
    always = {output: [row for row in rows if not _optional(row.seen.case, result)] for output, rows in shown.items()}
    if not found and always != shown:
        # A layer that takes a padding and leaves it out has another mistake as well: what is with all others?
        found = _diagnosed(always, result, assignment, public=public)
    return found


def _optional(case: str, result: Result) -> bool:
    """Whether a case is asked only of submissions that have an option."""
    return result.asked[case][0].case.optional


def _diagnosed(
    shown: Mapping[str, Sequence[Shown]], result: Result, assignment: Assignment, *, public: bool
) -> dict[str, Diagnosis]:
    """By output: what explains its failures in these cases."""
    failing = {name: rows for name, rows in shown.items() if any(not row.seen.passed for row in rows)}
    failing = {name: rows for name, rows in failing.items() if _explicable(rows)}
    if not failing:
        return {}
    small = {row.seen.case for rows in shown.values() for row in rows} & small_cases(result)
    questions = [question for question, _ in result.asked.values() if question.case.name in small]
    screen = _Screen(failing)
    answers = known.predictions(assignment, result.section, questions, screen, public=public)
    words = ideas.load(assignment.folder)
    found: dict[str, Diagnosis] = {}
    titles: dict[str, str] = {}
    first, in_all = next(iter(failing)), _failing(row for rows in shown.values() for row in rows)
    broken = next((name for name, rows in failing.items() if not all(row.untold for row in rows)), "")
    for output, rows in failing.items():
        # After another wrong output, an error and what cases share say little, and one array may fit by accident.
        leads = output == broken
        lead = () if leads or not broken else shown[broken]
        settled = not lead or (broken in found and found[broken].id in words)
        candidates = answers if settled else _that_fit(answers, lead)
        named = _named(output, shown, candidates, words, lead, assignment, result)
        # Where nothing else fails anywhere, the cases tell something even if they broke in a first use.
        telling = leads or (not broken and output == first and _failing(rows) == in_all)
        if named is None and (follows := _follows(output, broken, rows, result)):
            found[output] = follows
        elif named is None and telling:
            named = conditions.explain(everywhere(output, result, assignment.arrays()))
            if named is not None:  # true of the cases; it takes no position on what is wrong
                found[output] = Diagnosis(named.id, named.text)
        elif named is not None:
            sure = f" {_sure(output, rows, result)}" if named.sure else ""
            found[output] = Diagnosis(named.id, f"{named.text}{sure}")
            titles[named.id] = f"{named.title[0].lower()}{named.title[1:]}"
    return _said_once(found, titles, result)


def _said_once(found: Mapping[str, Diagnosis], titles: Mapping[str, str], result: Result) -> dict[str, Diagnosis]:
    """Diagnoses in the order in which reports show outputs, each in full where it stands first."""
    said: dict[str, Diagnosis] = {}
    for output in (name for name in result.section.outputs if name in found):
        one = found[output]
        again = one.id in titles and any(other.id == one.id for other in said.values())
        said[output] = Diagnosis(one.id, f"{AGAIN} {titles[one.id]}.") if again else one
    return said


def _failing(rows: Iterable[Shown]) -> set[str]:
    """The cases that fail."""
    return {row.seen.case for row in rows if not row.seen.passed}


def _explicable(rows: Sequence[Shown]) -> bool:
    """Whether an idea may explain every failure: none where the array is right, and something broke behind it."""
    bad = [row for row in rows if not row.seen.passed]
    return all(row.status in EXPLAINED and (row.status == "failed" or row.seen.got is None) for row in bad)


def _follows(output: str, lead: str, rows: Sequence[Shown], result: Result) -> Diagnosis | None:
    """What is said of a gradient that is wrong only where the wrong output itself came in as the gradient.

    Nothing of what broke, in a loss with labels or already in what gives the output.
    """
    failing = [row for row in rows if not row.seen.passed]
    fed = all(result.asked[row.seen.case][0].case.fed.get(output) == lead for row in failing)
    if not lead or not fed or not all(row.doubtful and row.seen.got is not None for row in failing):
        return None
    text = f"`{lead}` is wrong, and in these cases it is also the gradient that comes in: mend it first."
    if any(row.seen.passed and row.seen.given("gradient") is not None for row in rows):
        text += f" Where another gradient comes in, `{output}` is right."
    return Diagnosis(FOLLOWS, text)


def _sure(output: str, rows: Sequence[Shown], result: Result) -> str:
    """How many of the failing cases an idea explains, and what is with the others."""
    seen = {row.seen.case for row in rows}
    failing = {
        f.case for f in result.findings if f.output == output and f.status != "passed" and f.case in result.asked
    }
    shown = [row for row in rows if not row.seen.passed and not row.cut_off]
    came_back = sum(row.seen.got is not None for row in shown) or len(shown)
    if came_back == len(failing):
        cases = "the one failing case" if len(failing) == 1 else f"all {len(failing)} failing cases"
        return f"{SURE} {cases} exactly; no other known mistake does.)"
    early = ["end early"] if came_back < len(failing & seen) else []
    optional = {case for case in failing - seen if _optional(case, result)}
    larger = ["are too large to be looked at"] if failing - seen - optional else []
    larger += ["are about what is optional (a padding), and fail otherwise"] if optional else []
    return f"{SURE} {came_back} of {len(failing)} failing cases exactly; the others {' or '.join(early + larger)}.)"


class _Screen(Screen):
    """Tells early that an idea explains nothing, so that the other cases need not be put to it."""

    def __init__(self, failing: Mapping[str, Sequence[Shown]]) -> None:
        self.rows = {(row.seen.case, name): row for name, rows in failing.items() for row in rows}
        # Where all that failed was cut off, nothing is to be explained: any idea would seem to fit.
        self.outputs = frozenset(name for name, rows in failing.items() if not all(row.untold for row in rows))
        self.first = frozenset(row.seen.case for row in self.rows.values() if not row.seen.passed and not row.doubtful)

    def alive(self, case: str, predicted: Mapping[str, Sketch | None], outputs: frozenset[str]) -> frozenset[str]:
        """Those of these outputs that the idea may still explain after this case."""
        kept = set()
        for output in outputs:
            row = self.rows.get((case, output))
            if row is None or row.doubtful or row.agrees(predicted):
                kept.add(output)
        return frozenset(kept)

    def contradicts(self, case: str, output: str, predicted: Sketch) -> bool:
        """Whether a layer's output came back wrong, and otherwise wrong than the idea says: it is another idea then."""
        row = self.rows.get((case, output))
        return row is not None and row.contradicts(predicted)


def _named(
    output: str,
    shown: Mapping[str, Sequence[Shown]],
    known: Predictions,
    words: Mapping[str, Idea],
    lead: Sequence[Shown],
    assignment: Assignment,
    result: Result,
) -> Idea | None:
    """The idea that explains an output; `lead` is the first output that is wrong, where that is another one."""
    rows = shown[output]
    if all(row.untold for row in rows):
        return None  # it has its turn after what broke
    if unfilled := generic.never_filled([row.seen for row in rows if not row.doubtful]):
        return unfilled
    errors = {} if lead else words
    for chosen, alone in ((rows, lead), ([row for row in rows if not row.doubtful], (*lead, *rows))):
        if any(not row.seen.passed for row in chosen):
            fitting = _fitting(chosen, alone, known, shown, errors)
            fitting |= set(_observed(output, chosen, assignment, result))
            if fitting:
                return _one(fitting, words)
    if all(row.seen.passed or row.doubtful for row in rows):
        return None  # it follows from what is wrong before it
    if any(row.seen.got is not None and row.sketch is None for row in lead):
        return None  # of what is no number anything may follow
    seen = [row.seen for row in rows]
    return generic.explain(seen, leads=not lead) or shapes.explain(seen)


def _that_fit(known: Predictions, lead: Sequence[Shown]) -> Predictions:
    """The ideas that explain the first wrong output: while nobody knows what that is, the others may follow from it."""
    return Predictions(known.cases, {name: idea for name, idea in known.answers.items() if _agrees(lead, idea)})


def _fitting(
    rows: Sequence[Shown],
    lead: Sequence[Shown],
    known: Predictions,
    shown: Mapping[str, Sequence[Shown]],
    errors: Mapping[str, Idea],
) -> set[str]:
    """Ids of the assignment's ideas that fit every case, by arrays or by what the `errors` say.

    One array is enough of an idea that explains the `lead` too, or where there is none; else it takes two. Of several
    ideas, those that agree with the most of the section's outputs: what passes counts as well.
    """
    if not all(row.seen.case in known.cases for row in rows):
        return set()
    fitting: dict[str, int] = {}
    for variant, answers in known.answers.items():
        if not _agrees(rows, answers):  # as of nearly all of them one case says at once
            continue
        by_array = sum(
            not row.seen.passed and row.sketch is not None and row.seen.output in answers.get(row.seen.case, {})
            for row in rows
        )
        enough = by_array > 1 or (by_array and _agrees(lead, answers))
        evidence = enough or _raises(rows, errors.get(idea_of(variant)))
        if evidence and not _spoils(answers, shown) and not _contradicts(answers, shown):
            fitting[variant] = sum(_agrees(others, answers) for others in shown.values())
    most = max(fitting.values(), default=0)
    return {idea_of(variant) for variant, agreeing in fitting.items() if agreeing == most}


def _spoils(answers: Answers, shown: Mapping[str, Sequence[Shown]]) -> bool:
    """Whether an idea would have made an output wrong that is right in every case."""
    return any(
        all(row.seen.passed for row in rows) and any(output in answers.get(row.seen.case, {}) for row in rows)
        for output, rows in shown.items()
    )


def _contradicts(answers: Answers, shown: Mapping[str, Sequence[Shown]]) -> bool:
    """Whether an idea makes a layer's output wrong in another way than it came back."""
    return any(
        (found := answers.get(row.seen.case, {}).get(output)) is not None and row.contradicts(found)
        for output, rows in shown.items()
        for row in rows
    )


def _raises(rows: Sequence[Shown], idea: Idea | None) -> bool:
    """Whether every failing case ended with an error that is the idea's own."""
    if idea is None or not idea.raises:
        return False
    own = idea.raises.split("|")
    return all(any(text in row.raised for text in own) for row in rows if not row.seen.passed)


def _agrees(rows: Sequence[Shown], answers: Answers) -> bool:
    return all(row.agrees(answers.get(row.seen.case, {})) for row in rows)


def _observed(output: str, rows: Sequence[Shown], assignment: Assignment, result: Result) -> Iterable[str]:
    """Ids of the ideas that show in what came back itself."""
    signs = assignment.observed().get((result.section.id, output), {})
    failing = [row for row in rows if not row.seen.passed]
    if not signs or any(row.seen.got is None for row in failing):
        return
    came_back = [row for row in rows if row.seen.got is not None]
    arrays = {row.seen.case: readable(*result.asked[row.seen.case]) for row in came_back}
    if any(output not in arrays[row.seen.case] for row in came_back):
        return
    for idea, sign in signs.items():
        try:
            said = [sign(row.seen.params, row.seen.inputs, arrays[row.seen.case]) for row in came_back]
        except Exception:  # noqa: S112 - of a form that no array of the idea's has, as nobody can foresee all: it is another one
            continue
        shows = any(one for one, row in zip(said, came_back, strict=True) if not row.seen.passed)
        if shows and False not in said:
            yield idea


def _one(fitting: set[str], words: Mapping[str, Idea]) -> Idea | None:
    """The only idea, or the broader one that all of them are kinds of."""
    if len(fitting) == 1:
        return words.get(next(iter(fitting)))
    kin = {words[name].kin or name for name in fitting if name in words}
    return words.get(kin.pop()) if len(kin) == 1 else None
