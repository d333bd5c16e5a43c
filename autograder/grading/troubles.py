"""Why a case did not come to its end: what the guest says of it, or how its process ended, in words."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.assignments.rubric import Limits
from autograder.guest.agreed import ALL_THREADS, THREADS
from autograder.sandbox.conversation import Ended

from .report import Status
from .wording import REFUSED_CALL

#: How a guest may say that a case ended, and the status that it means.
OUTCOMES: Mapping[str, Status] = {
    "not_implemented": "not_implemented",
    "bad_output": "bad_output",
    "wrong": "failed",
    "passed_on": "not_implemented",
    "missing": "missing",
    "forbidden": "forbidden",
    "forbidden_call": "forbidden",
    "memory": "memory",
    "limit": "limit",
    "overtime": "timeout",
    "exited": "error",
    "raised": "error",
}


#: What the first argument of a method is called.
SELF = (["self"], ["cls"])

#: Limits where nobody set others; messages say their values.
STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a case did not come to its end, as far as the guest can be asked: texts, never a score.

    Attributes
    ----------
    status, message
        What it counts as, in words that are the same on every machine.
    exception
        The raw text of what was raised; empty where nothing was.
    frames
        Where in the submission, outermost first: file, line, function, text.
    syntax
        File, line, column and text of a syntax error.
    received
        It is about None, a tuple or a list where an array is due: something else may have given that.
    """

    status: Status
    message: str
    exception: str = ""
    frames: tuple[Mapping[str, Any], ...] = ()
    syntax: Mapping[str, Any] | None = None
    received: bool = False


#: An import by a path from the file itself, which modules that are no package's cannot do.
RELATIVE = re.compile(r"from \.+(\w[\w.]{0,80}) import\b")
#: What is said of `sys.exit()`, `exit()` and their like.
ENDING = "which ends the program: take that line out"
#: What an exception speaks of that was given no array.
NO_ARRAY = re.compile(r"'?(NoneType|tuple|list)\b'?")


def told(fields: Mapping[str, Any], limits: Limits) -> Trouble:
    """What the guest says went wrong. All of it is hearsay: types are checked, texts are only shown."""
    outcome = fields.get("outcome")
    status = OUTCOMES.get(outcome, "bad_output") if isinstance(outcome, str) else "bad_output"
    kind, text = said(fields.get("type")), said(fields.get("message"))
    frames = tuple(_frames(fields.get("frames")))
    callee, remark = _callee(fields.get("called"))
    frames = (*frames, *callee)
    syntax = fields.get("syntax") if isinstance(fields.get("syntax"), dict) else None
    syntax = dict(next(_frames([{**syntax, "function": ""}]), {})) if syntax else None
    where = f" at {frames[-1]['file']}:{frames[-1]['line']}" if frames else ""
    if syntax is not None:
        place = f"{syntax['file']}:{syntax['line']}"
        message = f"{kind} at {place}" if syntax["line"] else f"{kind} in {syntax['file']}: save it as text in UTF-8"
    elif status == "limit":
        message = f"{over(said(fields.get('limit')), limits)}{where}"
    elif outcome == "forbidden_call":
        message = f"{REFUSED_CALL} (files, network, other processes){where}"
    else:
        message = _words(status, kind, text, where, limits)
    if outcome == "exited" and frames:
        message += f", {ENDING}"
    if kind == "ImportError" and frames and (found := RELATIVE.match(frames[-1]["text"])):
        message += f"; write `from {found[1]} import …`"
    message += remark
    received = outcome == "passed_on" or (outcome == "raised" and NO_ARRAY.search(text) is not None)
    raised = f"{kind}: {text}" if kind else ""
    return Trouble(status, message, raised, frames, syntax, received)


