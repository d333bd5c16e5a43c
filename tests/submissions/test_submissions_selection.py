"""Which folder is the homework's root, and which files count."""

from __future__ import annotations

import sys

import packing
import pytest
from packing import PLAIN, Take, reasons

from autograder.errors import UsageError
from autograder.submissions.entries import Entry
from autograder.submissions.layout import Patterns, find_root
from autograder.submissions.selection import Rules, select
from autograder.submissions.shadowing import STANDARD

ACCEPT = Patterns(packing.rubric().accept)


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (
            "mytorch/**/*.py",
            ["mytorch/a.py", "mytorch/b/a.py", "mytorch/b/c/a.py"],
            ["a.py", "mytorch/a.pyc", "x/mytorch/a.py"],
        ),
        ("models/*.py", ["models/a.py"], ["models/b/a.py", "models/.py.txt", "Models/a.py", "models/a.PY"]),
        ("hw?.py", ["hw1.py"], ["hw.py", "hw12.py", "hw/.py"]),
        ("src/**", ["src/a", "src/a/b.c"], ["src", "src/"]),
        ("**/a+b[1].py", ["a+b[1].py", "x/a+b[1].py"], ["aab1.py"]),
    ],
)
def test_patterns(pattern: str, matching: list[str], other: list[str]) -> None:
    patterns = Patterns((pattern,))
    assert [path for path in (*matching, *other) if patterns.match(path)] == matching


def test_no_pattern_matches_nothing() -> None:
    assert not Patterns(()).match("")


@pytest.mark.parametrize(
    ("paths", "root"),
    [
        (["mytorch/a.py"], ""),
        (["x/y/mytorch/nn/a.py"], "x/y"),
        (["mytorch/a.py", "old/mytorch/a.py", "old/mytorch/b.py", "old/models/c.py"], ""),
        (["a/b/mytorch/a.py", "c/mytorch/a.py"], "c"),
        (["a/mytorch/a.py", "b/mytorch/a.py", "b/mytorch/b.py"], "b"),
        (["b/mytorch/a.py", "a/mytorch/a.py"], "a"),
        (["handin/hw2/runner.py", "handin/hw2/hw2p1/mytorch/a.py"], "handin/hw2/hw2p1"),
        (["hw2/models/cnn.py"], "hw2"),
        (["hw2/hw2.py", "mytorch/conv.py"], ""),
        (["mytorch/mytorch/a.py"], ""),
        (["a.txt"], None),
        ([], None),
    ],
)
def test_the_root(paths: list[str], root: str | None) -> None:
    found = find_root(paths, ACCEPT, ("mytorch",))
    assert (found.path if found else None) == root


def test_several_folders_that_look_like_the_homework_are_noted(hand_in: Take) -> None:
    submission = hand_in({"old/mytorch/Conv1d.py": b"1", "new/mytorch/Conv1d.py": b"2", "new/mytorch/pool.py": b"3"})
    assert submission.root == "new"
    assert submission.notes == ("new is graded; other folders look like the homework too: old",)
    assert reasons(submission) == {"old/mytorch/Conv1d.py": "not among the files that are graded"}


@pytest.mark.parametrize("folder", ["", "hw2p1/"])
def test_no_word_is_lost_on_the_handout_s_readme(take: Take, folder: str) -> None:
    paths = ("README.md", "old/README.md", "notes.md")
    submission = take(packing.zip_bytes({folder + path: b"#" for path in (*PLAIN, *paths)}))
    assert set(reasons(submission)) == {f"{folder}old/README.md", f"{folder}notes.md"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("mytorch/random.py", "random"),
        ("mytorch/nn/typing.py", "typing"),
        ("models/numpy.py", "numpy"),
        ("MCQ/scipy.py", "scipy"),
        ("mytorch/scipy/special.py", "scipy"),
        ("mytorch/numpy/__init__.py", "numpy"),
        ("mytorch/imp.py", "imp"),  # gone in 3.12
        ("mytorch/_colorize.py", "_colorize"),  # new in 3.13
        ("hw2/sitecustomize.py", "sitecustomize"),
        ("mytorch/autograder/guest.py", "autograder"),
    ],
)
def test_a_file_that_would_hide_a_module_is_refused_by_name(hand_in: Take, path: str, name: str) -> None:
    submission = hand_in({**PLAIN, path: b""})
    assert path not in submission.files
    assert f"`{name}`" in reasons(submission)[path]
    assert submission.left_out[0].refused


def test_names_of_homework_hide_nothing(hand_in: Take) -> None:
    names = "loss linear pool flatten activation resampling dropout2d batchnorm2d conv utils test tests Random"
    files = {f"mytorch/{name}.py": b"" for name in names.split()}
    files |= {"mytorch/__init__.py": b"", "mytorch/deep/random.py": b"", "mytorch/functional/numpy.py": b""}
    assert set(hand_in(files).files) == set(files)


def test_our_list_holds_the_standard_library_of_this_interpreter() -> None:
    assert not {name for name in sys.stdlib_module_names - STANDARD if sys.version_info < (3, 14) or name[0] != "_"}


