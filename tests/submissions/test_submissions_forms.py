"""What holds for every form in which work is handed in, and for the copy that is kept."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
from pathlib import Path

import packing
import pytest
from packing import PLAIN, Take, reasons

from autograder.errors import UsageError
from autograder.submissions import Bounds, LeftOut, read
from autograder.submissions.submission import digest


def test_every_form_gives_the_same_files_and_digest(hand_in: Take) -> None:
    submission = hand_in(PLAIN)
    assert dict(submission.files) == PLAIN
    assert list(submission.files) == sorted(PLAIN)
    assert submission.digest == digest(PLAIN)
    assert (submission.left_out, submission.root, submission.notes) == ((), "", ())


def test_the_root_is_found_some_folders_down(hand_in: Take) -> None:
    submission = hand_in({f"alice_1_handin/hw2p1/{name}": content for name, content in PLAIN.items()})
    assert submission.root == "alice_1_handin/hw2p1"
    assert dict(submission.files) == PLAIN


def test_other_files_are_left_out_and_named(hand_in: Take) -> None:
    submission = hand_in({**PLAIN, "runner.py": b"", "data/x.npy": b"\x93NUMPY", "mytorch/notes.txt": b""})
    assert submission.left_out == tuple(
        LeftOut(path, "not among the files that are graded")
        for path in ("data/x.npy", "mytorch/notes.txt", "runner.py")
    )


def test_litter_is_not_listed(hand_in: Take) -> None:
    litter = [
        "._handin", "mytorch/._Conv1d.py", "__MACOSX/mytorch/._Conv1d.py", "__MACOSX/mytorch/Conv2d.py",
        "PaxHeader/mytorch/Conv1d.py", "mytorch/PaxHeaders.42/Conv1d.py", ".DS_Store", "mytorch/.DS_Store",
        "mytorch/__pycache__/Conv1d.cpython-311.pyc", ".git/HEAD", ".ipynb_checkpoints/mytorch/Conv1d.py",
        "mytorch/.ipynb_checkpoints/Conv1d-checkpoint.py", "sandbox/mytorch/Conv1d.py", "mytorch/sandbox/x.py",
        ".venv/lib/x.py", "venv/lib/models/x.py", "models/.hidden.py", "Thumbs.db",
        "env/pyvenv.cfg", "env/bin/activate", "env/lib/python3.11/site-packages/torch/models/x.py",
    ]  # fmt: skip
    submission = hand_in({**PLAIN, **dict.fromkeys(litter, b"x = 1\n")})
    assert dict(submission.files) == PLAIN
    assert submission.left_out == ()


def test_an_environment_in_the_homeworks_own_folder_hides_nothing_else(hand_in: Take) -> None:
    submission = hand_in({**PLAIN, "pyvenv.cfg": b"", "bin/python": b"", "Scripts/pip.exe": b""})
    assert dict(submission.files) == PLAIN
    assert submission.left_out == ()


@pytest.mark.parametrize(
    "name", ["mytorch/Conv2d.pyc", "mytorch/fast.so", "models/x.cpython-311-darwin.so", "MCQ/mcq.PYD"]
)
def test_compiled_code_is_refused_by_name(hand_in: Take, name: str) -> None:
    submission = hand_in({**PLAIN, name: b"\x00"})
    assert submission.left_out == (LeftOut(name, "compiled code is not run: hand in the source", refused=True),)


def test_encodings_and_line_ends_are_left_alone(hand_in: Take) -> None:
    odd = {
        "mytorch/bom.py": b"\xef\xbb\xbfx = 1\n",
        "mytorch/crlf.py": b"x = 1\r\ny = 2\r\n",
        "mytorch/gbk.py": b"# -*- coding: gbk -*-\n# \xbe\xed\xbb\xfd\n",
        "mytorch/broken.py": b"\xff\xfe\x00",
        "mytorch/empty.py": b"",
    }
    assert dict(hand_in(odd).files) == odd


def test_a_file_beyond_the_bound_costs_itself_only(hand_in: Take) -> None:
    submission = hand_in(
        {**PLAIN, "mytorch/big.py": b"#" * 2049, "mytorch/full.py": b"#" * 2048}, bounds=Bounds(file=2048)
    )
    assert set(submission.files) == {*PLAIN, "mytorch/full.py"}
    assert reasons(submission) == {"mytorch/big.py": "larger than 2048 bytes"}


def test_too_much_to_read_is_turned_down(hand_in: Take) -> None:
    files = {f"mytorch/m{i}.py": b"#" * 1024 for i in range(20)}
    with pytest.raises(UsageError, match="more than 10000 bytes to read"):
        hand_in(files, bounds=Bounds(total=10_000))


def test_too_many_members_are_turned_down(hand_in: Take) -> None:
    with pytest.raises(UsageError, match="more than 10 files and folders"):
        hand_in({f"mytorch/m{i}.py": b"" for i in range(11)}, bounds=Bounds(members=10))


def test_files_beyond_the_depth_are_refused(hand_in: Take) -> None:
    submission = hand_in({**PLAIN, "mytorch/a/b/c/d.py": b""}, bounds=Bounds(depth=4))
    assert reasons(submission) == {"mytorch/a/b/c/d.py": "it lies more than 4 folders deep"}


def test_what_is_no_homework_is_turned_down_in_one_line(hand_in: Take) -> None:
    with pytest.raises(UsageError) as caught:
        hand_in({"notes.txt": b"", "a/b.txt": b"", "c/d": b"", "e": b"", "f": b"", "g": b""})
    message = str(caught.value)
    assert (
        "this does not look like a hw2p1 submission: found a/, c/, e, f and 2 more; expected for example mytorch/"
        in message
    )
    assert "\n" not in message
    assert caught.value.hint


@pytest.mark.parametrize("name", ["handin/hw2p1.zip", "x/hw2p1.TAR.GZ", "a/b/c.rar"])
def test_an_archive_in_what_was_handed_in_is_named(hand_in: Take, name: str) -> None:
    with pytest.raises(UsageError, match=f"; {re.escape(name)} is an archive in it, which is not opened$"):
        hand_in({name: packing.zip_bytes(PLAIN), "handin/notes.txt": b""})


@pytest.mark.parametrize("name", ["handin.zip", "hw2p1 (1).TAR.GZ", "Übung.tar"])
def test_the_one_archive_of_a_folder_is_opened_and_what_lies_beside_left_aside(take: Take, name: str) -> None:
    work = packing.tar_bytes(PLAIN) if name.endswith("tar") else packing.zip_bytes(PLAIN)
    submission = take({name: work, "report.pdf": b"%PDF", "more/plot.png": b"", "__MACOSX/._x.zip": b"x"})
    assert dict(submission.files) == PLAIN
    assert submission.digest == take(PLAIN, "loose").digest
    assert submission.notes == (f"graded is what {name} holds; left aside: more/, report.pdf",)
    assert {entry.path for entry in submission.left_out} == {"more/plot.png", "report.pdf"}
    assert take({name: work}, "alone").notes == ()


def test_where_a_folder_has_code_of_its_own_its_archive_stays_closed(take: Take) -> None:
    packed = packing.zip_bytes(PLAIN)
    assert dict(take({**PLAIN, "data.zip": packed}, "a").files) == PLAIN
    for code in ("conv.py", "mytorch/numpy.py", "notes.ipynb"):
        with pytest.raises(UsageError, match=r"; handin\.zip is an archive in it, which is not opened"):
            take({"handin.zip": packed, code: b"x = 1\n"}, code.replace("/", "-"))


def test_of_two_archives_both_are_named(take: Take, tmp_path: Path) -> None:
    packed = packing.zip_bytes(PLAIN)
    with pytest.raises(UsageError, match=r"folder: has 2 archives, .*: a\.zip, b\.rar; leave the right one there$"):
        take({"a.zip": packed, "b.rar": b"Rar!\x1a\x07", "report.pdf": b""}, "folder")


def test_what_is_wrong_with_the_archive_in_a_folder_is_said_of_it(take: Take, tmp_path: Path) -> None:
    for name, content, why in (
        ("a.rar", b"Rar!\x1a\x07\x01\x00", "is a RAR archive, which is not read here"),
        ("b.zip", packing.zip_bytes({"essay.txt": b""}), "this does not look like a hw2p1 submission: found essay.txt"),
        ("c.zip", packing.zip_bytes(PLAIN)[:-30], "the archive cannot be opened"),
    ):
        with pytest.raises(UsageError, match=f"{name[0]}: {re.escape(name)}: {why}"):
            take({name: content, "report.pdf": b""}, name[0])
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "handin.zip").symlink_to(tmp_path / "b")
    with pytest.raises(UsageError, match=r"left out: handin\.zip: a link"):
        read(tmp_path / "d", packing.rubric())


def test_where_all_is_refused_the_reason_is_given(hand_in: Take) -> None:
    with pytest.raises(UsageError, match=r"left out: mytorch/numpy\.py: it would hide .*; and 1 more"):
        hand_in({"mytorch/random.py": b"", "mytorch/numpy.py": b""})


@pytest.mark.parametrize("form", ["w", "w:gz"])
def test_an_empty_archive_is_no_submission(take: Take, form: str) -> None:
    with pytest.raises(UsageError, match="found nothing"):
        take(packing.tar_bytes({}, form))


def test_an_empty_zip_or_folder_or_file_is_no_submission(take: Take) -> None:
    for work, name in ((packing.zip_bytes({}), "a.zip"), ({}, "folder")):
        with pytest.raises(UsageError, match="found nothing"):
            take(work, name)
    with pytest.raises(UsageError, match="is empty"):
        take(b"", "b.zip")


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "a\0b"):
        with pytest.raises(UsageError, match="no such file or folder"):
            read(path, packing.rubric())


def test_content_says_what_an_archive_is_and_not_its_name(take: Take) -> None:
    for number, work in enumerate(
        (packing.zip_bytes(PLAIN), packing.tar_bytes(PLAIN, "w:gz"), packing.tar_bytes(PLAIN))
    ):
        assert dict(take(work, f"{number}.py").files) == PLAIN
    with pytest.raises(UsageError, match="neither a folder nor an archive"):
        take(b"just words", "x.zip")


def test_the_copy_cannot_be_changed(take: Take, tmp_path: Path) -> None:
    submission = take(PLAIN)
    with pytest.raises(TypeError):
        submission.files["mytorch/Conv1d.py"] = b""  # type: ignore[index]
    (tmp_path / "handin/mytorch/Conv1d.py").write_bytes(b"changed")
    assert dict(submission.files) == PLAIN
    assert next(iter(submission.files.items())) == ("MCQ/mcq.py", PLAIN["MCQ/mcq.py"])


def test_a_submission_travels_to_workers(take: Take) -> None:
    submission = take({**PLAIN, "x.txt": b""})
    assert pickle.loads(pickle.dumps(submission)) == submission
    assert copy.deepcopy(submission) == submission


def test_the_digest_tells_paths_and_contents_apart() -> None:
    sets: list[dict[str, bytes]] = [
        {}, {"a": b"bc"}, {"ab": b"c"}, {"a": b"b", "c": b""}, {"a": b"", "b": b""}, {"a": b"", "c": b"b"},
    ]  # fmt: skip
    assert len({digest(files) for files in sets}) == len(sets)
    assert digest({"a": b"1", "b": b"2"}) == digest({"b": b"2", "a": b"1"})
    assert digest({}).startswith("sha256:")


def test_nothing_heavy_is_loaded_for_a_folder(tmp_path: Path) -> None:
    packing.tree(tmp_path, PLAIN)
    code = (
        "import sys; from pathlib import Path; from types import SimpleNamespace as N\n"
        "from autograder.submissions import read\n"
        "rubric = N(name='x', accept=('mytorch/*.py',), markers=(), search=('',), sections=(), "
        "imports=N(allow=(), packages=()))\n"
        "assert read(Path(sys.argv[1]), rubric).files\n"
        "print(sorted({'numpy', 'zipfile', 'tarfile', 'lzma', 'bz2', 'gzip', 'shutil', 'tempfile'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_a_single_module_is_a_submission_of_an_assignment_of_one_module(take: Take) -> None:
    submission = take(b"x = 1\n", "hw1.py", accept=("hw1.py",), markers=())
    assert dict(submission.files) == {"hw1.py": b"x = 1\n"}
    renamed = take(b"x = 1\n", "smith_123_hw1 (2).py", accept=("hw1.py",), markers=())
    assert dict(renamed.files) == {"hw1.py": b"x = 1\n"}
    assert renamed.notes == ("smith_123_hw1 (2).py was taken for hw1.py",)
    assert dict(take(b"", "any.py", accept=("*.py",), markers=()).files) == {"any.py": b""}


def test_a_single_module_is_not_a_submission_of_a_larger_one(take: Take) -> None:
    with pytest.raises(UsageError, match=r"found Conv1d\.py; expected"):
        take(b"x = 1\n", "Conv1d.py")
