"""One section of one submission: put its cases through the guest, and collect what each showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from autograder.assignments.cases import own_draws
from autograder.assignments.rubric import Limits, Section
from autograder.assignments.truth import Question
from autograder.errors import NO_ROOM, HarnessError
from autograder.guest.wire import Frame, encoded, name_of
from autograder.sandbox.conversation import Conversation

from .findings import PLAIN, Array, Finding, changed, from_answer, from_end
from .place import Place, conversation
from .result import Result
from .troubles import STANDARD, Trouble, ending, said

#: What may be said where a process ran out of time before it answered anything.
IMPORTING = "it may hang while its files are imported, outside of functions and classes, or in the first call"
#: What is said where a section never came to run anything, nor when it was alone.
NEVER_BEGAN = "the section could not begin: the process that holds the submission ended, or did not answer"
#: What is said where nothing of the submission ran, since its files are more than there is room for.
HANDED_IN = "what was handed in is too much: more than {} MB, or thousands of files; hand in code, and no data"
#: What is kept of a case's answer: no more than so many times the bytes of all that is right, and so many besides.
LARGER, SPARE = 8, 1 << 16
#: Bytes of a section's outputs that are judged: how large they should be, nobody knows beforehand.
JUDGED = 1 << 23

#: Of each question, since a class is asked the same: its frame, and how much is kept of an answer.
_MADE: WeakKeyDictionary[Question, bytes] = WeakKeyDictionary()
_KEPT: WeakKeyDictionary[Question, int] = WeakKeyDictionary()


class TooLarge(HarnessError):
    """The submission's files are more than its section may have on disk."""

    def __init__(self, limits: Limits) -> None:
        self.trouble = Trouble("limit", HANDED_IN.format(limits.disk_mb))
        super().__init__(self.trouble.message)


def run(section: Section, questions: list[Question], place: Place, earlier: Result | None = None) -> Result:
    """Put cases of a section through the submission, in a process of their own.

    Parameters
    ----------
    earlier
        What other cases of the section showed before. Where their process broke, these are not asked: they have ended
        with it.

    Raises
    ------
    HarnessError
        The section could not be run, by our fault.
    """
    result = Result(section)
    if earlier is not None and earlier.broke is not None:
        result.findings += from_end(section, questions, earlier.broke)
        return result
    with conversation(section.id, section.exercise, place) as talk:
        answers = answered(talk, questions)
        try:
            ready = welcomed(next(answers, None), talk, place)
        except TooLarge as error:
            result.broke = error.trouble
            result.findings += from_end(section, questions, error.trouble)
            return result
        for question, answer in zip(questions, answers, strict=False):  # fewer where the process ended
            refuse_full(answer, place)
            take(result, question, answer, place.limits, place.rubric.settings)
        end(result, questions, talk, place, ready=ready, imported=earlier is not None and bool(earlier.findings))
    return result


def answered(talk: Conversation, questions: list[Question]) -> Iterator[Frame]:
    """How the process started, and the answers to all cases, in turn, as far as there are any."""
    talk.put(map(case_bytes, questions), last=True)
    for _ in range(1 + len(questions)):
        answer = talk.hear()
        if answer is None:
            return
        yield answer


def started(talk: Conversation, place: Place) -> bool:
    """Whether a section's process is ready for cases, or has ended.

    Raises
    ------
    TooLarge
        The submission does not fit into the sandbox.
    HarnessError
        The sandbox could not be set up.
    """
    return welcomed(talk.hear(), talk, place)


def welcomed(ready: Frame | None, talk: Conversation, place: Place) -> bool:
    """The same, from what the process said first, before any line of the submission ran."""
    if ready is not None and ready.kind == "broken":
        talk.end()
        if ready.fields.get("too_large") is True:
            raise TooLarge(place.limits)
        if ready.fields.get("limit") == "disk":
            raise HarnessError(NO_ROOM)
        raise HarnessError(f"the sandbox could not be set up: {ready.fields.get('message', '')}")
    return ready is not None


def refuse_full(answer: Frame, place: Place) -> None:
    """Do not hold against a submission that the disk had no room for its files, where it is the grader's own.

    What the process says is hearsay, so the disk is looked at.

    Raises
    ------
    HarnessError
        A section may use more than was left.
    """
    if answer.fields.get("limit") == "disk" and place.guest.short_of_disk(place.limits.disk_mb):
        raise HarnessError(NO_ROOM)


def end(
    result: Result,
    questions: list[Question],
    talk: Conversation,
    place: Place,
    *,
    ready: bool,
    imported: bool = False,
) -> None:
    """See the process end; cases that it did not answer are told by how it ended.

    A process that was never ready ran nothing of the submission, so that nothing is said of the submission, late or
    not: who ended or stopped the process that forks sections was another section, or we. Alone it is run once more
    (`Place.doubtful`), in a guest of its own: one whose forking process does not tell how a section ended is started
    anew, and compiles nothing ahead. So no section of a submission can have another one ungraded, unless something of
    it outlives its process, which is to be had at the level `process` only.

    Parameters
    ----------
    imported
        An earlier process of the section has imported its files and answered.

    Raises
    ------
    HarnessError
        It never started.
    """
    result.ended = talk.end()
    result.printed = talk.printed.text
    result.overtaken = place.overtaken(result.ended)
    if not ready:
        if result.ended.exit is None or result.ended.overdue:
            result.trouble = NEVER_BEGAN
            return
        raise HarnessError(f"the section's process did not start: {result.printed[-300:]}")
    answered = {finding.case for finding in result.findings} | set(result.inapplicable)
    if rest := [question for question in questions if question.case.name not in answered]:
        result.traced = False
        # What it was about when the time was over, it may have told itself; then it only waited for its end.
        late = (finding.trouble for finding in result.findings if finding.status == "timeout")
        trouble = next((told for told in late if told is not None), None) or ending(result.ended, place.limits)
        if trouble.status == "timeout" and not answered and not imported:
            trouble = replace(trouble, message=f"{trouble.message}; no case was answered, so {IMPORTING}")
        result.broke = trouble
        result.findings += from_end(result.section, rest, trouble)