def test_names_that_differ_by_case_only_are_noted(take: Take) -> None:
    submission = take(packing.zip_bytes({"mytorch/Conv1d.py": b"1", "mytorch/conv1d.py": b"2"}))
    assert len(submission.files) == 2
    assert submission.notes == (
        "these names differ only by case or accents' spelling: mytorch/Conv1d.py, mytorch/conv1d.py",
    )


def test_names_that_differ_by_normalisation_only_are_noted(take: Take) -> None:
    submission = take(packing.tar_bytes({"mytorch/caf\xe9.py": b"1", "mytorch/cafe\u0301.py": b"2"}))
    assert len(submission.files) == 2
    assert len(submission.notes) == 1


def test_many_other_files_are_counted_and_not_listed(take: Take) -> None:
    submission = take({**PLAIN, **{f"data/{i:03}.txt": b"" for i in range(60)}})
    assert len(submission.left_out) == 51
    assert submission.left_out[-1].path == "10 more files"


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a\u202eb", "a\u200bb", "a:b", "a*b", 'a"b', "a\x00b"])
def test_a_name_that_not_every_system_can_store_is_refused_and_escaped(take: Take, name: str) -> None:
    submission = take(packing.tar_bytes([packing.member(f"mytorch/{name}.py"), packing.member("mytorch/a.py")]))
    if "\0" in name:  # a tar name ends there
        assert "mytorch/a" in reasons(submission)
        return
    ((path, reason),) = reasons(submission).items()
    assert reason == "its name has characters that not every system can store"
    assert path.isprintable()


@pytest.mark.parametrize("name", ["con.py", "AUX.Py.py", "nul .py", "COM1.py", "lpt\u00b9.tar.py", "CONOUT$.py"])
def test_a_name_that_is_a_device_on_windows_is_refused(name: str, take: Take) -> None:
    """A student there cannot have such a file, and a grader there would open a port."""
    submission = take(packing.zip_bytes({**PLAIN, f"mytorch/{name}": b""}))
    assert dict(submission.files) == PLAIN
    reason = "its name is one that Windows keeps for a device: give it another"
    assert reasons(submission) == {f"mytorch/{name}": reason}


@pytest.mark.parametrize("name", ["console.py", "auxiliary.py", "nul_pool.py", "my.con.py", "com10.py", "com.py"])
def test_names_that_only_begin_like_a_device_are_taken(name: str, take: Take) -> None:
    assert f"mytorch/{name}" in take(packing.zip_bytes({**PLAIN, f"mytorch/{name}": b""})).files


@pytest.mark.parametrize("ending", [".", " ", ".. "])
def test_a_dot_or_space_at_the_end_of_a_name_is_refused(ending: str) -> None:
    """No pattern of ours takes such a file; one of another course may."""
    entries = [Entry("mytorch/a.py", b""), Entry(f"mytorch/b.py{ending}", b""), Entry(f"mytorch/sub{ending}/c.py", b"")]
    found = select(entries, Rules(Patterns(("mytorch/**",)), ("mytorch/",), ("mytorch",), ()))
    assert set(found.files) == {"mytorch/a.py"}
    reason = "its name ends in a dot or a space, which Windows cannot store: give it another"
    assert [entry.reason for entry in found.left_out] == [reason, reason]


def test_a_folder_above_the_root_may_have_any_name(take: Take) -> None:
    submission = take(packing.tar_bytes({"Homework 2: \u200fpart 1\n/mytorch/a.py": b""}))
    assert submission.root == "Homework 2: \\u200fpart 1\\x0a"


def test_a_name_in_another_script_is_taken(hand_in: Take) -> None:
    files = {"mytorch/卷积.py": b"", "mytorch/été.py": b""}
    assert set(hand_in(files).files) == set(files)


def test_a_name_too_long_for_a_file_system_is_refused(take: Take) -> None:
    long = "mytorch/" + "é" * 127 + ".py"
    longer = "mytorch/" + "x/" * 20 + "y" * 5000 + ".py"
    submission = take(packing.tar_bytes({**PLAIN, long: b"", longer: b""}))
    assert dict(submission.files) == PLAIN
    assert set(reasons(submission).values()) == {"its name is too long"}
    assert all(len(path) <= 170 for path in reasons(submission))


def test_a_file_below_a_file_is_refused(take: Take) -> None:
    submission = take(packing.tar_bytes({"mytorch/a.py": b"1", "mytorch/a.py/b.py": b"2"}))
    assert dict(submission.files) == {"mytorch/a.py": b"1"}
    assert reasons(submission) == {"mytorch/a.py/b.py": "mytorch/a.py is a file, not a folder"}


def test_the_expected_file_comes_from_the_rubrics_sections(take: Take) -> None:
    section = packing.section(files=("README", "mytorch/Conv1d.py"))
    with pytest.raises(UsageError, match=r"expected for example mytorch/Conv1d\.py"):
        take({"a.txt": b""}, sections=(section,))
