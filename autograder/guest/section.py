"""One section, in a process of its own: take the submission in, lock down, put case after case through it.

What happens here is decided by the student's code as much as by ours, so nothing that leaves this process
is believed: the host only ever looks at arrays and shows texts.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from . import wire
from .held import BOUNDS, Held, TooLarge
from .imports import Policy
from .lockdown import Fence
from .lookup import Missing, Submission, misnamed
from .overtime import Overtime
from .signatures import called
from .standins import ForbiddenUse, NoSuchModule
from .task import NotApplicable, Task
from .values import BadOutput, NotImplementedYet, PassedOn, WrongValue

#: What a section says first.
READY = wire.encoded(wire.Frame("ready"))
TEXT_LIMIT = 2000
FRAMES_LIMIT = 12

#: Which limit an error of the system tells of.
LIMITS = {
    errno.EFBIG: "file",
    errno.ENOSPC: "disk",
    errno.EDQUOT: "disk",
    errno.EMFILE: "open_files",
    errno.ENFILE: "open_files",
}
#: How Python says that None was to be taken apart into several things.
NONE_APART = "cannot unpack non-iterable NoneType object"
STARTS = re.compile(r"fork|spawn|exec|system|popen", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to receive bytes and to send them."""

    receive: Callable[[int], bytes]
    send: Callable[[bytes], object]

    def read(self) -> wire.Frame | None:
        """The next frame from the host."""
        return wire.read(self.receive, BOUNDS)

    def write(self, frame: wire.Frame) -> None:
        """Send a frame, at once: each piece alone would wake the host."""
        self.send(wire.encoded(frame))


def run(request: Mapping[str, Any], fence: Fence, channel: Channel, held: Held, exercises: Mapping[str, Any]) -> None:
    """Lock down, take the submission in, serve; say so where we could not."""
    try:
        limits = request["limits"]
        if (name := request["exercise"]) not in exercises:  # ours, and said while nothing of the submission has run
            raise LookupError(f"the assignment's exercises have no {name!r} in EXERCISES")
        submission, policy = held.prepare(request["folder"])
        root = submission.root
        fence.make_room(root, limits)
        held.stage(root, limits["disk_mb"] << 20)
        os.environ["TMPDIR"] = str(root)
        fence.close(root, limits, request.get("mapped"))
    except TooLarge:
        channel.write(wire.Frame("broken", {"too_large": True}))
        return
    except Exception as error:
        channel.write(wire.Frame("broken", described(error, Path("/"))))
        return
    channel.send(READY)
    policy.begin()
    submission.listen()
    serve(channel, submission, policy, exercises[name])


def serve(channel: Channel, submission: Submission, policy: Policy, exercise: Callable[[Task], None]) -> None:
    """Answer each case of the section until the host closes the channel."""
    overtime = Overtime()
    while (case := channel.read()) is not None:
        try:
            channel.write(settled(exercise, case, submission, policy, overtime, channel))
        except MemoryError:  # the submission holds on to so much that its answer cannot be put together
            channel.write(wire.Frame("answer", {"outcome": "memory"}))


def settled(
    exercise: Callable[[Task], None],
    case: wire.Frame,
    submission: Submission,
    policy: Policy,
    overtime: Overtime | None = None,
    channel: Channel | None = None,
) -> wire.Frame:
    """One case's answer; where the submission has another way than one that it may not take, the answer of that.

    Its modules are imported anew for it. Where the other way does not come through either, what was used is told.
    """
    first = answer(exercise, case, submission, policy, overtime=overtime, channel=channel)
    if not policy.other_way():
        return first
    submission.forget()
    second = answer(exercise, case, submission, policy, overtime=overtime, channel=channel)
    opened = sorted({*first.fields["opened"], *second.fields["opened"]})
    if second.fields["outcome"] == "done":
        return replace(second, fields={**second.fields, "opened": opened})
    policy.way_back()
    submission.forget()
    return replace(first, fields={**first.fields, "opened": opened})


def answer(
    exercise: Callable[[Task], None],
    case: wire.Frame,
    submission: Submission,
    policy: Policy,
    met: Callable[[BaseException], None] = lambda error: None,
    *,
    overtime: Overtime | None = None,
    channel: Channel | None = None,
) -> wire.Frame:
    """One case put through the submission, as a frame with its outputs and how it ended.

    Parameters
    ----------
    met
        Called with what ends the case before its time; what it raises leaves everything.
    overtime, channel
        Where the case is when the computing time is over, the one has the other say.
    """
    random.seed(0)
    np.random.seed(case.fields["random"])
    task = Task(case.fields["params"], case.arrays, submission)
    fields: dict[str, Any] = {"outcome": "done"}

    def tell(frame: FrameType | None) -> None:
        stack = [*traceback.walk_stack(frame)][::-1]
        fields = {"outcome": "overtime", "frames": frames_of(stack, submission.root)}
        if channel is not None:
            channel.write(wire.Frame("answer", fields | seen(task, submission, policy), task.outputs))

    try:
        if overtime is not None:
            overtime.tell = tell
        exercise(task)
        if policy.used is not None:
            raise policy.kind(policy.used)
    except BaseException as error:
        met(error)
        fields = described(policy.told(error), submission.root)
    if overtime is not None:
        overtime.tell = None
    with contextlib.suppress(Exception):
        sys.stdout.flush()  # what was printed so far is seen even where the next case ends the process
    return wire.Frame("answer", fields | seen(task, submission, policy), task.outputs)


