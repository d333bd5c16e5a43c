from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import packing
import pytest
from packing import Take

from autograder.submissions import Bounds, Submission, read


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Hand in bytes (one file) or a mapping (a folder), and read it."""

    def taken(
        work: bytes | Mapping[str, bytes], name: str = "handin", *, bounds: Bounds | None = None, **rubric: object
    ) -> Submission:
        path = tmp_path / name
        if isinstance(work, bytes):
            path.write_bytes(work)
        else:
            path.mkdir(exist_ok=True)
            packing.tree(path, work)
        return read(path, packing.rubric(**rubric), bounds or Bounds())

    return taken


@pytest.fixture(params=["folder", "zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def hand_in(request: pytest.FixtureRequest, take: Take) -> Take:
    """Hand a mapping in, in each of the forms that are read."""
    form = request.param

    def handed_in(files: Mapping[str, bytes], **options: object) -> Submission:
        if form == "folder":
            return take(files, **options)
        if form == "zip":
            return take(packing.zip_bytes(files), **options)
        return take(packing.tar_bytes(files, f"w:{form[4:]}"), **options)

    return handed_in
