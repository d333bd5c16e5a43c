"""What lies in a folder of submissions: the bulk downloads of Autolab, Canvas, Gradescope and Moodle, or anything.

Only names and a download's own metadata are read here, never a submission. A name that fits no platform's
pattern is a submission of whoever it is named after.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.assignments.rubric import Rubric
from autograder.errors import UsageError
from autograder.submissions.names import is_litter, is_litter_folder, shown

#: The largest number that a gradebook takes.
LARGEST = 2**63 - 1
#: Moodle's word for somebody whose name it hides, as `matching.participant` has it.
UNNAMED = "participant"
METADATA = "submission_metadata.yml"
_ARCHIVE = re.compile(r"\.(zip|7z|rar|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz))$", re.IGNORECASE)
_CODE = re.compile(r"\.(py|ipynb)$", re.IGNORECASE)
_AUTOLAB = re.compile(r"(?P<email>[^@_/][^@/]*@[^_/]+)_(?P<version>\d+)_(?P<file>.+)")
_CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_late)?_(?P<user>\d+)_(?P<upload>\d+)_(?P<file>.+)", re.IGNORECASE)
#: A folder each, or each file by itself, as its options have it.
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_file_?[^/]*")
_MOODLE_FILE = re.compile(r".+_\d+_assignsubmission_file_(?P<file>[^/]+)")
#: Where names are hidden ("anonymous submissions"); a group's name may stand before it.
_UNNAMED = re.compile(r"(?:.+-)?participant", re.IGNORECASE)
_TYPED = re.compile(r".+_\d+_assignsubmission_onlinetext(_.*)?")
_GRADESCOPE = re.compile(r"submission_(?P<id>\d+)")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a download says about who handed something in; any of it may be empty."""

    email: str = ""
    login: str = ""
    number: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A submission that was found, not yet opened.

    Attributes
    ----------
    label
        Its path below the folder that was given: the same wherever that folder lies.
    number
        Grows with each attempt of a student: a version, or the number of an upload.
    instead
        Labels at which nothing lies any more, since this does.
    time_told
        When it was handed in is the caller's word.
    unpacked, changed
        Whether it lies in a download that `bulk` has unpacked, and when it was last changed, as that download says it.
    """

    label: str
    path: Path
    source: str
    hints: tuple[Hint, ...]
    number: int = 1
    submitted_at: datetime | None = None
    marked_late: bool = False
    instead: tuple[str, ...] = ()
    time_told: bool = False
    unpacked: bool = False
    changed: datetime | None = None


def find(paths: Sequence[Path], rubric: Rubric) -> list[Found]:
    """All submissions in these places, in the order of their names.

    Raises
    ------
    UsageError
        A place is not there or cannot be looked into, or nothing lies in it.
    """
    found: list[Found] = []
    for path in paths:
        try:
            found += _at(path, rubric)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    found = _distinct(found)
    if not found:
        raise UsageError("no submissions in " + ", ".join(map(str, paths)), hint="point at the folder that holds them")
    return found


def typed_online(paths: Sequence[Path]) -> list[str]:
    """What was typed into a field of Moodle's and is no code: `find` passes it over."""
    entries = (entry for path in paths for entry in ([path] if not _is_class(path) else sorted(path.iterdir())))
    return [shown(entry.name) for entry in entries if _TYPED.fullmatch(entry.name)]


def _is_class(path: Path) -> bool:
    """Whether a place is looked into for submissions."""
    return path.is_dir() and not _TYPED.fullmatch(path.name)


def _at(path: Path, rubric: Rubric) -> Iterator[Found]:
    """The submissions in one place."""
    if not path.exists():
        raise UsageError(f"there is no {path}")
    if _TYPED.fullmatch(path.name):
        return
    if path.is_file():
        yield _named(path)
    elif any((path / marker).exists() for marker in rubric.markers):
        yield _plain(shown(path.name), path)
    else:
        yield from _in_folder(path)


def _distinct(found: Sequence[Found]) -> list[Found]:
    """Each place once, and no two of one label: where two folders have the same names, theirs come before.

    A link to somebody else's submission has a label of its own, so it is one, too.
    """
    # `resolve` does not take links in a circle.
    places = {(os.path.realpath(one.path), one.label): one for one in found}
    labels = Counter(one.label for one in places.values())
    named = [
        one if labels[one.label] == 1 else replace(one, label=f"{shown(_folder(one).name)}/{one.label}")
        for one in places.values()
    ]
    again = [label for label, count in Counter(one.label for one in named).items() if count > 1]
    if again:
        raise UsageError(f"two submissions are called {again[0]}", hint="give their folders or zips different names")
    return named


def _folder(one: Found) -> Path:
    """Where what a submission is called after lies; it may be a folder round an archive, which is the submission."""
    return one.path.parent if shown(one.path.name) == one.label else one.path.parent.parent


