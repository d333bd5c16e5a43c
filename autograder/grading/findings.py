"""What a case showed about each of its outputs: the step from frames to verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.assignments.cases import Case, Level
from autograder.assignments.rubric import Limits, Section
from autograder.assignments.truth import ANSWER, Question
from autograder.errors import HarnessError
from autograder.guest.agreed import REFUSED
from autograder.guest.wire import Frame, name_of

from . import allright
from .compare import Mismatch, compare, shape_text
from .report import Status
from .troubles import STANDARD, Trouble, said, told

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one case showed about one output.

    Attributes
    ----------
    broke
        How the output's judge broke on what came back, where it did.
    """

    output: str
    level: Level
    case: str
    status: Status
    message: str = ""
    mismatch: Mismatch | None = None
    trouble: Trouble | None = None
    broke: str = ""

    @property
    def told(self) -> bool:
        """Whether what is wrong is no output (a shape as it was built, an input that changed): no numbers show it."""
        return self.trouble is not None and self.trouble.status == "failed"


#: Entries of an output that is judged, besides as many as all inputs have: no judge is given more, since what it makes
#: of them takes many times their room. Right ones of the assignments have 80,000 at most.
JUDGED = 1 << 19


def level(section: Section, case: Case, output: str) -> Level:
    """A check is the course's where both the case and the output are.

    Raises
    ------
    HarnessError
        The rubric does not list the output.
    """
    if output not in section.outputs:
        raise HarnessError(f"cases.py: {case.name} has the output `{output}`, which rubric.toml does not list")
    return "course" if case.level == section.outputs[output] == "course" else "strict"


#: Where nobody set anything.
PLAIN: Mapping[str, Any] = {}


def from_answer(
    section: Section, question: Question, answer: Frame, limits: Limits = STANDARD, settings: Mapping[str, Any] = PLAIN
) -> list[Finding] | None:
    """The findings of a case that was answered; None where the case does not apply to the submission.

    With `in_place = "refuse"` an input that a call changed fails a `strict` check besides.
    """
    found = _of_outputs(section, question, answer, limits, single=settings.get("float32") == "accept")
    if found is None or settings.get("in_place") != "refuse":
        return found
    return [*found, *_of_inputs(question, answer, found)]


def changed(question: Question, answer: Frame) -> dict[str, str]:
    """The inputs that a call changed, each with the output that was due: hearsay, as all that a guest says."""
    told = answer.fields.get("changed")
    pairs = [text.partition("|")[::2] for text in told if isinstance(text, str)] if isinstance(told, list) else []
    return {name: output for output, name in pairs if name in question.inputs}


def _of_inputs(question: Question, answer: Frame, found: Sequence[Finding]) -> Iterator[Finding]:
    """That inputs were changed, said of outputs that are right: of others there is enough to say."""
    names: dict[str, list[str]] = {}
    for name, output in changed(question, answer).items():
        output = output if output in question.case.outputs else question.case.outputs[-1]
        names.setdefault(output, []).append(name.removesuffix("_first"))
    wrong = {finding.output for finding in found if finding.status != "passed"}
    for output in (output for output in names if output not in wrong):
        given = " and ".join(f"`{name}`" for name in dict.fromkeys(names[output]))
        message = f"a call changed its input {given} in place; leave the arrays that you are given as they are"
        yield Finding(output, "strict", question.case.name, "failed", message, None, Trouble("failed", message))


def _of_outputs(
    section: Section, question: Question, answer: Frame, limits: Limits, *, single: bool
) -> list[Finding] | None:
    """What is seen of each output of a case.

    The contract wants double precision of every case, the course's own grader does not look: where values are right for
    that one, and in single precision, they fail a `strict` check besides. With `single`, float32 is good enough.
    """
    case, trouble = question.case, None
    if answer.fields.get("outcome") != "done":
        if answer.fields.get("outcome") == "not_applicable" and case.optional:
            return None
        trouble = told(answer.fields, limits)
    elif (right := allright.of(question)) is not None and right.shown_by(answer):
        return [Finding(output, level(section, case, output), case.name, "passed") for output in case.outputs]
    texts = answer.fields.get("texts")
    texts = texts if isinstance(texts, dict) else {}
    accepted = ("float32", *EXACT) if single else EXACT
    findings = [_finding(section, question, output, answer.arrays, texts, trouble, accepted) for output in case.outputs]
    if trouble is not None and (at := answer.fields.get("output")) in case.outputs:
        findings = _of_first_use(findings, case.outputs.index(at))
    if trouble is not None and all(finding.status == "passed" for finding in findings):
        # Everything came back, and then it broke: that is counted on the last output.
        last = findings[-1]
        findings[-1] = Finding(
            last.output, last.level, case.name, trouble.status, trouble.message, None, trouble
        )  # fmt: skip
    return [*findings, *_imprecise(question, findings, answer.arrays, accepted)]


def _of_first_use(findings: list[Finding], broke: int) -> list[Finding]:
    """Say of outputs that are due before the one that broke, and did not come, that their turn had not come yet."""
    at = findings[broke].output
    return [
        replace(one, message=f"its turn did not come: `{at}` broke in a first use of the object: {one.message}")
        if index < broke and one.status == "error"
        else one
        for index, one in enumerate(findings)
    ]