def take(
    result: Result,
    question: Question,
    answer: Frame,
    limits: Limits = STANDARD,
    settings: Mapping[str, Any] = PLAIN,
) -> None:
    """Add what a case showed; what the settings accept is but noted.

    Of a case that not everybody may see, only the findings are kept: nothing explains them, and no remark is made.
    """
    if isinstance(opened := answer.fields.get("opened"), list):
        result.opened |= {path for path in opened if isinstance(path, str)}
    else:
        result.traced = False
    found = from_answer(result.section, question, answer, limits, settings)
    if found is None:
        result.inapplicable[question.case.name] = said(answer.fields.get("message"))[:300]
        return
    result.findings += found
    result.notes += [note for one in found if one.broke and (note := unjudged(result, one)) not in result.notes]
    if result.section.visibility_of_case(question.case.name) != "visible":
        return
    result.asked[question.case.name] = question, kept(question, answer.arrays, _room(result) if question.judges else 0)
    if settings.get("in_place") != "refuse":
        result.changed |= set(changed(question, answer))
    result.found |= {name for name in _texts(answer.fields.get("found")) if name.isidentifier()}
    pairs = {text.partition("|")[::2] for text in _texts(answer.fields.get("shared"))}
    result.shared |= {
        (out, name) for out, name in pairs if out in question.case.outputs and name in ("", *question.inputs)
    }
    result.notes += sorted(_texts(answer.fields.get("notes")) - set(result.notes))
    note = f"{result.section.key}: results are float32, and have float32's own tolerance; float64 is expected"
    if settings.get("float32") == "accept" and note not in result.notes and _in_single(question, answer):
        result.notes.append(note)


def unjudged(result: Result, finding: Finding) -> str:
    """What is noted where a judge broke on what came back: that it is wrong is our guess."""
    what = f"what judges `{finding.output}` broke on what came back ({finding.broke[:200]})"
    return f"{result.section.key}: {what}; that counts as wrong, and staff should look whether it is"


def kept(question: Question, arrays: Mapping[str, Array], judged: int = 0) -> Mapping[str, Array]:
    """Of what a case gave back what may explain a failure: of far too large arrays no more than their shapes.

    Parameters
    ----------
    judged
        Bytes that there are besides where outputs are judged.
    """
    most = _most(question) + (max(0, judged) if question.judges else 0)
    found = {name: arrays[name] for name in question.case.outputs if name in arrays}
    if sum(array.nbytes for array in arrays.values()) <= most:
        return found
    # What came in one frame lies in one piece of memory, so that what is kept of it is copied.
    return {
        name: array.copy() if array.nbytes <= most else np.broadcast_to(array.dtype.type(0), array.shape)
        for name, array in found.items()
    }


def _most(question: Question) -> int:
    """Bytes of an answer that are kept whatever it is."""
    if question not in _KEPT:
        due = (value for value in question.expected.values() if not isinstance(value, str))
        _KEPT[question] = SPARE + LARGER * sum(array.nbytes for array in (*question.inputs.values(), *due))
    return _KEPT[question]


def _room(result: Result) -> int:
    """Bytes of judged outputs that may still be kept of a section."""
    return JUDGED - sum(
        array.nbytes for one, arrays in result.asked.values() if one.judges for array in arrays.values()
    )


def _in_single(question: Question, answer: Frame) -> bool:
    """Whether an array came back in single precision where that is not what is due."""
    due = {name: name_of(value.dtype) for name, value in question.expected.items() if not isinstance(value, str)}
    single = (name for name, array in answer.arrays.items() if name_of(array.dtype) == "float32")
    return any(due.get(name) != "float32" for name in single)


def _texts(value: Any) -> set[str]:
    return {item[:300] for item in value[:20] if isinstance(item, str)} if isinstance(value, list) else set()


def case_bytes(question: Question) -> bytes:
    """A case's frame in bytes, made once: a class is asked the same.

    Raises
    ------
    HarnessError
        Its parameters are nothing that JSON knows.
    """
    made = _MADE.get(question)
    if made is None:
        try:
            made = _MADE[question] = encoded(case_frame(question))
        except (TypeError, ValueError) as error:
            name = question.case.name
            raise HarnessError(
                f"cases.py: the `params` of {name} cannot be sent to the sandbox as JSON: {error}"
            ) from error
    return made


def case_frame(question: Question, **more: int) -> Frame:
    """A case as the guest gets it: parameters (and `more` of them) and inputs, nothing of what is expected."""
    fields: Mapping[str, Any] = {
        "params": {**question.case.params, **more},
        "random": own_draws(question.case.name),
    }
    return Frame("case", fields, question.inputs)
