"""What a fork changed of what was released: files of the grader, its workflows, its settings for pytest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

MANIFEST = "autograder/release.json"

#: What a fork may differ in without anybody wondering.
OWN = ("handout/", "scores.json", "README.md", ".gitignore", "requirements.txt")

#: Where files that nobody released are worth a word, since they could take part in grading.
WATCHED = ("autograder/", ".github/", "runner.py", "conftest.py", "pytest.ini", "sitecustomize.py", "usercustomize.py")


def expected(trusted: Path) -> Mapping[str, str] | None:
    """Hashes of what was released, from a trusted copy's manifest; None where it has none."""
    try:
        data = json.loads((trusted / MANIFEST).read_text("utf-8"))
        return {str(path): str(value) for path, value in data["files"].items()}
    except (OSError, ValueError, KeyError, AttributeError):
        return None


def changed(checkout: Path, released: Mapping[str, str]) -> list[str]:
    """Files of the grader that a checkout changed, lacks or has added, a line each; none where nothing is known."""
    if not released:
        return []
    lines = []
    for path, digest in sorted(released.items()):
        if path.startswith(OWN):
            continue
        place = checkout / path
        if place.is_symlink() or not place.is_file():
            lines.append(f"missing: {path}")
        elif _digest(place) != digest:
            lines.append(f"changed: {path}")
    added = sorted(set(_watched(checkout)) - set(released) - {MANIFEST})
    return [*lines, *(f"added: {path}" for path in added)]


def _watched(checkout: Path) -> Iterable[str]:
    for top in WATCHED:
        place = checkout / top
        # `rglob` follows no links to folders.
        for path in place.rglob("*") if place.is_dir() and not place.is_symlink() else [place]:
            name = path.relative_to(checkout).as_posix()
            if (path.is_symlink() or path.is_file()) and "__pycache__" not in name:
                yield name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
