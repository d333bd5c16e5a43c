"""A submission, read once for all of its sections: its files, how they may be imported, and what was compiled ahead.

Nothing of it is run here. Compiling is not running: what its modules do when they are imported they do in each
section's own process, from the code that was compiled once.
"""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from . import wire
from .lockdown import INODES
from .lookup import Submission

PAGE = 4096
#: Bytes of the longest file that is compiled ahead, and of all together.
LONGEST, MOST = 1 << 17, 1 << 19
#: The host, who is the only one to send a submission, keeps to no bounds of ours.
BOUNDS = wire.Bounds(header_bytes=1 << 24, payload_bytes=1 << 32, arrays=10_000)


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
        self.compiled: dict[tuple[str, bytes], CodeType] = {}
        self.room = MOST
        self.waiting = [path for path in self.files if path.endswith(".py")] if root else []

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
                self.compiled[place, content] = compile(content, place, "exec", dont_inherit=True)
            except Exception:
                return

    def hand_over(self) -> None:
        """Have Python take the compiled code for as long as a file is what it was."""
        self.waiting.clear()
        if self.compiled:
            SourceFileLoader.source_to_code = _source_to_code(self.compiled)  # type: ignore[method-assign]

    def stage(self, root: Path, room: int) -> Submission:
        """Write the files below `root` and make it the working directory.

        Raises
        ------
        OSError
            They take more than `room` bytes on disk (ENOSPC), whatever the file system would say.
        """
        pages = sum(1 + len(content) // PAGE for content in self.files.values())
        if pages * PAGE > room or 2 * len(self.files) > INODES:
            raise OSError(errno.ENOSPC, "the submission's files are too large")
        made: set[str] = set()
        for path, content in self.files.items():
            folder = path.rpartition("/")[0]
            if folder not in made:
                os.makedirs(f"{root}/{folder}", exist_ok=True)  # noqa: PTH103 - a plain call, in a process that forks
                made.add(folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            place, rest = os.open(f"{root}/{path}", flags, 0o644), content
            while rest:
                rest = rest[os.write(place, rest) :]
            os.close(place)
        os.chdir(root)
        submission = Submission(root, self.fields["search"], self.files, self.fields.get("notebook", ""))
        sys.path.extend(folder for folder in submission.search if os.path.isdir(folder))  # noqa: PTH112
        return submission


def _source_to_code(compiled: dict[tuple[str, bytes], CodeType]) -> Callable[..., Any]:
    """The loader's way from source to code, shorter for what was compiled already."""
    plain = SourceFileLoader.source_to_code

    def source_to_code(self: SourceFileLoader, data: Any, path: Any, **options: Any) -> Any:
        known = compiled.get((path, data)) if type(data) is bytes and type(path) is str else None
        return plain(self, data, path, **options) if known is None else known

    return source_to_code
