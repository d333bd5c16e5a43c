"""One section, in a process of its own: take the submission in, lock down, put case after case through it.

What happens here is decided by the student's code as much as by ours, so nothing that leaves this process
is believed: the host only ever looks at arrays and shows texts.
"""

from __future__ import annotations

import os
import random
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from . import wire
from .imports import ForbiddenUse, Policy
from .lookup import Missing, Submission
from .task import NotApplicable, Task
from .values import BadOutput, NotImplementedYet

TEXT_LIMIT = 2000
FRAMES_LIMIT = 12


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to receive bytes and to send them."""

    receive: Callable[[int], bytes]
    send: Callable[[bytes], object]

    def read(self) -> wire.Frame | None:
        """The next frame from the host, who keeps to no bounds of ours."""
        return wire.read(self.receive, wire.Bounds(header_bytes=1 << 24, payload_bytes=1 << 32, arrays=10_000))

    def write(self, frame: wire.Frame) -> None:
        """Send a frame."""
        for piece in wire.encode(frame):
            self.send(piece)


def stage(frame: wire.Frame, root: Path) -> Submission:
    """Write the submission's files below `root` and make it the working directory."""
    paths: list[str] = frame.fields["files"]
    for index, path in enumerate(paths):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(frame.arrays[str(index)].tobytes())
    os.chdir(root)
    search: list[str] = frame.fields["search"]
    submission = Submission(root, search, paths)
    sys.path.extend(folder for folder in submission.search if Path(folder).is_dir())
    return submission


def serve(channel: Channel, submission: Submission, frame: wire.Frame, exercises: Mapping[str, Any]) -> None:
    """Answer each case of the section until the host closes the channel."""
    policy = Policy(submission.root, frame.fields["allow"], frame.fields["deny"])
    policy.install()
    exercise = exercises[frame.fields["exercise"]]
    while (case := channel.read()) is not None:
        random.seed(0)
        np.random.seed(case.fields["random"])
        channel.write(answer(exercise, case, submission, policy))


def answer(exercise: Callable[[Task], None], case: wire.Frame, submission: Submission, policy: Policy) -> wire.Frame:
    """One case put through the submission, as a frame with its outputs and how it ended."""
    task = Task(case.fields["params"], case.arrays, submission)
    fields: dict[str, Any] = {"outcome": "done"}
    try:
        exercise(task)
        if policy.used is not None:
            raise ForbiddenUse(policy.used)
    except BaseException as error:
        fields = described(error, submission.root)
    fields |= {
        "output": task.current,
        "texts": task.texts,
        "changed": task.changed_inputs(),
        "notes": [cut(note) for note in policy.notes[:20]],
    }
    return wire.Frame("answer", fields, task.outputs)


def described(error: BaseException, root: Path) -> dict[str, Any]:
    """An exception as data: which outcome it is, its text, and where in the submission it was raised."""
    frames = own_frames(error.__traceback__, root)
    return {
        "outcome": outcome(error, frames),
        "type": cut(type(error).__name__),
        "message": cut(text(error)),
        "frames": frames,
        "syntax": syntax(error, root),
    }


def outcome(error: BaseException, frames: list[dict[str, Any]]) -> str:
    """Which outcome an exception stands for."""
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (NotImplementedYet, "not_implemented"),
        (NotImplementedError, "not_implemented"),
        (BadOutput, "bad_output"),
        (NotApplicable, "not_applicable"),
        (Missing, "missing"),
        (ForbiddenUse, "forbidden"),
        (MemoryError, "memory"),
        (SystemExit, "exited"),
    )
    for kind, name in kinds:
        if isinstance(error, kind):
            return name
    raised = frames[-1]["text"] if frames else ""
    # `raise NotImplemented` and calling it are TypeErrors that mean 'not implemented'.
    if isinstance(error, TypeError) and raised.startswith("raise NotImplemented"):
        return "not_implemented"
    return "raised"


def own_frames(trace: TracebackType | None, root: Path) -> list[dict[str, Any]]:
    """The frames in the submission's own files, outermost first; the grader's are cut away."""
    prefix = f"{root}{os.sep}"
    found = [
        {
            "file": cut(frame.filename[len(prefix) :]),
            "line": frame.lineno or 0,
            "function": cut(frame.name),
            "text": cut(frame.line or ""),
        }
        for frame in traceback.extract_tb(trace)
        if frame.filename.startswith(prefix)
    ]
    return found if len(found) <= FRAMES_LIMIT else [*found[:2], *found[2 - FRAMES_LIMIT :]]


def syntax(error: BaseException, root: Path) -> dict[str, Any] | None:
    """Where a file cannot be parsed, with the line's text and the caret's column."""
    if not isinstance(error, SyntaxError):
        return None
    return {
        "file": cut(str(error.filename or "").removeprefix(f"{root}{os.sep}")),
        "line": error.lineno or 0,
        "column": error.offset or 0,
        "text": cut((error.text or "").rstrip("\n")),
    }


def text(error: BaseException) -> str:
    """The message of an exception, even of one whose `__str__` misbehaves."""
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:
        return "(its text cannot be shown)"


def cut(value: str) -> str:
    """A text of bounded length, as a plain str that JSON can carry."""
    return str.__str__(value)[:TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8")
