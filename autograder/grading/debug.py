"""`--debug`: the exercises in this process, so that breakpoints work. Nothing is kept in, nothing is scored."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograder.assignments.registry import Assignment
from autograder.assignments.rubric import Rubric, Section
from autograder.assignments.seeds import Seed
from autograder.assignments.truth import Question
from autograder.errors import UsageError
from autograder.guest import unfilled
from autograder.guest.lookup import Submission
from autograder.guest.main import load_exercises
from autograder.guest.task import NotApplicable, Task
from autograder.guest.wire import Frame
from autograder.submissions import read

from .findings import from_answer
from .sections import case_frame

Say = Callable[[str], object]


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
    asked = [(section, truth.questions(section)) for section in sections]
    exercises = load_exercises(str(assignment.exercises))
    root = (path / submission.root).resolve()
    os.chdir(root)
    sys.dont_write_bytecode = True
    mine = Submission(root, rubric.search, submission.files, rubric.notebook)
    sys.path.extend(mine.search)
    unfilled.install(root)
    for section, questions in asked:
        run_section(exercises[section.exercise], section, questions, mine, say)
    say("Nothing was scored: --debug runs without a sandbox.")


def run_section(
    exercise: Callable[[Task], None], section: Section, questions: list[Question], submission: Submission, say: Say
) -> None:
    """The section's cases, up to the first that raises; its traceback is shown from the submission's first frame."""
    for question in questions:
        try:
            outcome = run(exercise, section, question, submission)
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(str(submission.root)):
                trace = trace.tb_next
            say("".join(traceback.format_exception(type(error), error, trace)).rstrip())
            outcome = "raised what is shown above; the section's other cases are left out"
            say(f"{section.key}: {question.case.name}: {outcome}")
            return
        say(f"{section.key}: {question.case.name}: {outcome}")


def run(exercise: Callable[[Task], None], section: Section, question: Question, submission: Submission) -> str:
    """One case: how it went, in a few words."""
    frame = case_frame(question)
    task = Task(frame.fields["params"], frame.arrays, submission)
    try:
        exercise(task)
    except NotApplicable as error:
        return f"does not apply: {error}"
    fields: Mapping[str, Any] = {"outcome": "done", "texts": task.texts}
    found = from_answer(section, question, Frame("answer", fields, task.outputs)) or []
    wrong = [f"{finding.output}: {finding.message}" for finding in found if finding.status != "passed"]
    return "; ".join(wrong) or "right"
