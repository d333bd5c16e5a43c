"""Looking at files that change while they are looked at."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import helpers
import pytest

from autograder.grading.graded import Graded
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report, document
from autograder.grading.watch import moved, stamps, versions
from autograder.submissions import Submission


def test_folders_that_come_and_go_disturb_nothing(tmp_path: Path) -> None:
    (tmp_path / "stays.py").write_text("")
    over = threading.Event()

    def restless() -> None:
        while not over.is_set():
            (tmp_path / "a" / "b" / "c").mkdir(parents=True)
            (tmp_path / "a" / "b" / "c" / "late.py").write_text("")
            shutil.rmtree(tmp_path / "a")

    thread = threading.Thread(target=restless)
    thread.start()
    try:
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            assert str(tmp_path / "stays.py") in stamps(tmp_path)
    finally:
        over.set()
        thread.join()


def test_what_is_watched_is_python_notebooks_and_folders_with_links_not_followed(tmp_path: Path) -> None:
    for name in ("one.py", "two.ipynb", "three.txt", ".git/four.py", "__pycache__/five.py", "inside/six.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "dead.py").symlink_to(tmp_path / "nowhere")
    watched = {Path(name).relative_to(tmp_path).as_posix() for name, facts in stamps(tmp_path).items() if facts}
    assert watched == {".", "one.py", "two.ipynb", "inside", "inside/six.py", "round"}


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda folder: (folder / "one.py").write_text("longer"), True),
        (lambda folder: (folder / "one.py").unlink(), True),
        (lambda folder: (folder / "two.py").write_text(""), True),
        (lambda folder: (folder / "inside" / "two.py").write_text(""), True),
        (lambda folder: (folder / "new" / "deep").mkdir(parents=True), True),
        (lambda folder: (folder / "one.py").replace(folder / "inside" / "one.py"), True),
        (lambda folder: shutil.rmtree(folder), True),
        (lambda folder: (folder / "inside" / "notes.txt").write_text("other"), False),
    ],
    ids=["written", "gone", "new", "new further down", "new folders", "moved", "all gone", "no code"],
)
def test_a_change_is_seen_by_what_was_there_before(tmp_path: Path, change: Any, seen: bool) -> None:
    folder = tmp_path / "work"
    (folder / "inside").mkdir(parents=True)
    (folder / "one.py").write_text("")
    (folder / "inside" / "notes.txt").write_text("")
    before = stamps(folder)
    assert not moved(before)
    change(folder)
    assert moved(before) == seen


def test_what_is_saved_while_somebody_grades_is_graded_next(tmp_path: Path) -> None:
    file = tmp_path / "mytorch" / "pool.py"
    file.parent.mkdir()
    file.write_text("first = 1")
    every = versions(tmp_path, helpers.rubric())
    assert next(every).files["mytorch/pool.py"] == b"first = 1"
    seen = []
    for text in ("second = 2", "third = 3"):
        file.write_text(text)  # as while the version before is graded
        waiting = threading.Thread(target=lambda: seen.append(next(every)), daemon=True)
        waiting.start()
        waiting.join(10)
    assert [version.files["mytorch/pool.py"] for version in seen] == [b"second = 2", b"third = 3"]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """With points carried forward, so that they depend on what explains a failure."""
    rubric = helpers.rubric()
    rubric = replace(rubric, settings={**rubric.settings, "carry_forward": "half"})
    with Grader(helpers.ASSIGNMENT, rubric, Options(only=SECTIONS)) as grader:
        yield grader


SECTIONS = ("Downsampling1d", "Conv1d_stride1", "Conv1d", "MaxPool2d_stride1", "MeanPool2d", "Dropout2d")
REFERENCE = helpers.reference()
DOUBLED = helpers.patched(REFERENCE["mytorch/resampling.py"], "Downsample1d.forward", "return ", "return 2 * ")
WINDOWED = "def windows(A):\n    return A\n"
BORROWED = "from helping import windows as borrowed\n" + helpers.patched(
    REFERENCE["mytorch/pool.py"], "MeanPool2d.forward", "return ", "return borrowed(1.0) * "
)
BROKEN = "raise RuntimeError\n"
MOVED = REFERENCE["mytorch/dropout2d.py"]
#: What a section is about lies in another file than the rubric says; it has to be looked for.
WITH_DROPOUT = REFERENCE["mytorch/Conv1d.py"] + "\n\n" + MOVED


def versions_of(*changes: Mapping[str, str | None]) -> list[Submission]:
    """The reference, and one change after the other."""
    found, files = [helpers.submission_from({})], dict[str, str | None]()
    for change in changes:
        files |= change
        found.append(helpers.submission_from(files))
    return found


def seen(report: Report) -> dict[str, Any]:
    """What a report says that is the same whenever and wherever it is made, and its examples."""
    whole = document(report)
    run = whole.pop("run")
    return {**whole, "examples": {key: facts.get("example") for key, facts in run["sections"].items()}}


HISTORIES: Mapping[str, list[Mapping[str, str | None]]] = {
    "a mistake below others, which something else is saved beside": [
        {"mytorch/resampling.py": DOUBLED},
        {"mytorch/pool.py": REFERENCE["mytorch/pool.py"] + "#\n"},
        {"mytorch/resampling.py": REFERENCE["mytorch/resampling.py"]},
    ],
    "a module that another one imports without the rubric's knowing": [
        {"mytorch/helping.py": WINDOWED, "mytorch/pool.py": BORROWED},
        {"mytorch/helping.py": WINDOWED.replace("return A", "return -A")},
        {"mytorch/helping.py": BROKEN},
        {"mytorch/helping.py": WINDOWED},
    ],
    "a file that goes and comes": [
        {"mytorch/resampling.py": None},
        {"mytorch/resampling.py": DOUBLED},
    ],
    "a class in another section's file": [
        {"mytorch/dropout2d.py": "", "mytorch/Conv1d.py": WITH_DROPOUT},
        {"mytorch/Conv1d.py": WITH_DROPOUT.replace("class Dropout2d", "class Other")},
    ],
    "a crash, and a breakpoint left in": [
        {"mytorch/pool.py": REFERENCE["mytorch/pool.py"] + "\nimport os\nos._exit(3)\n"},
        {"mytorch/dropout2d.py": MOVED + "\nbreakpoint()\n"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("history", HISTORIES)
def test_what_is_told_after_a_change_is_what_grade_says(grader: Grader, history: str) -> None:
    last = None
    for submission in versions_of(*HISTORIES[history]):
        last = grader.graded(submission, known=last.holds_for(submission) if last else None)
        assert seen(last.report) == seen(grader.grade(submission))


def test_points_carried_forward_stay_after_a_change_beside(grader: Grader) -> None:
    mistake, beside = versions_of(
        {"mytorch/resampling.py": DOUBLED}, {"mytorch/pool.py": REFERENCE["mytorch/pool.py"] + "#\n"}
    )[1:]
    first = grader.graded(mistake)
    again = grader.graded(beside, known=first.holds_for(beside))
    for report in (first.report, again.report):
        assert {section.key: section.carried for section in report.sections if section.carried} == {
            "Conv1d": Decimal("2.5")
        }


def test_only_what_opened_a_changed_file_is_run_again(grader: Grader) -> None:
    right, changed = versions_of({"mytorch/pool.py": REFERENCE["mytorch/pool.py"] + "#\n"})
    held = grader.graded(right).holds_for(changed)
    assert {result.section.key for result in held.values()} == {*SECTIONS} - {"MaxPool2d_stride1", "MeanPool2d"}


def test_telling_of_the_same_results_again_says_the_same(grader: Grader) -> None:
    text = helpers.patched(REFERENCE["mytorch/resampling.py"], "Downsample1d.forward", "return ", "return None and ")
    submission = helpers.submission_from({"mytorch/resampling.py": text})
    first = grader.graded(submission)
    again = grader.graded(submission, known=first.holds_for(submission))
    assert seen(again.report) == seen(first.report)
    assert seen(grader.report(submission, dict(first.results))) == seen(first.report)


@pytest.mark.parametrize(("size", "held"), [(1000, True), (2 << 20, False)])
def test_what_all_files_together_decide_is_found_out_again(grader: Grader, size: int, held: bool) -> None:
    """A file that no section opens takes the room that all of them share."""
    before, after = versions_of({"mytorch/table.py": "#\n"}, {"mytorch/table.py": "#" * size})[1:]
    graded = grader.graded(before)
    assert bool(graded.holds_for(after)) is held
    again = Graded(after, graded.results, graded.report)
    assert bool(again.holds_for(before)) is held and again.holds_for(after).keys() == graded.results.keys()


def test_too_much_that_was_handed_in_is_told_as_that(grader: Grader) -> None:
    limits = replace(grader.rubric.limits, disk_mb=1)
    (much,) = versions_of({"mytorch/table.py": "#" * (2 << 20)})[1:]
    with Grader(helpers.ASSIGNMENT, replace(grader.rubric, limits=limits), Options(only=SECTIONS)) as strict:
        report = strict.grade(much)
    assert {section.status for section in report.sections} == {"limit"}
    assert all("what was handed in is too much: more than 1 MB" in section.message for section in report.sections)
