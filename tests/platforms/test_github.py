"""GitHub: what its runner would make of each line."""

from __future__ import annotations

import base64
import json
import re

from autograder.platforms import github

COMMAND = re.compile(r"^\s*::([\w-]+)(?: ([^:]*))?::(.*)$")


def runner_commands(lines):
    """The commands that the runner obeys, in its own way: none while they are stopped."""
    found, stopped = [], None
    for line in "\n".join(lines).splitlines():
        if stopped is not None:
            stopped = None if line.strip() == f"::{stopped}::" else stopped
            continue
        if match := COMMAND.match(line):
            if match[1] == "stop-commands":
                stopped = match[3]
            found.append(match.groups())
    assert stopped is None
    return found


def unescape(text):
    return text.replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def test_annotations_point_at_files_of_the_rubric(make_report, context):
    frames = [{"file": "mytorch/ConvTranspose.py", "line": 37}, {"file": "mytorch/Conv1d.py", "line": 52}]
    frames.append({"file": "mytorch/evil.py,title=x", "line": 1})
    failed = {section.key: {"status": "failed"} for section in make_report().sections[5:]}
    failed["convTranspose1d"] = {"status": "error"}
    failed["Conv1d"] = {"status": "failed", "root_cause": "Conv1d_stride1"}
    report = make_report(failed, run={"sections": {"convTranspose1d": {"traceback": frames}}})
    commands = runner_commands(github.marks(report, context))
    assert {name for name, _, _ in commands} == {"error"}
    places = {re.search(r"file=([^,]*),line=(\d+)", of)[0] for _, of, _ in commands}
    assert all("evil" not in place for place in places)
    assert "file=handout/hw2p1/mytorch/Conv1d.py,line=52" in places
    assert len(commands) == 10


def test_nothing_a_submission_says_becomes_a_command(breaking_report, context):
    commands = runner_commands(github.marks(breaking_report, context))
    assert [name for name, _, _ in commands] == ["error"]
    assert "file=handout/hw2p1/mytorch/Conv1d.py,line=1" in commands[0][1]
    printed = list(github.printed(breaking_report, context))
    assert [name for name, _, _ in runner_commands(printed)] == ["group", "stop-commands", "endgroup"]
    assert any("::error::forged" in line for line in printed)


def test_every_end_mark_is_new(breaking_report, context):
    marks = {list(github.printed(breaking_report, context))[1] for _ in range(3)}
    assert len(marks) == 3


def test_escapes_come_back_as_they_were():
    text = "100%: a,b\r\n%0A::error::x"
    line = github.command("error", text, title=text)
    _, properties, data = COMMAND.match(line).groups()
    assert "\n" not in line
    assert unescape(data) == text
    assert unescape(properties.removeprefix("title=")) == text


def test_outputs_end_only_at_their_own_mark():
    forged = "x\nEOF\nscore=100\nother<<EOF\ny\nEOF"
    text = github.outputs({"a": forged, "b": "1"})
    lines = iter(text.splitlines())
    read = {}
    for line in lines:
        name, mark = line.split("<<")
        body = []
        while (inner := next(lines)) != mark:
            body.append(inner)
        read[name] = "\n".join(body)
    assert read == {"a": forged, "b": "1"}


def test_classroom_notices(make_report, context):
    report = make_report({"Downsampling1d": {"status": "failed"}, "Conv1d": {"status": "failed"}})
    notices = list(github.classroom_notices(report, context))
    assert notices == [
        "::notice title=Autograding complete::Points 92.5/100",
        '::notice title=Autograding report::{"totalPoints":92.5,"maxPoints":100}',
    ]


def test_no_notice_of_a_total_that_is_not_whole(mixed_report, context):
    assert list(github.classroom_notices(mixed_report, context)) == []
    payload = json.loads(base64.b64decode(github.reporter(mixed_report, context)))
    assert payload == {"version": 3, "status": "error", "max_score": 0, "tests": []}


def test_the_reporters_payload(breaking_report, context):
    payload = json.loads(base64.b64decode(github.reporter(breaking_report, context)))
    assert payload["version"] == 3
    assert payload["status"] == "fail"
    assert payload["max_score"] == 100
    wanted = {"name", "status", "message", "test_code", "task_id", "filename", "line_no", "duration", "score"}
    assert all(set(test) == wanted for test in payload["tests"])
    assert sum(test["score"] for test in payload["tests"]) == 110
    assert "../" not in json.dumps([test["filename"] for test in payload["tests"]])
