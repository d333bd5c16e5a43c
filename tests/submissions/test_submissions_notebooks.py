"""Notebooks as submissions: the code is kept, whatever else is in the file; what cannot be read gets a word."""

from __future__ import annotations

import io
import json
import tarfile
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.assignments import registry
from autograder.errors import UsageError
from autograder.submissions import Submission, read
from autograder.submissions.bounds import MIB
from autograder.submissions.notebooks import MOST_VALUES, SKIP, UnreadableNotebook, slim

RUBRIC = registry.find("numpy_cnn").rubric()
NAME = "numpy_cnn.ipynb"


def code(source: str | list[str], *outputs: Any, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code", "execution_count": 3, "metadata": metadata, "outputs": list(outputs), "source": source
    }  # fmt: skip


def book(*cells: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps(
        {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **changes}, ensure_ascii=False
    ).encode()


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def sources(content: bytes) -> list[str]:
    return [cell["source"] for cell in json.loads(content)["cells"]]


def submitted(path: Path, content: bytes) -> Submission:
    path.write_bytes(content)
    return read(path, RUBRIC)


RELU = "def relu(x):\n    return x * (x > 0)  # 取正数\n"


def test_the_code_is_kept_and_nothing_else(tmp_path: Path) -> None:
    markdown = {"cell_type": "markdown", "metadata": {}, "source": "# 卷积网络"}
    content = book(markdown, code(RELU.splitlines(keepends=True), printed("done")), code("x = 1"))
    submission = submitted(tmp_path / NAME, content)
    assert sources(submission.files[NAME]) == [RELU, "x = 1"]
    assert b"done" not in submission.files[NAME]


def test_what_is_kept_is_a_notebook() -> None:
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(nbformat.reads(slim(book(code(RELU))).decode(), 4))


def test_outputs_change_no_digest(tmp_path: Path) -> None:
    one = submitted(tmp_path / NAME, book(code(RELU)))
    other = submitted(tmp_path / NAME, book(code(RELU, printed("a picture" * 1000), collapsed=True), metadata={"x": 1}))
    assert one.digest == other.digest


def test_a_tagged_cell_is_not_graded_but_counts() -> None:
    assert sources(slim(book(code("grade()", tags=[SKIP]), code(RELU)))) == [f"# {SKIP}", RELU]


@pytest.mark.parametrize("name", ["numpy_cnn (3).ipynb", "hw_li_1234_numpy_cnn.ipynb"])
def test_a_renamed_download_is_taken(name: str, tmp_path: Path) -> None:
    submission = submitted(tmp_path / name, book(code(RELU)))
    assert list(submission.files) == [NAME]
    assert submission.notes == (f"{name} was taken for {NAME}",)


def test_a_script_is_taken_too(tmp_path: Path) -> None:
    assert list(submitted(tmp_path / "final.py", RELU.encode()).files) == ["numpy_cnn.py"]


@pytest.mark.parametrize("kind", ["folder", "zip", "stored zip", "tar"])
def test_pictures_of_megabytes_do_no_harm_in_any_form(kind: str, tmp_path: Path) -> None:
    content = book(code(RELU, printed("iVBOR" * (MIB // 2))))
    assert len(content) > 2 * MIB
    place = tmp_path / "handed_in"
    if kind == "folder":
        place.mkdir()
        (place / NAME).write_bytes(content)
    elif kind == "tar":
        with tarfile.open(place, "w:gz") as archive:
            # Random-looking bytes beside it keep the archive from looking like a bomb.
            member = tarfile.TarInfo(NAME)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    else:
        method = zipfile.ZIP_STORED if kind == "stored zip" else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(place, "w", method) as packed:
            packed.writestr(NAME, content)
    assert sources(read(place, RUBRIC).files[NAME]) == [RELU]


def test_outputs_of_100_megabytes_are_not_even_read(tmp_path: Path) -> None:
    place = tmp_path / NAME
    with place.open("wb") as file:
        file.write(book(code(RELU, printed("@"))).partition(b"@")[0])
        file.seek(100 * MIB)
        file.write(b'"}]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    tracemalloc.start()
    with pytest.raises(UsageError, match=r"numpy_cnn.ipynb cannot be graded: larger than 16 MiB: clear its outputs"):
        read(place, RUBRIC)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * MIB


UNREADABLE = {
    "empty object": (b"{}", "no Jupyter notebook"),
    "a list": (b"[1]", "no Jupyter notebook"),
    "text": (b"def relu(x):", "its JSON is broken at line 1, column 1"),
    "cut off": (book(code(RELU))[:-40], "its JSON is broken at line 1"),
    "not UTF-8": (b'{"cells": "\xff\xfe"}', "its JSON is broken"),
    "nested deeply": (b"[" * 100_000 + b"]" * 100_000, "its JSON is broken"),
    "a huge number": (b'{"nbformat": ' + b"9" * 10_000 + b"}", "its JSON is broken"),
    "version 3": (json.dumps({"nbformat": 3, "worksheets": []}).encode(), "a notebook of format 3, and 4 is read"),
    "version 5": (book(nbformat=5), "a notebook of format 5"),
    "no cells": (book(cells=None), "without cells"),
    "a number as source": (book(code(7)), "a cell's source is no text"),  # type: ignore[arg-type]
    "R": (book(metadata={"kernelspec": {"language": "R", "name": "ir"}}), "it is written in r, not in Python"),
    "too much code": (book(code("x = 1\n" * MIB)), "its code is longer than 1 MiB"),
    "too many values": (b"[" + b"0," * MOST_VALUES + b"0]", "values: clear its outputs"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_gets_a_clear_word(name: str, tmp_path: Path) -> None:
    content, word = UNREADABLE[name]
    with pytest.raises(UnreadableNotebook) as raised:
        slim(content)
    assert word in str(raised.value)
    with pytest.raises(UsageError, match=r"numpy_cnn\.ipynb cannot be graded: ") as told:
        submitted(tmp_path / NAME, content)
    assert word in str(told.value)


def test_of_a_notebook_and_its_script_the_notebook_counts(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(book(code(RELU)))
    (tmp_path / "numpy_cnn.py").write_text(RELU)
    submission = read(tmp_path, RUBRIC)
    assert list(submission.files) == [NAME]
    assert [(entry.path, entry.reason) for entry in submission.left_out] == [
        ("numpy_cnn.py", "numpy_cnn.ipynb is there too, and is what counts")
    ]


def test_a_broken_notebook_beside_a_script_is_left_out(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"{")
    (tmp_path / "numpy_cnn.py").write_text(RELU)
    submission = read(tmp_path, RUBRIC)
    assert list(submission.files) == ["numpy_cnn.py"]
    assert submission.left_out[0].path == NAME
    assert "JSON is broken" in submission.left_out[0].reason