def _finding(
    section: Section,
    question: Question,
    output: str,
    arrays: Mapping[str, Array],
    texts: Mapping[str, Any],
    trouble: Trouble | None,
    accepted: tuple[str, ...],
) -> Finding:
    case = question.case
    where = level(section, case, output)

    def found(status: Status, message: str = "", mismatch: Mismatch | None = None) -> Finding:
        return Finding(output, where, case.name, status, message, mismatch, trouble if not mismatch else None)

    expected = question.expected.get(output)
    if isinstance(expected, str):
        if output not in texts:
            return found(*_absent(output, trouble))
        right = texts[output] == expected
        return found("passed") if right else found("failed", _wrong_text(output, texts[output], expected))
    if output not in arrays:
        return found(*_absent(output, trouble))
    got = arrays[output]
    if output in question.judges:
        if got.size > JUDGED + sum(array.size for array in question.inputs.values()):
            return found("failed", f"`{output}` has {got.size} entries, far more than there can be")
        if got.dtype.kind not in "biuf" or not bool(np.isfinite(got).all()):
            return found("failed", f"`{output}` holds what is not a finite real number")
        try:
            message = judged(question, output, arrays)
        except ImportError as error:
            raise HarnessError(f"the judge of `{output}` broke: {type(error).__name__}: {error}") from error
        except HarnessError:
            raise
        except Exception as error:
            form = f"shape {shape_text(got.shape)}, {got.dtype.name}"
            unfit = found("bad_output", f"`{output}` cannot be judged as it came back ({form})")
            return replace(unfit, broke=f"{type(error).__name__}: {error}")
        if where == "strict":
            message = message or _wrong_dtype(output, got, "float64", accepted)
        return found("passed") if message is None else found("failed", message, Mismatch(message))
    if expected is None:
        return found("ungraded", f"nothing says what `{output}` should be")
    fed = arrays.get(case.fed.get(output, ""))
    mismatch = compare(got, expected, *([] if fed is None else [name_of(fed.dtype)]))
    if mismatch is not None and output.endswith(" shape") and got.ndim == 1 and got.dtype.kind in "iu":
        message = f"{shape_text(tuple(got.tolist()))}, expected {shape_text(tuple(map(int, expected)))}"
        return found("failed", message, Mismatch(message))
    if mismatch is not None:
        return found("failed", mismatch.message, mismatch)
    if where == "strict" and (message := _wrong_dtype(output, got, _due(expected), accepted)):
        return found("failed", message, Mismatch(message))
    return found("passed")


def judged(question: Question, output: str, arrays: Mapping[str, Array]) -> str | None:
    """What the judge of an output says of it; whatever came back, it warns of nothing."""
    with np.errstate(all="ignore"):
        return question.judges[output](question.case.params, question.inputs, arrays)


def _due(expected: Array) -> str:
    """The type that an output should have."""
    return "float32" if name_of(expected.dtype) == "float32" else "float64"


def _wrong_dtype(output: str, got: Array, due: str, accepted: tuple[str, ...]) -> str | None:
    """What is wrong with the type of a right result: float32 lost half its digits."""
    came = name_of(got.dtype)
    return None if came in (due, *accepted) else f"`{output}` is {came}; {due} is expected"


def _imprecise(
    question: Question, findings: Sequence[Finding], arrays: Mapping[str, Array], accepted: tuple[str, ...]
) -> Iterator[Finding]:
    """Of outputs that are right for the course's grader: the first one whose type holds less than the contract's.

    What comes after it, or after a wrong one, may have its type from that. Of what is judged there is no array that
    says which type is due; the room is the judge's.
    """
    for found in findings:
        expected = question.expected.get(found.output)
        if found.status != "passed":
            return
        if found.level != "course" or expected is None or isinstance(expected, str):
            continue
        got, due = arrays[found.output], _due(expected)
        message = _wrong_dtype(found.output, got, due, accepted)
        if message is not None and got.dtype.itemsize < np.dtype(due).itemsize:
            yield Finding(found.output, "strict", found.case, "failed", message, Mismatch(message))
            return


#: What a question may be answered by.
LETTERS = ("a", "b", "c", "d")


def _wrong_text(output: str, got: Any, expected: str) -> str:
    """What is wrong with a text: the answer to a question is not given away, everything else is."""
    if output == ANSWER:
        return "the answer is not right" if got in LETTERS else "return one letter, a to d"
    text = said(got)[:80]
    if expected == REFUSED:
        return f"bad arguments should raise ValueError or AssertionError; here they were {text}"
    return f"`{output}` should be {expected!r}, and is {text!r}"


#: Besides float64, results of these dtypes are exact where they equal what is expected.
EXACT = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


def _absent(output: str, trouble: Trouble | None) -> tuple[Status, str]:
    if trouble is not None:
        return trouble.status, trouble.message
    return "bad_output", f"`{output}` did not come back"


def from_end(section: Section, questions: list[Question], trouble: Trouble) -> list[Finding]:
    """The findings of the cases that were not answered, because the section's process ended."""
    return [
        Finding(output, level(section, q.case, output), q.case.name, trouble.status, trouble.message, None, trouble)
        for q in questions
        for output in q.case.outputs
    ]
