"""Make archives, honest and otherwise."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from autograder.assignments.rubric import Imports, Limits, Rubric, Section
from autograder.submissions import Submission

#: Hands work in and reads it: a fixture.
Take = Callable[..., Submission]

PLAIN = {
    "mytorch/Conv1d.py": b"class Conv1d: ...\n",
    "mytorch/nn/loss.py": b"class Loss: ...\n",
    "models/cnn.py": b"class CNN: ...\n",
    "MCQ/mcq.py": b"def question_1(): ...\n",
}


def rubric(**changes: object) -> Rubric:
    facts: dict[str, object] = {
        "name": "hw2p1",
        "title": "HW2P1",
        "edition": "s23",
        "sections": (),
        "accept": ("mytorch/**/*.py", "models/*.py", "hw2/*.py", "MCQ/*.py"),
        "search": ("", "mytorch", "mytorch/nn", "models", "hw2", "MCQ"),
        "markers": ("mytorch",),
        "imports": Imports(allow=("numpy", "scipy.special"), packages=("numpy", "scipy")),
        "limits": Limits(),
    }
    return Rubric(**{**facts, **changes})  # type: ignore[arg-type]


def tree(root: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def member(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, **facts: object
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = len(content)
    for key, value in facts.items():
        setattr(info, key, value)
    return info, content


def tar_bytes(
    members: Mapping[str, bytes] | Iterable[tuple[tarfile.TarInfo, bytes]],
    mode: str = "w",
    form: int = tarfile.PAX_FORMAT,
) -> bytes:
    listed = [member(*item) for item in members.items()] if isinstance(members, Mapping) else members
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for info, content in listed:
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zip_bytes(
    members: Mapping[str, bytes] | Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    listed = members.items() if isinstance(members, Mapping) else members
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for info, content in listed:
            archive.writestr(info, content, method)
    return buffer.getvalue()


def zip_member(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def reasons(submission: Submission) -> dict[str, str]:
    return {entry.path: entry.reason for entry in submission.left_out}


def section(files: tuple[str, ...]) -> Section:
    return Section("conv1d", "Conv1d", "5.1", Decimal(5), "main", "conv1d", {"Z": "course"}, files=files)
