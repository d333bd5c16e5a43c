"""The document, the last line and files that are never half written."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from autograder.errors import HarnessError, UsageError
from autograder.grading.report import Report
from autograder.reports import jsonfile

Make = Callable[..., Report]


def test_the_document_is_deterministic_indented_and_ends_in_a_line(mixed_report: Report) -> None:
    text = jsonfile.dumps(mixed_report, run=False)
    assert text == jsonfile.dumps(mixed_report, run=False)
    assert text.startswith('{\n  "schema": "autograder/report/v1",\n')
    assert text.endswith("}\n")
    assert "run" not in json.loads(text)
    assert json.loads(jsonfile.dumps(mixed_report, run=True))["run"]["isolation"] == "bubblewrap"


def test_hostile_text_is_kept_but_inert(hostile_report: Report, hostile_text: str) -> None:
    text = jsonfile.dumps(hostile_report, run=True)
    assert all(c == "\n" or c.isprintable() for c in text)
    assert json.loads(text.encode("utf-8"))["notes"][0] == hostile_text.replace("\ud800", "\ufffd")
    assert "漢字" in text


def test_what_json_has_not_is_refused(make_report: Make) -> None:
    with pytest.raises(ValueError, match="JSON"):
        jsonfile.dumps(make_report(run={"cpu_seconds": float("nan")}), run=True)


def test_the_last_line_is_in_rubric_order_with_plain_numbers(make_report: Make) -> None:
    line = jsonfile.last_line(make_report({"MCQ 2": {"status": "failed"}}))
    assert line.startswith('{"scores": {"MCQ 1": 1, "MCQ 2": 0, "MCQ 3": 1, ')
    assert '"Downsampling1d": 2.5, ' in line
    assert line.endswith('"Dropout2d": 5, "BatchNorm2d": 5, "Resnet": 5}}')


def test_the_last_line_has_only_the_groups_keys(make_report: Make) -> None:
    assert jsonfile.last_line(make_report(), "bonus") == '{"scores": {"Dropout2d": 5, "BatchNorm2d": 5, "Resnet": 5}}'
    assert len(json.loads(jsonfile.last_line(make_report(), "main"))["scores"]) == 22


def test_what_was_not_graded_has_no_score(mixed_report: Report) -> None:
    assert set(json.loads(jsonfile.last_line(mixed_report, "bonus"))["scores"]) == {"Dropout2d", "Resnet"}


def test_the_last_line_survives_autolab(mixed_report: Report) -> None:
    line = jsonfile.last_line(mixed_report)
    assert json.loads(re.sub(r"(\w+):", r'"\1":', line)) == json.loads(line)


@pytest.mark.parametrize("key", ["Part 1: Conv", "a:b", "ü:"])
def test_a_key_that_autolab_would_tear_apart_is_our_fault(key: str, make_report: Make) -> None:
    with pytest.raises(HarnessError, match="Autolab"):
        jsonfile.last_line(make_report(sections=(replace(make_report().sections[0], key=key),)))


def test_points_are_exact(make_report: Make) -> None:
    line = jsonfile.last_line(make_report({"Conv1d": {"points": Decimal("0.001")}}))
    assert '"Conv1d": 0.001,' in line


def test_a_new_file_has_the_usual_mode_and_line_ends(tmp_path: Path) -> None:
    jsonfile.write_atomically(tmp_path / "new.json", "ü\n")
    (tmp_path / "usual").touch()
    assert (tmp_path / "new.json").read_bytes() == "ü\n".encode()
    assert (tmp_path / "new.json").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_old_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text("old")
    path.chmod(0o640)
    jsonfile.write_atomically(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failure_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scores.json"
    path.write_text("old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(UsageError, match="cannot be written: No space left"):
        jsonfile.write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to(real)
    jsonfile.write_atomically(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_device_is_written_to_not_replaced() -> None:
    jsonfile.write_atomically(Path(os.devnull), "text")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("name", ["", "absent/scores.json"])
def test_where_nothing_can_be_written_is_the_users_to_know(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        jsonfile.write_atomically(tmp_path / name, "text")
    assert list(tmp_path.iterdir()) == []
