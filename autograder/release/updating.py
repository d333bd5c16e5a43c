"""Writing a release, also over an older one: the grader's files are replaced, students' work is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from autograder.errors import UsageError

from .changes import MANIFEST
from .contents import Release

SCHEMA = "autograder/release/v1"


def manifest(release: Release) -> bytes:
    """The released files with their hashes, so that an update, and CI, can tell what was changed since."""
    files = {path: digest(content) for path, content in sorted(release.files.items())}
    return (json.dumps({"schema": SCHEMA, "files": files, "work": sorted(release.work)}, indent=1) + "\n").encode()


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write(release: Release, target: Path) -> Iterator[str]:
    """Write a release into a folder and tell what was done, a line each.

    A file of the students' work is written where it is missing or still as it was released; else it is
    theirs. Files that an older release had and this one has not go away; whatever else is there stays.

    Raises
    ------
    UsageError
        The folder is neither empty nor a release of this assignment, or a link stands where a file should be.
    """
    before = released(target)
    if before is not None and (others := _assignments(before) - _assignments(release.files)):
        raise UsageError(f"{target} is the release of another assignment, {others.pop()}", hint="name a new folder")
    if before is None and target.is_dir() and any(path.name != ".git" for path in target.iterdir()):
        raise UsageError(f"{target} is neither empty nor a released repository", hint="name a new folder")
    for path, content in sorted({**release.files, MANIFEST: manifest(release)}.items()):
        place = _place(target, path)
        old = place.read_bytes() if place.is_file() else None
        if old == content:
            continue
        if path in release.work and old is not None and digest(old) != (before or {}).get(path):
            yield f"kept: {path} (changed since it was released)"
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        yield f"{'updated' if old is not None else 'written'}: {path}"
    for path, old_digest in (before or {}).items():
        if path not in release.files and (place := _place(target, path)).is_file():
            if digest(place.read_bytes()) != old_digest:
                yield f"kept: {path} (no longer part of the release, but changed)"
            else:
                place.unlink()
                yield f"removed: {path}"


def released(folder: Path) -> dict[str, str] | None:
    """The hashes of the release that a folder holds; None where it holds none."""
    try:
        data = json.loads((folder / MANIFEST).read_text("utf-8"))
        return dict(data["files"]) if data["schema"] == SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _assignments(files: Iterable[str]) -> set[str]:
    """The assignments that a release's files hold, by name."""
    return {path.split("/")[2] for path in files if fnmatchcase(path, "autograder/assignments/*/rubric.toml")}


def _place(target: Path, path: str) -> Path:
    place = target / path
    for part in (place, *place.parents):
        if part == target:
            break
        if part.is_symlink():
            raise UsageError(f"{part} is a link: a release writes files only")
    if ".." in Path(path).parts or Path(path).is_absolute():
        raise UsageError(f"the release names a file outside of itself: {path}")
    return place
