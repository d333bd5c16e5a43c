"""Hidden sections and cases: not in the students' repository, in no byte of it."""

from __future__ import annotations

import io
import json
import re
import shutil
import tomllib

import numpy as np
import pytest

from autograder.assignments import registry
from autograder.assignments.misconceptions import predictions
from autograder.assignments.practice import NOT_HERE
from autograder.errors import UsageError
from autograder.release import contents, updating

ASSIGNMENT = registry.find("hw2p1")

HIDING = """
[sections."MaxPool2d"]
points = 5  # stays
cases = { "*kernel=2*" = "hidden" }

[sections."Conv1d".cases]
"*stride=3*" = "hidden"
"*stride=2*" = "after_due_date"

[sections."Upsampling1d".cases]
"*" = "hidden"
"""


def test_hidden_cases_are_nowhere_in_the_students_repository(tmp_path, run):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(HIDING)
    release = contents.students(ASSIGNMENT, registry.PROJECT, None, overlay)
    folder = "autograder/assignments/hw2p1"
    index = json.loads(release.files[f"{folder}/practice.json"])
    whole = json.loads((ASSIGNMENT.folder / "practice.json").read_text("utf-8"))["sections"]
    assert index["withheld"] == ["conv1d", "maxpool2d"] and index["sections"]["upsampling1d"] == NOT_HERE
    kept = {name for name in whole["conv1d"] if "stride=2" not in name and "stride=3" not in name}
    assert kept == set(index["sections"]["conv1d"]) and 0 < len(kept) < len(whole["conv1d"])
    # Every number is still the one of its own case, and none of the others is there.
    values = np.load(io.BytesIO(release.files[f"{folder}/practice.npy"]), allow_pickle=False)
    course = np.load(ASSIGNMENT.folder / "practice.npy", allow_pickle=False)
    for name in kept:
        start, _, _ = index["sections"]["conv1d"][name]["inputs"]["A"]
        assert values[start] == course[whole["conv1d"][name]["inputs"]["A"][0]]
    hidden = whole["conv1d"][next(name for name in whole["conv1d"] if "stride=3" in name)]
    assert course[hidden["expected"]["Z"][0]] not in values
    theirs = predictions.entries(release.files[f"{folder}/{predictions.FILE}"].decode())
    assert set(theirs["conv1d"]["cases"]) == kept
    # Not a byte tells that they exist: neither their names, nor what the tables that make them would show.
    rubric = ASSIGNMENT.rubric(None, overlay)
    unseen = [
        case.name
        for section in rubric.sections
        for case in ASSIGNMENT.cases(section, rubric, "full")
        if section.visibility_of_case(case.name) != "visible"
    ]
    assert len(unseen) > 20
    for path, content in release.files.items():
        assert not [name for name in unseen if name.encode() in content], path
    assert not [path for path in release.files if re.match(rf"{folder}/(cases\b(?!\.json)|choice|rungs)", path)]
    assert tomllib.loads(release.files[f"{folder}/overlay.toml"].decode()) == {"sections": {"MaxPool2d": {"points": 5}}}
    list(updating.write(release, tmp_path / "out"))
    shutil.copytree(ASSIGNMENT.reference, tmp_path / "out/handout/hw2p1", dirs_exist_ok=True)
    done = run(tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["scores"]["Conv1d"] == 5
    assert "Conv1d: the course checks more cases of it than are here" in done.stdout
    work = tmp_path / "out/handout/hw2p1/mytorch/Conv1d.py"
    work.write_text(
        work.read_text().replace("self.downsample1d.backward(dLdZ)", "self.downsample1d.backward(dLdZ) * 2")
    )
    done = run(tmp_path / "out", "--format", "json", "--output", "theirs.json")
    assert done.returncode == 0, done.stderr
    ours = run(
        registry.PROJECT, "grade", tmp_path / "out/handout/hw2p1", "--overlay", overlay, "--quiet",
        "--format", "json", "--output", tmp_path / "ours.json",
    )  # fmt: skip
    assert ours.returncode == 0, ours.stderr
    seen_there = seen(tmp_path / "out/theirs.json", ())
    assert seen(tmp_path / "ours.json", unseen) == seen_there
    assert '"failed"' in seen_there["Conv1d"] and '"id"' in seen_there["Conv1d"]  # with the wrong idea's name
    tests = run(tmp_path / "out", "-q", "-p", "no:cacheprovider", runner="-mpytest")
    assert re.search(r"[1-9] failed, \d+ passed, 6 skipped", tests.stdout), tests.stdout


def seen(path, hidden):
    """What fails in each section that both copies check, as it stands in a report, as far as students see it."""
    return {
        section["key"]: json.dumps(
            [check for check in section["checks"] if check["status"] != "passed" and check["case"] not in hidden]
        )
        for section in json.loads(path.read_text())["sections"]
        if not section["key"].startswith(("MCQ", "Upsampling1d"))
    }


def test_cases_that_cannot_be_left_out_stop_the_release(tmp_path):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[sections]\n"Conv1d" = { points = 5, cases = { "*" = "hidden" } }\n')
    with pytest.raises(UsageError, match="cannot be left out"):
        contents.students(ASSIGNMENT, registry.PROJECT, None, overlay)


@pytest.mark.parametrize("command", ["release", "package autolab", "sections", "batch", "grade"])
def test_nothing_is_given_out_where_what_should_be_hidden_has_another_name(command, tmp_path, run):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[sections."Conv2d".cases]\n"*strid=3*" = "hidden"\n')
    out = {"sections": (), "batch": (ASSIGNMENT.handout, "--gradebook", tmp_path / "out"), "grade": ()}
    done = run(registry.PROJECT, *command.split(), *out.get(command, (tmp_path / "out",)), "--overlay", overlay)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert "overlay.toml:2: section 'Conv2d': no case is called '*strid=3*'" in done.stderr
    assert command == "batch" or not (tmp_path / "out").exists()


def test_what_an_overlay_hides_is_nowhere_in_the_students_reports(tmp_path, run):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[sections."MaxPool2d"]\nvisibility = "hidden"\n[sections."Conv1d"]\npoints = 7.5\n')
    release = contents.students(ASSIGNMENT, registry.PROJECT, None, overlay)
    index = json.loads(release.files["autograder/assignments/hw2p1/practice.json"])["sections"]
    assert index["maxpool2d"] == NOT_HERE
    folder = "autograder/assignments/hw2p1"
    for sections in (
        predictions.entries(release.files[f"{folder}/{predictions.FILE}"].decode()),
        json.loads(release.files[f"{folder}/ladder.json"])["sections"],
    ):
        assert "maxpool2d" not in sections
        assert "conv1d" in sections
    list(updating.write(release, tmp_path / "out"))
    done = run(tmp_path / "out", "--format", "json", "--output", "all.json")
    assert done.returncode == 0, done.stderr
    body = json.loads((tmp_path / "out" / "all.json").read_text())
    assert body["totals"]["main"]["max"] == 97.5
    listed = run(tmp_path / "out", "-q", "--collect-only", "-p", "no:cacheprovider", runner="-mpytest").stdout
    assert "Conv1d" in listed
    for text in (done.stdout, json.dumps(body), (tmp_path / "out" / "scores.json").read_text(), listed):
        assert not re.search(r"MaxPool2d(?!_stride1|\()", text)


@pytest.mark.parametrize(
    "more", [(), ("--fail-under", "50"), ("--format", "gradescope", "--output", "x"), ("--only", "Conv2d"), ("--debug",)]
)
def test_a_hidden_section_asked_for_in_a_students_copy_is_said_to_be_hidden(more, solved, run):
    (solved / "autograder/assignments/hw2p1/overlay.toml").write_text('[sections."Conv1d"]\nvisibility = "hidden"\n')
    done = run(solved, "grade", "--only", "Conv1d", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: hidden here: Conv1d\n  the course checks it from what you hand in\n"
