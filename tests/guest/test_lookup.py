"""Finding a submission's classes, wherever a layout keeps them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.guest.lookup import Missing, Submission, misnamed


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    before, path = set(sys.modules), list(sys.path)
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def submission(root: Path, files: dict[str, str], search: tuple[str, ...] = ("lib_of_tests",)) -> Submission:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    sys.path.extend(str(root / folder) for folder in search)
    return Submission(root, search, files)


def test_the_first_path_that_defines_it_wins(root: Path) -> None:
    found = submission(root, {"lib_of_tests/aa_one.py": "class A: n = 1", "lib_of_tests/aa_two.py": "class A: n = 2"})
    assert found.find("A", ["lib_of_tests/aa_two.py", "lib_of_tests/aa_one.py"]).n == 2


def test_elsewhere_it_is_searched_for_without_importing_others(root: Path) -> None:
    found = submission(
        root, {"lib_of_tests/bb_bad.py": "raise SystemExit", "other/bb_good.py": "def B():\n    return 3"}
    )
    assert found.find("B", ["lib_of_tests/nowhere.py"])() == 3


def test_what_is_not_there_is_missing_by_name(root: Path) -> None:
    found = submission(root, {"lib_of_tests/cc.py": "x = 1"})
    with pytest.raises(Missing, match="does not define `C`"):
        found.find("C", ["lib_of_tests/cc.py"])
    with pytest.raises(Missing, match=r"mytorch/x\.py is missing"):
        found.find("C", ["mytorch/x.py"])


def test_a_name_in_other_capital_letters_is_told_of(root: Path) -> None:
    found = submission(root, {"lib_of_tests/ff.py": "class Conv1D_stride1: pass\nclass Conv2d: pass"})
    with pytest.raises(
        Missing, match="does not define `Conv1d_stride1`; it has `Conv1D_stride1`, which is another name"
    ):
        found.find("Conv1d_stride1", ["lib_of_tests/ff.py"])
    with pytest.raises(Missing, match=r"does not define `Conv1d`$"):
        found.find("Conv1d", ["lib_of_tests/ff.py"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("from gg_names import Conv1d_stride1", "; it has `Conv1D_stride1`, which is another name"),
        ("import gg_names; gg_names.Conv1d_stride1", "; it has `Conv1D_stride1`, which is another name"),
        ("from gg_names import *; Conv1d_stride1", "; there is `Conv1D_stride1`, which is another name"),
        ("from gg_names import Conv1d", ""),
        ("import gg_names; gg_names.Conv1D_stride1().forward", ""),
        ("1 / 0", ""),
    ],
)
def test_an_error_about_a_name_tells_of_the_one_in_other_capital_letters(root: Path, line: str, said: str) -> None:
    submission(root, {"lib_of_tests/gg_names.py": "class Conv1D_stride1: pass"})
    with pytest.raises(Exception) as caught:
        exec(line, {})
    assert misnamed(caught.value, str(caught.value)) == said


def test_modules_are_the_ones_that_others_import(root: Path) -> None:
    found = submission(root, {"lib_of_tests/dd_a.py": "class A: pass", "lib_of_tests/dd_b.py": "from dd_a import A"})
    assert found.find("A", ["lib_of_tests/dd_b.py"]) is found.find("A", ["lib_of_tests/dd_a.py"])


def test_two_modules_of_one_name_are_two(root: Path) -> None:
    files = {"lib_of_tests/ee.py": "n = 1", "sub_of_tests/ee.py": "n = 2"}
    found = submission(root, files)
    assert found.load("lib_of_tests/ee.py").n == 1 and found.load("sub_of_tests/ee.py").n == 2


def test_source_of_any_encoding_can_be_searched(root: Path) -> None:
    found = submission(root, {"lib_of_tests/ff.py": "x = 1"})
    (root / "lib_of_tests/ff.py").write_bytes(b"# \xff\xfe\nclass F: pass\n")
    assert "class F" in found.text("lib_of_tests/ff.py")
