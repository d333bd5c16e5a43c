"""One section of one submission: put its cases through the guest, and collect what each showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from autograder.assignments.cases import digest
from autograder.assignments.rubric import Limits, Rubric, Section
from autograder.assignments.truth import Question
from autograder.errors import HarnessError
from autograder.guest.wire import Frame
from autograder.sandbox.conversation import Conversation, Ended
from autograder.sandbox.host import Guest, Request
from autograder.submissions import Submission

from .findings import Finding, ending, from_answer, from_end


@dataclass(slots=True)
class Result:
    """All that was seen of one section."""

    section: Section
    findings: list[Finding] = field(default_factory=list)
    inapplicable: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    ended: Ended | None = None
    printed: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where sections run: which submission, by which rules, in which guest."""

    submission: Submission
    rubric: Rubric
    limits: Limits
    guest: Guest

    def doubtful(self, result: Result) -> bool:
        """Whether a section should be run once more, alone.

        It was late without having computed much, which may be the machine's fault, or it ended together with
        the whole guest, which may be the fault of a section beside it.
        """
        ended = result.ended
        if ended is None:
            return False
        idle = ended.overdue and ended.cpu_seconds < self.limits.cpu_seconds / 2
        return idle or (ended.exit is None and not ended.overdue)


def run(section: Section, questions: list[Question], place: Place) -> Result:
    """Put the section's cases through the submission.

    Raises
    ------
    HarnessError
        The section could not be run, by our fault.
    """
    result, limits = Result(section), place.limits
    told = {name: value for name, value in asdict(limits).items() if name != "result_mb"}
    with place.guest.section(Request(section.id, told), limits.result_mb) as conversation:
        ready = conversation.ask(submission_frame(section, place.submission, place.rubric))
        if ready is not None and ready.kind == "broken":
            conversation.end()
            raise HarnessError(f"the sandbox could not be set up: {ready.fields.get('message', '')}")
        _ask_all(result, questions if ready is not None else [], conversation)
        result.ended = conversation.end()
        result.printed = conversation.printed.text
    if ready is None and result.ended.exit is not None and not result.ended.overdue:
        raise HarnessError(f"the section's process did not start: {result.printed[-300:]}")
    answered = {finding.case for finding in result.findings} | set(result.inapplicable)
    if rest := [question for question in questions if question.case.name not in answered]:
        result.findings += from_end(section, rest, ending(result.ended, limits))
    return result


def _ask_all(result: Result, questions: list[Question], conversation: Conversation) -> None:
    for question in questions:
        answer = conversation.ask(case_frame(question))
        if answer is None:
            return
        found = from_answer(result.section, question, answer)
        if found is None:
            result.inapplicable.append(question.case.name)
            continue
        result.findings += found
        result.changed |= _texts(answer.fields.get("changed")) & set(question.inputs)
        result.notes += sorted(_texts(answer.fields.get("notes")) - set(result.notes))


def _texts(value: Any) -> set[str]:
    return {item[:300] for item in value[:20] if isinstance(item, str)} if isinstance(value, list) else set()


def case_frame(question: Question) -> Frame:
    """A case as the guest gets it: parameters and inputs, nothing of what is expected."""
    fields: Mapping[str, Any] = {
        "params": dict(question.case.params),
        "random": digest(question.case.name) & 0xFFFFFFFF,
    }
    return Frame("case", fields, question.inputs)


def submission_frame(section: Section, submission: Submission, rubric: Rubric) -> Frame:
    """The submission's files, and how they may be imported."""
    fields: Mapping[str, Any] = {
        "files": list(submission.files),
        "search": list(rubric.search),
        "allow": list(rubric.imports.allow),
        "deny": list(rubric.imports.deny),
        "exercise": section.exercise,
    }
    contents = {str(index): np.frombuffer(content, np.uint8) for index, content in enumerate(submission.files.values())}
    return Frame("submission", fields, contents)