def _callee(value: Any) -> tuple[tuple[Mapping[str, Any], ...], str]:
    """A function that was given more than it takes: its place where that is at fault, and what is said of it."""
    if not isinstance(value, dict) or not isinstance(value.get("takes"), list):
        return (), ""
    frame, takes = next(_frames([value])), [said(name) for name in value["takes"][:20]]
    if "." in frame["function"] and value.get("one_more") is True and takes[:1] not in SELF:
        return (frame,), f"; is `self` missing in `{frame['function']}`?"
    return (), f"; `{frame['function']}({', '.join(takes)})` stands at {frame['file']}:{frame['line']}"


def _words(status: Status, kind: str, text: str, where: str, limits: Limits) -> str:
    """A message without what interpreters word differently."""
    if kind == "PassedOn":
        return text
    if status == "not_implemented":
        return f"not implemented yet{where}"
    if status in ("missing", "failed", "bad_output", "forbidden"):
        return text
    if status == "timeout":
        return f"more than {limits.cpu_seconds} s of computing time{where}; {ADVICE['cpu']}"
    if status == "memory":
        return f"more than {limits.memory_mb} MB of memory{where}; {ADVICE['memory']}"
    return f"{kind or 'an exception'}{where or NOWHERE}"


#: Said of an error that an exercise met outside of the submission: in how it calls, or with what it was given.
NOWHERE = ", and no line of the submission is in its traceback"

#: What to do about each limit.
ADVICE: Mapping[str, str] = {
    "memory": "build no arrays larger than the result needs, and keep none that is not needed again",
    "disk": "the homework needs no files: write none, or less",
    "file": "the homework needs no files: write none, or less",
    "open_files": "close what you open, best with `with`",
    "processes": "compute in this process, without subprocess, multiprocessing or fork",
    "threads": "compute without threads",
    "cpu": "look for loops that never end, and for loops over entries that NumPy can do at once",
}


def over(limit: str, limits: Limits) -> str:
    """A limit that was hit: its value, and what to do."""
    what = {
        "disk": f"more than {limits.disk_mb} MB of files",
        "file": f"a file of more than {limits.disk_mb} MB",
        "open_files": f"more than {limits.open_files} open files",
        "processes": "a new process (none is allowed)",
        "threads": f"more threads than the limit ({THREADS}, or {ALL_THREADS} of all sections, as they can be counted)",
    }
    return f"{what[limit]}; {ADVICE[limit]}" if limit in what else "a limit was hit"


def said(value: Any) -> str:
    return value[:2000] if isinstance(value, str) else ""


def _frames(value: Any) -> Iterator[Mapping[str, Any]]:
    for entry in value[:20] if isinstance(value, list) else []:
        if isinstance(entry, dict):
            numbers = {name: entry[name] for name in ("line", "column") if type(entry.get(name)) is int}
            texts = {name: said(entry.get(name)) for name in ("file", "function", "text")}
            yield {"line": 0, **texts, **numbers}


def ending(ended: Ended, limits: Limits) -> Trouble:
    """How a process ended that should still have answered."""
    slow = f"; {ADVICE['cpu']}"
    if ended.refused:
        return Trouble("bad_output", f"what came back could not be read: {ended.refused}")
    if ended.full:
        return Trouble("limit", over("disk", limits))
    if ended.overdue:
        return Trouble("timeout", f"no result after {limits.wall_seconds} s{slow}")
    if ended.silent:
        return Trouble("crashed", "the code cut the connection to the grader and went on")
    if ended.exit is None:
        return Trouble("crashed", "the section ended together with the process that it runs in")
    if ended.exit >= 0:
        return Trouble("crashed", f"the code ended the process (exit status {ended.exit})")
    name = _signal(-ended.exit)
    overtime = name == "SIGKILL" and ended.cpu_seconds >= limits.cpu_seconds - 0.5
    if name == "SIGXCPU" or overtime:
        return Trouble("timeout", f"more than {limits.cpu_seconds} s of computing time{slow}")
    if name == "SIGKILL":
        advice = ADVICE["memory"]
        return Trouble("memory", f"ended by the system for memory (limit {limits.memory_mb} MB); {advice}")
    if name == "SIGXFSZ":
        return Trouble("limit", over("file", limits))
    return Trouble("crashed", f"the process crashed ({name})")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
