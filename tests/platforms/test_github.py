"""GitHub: what its runner would make of each line."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from autograder.assignments import registry
from autograder.grading.report import Check
from autograder.platforms import github

NODE_MODULES = registry.PROJECT / ".venv" / "node" / "node_modules"

#: GitHub's own library: what its actions write to the log, and to the file of outputs.
THEIRS = """
const { issueCommand } = require("@actions/core/lib/command");
const { prepareKeyValueMessage } = require("@actions/core/lib/file-command");
for (const [name, properties, text] of JSON.parse(process.argv[1])) issueCommand(name, properties, text);
console.log(JSON.stringify(JSON.parse(process.argv[2]).map(([key, value]) => prepareKeyValueMessage(key, value))));
"""

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


def test_without_a_traceback_annotations_point_at_the_definition(make_report, context):
    check = Check("Z", "course", "failed", "MaxPool2d(kernel=2, stride=2) on (1, 1, 4, 4)", "wrong")
    report = make_report({"MaxPool2d": {"status": "failed", "checks": (check,)}})
    for source, line in (
        (b"# class MaxPool2d\nclass MaxPool2d_stride1:\n    pass\n\n\nclass MaxPool2d():\n    pass\n", 6),
        (b"MaxPool2d = None\n", 1),
        (b"", 1),
    ):
        (command,) = github.marks(report, replace(context, sources={"mytorch/pool.py": source}))
        assert f"file=handout/hw2p1/mytorch/pool.py,line={line}," in command


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


TEXTS = ["plain", "100%: a,b\r\n%0A::error::x", "\n::set-output name=x::y\n", "a:b,c=d", "\u00fc \u2713", "%25", ""]


def test_commands_and_outputs_are_those_of_githubs_own_library():
    node = shutil.which("node")
    if node is None or not (NODE_MODULES / "@actions/core").is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("@actions/core is not installed: npm install --prefix .venv/node @actions/core@1.11.1")
        pytest.skip("@actions/core is not installed")
    asked = [["error", {"file": f"x/{text}.py", "line": "3", "title": text}, text] for text in TEXTS]
    values = [["result", text] for text in TEXTS]
    done = subprocess.run(
        [node, "-e", THEIRS, json.dumps(asked), json.dumps(values)],
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *commands, outputs = done.stdout.rstrip("\n").split("\n")
    # They leave out properties that are empty.
    ours = [
        github.command(name, text, **{key: value for key, value in properties.items() if value})
        for name, properties, text in asked
    ]
    assert commands == ours

    def nameless(text):
        """With the end mark, which is drawn, as a fixed word."""
        mark = re.match(r"result<<(\S+)\n", text)[1]
        return text.replace(mark, "END").rstrip("\n")

    assert list(map(nameless, json.loads(outputs))) == [nameless(github.outputs({key: of})) for key, of in values]
