"""The multiple-choice questions."""

from __future__ import annotations

from typing import Any

#: Where the layouts of the course's editions keep the answers.
QUESTIONS = ("MCQ/mcq.py", "hw2/mc.py", "hw2/mcq.py")


def mcq(task: Any) -> None:
    """One multiple-choice question: the letter, whatever its case and the spaces around it."""
    answer = task.called(task.find(f"question_{task.params['question']}", *QUESTIONS))
    task.record_text("answer", str.__str__(answer).strip().lower() if isinstance(answer, str) else answer)
