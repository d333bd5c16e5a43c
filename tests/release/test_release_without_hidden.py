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
from autograder.assignments.rubric_files import load
from autograder.errors import UsageError
from autograder.release import contents, updating

ASSIGNMENT = registry.find("hw2p1")
FOLDER = "autograder/assignments/hw2p1"

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


@pytest.mark.parametrize(
    "text",
    [
        '[sections]\n"Conv1d" = { points = 5, cases = { "*stride=2*" = "hidden" } }\n',
        '[sections."Conv1d"]\npoints = 5\ncases."*stride=2*" = "hidden"\n',
        '[ "sections" . "Conv1d" ]\npoints = 5\n[ "sections" . "Conv1d" . "cases" ]\n"*stride=2*" = "hidden"\n',
    ],
)
def test_hidden_cases_are_left_out_however_they_are_written(text, tmp_path):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(text)
    made = contents.students(ASSIGNMENT, registry.PROJECT, None, overlay).files[f"{FOLDER}/overlay.toml"]
    assert tomllib.loads(made.decode()) == {"sections": {"Conv1d": {"points": 5}}}


@pytest.mark.parametrize("command", ["release", "package autolab", "sections", "batch", "grade"])
def test_nothing_is_given_out_where_what_should_be_hidden_has_another_name(command, tmp_path, run):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[sections."Conv2d".cases]\n"*strid=3*" = "hidden"\n')
    out = {"sections": (), "batch": (ASSIGNMENT.handout, "--gradebook", tmp_path / "out"), "grade": ()}
    done = run(registry.PROJECT, *command.split(), *out.get(command, (tmp_path / "out",)), "--overlay", overlay)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert "overlay.toml:2: section 'Conv2d': no case is called '*strid=3*'" in done.stderr
    assert command == "batch" or not (tmp_path / "out").exists()


HIDDEN = """
title = "Homework"
[sections."MaxPool2d"]
visibility = "hidden"  # MaxPool2d comes in the exam
[sections."Conv1d_stride1"]
visibility = "after_due_date"
[sections."Conv1d"]
points = 7.5
"""


def test_what_an_overlay_hides_is_nowhere_in_the_students_repository(tmp_path, run):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(HIDDEN)
    release = contents.students(ASSIGNMENT, registry.PROJECT, None, overlay)
    assert tomllib.loads(release.files[f"{FOLDER}/overlay.toml"].decode()) == {
        "title": "Homework", "sections": {"Conv1d": {"points": 7.5}}
    }  # fmt: skip
    rubric = tomllib.loads(release.files[f"{FOLDER}/rubric.toml"].decode())
    index = json.loads(release.files[f"{FOLDER}/practice.json"])["sections"]
    for sections in (
        [section["id"] for section in rubric["section"]],
        [need for section in rubric["section"] for need in section.get("needs", ())],
        index,
        json.loads(release.files[f"{FOLDER}/cases.json"])["sections"],
        predictions.entries(release.files[f"{FOLDER}/{predictions.FILE}"].decode()),
        json.loads(release.files[f"{FOLDER}/ladder.json"])["sections"],
    ):
        assert not {"maxpool2d", "conv1d_stride1"} & {*sections}
        assert "conv1d" in sections
    for name in ("rubric.toml", "overlay.toml", "practice.json", "cases.json"):
        assert not re.search(rb"MaxPool2d(?!_stride1|\()|maxpool2d\b(?!_stride1)", release.files[f"{FOLDER}/{name}"])
    list(updating.write(release, tmp_path / "out"))
    done = run(tmp_path / "out", "--format", "json", "--output", "all.json")
    assert done.returncode == 0, done.stderr
    body = json.loads((tmp_path / "out" / "all.json").read_text())
    assert body["totals"]["main"]["max"] == 87.5
    listed = run(tmp_path / "out", "-q", "--collect-only", "-p", "no:cacheprovider", runner="-mpytest").stdout
    table = run(tmp_path / "out", "sections").stdout
    assert "Total: main 87.5, bonus 15" in table
    assert "Conv1d" in listed
    asked = run(tmp_path / "out", "--only", "MaxPool2d").stderr
    assert "no section 'MaxPool2d'" in asked
    asked = asked.replace("no section 'MaxPool2d'", "")
    for text in (done.stdout, json.dumps(body), (tmp_path / "out" / "scores.json").read_text(), listed, table, asked):
        assert not re.search(r"MaxPool2d(?!_stride1|\()|Conv1d_stride1", text)


def test_what_the_rubric_hides_is_left_out_in_all_of_its_editions(tmp_path, monkeypatch):
    folder = tmp_path / "hw2p1"
    shutil.copytree(ASSIGNMENT.folder, folder)
    text = (folder / "rubric.toml").read_text()
    (folder / "rubric.toml").write_text(
        text.replace('id = "scan_distributed"\n', 'id = "scan_distributed"\nvisibility = "hidden"\n')
    )
    monkeypatch.setattr(registry.Assignment, "folder", property(lambda _: folder))
    made = contents.students(ASSIGNMENT, registry.PROJECT).files[f"{FOLDER}/rubric.toml"]
    assert b"scan_distributed" not in made
    (tmp_path / "rubric.toml").write_bytes(made)
    for edition in ASSIGNMENT.editions():
        load(tmp_path / "rubric.toml", edition)


def test_a_release_without_a_section_is_refused(tmp_path):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text("".join(f'[sections."{s.key}"]\nvisibility = "hidden"\n' for s in ASSIGNMENT.rubric().sections))
    with pytest.raises(UsageError, match="all sections are hidden"):
        contents.students(ASSIGNMENT, registry.PROJECT, None, overlay)


@pytest.mark.parametrize(
    "more",
    [(), ("--fail-under", "50"), ("--format", "gradescope", "--output", "x"), ("--debug",)],
)
def test_a_hidden_section_asked_for_in_a_students_copy_is_said_to_be_hidden(more, solved, run):
    (solved / "autograder/assignments/hw2p1/overlay.toml").write_text('[sections."Conv1d"]\nvisibility = "hidden"\n')
    done = run(solved, "grade", "--only", "Conv1d", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: hidden here: Conv1d\n  the course checks it from what you hand in\n"
