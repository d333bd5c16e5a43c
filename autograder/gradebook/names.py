"""People's names as platforms and people write them into names of files."""

from __future__ import annotations

import itertools
import unicodedata

#: What stands between the words of a name.
_BETWEEN = ("", " ", "_", "-", ".", ",", ", ")


def plain(name: str) -> str:
    """A name as platforms write it into file names: letters and digits only, no accents, lower case."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if c.isalnum()).casefold()


def orders(name: str) -> tuple[list[str], ...]:
    """The words of a name in every order in which platforms write it: as it is, the last first, the first last."""
    words = name.replace(",", " ").split()
    return words, words[-1:] + words[:-1], words[1:] + words[:1]


def spellings(name: str) -> frozenset[str]:
    """A name in every way in which it may stand in a text or the name of a file, whatever the case."""
    found = {name}
    for words, between in itertools.product(orders(name), _BETWEEN):
        found |= {between.join(words), between.join(map(plain, words))}
    return frozenset(unicodedata.normalize(form, text) for text in found for form in ("NFC", "NFD"))
