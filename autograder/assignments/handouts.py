"""Handouts: what students start from, made from a reference solution by taking the solution out of it.

`markers` says how a reference marks what students are to write. Python files and the code cells of notebooks are
stripped, all other files are copied; a notebook loses its outputs as well.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from . import notebook_handouts
from .markers import HandoutError, strip

__all__ = ["HandoutError", "drift", "make", "strip"]


def make(reference: Path, handout: Path) -> list[Path]:
    """Write the handout of a reference, over whatever is there: also over what a student has written.

    Python files and notebooks are stripped, all others copied; hidden files, caches and backups are left out.
    Files that only the handout has, such as its README, stay. Nothing is written unless every file can be made.

    Parameters
    ----------
    reference, handout : Path
        The folders to read and to write; neither may lie in the other.

    Returns
    -------
    list of Path
        The files written, in order.

    Raises
    ------
    HandoutError
        A file cannot be stripped, the reference is empty, or one folder lies in the other.
    """
    source, target = reference.resolve(), handout.resolve()
    if source.is_relative_to(target) or target.is_relative_to(source):
        raise HandoutError(str(handout), 0, "the handout would be mixed with its reference")
    files = _files(reference)
    for name, content in files.items():
        path = handout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [handout / name for name in files]


def drift(reference: Path, handout: Path) -> list[str]:
    """Say how a handout differs from what `make` would write.

    Parameters
    ----------
    reference, handout : Path
        The two folders.

    Returns
    -------
    list of str
        One line for each file that is missing or differs (with the first line that does), and for each Python
        file or notebook that the reference does not have. Empty where there is no difference. Of notebooks the
        cells' sources count, not what running them left behind.

    Raises
    ------
    HandoutError
        As `make`, but for the places of the folders.
    """
    files = _files(reference)
    found = [name for name in _names(handout) if name.endswith((".py", ".ipynb"))]
    differences = [_difference(name, content, handout / name) for name, content in files.items()]
    extra = [f"{name}: is not in the reference" for name in found if name not in files]
    return [line for line in differences if line is not None] + extra


def _difference(name: str, made: bytes, path: Path) -> str | None:
    if not path.is_file():
        return f"{name}: is missing"
    found = path.read_bytes()
    if name.endswith(".py"):
        found = found.replace(b"\r\n", b"\n")  # a checkout may have turned the line ends
    if name.endswith(".ipynb"):
        made, found = notebook_handouts.text(made), notebook_handouts.text(found)
    if found == made:
        return None
    pairs = zip_longest(made.split(b"\n"), found.split(b"\n"))
    number, (should, is_) = next((n, pair) for n, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    return f"{name}:{number}: should be {_quote(should)}, is {_quote(is_)}"


def _quote(line: bytes | None) -> str:
    return "the end" if line is None else repr(line.decode(errors="replace"))


def _names(folder: Path) -> list[str]:
    """Name the files that count, relative to the folder, with ``/``, sorted."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if not any(map(_is_litter, path.parts)))


def _is_litter(name: str) -> bool:
    """Tell hidden files, caches and editors' backups."""
    return name.startswith(".") or name == "__pycache__" or name.endswith((".pyc", "~"))


def _files(reference: Path) -> dict[str, bytes]:
    """Make every file of the handout, in memory."""
    files = {}
    for name in _names(reference):
        content = (reference / name).read_bytes()
        if name.endswith((".py", ".ipynb")):
            try:
                source = content.decode().replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                raise HandoutError(name, 0, "is not UTF-8") from error
            made = strip if name.endswith(".py") else notebook_handouts.strip_notebook
            content = made(source, name).encode()
        files[name] = content
    if not files:
        raise HandoutError(str(reference), 0, "there is no reference here")
    return files
