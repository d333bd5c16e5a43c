"""Folders: nothing followed, nothing but regular files opened, nothing guessed."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import packing
import pytest
from packing import PLAIN, reasons

from autograder.errors import UsageError
from autograder.submissions import folders, read
from autograder.submissions.bounds import Meter

LINK = "a link, and links are not followed: put the file itself there"
RUBRIC = packing.rubric()

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")


@posix
@pytest.mark.parametrize("anchored", [True, False])
class TestLinks:
    """Both ways of walking a folder keep from links."""

    @pytest.fixture(autouse=True)
    def walk(self, anchored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(folders, "_ANCHORED", anchored)

    def test_a_linked_file_is_left_out_and_named(self, tmp_path: Path) -> None:
        (tmp_path / "secret.py").write_text("ANSWER = 42")
        root = packing.tree(tmp_path / "handin", PLAIN)
        (root / "mytorch/out.py").symlink_to(tmp_path / "secret.py")
        (root / "mytorch/inside.py").symlink_to("Conv1d.py")
        (root / "mytorch/nowhere.py").symlink_to("none.py")
        submission = read(root, RUBRIC)
        assert dict(submission.files) == PLAIN
        assert reasons(submission) == {f"mytorch/{name}.py": LINK for name in ("out", "inside", "nowhere")}

    def test_a_linked_folder_is_left_out_and_named(self, tmp_path: Path) -> None:
        packing.tree(tmp_path / "elsewhere", {"deep.py": b""})
        root = packing.tree(tmp_path / "handin", PLAIN)
        (root / "mytorch/extra").symlink_to(tmp_path / "elsewhere")
        (root / "mytorch/loop").symlink_to(root)
        submission = read(root, RUBRIC)
        assert dict(submission.files) == PLAIN
        assert reasons(submission) == {"mytorch/extra": LINK, "mytorch/loop": LINK}

    def test_fifos_and_sockets_are_never_opened(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root = packing.tree(tmp_path / "handin", PLAIN)
        os.mkfifo(root / "mytorch/pipe.py")
        monkeypatch.chdir(root / "mytorch")  # a socket's path must be short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("socket.py")
            submission = read(root, RUBRIC)
        assert dict(submission.files) == PLAIN
        assert reasons(submission) == dict.fromkeys(("mytorch/pipe.py", "mytorch/socket.py"), "not a regular file")


@posix
def test_the_path_itself_may_be_a_link(tmp_path: Path) -> None:
    packing.tree(tmp_path / "handin", PLAIN)
    (tmp_path / "latest").symlink_to("handin")
    (tmp_path / "packed").write_bytes(packing.zip_bytes(PLAIN))
    (tmp_path / "latest.zip").symlink_to("packed")
    assert dict(read(tmp_path / "latest", RUBRIC).files) == PLAIN
    assert dict(read(tmp_path / "latest.zip", RUBRIC).files) == PLAIN


@posix
def test_a_path_to_a_fifo_or_device_is_turned_down(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UsageError, match="neither a file nor a folder"):
            read(path, RUBRIC)


@posix
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_becomes_a_link_while_it_is_read_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    packing.tree(tmp_path / "secret", {"answers.py": b"ANSWER = 42"})
    root = packing.tree(tmp_path / "handin", {**PLAIN, "mytorch/sub/answers.py": b"1"})
    target = root / "mytorch/sub" if kind == "folder" else root / "mytorch/sub/answers.py"
    listed = folders._listed

    def swapped(place: folders.Place, above: str, meter: Meter) -> list[os.DirEntry[str]]:
        found = listed(place, above, meter)
        if above == ("mytorch/" if kind == "folder" else "mytorch/sub/"):
            target.rename(tmp_path / "moved")
            target.symlink_to(tmp_path / "secret" / ("" if kind == "folder" else "answers.py"))
        return found

    monkeypatch.setattr(folders, "_listed", swapped)
    submission = read(root, RUBRIC)
    assert dict(submission.files) == PLAIN
    assert list(reasons(submission).values()) == [LINK]


@posix
def test_a_fifo_that_takes_a_files_place_does_not_keep_us_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = packing.tree(tmp_path / "handin", PLAIN)
    listed = folders._listed

    def swapped(place: folders.Place, above: str, meter: Meter) -> list[os.DirEntry[str]]:
        found = listed(place, above, meter)
        if above == "MCQ/":
            (root / "MCQ/mcq.py").unlink()
            os.mkfifo(root / "MCQ/mcq.py")
        return found

    monkeypatch.setattr(folders, "_listed", swapped)
    result: list[str] = []
    reading = threading.Thread(target=lambda: result.extend(reasons(read(root, RUBRIC))), daemon=True)
    reading.start()
    reading.join(5)
    assert result == ["MCQ/mcq.py"]


@posix
@pytest.mark.parametrize("name", ["mytorch/Conv1d.py", "mytorch"])
def test_what_cannot_be_read_is_no_zero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    root = packing.tree(tmp_path / "handin", PLAIN)
    real = os.open

    def refusing(path: str, flags: int, **options: int) -> int:
        if path == Path(name).name:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, **options)

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(UsageError, match=f"handin/{name}: cannot be read: Permission denied"):
        read(root, RUBRIC)


@posix
def test_a_name_that_is_not_utf8_is_refused_and_escaped(tmp_path: Path) -> None:
    root = packing.tree(tmp_path / "handin", PLAIN)
    try:
        Path(os.fsdecode(bytes(root) + b"/mytorch/caf\xe9.py")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    submission = read(root, RUBRIC)
    assert reasons(submission) == {"mytorch/caf\\xe9.py": "its name has characters that not every system can store"}


@posix
def test_no_handle_is_left_open(tmp_path: Path) -> None:
    root = packing.tree(tmp_path / "handin", PLAIN)
    packed = tmp_path / "bad.zip"
    packed.write_bytes(packing.zip_bytes(PLAIN)[:-30])
    handles = Path("/dev/fd")
    before = len(list(handles.iterdir()))
    read(root, RUBRIC)
    for path in (packed, packing.tree(tmp_path / "other", {"a/b/c.txt": b""})):
        with pytest.raises(UsageError):
            read(path, RUBRIC)
    assert len(list(handles.iterdir())) == before


@posix
def test_reading_a_litter_folder_is_not_even_tried(tmp_path: Path) -> None:
    root = packing.tree(tmp_path / "handin", PLAIN)
    packing.tree(root, {f".git/objects/{i}": b"" for i in range(30)})
    packing.tree(root, {f"env/lib/{i}.py": b"" for i in range(30)} | {"env/pyvenv.cfg": b""})
    from autograder.submissions import Bounds

    assert dict(read(root, RUBRIC, Bounds(members=20)).files) == PLAIN
