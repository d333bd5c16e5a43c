"""What of a tree is graded: one verdict for every entry, by the assignment's rules and ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import names, notebooks, shadowing
from .entries import Entry
from .layout import Patterns, Root, find_root
from .submission import LeftOut

#: So many files are listed one by one where they are merely none of the graded ones.
LISTED = 50

OTHER = "not among the files that are graded"
#: What every handout brings beside what is to be written: no word is lost on it.
HANDED_OUT = "README.md"
DUPLICATE = "there are several of this name: the last one counts"


@dataclass(frozen=True, slots=True)
class Rules:
    """What an assignment says about files.

    Attributes
    ----------
    accept
        The files that are graded.
    markers
        What tells the homework's root from other folders.
    search
        The folders whose modules are importable by their bare name.
    packages
        The packages that a submission may import, and must not hide.
    """

    accept: Patterns
    markers: tuple[str, ...]
    search: tuple[str, ...]
    packages: tuple[str, ...]

    def wanted(self, path: str) -> bool:
        """Whether a file may turn out to be graded, wherever the root will be found."""
        return not names.is_litter(path) and bool(self.accept.roots(path))


@dataclass(slots=True)
class Selection:
    """A tree, sorted out.

    Attributes
    ----------
    root
        Where the homework lies; None where nothing looks like it.
    seen
        Every path of the tree but litter.
    """

    root: Root | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    refused: list[LeftOut] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Refused files, then the others, the latter cut where they are many."""
        told = [path for path in self.others if not (self.root and self.root.below(path) == HANDED_OUT)]
        others = [LeftOut(names.shown(path), OTHER) for path in told[:LISTED]]
        if rest := len(told) - len(others):
            others.append(LeftOut(f"{rest} more files", OTHER))
        return (*sorted(self.refused, key=lambda entry: entry.path), *others)


def select(entries: Iterable[Entry], rules: Rules) -> Selection:
    """Sort out a tree.

    Parameters
    ----------
    entries
        In the order in which they were found: of two of one name the last one counts.
    rules
        The assignment's.
    """
    selection = Selection()
    tree = _tree(entries, selection)
    selection.seen = sorted(tree)
    selection.root = find_root((path for path, entry in tree.items() if not entry.refused), rules.accept, rules.markers)
    for path in selection.seen:
        _judge(tree[path], selection, rules)
    _prefer_notebooks(selection)
    _note_rivals(selection)
    _note_lookalikes(selection)
    return selection


def _tree(entries: Iterable[Entry], selection: Selection) -> dict[str, Entry]:
    tree: dict[str, Entry] = {}
    for entry in entries:
        if names.is_litter(entry.path):
            continue
        if entry.path in tree:
            selection.refused.append(LeftOut(names.shown(entry.path), DUPLICATE, refused=True))
        tree[entry.path] = entry
    return {path: entry for path, entry in tree.items() if not _in_environment(path, tree)}


def _in_environment(path: str, tree: dict[str, Entry]) -> bool:
    parts = path.split("/")
    return any(
        part in names.ENVIRONMENT_PARTS and "/".join([*parts[:i], names.ENVIRONMENT_MARK]) in tree
        for i, part in enumerate(parts)
    )


def _judge(entry: Entry, selection: Selection, rules: Rules) -> None:
    path = selection.root.below(entry.path) if selection.root else ""
    why = entry.refused
    if not why and names.is_compiled(entry.path):
        why = "compiled code is not run: hand in the source"
    if not why and not (path and rules.accept.match(path)):
        selection.others.append(entry.path)
        return
    why = why or names.unfit(path) or _hiding(path, rules) or _below_a_file(path, selection)
    content = entry.content
    if not why and content is not None and notebooks.is_notebook(path):
        try:
            content = notebooks.slim(content)
        except notebooks.UnreadableNotebook as error:
            why = str(error)
    if why or content is None:
        selection.refused.append(LeftOut(names.shown(entry.path), why or "it could not be read", refused=True))
    else:
        selection.files[path] = content


def _hiding(path: str, rules: Rules) -> str:
    name = shadowing.hidden(path, rules.search, shadowing.reserved(rules.packages))
    return shadowing.reason(name) if name else ""


def _below_a_file(path: str, selection: Selection) -> str:
    """Why a file is refused that lies below another file, as only an archive can have it; else empty.

    The other one comes first in sorted order, so it has been judged already.
    """
    parts = path.split("/")
    above = ("/".join(parts[:i]) for i in range(1, len(parts)))
    return next((f"{names.shown(file)} is a file, not a folder" for file in above if file in selection.files), "")


def _prefer_notebooks(selection: Selection) -> None:
    """Leave a script out that lies beside its notebook: functions of both, mixed, would be nobody's work."""
    for path in [path for path in selection.files if notebooks.is_notebook(path)]:
        script = path.removesuffix(".ipynb") + ".py"
        if selection.files.pop(script, None) is not None:
            why = f"{names.shown(path)} is there too, and is what counts"
            selection.refused.append(LeftOut(names.shown(script), why, refused=True))


def _note_rivals(selection: Selection) -> None:
    if selection.root is not None and selection.root.rivals:
        others = ", ".join(names.shown(folder) for folder in selection.root.rivals[:3])
        taken = names.shown(selection.root.path)
        selection.notes.append(f"{taken} is graded; other folders look like the homework too: {others}")


def _note_lookalikes(selection: Selection) -> None:
    """Note names that some file systems take for one: there, only one of the files would have arrived."""
    alike: dict[str, list[str]] = {}
    for path in selection.files:
        alike.setdefault(_folded(path), []).append(path)
    for paths in alike.values():
        if len(paths) > 1:
            listed = ", ".join(names.shown(path) for path in paths)
            selection.notes.append(f"these names differ only by case or accents' spelling: {listed}")


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFC", path).casefold())
