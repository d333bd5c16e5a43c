"""Bulk downloads that are still packed: the zip files that platforms give out, unpacked for as long as a batch runs.

A zip is such a download if what lies at its top is named as a platform names submissions; any other one is somebody's
homework. The submissions inside stay packed: they are read as everywhere, without trusting them.
"""

from __future__ import annotations

import contextlib
import lzma
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import UsageError
from autograder.submissions import members, zips
from autograder.submissions.names import astray, is_litter, normal, shown, unfit

from .sources import METADATA, Found, named_by_platform

#: What a damaged download may raise.
DAMAGE: tuple[type[Exception], ...] = (*zips.DAMAGE, *members.DAMAGE, lzma.LZMAError)
_DEEPEST = 32
_MOST_MEMBERS = 500_000
#: What zips say where nobody knew when a file was changed: the first moment that they can say.
_NEVER = (1980, 1, 1, 0, 0, 0)
#: The field of a member in which some zips say the time in UTC.
_EXACT = 0x5455


@dataclass(frozen=True, slots=True)
class Places:
    """Where submissions lie, downloads unpacked.

    Attributes
    ----------
    folders
        The places that were given, with a folder for each download that is packed.
    changed
        When what was unpacked was last changed, by its path, as far as its download says it: of a folder, when the last
        file in it was. Most downloads say it by the clock on the wall of whoever made them, without an offset.
    doubled
        Names that are in a download several times, of which the last counts, as within a submission.
    """

    folders: list[Path]
    changed: dict[Path, datetime] = field(default_factory=dict)
    unpacked: list[Path] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def dated(self, found: Iterable[Found]) -> list[Found]:
        """Submissions in these places, those of downloads with their times."""
        inside = set(self.unpacked)
        return [
            replace(one, unpacked=True, changed=self.changed.get(one.path)) if inside & set(one.path.parents) else one
            for one in found
        ]


@contextlib.contextmanager
def unpacked(paths: Sequence[Path]) -> Iterator[Places]:
    """The same places, with a folder for each download that is packed, called as the download is.

    Raises
    ------
    UsageError
        A download cannot be unpacked.
    """
    with contextlib.ExitStack() as stack:
        places = Places([])
        for path in dict.fromkeys(paths):
            if is_bulk(path):
                places.unpacked.append(_unpacked(path, stack, places))
                places.folders.append(places.unpacked[-1])
            else:
                places.folders.append(path)
        yield places


def is_bulk(path: Path) -> bool:
    """Whether a file is a platform's download of many submissions."""
    try:
        if not path.is_file() or not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            parts = [tuple(normal(zips.name_of(one)).split("/")) for one in archive.infolist()[:_MOST_MEMBERS]]
    except DAMAGE:  # among them what the system does not let us read
        return False
    tops = {part[0] for part in parts}
    return any(named_by_platform(top) for top in tops) or any(part[-1] == METADATA for part in parts if len(part) <= 2)


def _unpacked(path: Path, stack: contextlib.ExitStack, places: Places) -> Path:
    """The folder of a download. Its name stands in labels where two downloads have the same names."""
    apart = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-bulk-")))
    folder = apart / (path.stem if path.stem.strip(".") else "download")
    try:
        folder.mkdir()
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            needed = sum(member.file_size for member in members)
            if len(members) > _MOST_MEMBERS or needed > shutil.disk_usage(folder).free // 2:
                raise UsageError(f"{path}: too much to unpack here", hint="unpack it yourself and give the folder")
            changed, last = places.changed, _last(members)
            exact = all(_exactly(member) is not None for member, _ in last.values())
            places.doubled.extend(shown(name) for name, (_, count) in last.items() if count > 1)
            for name, (member, _) in last.items():
                target = folder / name
                try:
                    _extract(archive, member, target)
                except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:  # not by their very names
                    raise UsageError(
                        f"{path}: cannot be unpacked here: {shown(name)} lies where another of its files does",
                        hint="unpack it where capitals and accents tell files apart, and give the folder",
                    ) from error
                when = None if is_litter(name) else _exactly(member) if exact else _on_the_wall(member)
                while when is not None and target != folder:
                    changed[target] = max(when, changed.get(target, when))
                    target = target.parent
    except DAMAGE as error:
        raise UsageError(f"{path}: cannot be unpacked: {error}") from error
    return folder


def _last(members: Iterable[zipfile.ZipInfo]) -> dict[str, tuple[zipfile.ZipInfo, int]]:
    """The files that belong somewhere in the folder, by where: the last one of each place, and how many there are."""
    last: dict[str, tuple[zipfile.ZipInfo, int]] = {}
    for member in members:
        name = zips.name_of(member)
        place = normal(name)
        if place and not (name.endswith("/") or astray(name, _DEEPEST) or unfit(place)):
            last[place] = member, last.get(place, (member, 0))[1] + 1
    return last


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write a member."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("xb") as file:
        left = member.file_size
        while left > 0 and (chunk := source.read(min(left, 1 << 20))):
            file.write(chunk)
            left -= len(chunk)


def _exactly(member: zipfile.ZipInfo) -> datetime | None:
    """When a member was changed, where the zip says it in UTC."""
    at, extra = 0, member.extra
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _EXACT and size >= 5 and at + 9 <= len(extra) and extra[at + 4] & 1:
            return datetime.fromtimestamp(struct.unpack_from("<i", extra, at + 5)[0], UTC)
        at += 4 + size
    return None


def _on_the_wall(member: zipfile.ZipInfo) -> datetime | None:
    """When a member was changed by the clock of whoever made the zip; None where nobody knew."""
    try:
        return None if member.date_time == _NEVER else datetime(*member.date_time)
    except ValueError:
        return None
