"""What of the system's folders a guest has: shared libraries, where the loader looks for them, and no more.

In the same folders lie other Pythons and what was installed for them, by whomever, and whole programs. Debian has the
libraries in a folder for each architecture below `/usr/lib`; Fedora, Arch and Alpine have them in `/usr/lib64` or
`/usr/lib` itself, beside everything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .launch import PACKAGES

SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/lib32", "/libx32")
#: The loader's own list of what lies where, where the C library is GNU's.
CACHE = Path("/etc/ld.so.cache")
#: What of that list is looked at.
LISTED = (b"/usr/lib", b"/lib")
#: A shared library's name, and a folder's that is of one architecture, or holds what the C library loads itself.
_LIBRARY = re.compile(r"\.so(\.|$)")
_OWN = re.compile(r".+-linux-.+|locale|gconv|glibc-hwcaps")


@dataclass(frozen=True, slots=True)
class Folder:
    """One of the system's folders.

    Attributes
    ----------
    kept
        Those of its entries that a guest has.
    left
        The folders in it that a guest has not; no links to folders.
    """

    path: Path
    kept: tuple[Path, ...]
    left: tuple[Path, ...]


def folders(names: tuple[str, ...] = SYSTEM, cache: Path = CACHE) -> list[Folder]:
    """The system's folders, each once, by what they are when all links are followed."""
    listed = _listed(cache)
    real = sorted({Path(name).resolve() for name in names if Path(name).is_dir()})
    return [_folder(path, listed) for path in real]


def _folder(path: Path, listed: set[Path]) -> Folder:
    try:
        entries = sorted(path.iterdir())
    except OSError:  # who may not look into it cannot choose
        return Folder(path, (path,), ())
    libraries = {entry for entry in entries if _LIBRARY.search(entry.name) and entry.is_file()}
    inside = [entry for entry in entries if entry.is_dir()]
    kept = {entry for entry in inside if _wanted(entry, listed, beside=bool(libraries))}
    # A link leads to what is covered itself, or to what is not there; upon such a one nothing can be mounted.
    left = tuple(entry for entry in inside if entry not in kept and not entry.is_symlink())
    return Folder(path, tuple(sorted(libraries | kept)), left)


def _wanted(folder: Path, listed: set[Path], *, beside: bool) -> bool:
    """Whether a folder is one that the loader looks into; beside libraries, one that holds some itself may be."""
    if folder.name.startswith("python") or folder.name in PACKAGES:
        return False
    if _OWN.fullmatch(folder.name) or folder in listed:
        return True
    return beside and _holds_libraries(folder)


def _holds_libraries(folder: Path) -> bool:
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return False
    foreign = any(name.startswith("python") or name in PACKAGES for name in names)
    return not foreign and any(_LIBRARY.search(name) for name in names)


def _listed(cache: Path) -> set[Path]:
    """The folders in which the loader knows libraries, with those above them."""
    try:
        text = cache.read_bytes()
    except OSError:
        return set()
    names = {name.rpartition(b"/")[0] for name in text.split(b"\0") if name.startswith(LISTED)}
    places = {Path(name.decode("utf-8", "replace")).resolve() for name in names}
    return {folder for place in places for folder in (place, *place.parents)}
