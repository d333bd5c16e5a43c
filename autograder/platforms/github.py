"""GitHub Actions and GitHub Classroom: step summary, outputs, annotations, notices, the reporter's payload.

A line of a log that begins with `::` is a command to the runner, so nothing that a submission wrote may
begin a line: values are escaped, and whatever it printed stands between `::stop-commands::` and an end
mark that it cannot know.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.grading.report import Report, SectionReport, number
from autograder.reports import audience, words
from autograder.reports.context import Context
from autograder.reports.text import shown

from . import junit, markdown

#: GitHub shows ten errors of a step; more only cost room.
ANNOTATIONS = 10


def render(report: Report, context: Context) -> str:
    """The step summary (for `$GITHUB_STEP_SUMMARY`)."""
    return markdown.render(report, context)


def outputs(values: Mapping[str, str]) -> str:
    """Lines for `$GITHUB_OUTPUT`: each value in a heredoc whose end nobody can guess."""
    pieces = []
    for name, value in values.items():
        end = f"end_{secrets.token_hex(16)}"
        pieces.append(f"{name}<<{end}\n{value}\n{end}\n")
    return "".join(pieces)


def values(report: Report, context: Context) -> dict[str, str]:
    """The step's outputs: totals under plain names, and the payload for the Classroom's reporter."""
    seen = audience.for_students(report, context)
    found = {"result": reporter(report, context)}
    for group, total in seen.totals.items() if audience.complete(seen) else ():
        found |= {f"points_{group}": words.points(total.points), f"max_{group}": words.points(total.max)}
    return found


def quoted(text: str) -> str:
    """A line of a step summary that means nothing but itself."""
    return markdown.plain(text)


def data(text: str) -> str:
    """The text of a command, in the runner's escapes."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: str) -> str:
    """The value of a command's property, in the runner's escapes."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def command(name: str, text: str, **properties: str | int) -> str:
    """One command to the runner, in one line."""
    inside = ",".join(f"{key}={value(str(of))}" for key, of in properties.items())
    return f"::{name} {inside}::{data(text)}" if inside else f"::{name}::{data(text)}"


def marks(report: Report, context: Context) -> Iterator[str]:
    """An error at file and line for each section that failed by itself, the first ten."""
    seen = audience.for_students(report, context)
    broken = [s for s in seen.sections if s.points is not None and s.status not in ("passed", "not_implemented")]
    causes = [section for section in broken if section.root_cause is None]
    for section in causes[:ANNOTATIONS]:
        file, line = place(seen, section, context)
        where: dict[str, str | int] = {"file": file, "line": line} if file else {}
        text = "\n".join(words.details(section)) or words.outcome(section)
        yield command("error", text, **where, title=f"{section.key}: {words.outcome(section)}")


def place(report: Report, section: SectionReport, context: Context) -> tuple[str, int]:
    """Where a failure is: the last line of the submission that the exception went through, else the definition.

    The file is one of those where the rubric expects the section's code: a submission has no say in it.
    """
    expected = context.files.get(section.key, ())
    frames = report.facts(section.key).get("traceback", ())
    known = {file for files in context.files.values() for file in files}
    for frame in reversed(list(frames)):
        if frame.get("file") in known and isinstance(frame.get("line"), int):
            return _in_repository(str(frame["file"]), context), max(1, frame["line"])
    return (_in_repository(expected[0], context), _definition(section, expected[0], context)) if expected else ("", 1)


def _definition(section: SectionReport, file: str, context: Context) -> int:
    """The line of a file where the class or function is defined that the first failing case begins with; else 1."""
    case = next((check.case for check in section.checks if check.status != "passed" and check.case), "")
    name = re.match(r"\w+", case)
    source = context.sources.get(file, b"")
    found = re.search(rf"^(class|def)[ \t]+{name[0]}\b".encode(), source, re.MULTILINE) if name else None
    return source.count(b"\n", 0, found.start()) + 1 if found else 1


def _in_repository(file: str, context: Context) -> str:
    return f"{context.root}/{file}" if context.root else file


def printed(report: Report, context: Context) -> Iterator[str]:
    """What the submission printed, as lines that the runner takes for text whatever they say."""
    seen = audience.for_students(report, context)
    texts = [(section.key, words.printed(seen, section)) for section in seen.sections]
    if not any(text for _, text in texts):
        return
    end = secrets.token_hex(32)
    yield "::group::What the submission printed"
    yield f"::stop-commands::{end}"
    for key, text in texts:
        if text:
            yield f"[{key}]"
            # Besides, no line begins with a colon, for runners that read the log again.
            yield from (f"  {line}" for line in shown(text, 8000, lines=True).splitlines())
    yield f"::{end}::"
    yield "::endgroup::"


def classroom_notices(report: Report, context: Context) -> Iterator[str]:
    """The two notices by which GitHub Classroom learns the points; none where something could not be graded."""
    seen = audience.for_students(report, context)
    if not audience.complete(seen) or "main" not in seen.totals:
        return
    main = seen.totals["main"]
    yield command("notice", f"Points {words.total(main)}", title="Autograding complete")
    body = {"totalPoints": number(main.points), "maxPoints": number(main.max)}
    yield command("notice", json.dumps(body, separators=(",", ":")), title="Autograding report")


def reporter(report: Report, context: Context) -> str:
    """The payload of the Classroom's reporter action, for a step output named `result`."""
    seen = audience.for_students(report, context)
    if not audience.complete(seen):
        body: dict[str, Any] = {"version": 3, "status": "error", "max_score": 0, "tests": []}
    else:
        failed = any(s.status != "passed" for s in seen.sections if s.group == "main")
        most = [total.max for group, total in seen.totals.items() if group == "main"]
        body = {
            "version": 3,
            "status": "fail" if failed else "pass",
            "max_score": number(most[0]) if most else 0,
            "tests": [_test(seen, section, context) for section in seen.sections if section.points is not None],
        }
    return base64.b64encode(json.dumps(body, allow_nan=False).encode()).decode("ascii")


def _test(report: Report, section: SectionReport, context: Context) -> dict[str, Any]:
    file, line = place(report, section, context)
    status = "pass" if section.status == "passed" else "error" if section.status in junit.ERRORS else "fail"
    return {
        "name": section.key,
        "status": status,
        "message": "\n".join(words.details(section)),
        "test_code": "",
        "task_id": 0,
        "filename": file,
        "line_no": line,
        "duration": round(words.seconds(report, section) * 1000),
        "score": number(section.points) if section.points is not None else 0,
    }