def seen(task: Task, submission: Submission, policy: Policy) -> dict[str, Any]:
    """What was seen of a case besides how it ended."""
    return {
        "output": task.current,
        "texts": task.texts,
        "changed": [f"{output}|{name}" for name, output in task.changed_inputs().items()],
        "found": [cut(name) for name in dict.fromkeys(task.found)][:20],
        "shared": sorted(set(task.shared))[:20],
        "opened": submission.read(),
        "notes": [cut(note) for note in [*policy.notes, *submission.notes, *task.notes][:20]],
    }


def described(error: BaseException, root: Path) -> dict[str, Any]:
    """An exception as data: which outcome it is, its text, and where in the submission it was raised."""
    frames = own_frames(error.__traceback__, root)
    limit = limit_hit(error, frames)
    message = text(error)
    return {
        "outcome": "limit" if limit else outcome(error, frames),
        "limit": limit,
        "type": cut(type(error).__name__),
        "message": cut(message + misnamed(error, message)),
        "frames": frames,
        "called": called(error, message, root),
        "syntax": syntax(error, root),
    }


def outcome(error: BaseException, frames: list[dict[str, Any]]) -> str:
    """Which outcome an exception stands for."""
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (NotImplementedYet, "not_implemented"),
        (NotImplementedError, "not_implemented"),
        (PassedOn, "passed_on"),
        (BadOutput, "bad_output"),
        (WrongValue, "wrong"),
        (NotApplicable, "not_applicable"),
        (Missing, "missing"),
        (NoSuchModule, "missing"),
        (ForbiddenUse, "forbidden"),
        (MemoryError, "memory"),
        (SystemExit, "exited"),
    )
    # The sandbox's filter: refused on purpose, or not there at all.
    if isinstance(error, OSError) and error.errno in (errno.EPERM, errno.ENOSYS):
        return "forbidden_call"
    for kind, name in kinds:
        if isinstance(error, kind):
            return name
    raised = frames[-1]["text"] if frames else ""
    # `raise NotImplemented` and calling it are TypeErrors that mean 'not implemented'.
    if isinstance(error, TypeError) and raised.startswith("raise NotImplemented"):
        return "not_implemented"
    # In no line of the submission's: it gave the exercise None where that takes several results.
    if isinstance(error, TypeError) and not frames and text(error) == NONE_APART:
        return "not_implemented"
    return "raised"


def limit_hit(error: BaseException, frames: list[dict[str, Any]]) -> str:
    """Which limit an exception tells of, where it does."""
    if isinstance(error, OSError):
        if error.errno in (errno.EPERM, errno.EAGAIN, errno.ENOSYS) and starts_process(error, frames):
            return "processes"
        return LIMITS.get(error.errno or 0, "")
    return "threads" if isinstance(error, RuntimeError) and "can't start new thread" in text(error) else ""


def starts_process(error: OSError, frames: list[dict[str, Any]]) -> bool:
    """Whether what was refused was a new process, by where it was refused."""
    modules = {frame.filename.replace(os.sep, "/") for frame in extracted(error.__traceback__)}
    if any(name.endswith("/subprocess.py") or "/multiprocessing/" in name for name in modules):
        return True
    return bool(frames) and STARTS.search(frames[-1]["text"]) is not None


def extracted(trace: TracebackType | None) -> traceback.StackSummary:
    """All frames of an exception: a submission may have set `sys.tracebacklimit`."""
    return traceback.extract_tb(trace, sys.maxsize)


def own_frames(trace: TracebackType | None, root: Path) -> list[dict[str, Any]]:
    """The frames of an exception in the submission's own files, outermost first; the grader's are cut away."""
    return frames_of([*traceback.walk_tb(trace)], root)


def frames_of(stack: Sequence[tuple[FrameType, int]], root: Path) -> list[dict[str, Any]]:
    """The same of frames with the lines that they are at."""
    prefix = f"{root}{os.sep}"
    codes = [frame.f_code for frame, _ in stack]
    summary = traceback.StackSummary.extract(iter(stack), limit=sys.maxsize)
    found = [
        {
            "file": cut(frame.filename[len(prefix) :]),
            "line": frame.lineno or 0,
            "function": cut(code.co_qualname),
            "text": cut(frame.line or ""),
        }
        for frame, code in zip(summary, codes, strict=True)
        if frame.filename.startswith(prefix)
    ]
    return found if len(found) <= FRAMES_LIMIT else [*found[:2], *found[2 - FRAMES_LIMIT :]]


def syntax(error: BaseException, root: Path) -> dict[str, Any] | None:
    """Where a file cannot be parsed, with the line's text and the caret's column."""
    if not isinstance(error, SyntaxError):
        return None
    return {
        "file": cut(str(error.filename or unreadable(root)).removeprefix(f"{root}{os.sep}")),
        "line": error.lineno or 0,
        "column": error.offset or 0,
        "text": cut((error.text or "").rstrip("\n")),
    }


def unreadable(root: Path) -> str:
    """The first file that is no text: of one with null bytes Python does not say which it is."""
    try:
        return next((str(path) for path in sorted(root.rglob("*.py")) if b"\0" in path.read_bytes()), "")
    except OSError:
        return ""


def text(error: BaseException) -> str:
    """The message of an exception, even of one whose `__str__` misbehaves."""
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:
        return "(its text cannot be shown)"


def cut(value: str) -> str:
    """A text of bounded length, as a plain str that JSON can carry."""
    return str.__str__(value)[:TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8")