def _in_folder(folder: Path) -> Iterator[Found]:
    if (folder / METADATA).is_file():
        yield from _gradescope(folder)
        return
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        beside = entry.suffix.lower() in (".csv", ".toml", ".yml", ".yaml", ".txt", ".md")  # a roster, a policy, notes
        if _litter(entry) or (beside and not named_by_platform(entry.name)):
            continue
        if _TYPED.fullmatch(entry.name):
            continue
        if _is_export(entry):
            yield from _gradescope(entry)  # an export, which has a folder of its own
        else:
            yield _named(entry)


def _is_export(folder: Path) -> bool:
    """Whether a folder is an export of Gradescope's; of one that cannot be looked into, its reader says so."""
    try:
        return (folder / METADATA).is_file()
    except OSError:
        return False


def named_by_platform(name: str) -> bool:
    """Whether a platform names a submission so."""
    return any(pattern.fullmatch(name) for pattern in (_AUTOLAB, _CANVAS, _MOODLE, _TYPED, _GRADESCOPE))


def _named(entry: Path) -> Found:
    """What an entry's name says."""
    name = shown(entry.name)  # a name may hold bytes that no database takes
    if match := _AUTOLAB.fullmatch(name):
        hint = Hint(email=match["email"])
        return Found(name, entry, "autolab", (hint,), _number(match["version"]))
    if match := _MOODLE.fullmatch(name):
        hint = Hint(name=match["name"], number=match["id"])
        if _UNNAMED.fullmatch(hint.name):
            hint = Hint(number=f"{UNNAMED}:{match['id']}")
        return Found(name, _only_archive(entry), "moodle", (hint,))
    if match := _CANVAS.fullmatch(name):
        hint = Hint(name=match["name"], number=match["user"])
        return Found(name, entry, "canvas", (hint,), _number(match["upload"]), marked_late=bool(match["late"]))
    return _plain(name, entry)


def before_the_file(one: Found) -> str:
    """What a platform writes before the name of a file where it gives each by itself; empty where it does not so."""
    match = _CANVAS.fullmatch(one.path.name) if one.source == "canvas" else None
    match = _MOODLE_FILE.fullmatch(one.path.name) if one.source == "moodle" else match
    return "" if match is None else shown(one.path.name[: match.start("file")])


def _number(digits: str) -> int:
    """A number in a name, as far as databases have numbers: anybody can name a file, and a class is to be graded."""
    return min(int(digits), LARGEST)


def _plain(name: str, path: Path) -> Found:
    stem = name if path.is_dir() else _CODE.sub("", _ARCHIVE.sub("", name)) or name
    hint = Hint(email=stem) if "@" in stem else Hint(login=stem, number=stem, name=stem)
    return Found(name, _only_archive(path), "folder", (hint,))


def _litter(entry: Path) -> bool:
    return is_litter(entry.name) or is_litter_folder(entry.name)


def _only_archive(path: Path) -> Path:
    """A folder that a platform made round a single archive stands for the archive."""
    if not path.is_dir():
        return path
    try:
        inside = [entry for entry in path.iterdir() if not _litter(entry)]
        return inside[0] if len(inside) == 1 and inside[0].is_file() and _ARCHIVE.search(inside[0].name) else path
    except OSError:  # its reader says so
        return path


def _gradescope(folder: Path) -> Iterator[Found]:
    """The submissions of an export: a folder each, and one file that says whose they are."""
    entries = _metadata(folder / METADATA)
    for path in sorted(folder.iterdir()):
        match = _GRADESCOPE.fullmatch(path.name)
        if match is None:
            continue
        facts = entries.get(path.name, {})
        hints = tuple(
            Hint(_text(who, "email"), "", _text(who, "sid"), _text(who, "name"))
            for who in facts.get("submitters", ())
            if isinstance(who, dict)
        )
        found = Found(shown(path.name), _only_archive(path), "gradescope", hints, _number(match["id"]))
        yield replace(found, submitted_at=_moment(facts.get("created_at")))


def _metadata(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """An export's metadata; its keys are written with a colon before them."""
    import yaml

    try:
        data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    plain = _without_colons(data)
    if not isinstance(plain, dict):
        raise UsageError(f"{path}: does not look like Gradescope's metadata")
    return {str(name): facts for name, facts in plain.items() if isinstance(facts, dict)}


def _without_colons(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).removeprefix(":"): _without_colons(item) for key, item in value.items()}
    return [_without_colons(item) for item in value] if isinstance(value, list) else value


def _text(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return "" if value is None else str(value)


def _moment(value: Any) -> datetime | None:
    """A time as YAML gives it: PyYAML turns those with an offset into UTC, and those without have none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
