"""`--debug`: the exercises in this process, so that breakpoints work. Nothing is kept in, nothing is scored.

What is asked, what may be imported and what is right are the same as when it counts; limits are not held.
"""

from __future__ import annotations

import bdb
import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, Section
from autograder.assignments.seeds import Seed
from autograder.assignments.truth import Question
from autograder.errors import HarnessError, UsageError
from autograder.guest import unfilled
from autograder.guest.imports import Policy
from autograder.guest.lookup import Submission
from autograder.guest.section import answer
from autograder.guest.task import NotApplicable, Task
from autograder.submissions import read

from .findings import Finding
from .given import with_given
from .result import Result
from .sections import case_frame, take

Say = Callable[[str], object]
Exercise = Callable[[Task], None]


def debug(
    path: Path,
    assignment: Assignment,
    rubric: Rubric,
    sections: tuple[Section, ...],
    seed: Seed,
    profile: str,
    say: Say,
) -> None:
    """Put every case of the sections through the submission, here and now, and say how each went.

    Raises
    ------
    UsageError
        The submission is not a folder, or the seed is a secret one.
    """
    if not path.is_dir():
        raise UsageError("--debug needs a folder: a debugger shows the files themselves")
    if seed.secret:
        raise UsageError("--debug runs the submission beside the expected values: never with a secret seed")
    submission = read(path, rubric)
    truth = assignment.truth(rubric, profile, seed.value, public=seed.public)
    asked: list[tuple[Section, list[Question]]] = []
    for section in sections:
        try:
            asked.append((section, truth.questions(section)))
        except HarnessError as error:
            say(f"{section.key}: {error}")
    exercises = importlib.import_module(f"autograder.assignments.{assignment.name}.exercises").EXERCISES
    root = (path / submission.root).resolve()
    given = {
        path: content
        for path, content in with_given(submission, assignment, rubric).files.items()
        if path not in submission.files
    }
    os.chdir(root)
    sys.dont_write_bytecode = True
    mine = Submission(root, rubric.search, submission.files, rubric.notebook)
    sys.path.extend(mine.search)
    with beside(given.items()) as names:
        imports = rubric.imports
        allow = (*imports.allow, *imports.optional, *names)
        policy = Policy(root, allow, imports.deny, files=mine.files, due=_due(rubric), debugged=True)
        policy.install()
        unfilled.install(root)
        here = Here(mine, policy, rubric, profile, say)
        try:
            for section, questions in asked:
                here.run(exercises[section.exercise], section, questions)
        except bdb.BdbQuit:
            say("The debugger was left; what comes after is not run.")
    say("Nothing was scored: --debug runs without a sandbox.")


def _due(rubric: Rubric) -> list[str]:
    return sorted({path for section in rubric.sections for path in section.files} | {*rubric.given})


@contextmanager
def beside(files: Iterable[tuple[str, bytes]]) -> Iterator[list[str]]:
    """Have modules that the submission lacks importable, without a trace in its folder: their names."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        names = [PurePosixPath(path).stem for path, _ in files]
        for path, content in files:
            (Path(folder) / PurePosixPath(path).name).write_bytes(content)
        sys.path.append(folder)
        yield names


class Here:
    """A submission in this process."""

    def __init__(self, submission: Submission, policy: Policy, rubric: Rubric, profile: str, say: Say) -> None:
        self.submission, self.policy, self.say = submission, policy, say
        self.limits = rubric.limits_of(profile)
        self.settings = rubric.settings
        self.noted: set[str] = set()

    def run(self, exercise: Exercise, section: Section, questions: Iterable[Question]) -> None:
        """A section's cases, up to the first that raises; its traceback is shown from the submission's first frame."""
        result = Result(section)
        self.policy.forget()  # what another section used
        for question in questions:
            raised: list[BaseException] = []
            frame = answer(exercise, case_frame(question), self.submission, self.policy, self.meeting(raised))
            known = len(result.findings)
            take(result, question, frame, self.limits, self.settings)
            outcome = in_words(result.findings[known:]) or "right"
            if question.case.name in result.inapplicable:
                outcome = f"does not apply: {frame.fields['message']}"
            self.say(f"{section.key}: {question.case.name}: {outcome}")
            for note in (note for note in result.notes if note not in self.noted):
                self.say(f"note: {note}")
            self.noted.update(result.notes)
            if raised:
                self.say(f"{section.key}: the section's other cases are left out")
                return

    def meeting(self, raised: list[BaseException]) -> Callable[[BaseException], None]:
        """What is done about an exception: whoever ends the debugger, or this, is obeyed; else it is shown."""

        def met(error: BaseException) -> None:
            if isinstance(error, bdb.BdbQuit | KeyboardInterrupt):
                raise error
            if isinstance(error, NotApplicable):
                return
            raised.append(error)
            trace = error.__traceback__
            while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(str(self.submission.root)):
                trace = trace.tb_next
            if trace is not None:
                self.say("".join(traceback.format_exception(type(error), error, trace)).rstrip())

        return met


def in_words(findings: Iterable[Finding]) -> str:
    """What is wrong, each once."""
    wrong: dict[str, list[str]] = {}
    for finding in findings:
        if finding.status != "passed":
            wrong.setdefault(finding.message, []).append(finding.output)
    return "; ".join(f"{', '.join(dict.fromkeys(outputs))}: {message}" for message, outputs in wrong.items())
