"""A submission, read once for all of its sections: its files, how they may be imported, and what was compiled ahead.

Nothing of it is run here. Compiling is not running: what its modules do when they are imported they do in each
section's own process, from the code that was compiled once.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from . import unfilled, wire
from .agreed import PAGE
from .imports import Policy
from .lockdown import INODES
from .lookup import Submission

#: Bytes of the longest file that is compiled ahead, and of all together.
LONGEST, MOST = 1 << 17, 1 << 19
#: The host, who is the only one to send a submission, keeps to no bounds of ours.
BOUNDS = wire.Bounds(header_bytes=1 << 24, payload_bytes=1 << 32, arrays=10_000)


class TooLarge(Exception):
    """The submission's files are more than a section may have on disk, whatever the file system would say."""


class Held:
    """A submission's files in memory.

    Parameters
    ----------
    frame
        As the host sent it.
    root
        Where the files will lie in every section; None where that differs: then nothing is compiled ahead.
    """

    def __init__(self, frame: wire.Frame, root: str | None = None) -> None:
        self.fields = frame.fields
        self.files: dict[str, memoryview] = {}
        whole, start = frame.arrays["contents"].data, 0
        for path, size in frame.fields["files"]:
            self.files[path] = whole[start : start + size]
            start += size
        self.root = root
        self.compiled: dict[str, tuple[bytes, CodeType]] = {}
        self.room = MOST
        self.waiting: list[str] = []
        self.own: Mapping[str, str] = {}
        if root:
            self.waiting = [path for path in self.files if path.endswith(".py")]
            self.own = own(root, self.fields["search"], self.files)
        parts = (path.split("/") for path in self.files)
        self.folders = sorted({"/".join(part[:end]) for part in parts for end in range(1, len(part))})
        self.size = PAGE * sum(1 + len(content) // PAGE for content in self.files.values())
        self.prepared: tuple[Submission, Policy] | None = None

    def prepare(self, folder: str) -> tuple[Submission, Policy]:
        """Its modules as a section finds them below a folder, and what it may import, from now on.

        Once for all sections, where the folder is known before them: nothing of the submission runs for that.
        """
        if self.prepared is None:
            fields, root = self.fields, Path(folder)
            submission = Submission(root, fields["search"], self.files, fields.get("notebook", ""))
            due = fields.get("due", ())
            policy = Policy(root, fields["allow"], fields["deny"], self.own, submission.files, due)
            policy.install()
            unfilled.install(root)
            self.prepared = submission, policy
        return self.prepared

    def compile_next(self) -> None:
        """Compile one file of those that wait; what cannot be compiled, or not in silence, is left to the sections."""
        path = self.waiting.pop(0)
        content, place = bytes(self.files[path]), f"{self.root}/{path}"
        if len(content) > min(LONGEST, self.room):
            return
        self.room -= len(content)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                self.compiled[place] = content, compile(content, place, "exec", dont_inherit=True)
            except Exception:
                return

    def hand_over(self) -> None:
        """Have Python take the compiled code, for as long as a file is what it was."""
        SourceFileLoader.get_code = _get_code(self.compiled)  # type: ignore[method-assign, assignment]

    def stage(self, root: Path, room: int) -> None:
        """Write the files below `root`, make it the working directory, and have its modules found there.

        Raises
        ------
        TooLarge
            They take more than `room` bytes on disk, or are more than such a file system holds.
        OSError
            There is no room for them all the same: who grades has none.
        """
        if self.size > room or len(self.files) + len(self.folders) >= INODES:
            raise TooLarge
        for folder in self.folders:
            with contextlib.suppress(FileExistsError):  # by another spelling, where those are one
                os.mkdir(f"{root}/{folder}")  # noqa: PTH102 - a plain call, in a process that forks
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        for path, content in self.files.items():
            place, rest = os.open(f"{root}/{path}", flags, 0o644), content
            while rest:
                rest = rest[os.write(place, rest) :]
            os.close(place)
        os.chdir(root)
        folders = (f"{root}/{folder}" if folder else str(root) for folder in self.fields["search"])
        sys.path.extend(folder for folder in folders if os.path.isdir(folder))  # noqa: PTH112


def own(root: str, search: Sequence[str], files: Iterable[str]) -> dict[str, str]:
    """Where Python finds a submission's modules, by name, once its folders are the last that are searched.

    Those whose names something else has, too, are left out.
    """
    paths = [*files]
    folders = {folder for path in paths for folder in path.split("/")[:-1]}
    compiled = {path.rpartition("/")[2].partition(".")[0] for path in paths if path.endswith(".so")}
    others = taken() | folders | compiled
    found: dict[str, str] = {}
    for folder in search:
        for path in paths:
            above, _, file = path.rpartition("/")
            name = file.removesuffix(".py")
            if above == folder and file.endswith(".py") and name.isidentifier() and name not in others:
                found.setdefault(name, f"{root}/{path}")
    return found


@functools.cache
def taken() -> frozenset[str]:
    """Names of modules that are found before a submission's."""
    names = {*sys.builtin_module_names, *sys.stdlib_module_names}
    for folder in sys.path:
        with contextlib.suppress(OSError):
            names.update(entry.partition(".")[0] for entry in os.listdir(folder))  # noqa: PTH208 - a plain call
    return frozenset(names)


def _get_code(compiled: Mapping[str, tuple[bytes, CodeType]]) -> Callable[[SourceFileLoader, str], CodeType | None]:
    """The loader's way from a file to code, shorter for what was compiled already."""
    plain = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, name: str) -> CodeType | None:
        plainly = type(self) is SourceFileLoader and type(self.path) is str and name == self.name
        known = compiled.get(self.path) if plainly else None
        if known is not None and self.get_data(self.path) == known[0]:
            return known[1]
        return plain(self, name)

    return get_code
