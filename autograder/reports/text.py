"""Untrusted text made safe to show.

Whatever a submission wrote (messages of exceptions, names of files, lines of source, what it printed)
may hold escape sequences that recolour a terminal, hide a line or plant a link; direction overrides that
make code read otherwise than it runs; or a megabyte of anything. `shown` turns all of it into characters
that only stand for themselves, of bounded length.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

#: Marks that may sit on one letter before further ones are escaped: no script needs more, stacks of them smear.
_MARKS = 3

#: No fewer characters are cut out: it takes as many to say so.
CUT = 30

_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

#: What stands in for typographic characters where an encoding has none.
_PLAIN = str.maketrans(
    {"…": "...", "→": "->", "←": "<-", "×": "x", "−": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"',
     "”": '"', "≤": "<=", "≥": ">=", "·": "-", "•": "*"}
)  # fmt: skip


def shown(text: str, limit: int = 400, *, lines: bool = False) -> str:
    r"""The text with everything that is not a plain, visible character escaped, cut in the middle where too long.

    Control characters (so every ANSI and OSC sequence), direction marks, invisible and unassigned
    characters and lone surrogates become `\x1b`, `\u202e` and the like.

    Parameters
    ----------
    text
        Anything.
    limit
        The most characters of it that are shown, escapes counted as long as they are written; a few more where the
        word on what is left out would be longer.
    lines
        Keep line ends (`\r\n` is one) and widen tabs; otherwise the result is one line.
    """
    if lines:
        text = text.replace("\r\n", "\n").expandtabs(4)
    if len(text) <= limit + CUT:
        if text.isascii() and text.isprintable():
            return text
        pieces = list(_pieces(text, lines))
        if sum(map(len, pieces)) <= limit + CUT:
            return "".join(pieces)
    head = _fitting(_pieces(text[:limit], lines), limit - limit // 2)
    rest = text[len(head) :][-limit:] if limit else ""
    tail = _fitting(reversed(list(_pieces(rest, lines))), limit // 2)
    left_out = len(text) - len(head) - len(tail)
    return f"{''.join(head)} … {left_out:,} characters left out … {''.join(reversed(tail))}"


def excerpt(text: str, rows: int = 8, limit: int = 800) -> str:
    """At most that many lines of a longer text, its beginning and its end, each safe to show."""
    every = text.replace("\r\n", "\n").strip("\n").split("\n")
    if len(every) > rows:
        head, tail = (rows + 1) // 2, rows // 2
        every = [*every[:head], f"… {len(every) - head - tail:,} lines left out …", *every[len(every) - tail :]]
    return shown("\n".join(every), limit, lines=True)


def encodable(text: str, encoding: str) -> str:
    """The text in the characters of an encoding: others are replaced by look-alikes in ASCII, or escaped."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return text


def escaped(character: str) -> str:
    r"""A character as Python would write it in a string: `\x1b`, `\u202e`, `\U000e0001`."""
    code = ord(character)
    if code < 0x100:
        return _NAMED.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _pieces(text: str, lines: bool) -> Iterator[str]:
    """Each character of the text as it is shown."""
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if lines and character == "\n":
            yield character
        elif not character.isprintable() or marks > _MARKS or _is_selector(character):
            yield escaped(character)
        else:
            yield character


def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character) in ("Mn", "Me")


def _is_selector(character: str) -> bool:
    """Variation selectors change nothing that is seen, and can carry hidden text."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _fitting(pieces: Iterable[str], room: int) -> list[str]:
    """As many pieces from the front as fit."""
    kept = []
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return kept
