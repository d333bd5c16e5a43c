"""What a submission showed of each output, case by case: what ideas are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from autograder.assignments.misconceptions import sketches
from autograder.assignments.misconceptions.evidence import Seen
from autograder.assignments.misconceptions.sketches import Sketch

if TYPE_CHECKING:
    from autograder.assignments.misconceptions.arrays import Arrays
    from autograder.assignments.truth import Question

    from .findings import Array, Finding
    from .result import Result

#: Cases with more numbers are not looked at where there are others: the small ones tell as much, and a wrong idea's way
#: back takes a forward for each entry. The largest case of HW2P1's quick profile has 8,120.
ENTRIES = 20_000
#: What comes back larger is not looked at either, whatever went in.
RESULT = 200_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the submission showed of one output in one case.

    Attributes
    ----------
    sketch
        Of the array that came back, where one of finite numbers did.
    doubtful
        The gradient that came in was the submission's own output, which is wrong: what follows from it says little.
    cut_off
        Something else broke before this output's turn came, so that its absence says nothing.
    raised
        What the error says that came in the output's place.
    """

    seen: Seen
    status: str
    sketch: Sketch | None
    doubtful: bool
    cut_off: bool
    raised: str

    @property
    def untold(self) -> bool:
        """Whether the case shows nothing wrong of the output: it is right, or the case ended before it."""
        return self.seen.passed or self.cut_off

    def agrees(self, predicted: Mapping[str, Sketch | None]) -> bool:
        """Whether an idea says just this of the case."""
        output = self.seen.output
        if self.cut_off:
            return True
        if output not in predicted:
            return self.seen.passed
        found = predicted[output]
        if self.seen.passed:
            return False
        if found is None:
            return self.sketch is None
        return self.sketch is not None and self.sketch.alike(found)

    def contradicts(self, predicted: Sketch) -> bool:
        """Whether this is a layer's output that is wrong in another way than an idea says."""
        if self.seen.passed or self.sketch is None or not self.seen.plays("output"):
            return False
        return not self.sketch.alike(predicted)


def collect(result: Result, names: Arrays) -> dict[str, list[Shown]]:
    """What was seen of each output, over all cases."""
    small = small_cases(result)
    findings = untold(result)
    spoilt = {f.case for f in findings if names.plays(f.output, "output") and f.status != "passed"}
    shown: dict[str, list[Shown]] = {}
    for finding in _last(findings):
        if finding.case not in result.asked:
            continue
        question, arrays = result.asked[finding.case]
        seen = _seen(finding, result, names)
        if seen is None or finding.case not in small or (seen.got is not None and seen.got.size > RESULT):
            continue
        own = not seen.plays("output") and seen.given("gradient") is None and finding.case in spoilt
        mark = None if seen.got is None else sketches.sketch(seen.got)
        raised = finding.trouble.exception if finding.trouble is not None else ""
        cut_off = seen.got is None and finding.status == "error" and _broke_before(finding, question, arrays)
        shown.setdefault(finding.output, []).append(Shown(seen, finding.status, mark, own, cut_off, raised))
    return shown


def untold(result: Result) -> list[Finding]:
    """The findings that numbers show: what was found before there was an output, or of an input, its message tells."""
    return [finding for finding in result.findings if not finding.told]


def _last(findings: Iterable[Finding]) -> Iterable[Finding]:
    """One of each output of a case: that its type is wrong is said after its values were right."""
    return {(finding.case, finding.output): finding for finding in findings}.values()


def _seen(finding: Finding, result: Result, names: Arrays) -> Seen | None:
    """What was seen of an output in a case; None of what is no array."""
    question, arrays = result.asked[finding.case]
    due = {name: value for name, value in question.expected.items() if not isinstance(value, str)}
    if finding.output in question.expected and finding.output not in due:
        return None
    expected, got = due.pop(finding.output, None), arrays.get(finding.output)
    if got is not None and expected is not None and got.dtype.kind == "b":
        got = got.astype(np.float64)  # which can be subtracted
    passed, inputs = finding.status == "passed", question.inputs
    return Seen(finding.case, finding.output, passed, question.case.params, inputs, got, expected, due, names)


def readable(question: Question, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Of what came back in a case, what signs of wrong ideas are looked for in: numbers, and not far too many."""
    found = {}
    for name, array in arrays.items():
        if array.dtype.kind in "biuf" and array.size <= RESULT:
            compared = isinstance(question.expected.get(name), np.ndarray)
            found[name] = array.astype(np.float64) if compared and array.dtype.kind == "b" else array
    return found


def everywhere(output: str, result: Result, names: Arrays) -> list[Seen]:
    """What was seen of an output in every case, large ones too, and what is wrong in cases that do not look at it.

    Where it fails is said of all of them.
    """
    rows = [f for f in _last(untold(result)) if f.case in result.asked]
    own = {f.case for f in rows if f.output == output}
    rows = [f for f in rows if f.output == output or (f.case not in own and f.status != "passed")]
    return [seen for finding in rows if (seen := _seen(finding, result, names)) is not None]


def small_cases(result: Result) -> set[str]:
    """The cases that are small; all where none is."""
    sizes = {
        name: sum(array.size for array in question.inputs.values()) for name, (question, _) in result.asked.items()
    }
    return {name for name, size in sizes.items() if size <= ENTRIES} or set(sizes)


def _broke_before(finding: Finding, question: Question, arrays: Mapping[str, Array]) -> bool:
    """Whether a case ended before it came to an output: in a first use of the object, or at an output before it."""
    before = question.case.outputs[: question.case.outputs.index(finding.output)]
    return any(name.endswith("_first") for name in question.inputs) or any(name not in arrays for name in before)
