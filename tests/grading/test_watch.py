"""Looking at files that change while they are looked at."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import helpers

from autograder.grading.watch import stamps, versions


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


def test_what_is_watched_is_python_and_notebooks_with_links_not_followed(tmp_path: Path) -> None:
    for name in ("one.py", "two.ipynb", "three.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "dead.py").symlink_to(tmp_path / "nowhere")
    assert sorted(Path(name).name for name in stamps(tmp_path)) == ["one.py", "two.ipynb"]


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
