"""What reading a submission's source tells, for the report's notes: imports that may never be reached, and advice.

The host never parses a submission: a parser that is fed with hostile source may take any time and memory. It only looks
whether a forbidden name or a nest of loops stands in the bytes at all, which is quick and true of few submissions; then
a section's child reads the source, under all limits, where a crash costs nothing but the remark.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from autograder.errors import HarnessError
from autograder.guest.agreed import KNOWN
from autograder.guest.wire import Frame

from .place import Place, conversation
from .sections import started

#: So many remarks are taken, of so many characters; so many places of one module are named.
MOST, LENGTH, NAMED = 20, 300, 3


def names(place: Place) -> tuple[str, ...]:
    """The modules that are looked for: what the assignment denies, and what students reach for besides."""
    imports = place.rubric.imports
    return tuple(
        sorted({*imports.deny, *(KNOWN - {name.partition(".")[0] for name in (*imports.allow, *imports.optional)})})
    )


def named(files: Mapping[str, bytes], modules: Collection[str]) -> bool:
    """Whether any of the modules may be imported: a line with `import` or `from` names it, or it stands written out.

    A part of a package that is allowed otherwise, as `scipy.signal`, may come as `from scipy import signal`, too.
    """
    whole = sorted({module for module in modules if "." not in module})
    parts = sorted({module for module in modules if "." in module})
    packages = sorted({module.partition(".")[0] for module in parts})
    patterns = []
    if parts:
        patterns += [rf"\b(?:{_any(parts)})\b", rf"\bfrom\s+(?:{_any(packages)})\s+import\b"]
    written = re.compile("|".join(patterns).encode())
    name = re.compile(rf"\b(?:{_any(whole)})\b".encode())
    for content in files.values():
        if any(package.encode() in content for package in packages) and written.search(content):
            return True
        if whole and any(_imports(line, name) for word in WORDS_OF_IMPORTS for line in lines(content, word)):
            return True
    return False


#: What a line that imports something has in it.
WORDS_OF_IMPORTS = (b"import", b"from")


def lines(content: bytes, word: bytes) -> Iterator[bytes]:
    """Each line that has a word in it, once, so that no line takes longer than it is long; few have, mostly."""
    at = content.find(word)
    while at >= 0:
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end
        yield content[content.rfind(b"\n", 0, at) + 1 : end]
        at = content.find(word, end)


def _imports(line: bytes, name: re.Pattern[bytes]) -> bool:
    """Whether a name stands in a line after `import` or `from`."""
    begins = _IMPORT.search(line)
    return begins is not None and name.search(line, begins.end()) is not None


_IMPORT = re.compile(rb"\b(?:import|from)\b")


def _any(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def forbidden_imports(place: Place, noted: Collection[str] = ()) -> list[str]:
    """Remarks on imports, without those lines that another note tells of already."""
    modules = names(place)
    if not named(place.submission.files, modules):
        return []
    found = remarks(place, "imports", {"names": list(modules)})
    return together(remark for remark in found if not any(note.startswith(_line(remark)) for note in noted))


#: A word for single precision; the head of a loop, or of a part of a comprehension; what stands between loops.
SINGLE = re.compile(rb"float32|float16|['\"](?:half|single)['\"]")
WORDS = (b"float32", b"float16", b"half", b"single")
LOOP = re.compile(rb"for\s(?P<names>[^:=\n]{1,80}?)\sin\b(?P<over>\s(?:\w+\.)?(?:product|ndindex)\b)?|while\b")
LOOPS = (b"for", b"while")
PRODUCTS = (b"product", b"ndindex")
BETWEEN = re.compile(rb"[:=]")
#: The beginnings of a notebook's lines, as JSON has them.
QUOTES = re.compile(rb'^[ \t]*"(?:,[ \t]*")?', re.MULTILINE)
#: Characters before a loop that are looked at: no indentation is longer.
DEEPEST = 400
#: So many loops inside each other are told of (`guest/reading.py` says so, too).
NESTED = 4


def in_double(place: Place) -> bool:
    """Whether an assignment's numbers are double precision; PyTorch's own are single."""
    return "torch" not in place.rubric.imports.allow


def worth_reading(place: Place) -> bool:
    """Whether there may be any advice to give of the source: single precision, or loops inside each other."""
    single = in_double(place)
    for path, content in place.submission.files.items():
        text = _unquoted(content) if path.endswith(".ipynb") else content
        if (single and any(word in text for word in WORDS) and SINGLE.search(text)) or nested(text):
            return True
    return False


def _unquoted(notebook: bytes) -> bytes:
    """A notebook's JSON with its lines of code as lines."""
    return QUOTES.sub(b"", notebook.replace(b"\\n", b"\n").replace(b"\\t", b"\t"))


def nested(content: bytes) -> bool:
    """Whether loops or comprehensions seem to be inside each other, by their indentation and what stands between."""
    nest: list[tuple[int, int]] = []
    depth = end = 0
    many = sum(map(content.count, LOOPS)) >= NESTED or any(word in content for word in PRODUCTS)
    for loop in LOOP.finditer(content) if many else ():
        if content[max(0, loop.start() - 1) : loop.start()].isalnum():
            continue  # of another word (a pattern that begins with letters is looked for faster)
        axes = 1 + loop["names"].count(b",") if loop["over"] else 1
        if end and not BETWEEN.search(content, end, loop.start()):
            depth += axes  # of the same comprehension
        else:
            first = max(0, loop.start() - DEEPEST)
            before = content[max(first, content.rfind(b"\n", first, loop.start()) + 1) : loop.start()]
            indent = len(before) - len(before.lstrip())
            while nest and nest[-1][0] >= indent:
                nest.pop()
            depth = (nest[-1][1] if nest else 0) + axes
            if indent == len(before):
                nest.append((indent, depth))
        if depth >= NESTED:
            return True
        end = loop.end()
    return False


def remarks(place: Place, what: str, params: Mapping[str, Any]) -> list[str]:
    """What reading the source in a section's process gives; nothing where it cannot be read."""
    try:
        with conversation("reading", f"reading/{what}", place) as talk:
            if not started(talk, place):
                return []
            answer = talk.ask(Frame("case", {"params": dict(params), "random": 0}))
            talk.end()
    except HarnessError:
        return []
    found = answer.fields.get("notes") if answer is not None else None
    return [note[:LENGTH] for note in found[:MOST] if isinstance(note, str)] if isinstance(found, list) else []


def together(remarks: Iterable[str]) -> list[str]:
    """One remark for each module: where it is imported, the first places by name."""
    places: dict[str, list[str]] = {}
    for remark in remarks:
        place, _, what = remark.rpartition(": ")
        places.setdefault(what, []).append(place)
    return [f"{what} where no check comes by: {_list(found)}; this costs nothing" for what, found in places.items()]


def _list(places: list[str]) -> str:
    """Places in a few words."""
    more = len(places) - NAMED
    return ", ".join(places[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _line(remark: str) -> str:
    return remark.rpartition(": ")[0] + ":"
