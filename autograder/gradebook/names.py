"""People's names as platforms and people write them into names of files."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable

#: Shorter words stand in too much else to be taken out of texts.
SHORTEST = 3

#: Letters that marks cannot be taken off, as they are written where there are only English ones.
_BARE = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
#: Letters that some write with two, and some without their marks: `Müller` is `mueller` or `muller`.
_WITH_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

#: What stands between the words of a name.
_BETWEEN = ("", " ", "_", "-", ".", ",", ", ")


def plain(name: str) -> str:
    """A name as platforms write it into file names: letters and digits only, no accents, lower case."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if c.isalnum()).casefold()


def plains(name: str) -> frozenset[str]:
    """A name in every way in which platforms write it into file names: `Jörg` is `jorg` or `joerg`."""
    return frozenset(_plains(name))


def _plains(text: str) -> tuple[str, str, str]:
    folded = unicodedata.normalize("NFC", text).casefold()
    return plain(folded), plain(folded.translate(_BARE)), plain(folded.translate(_WITH_TWO).translate(_BARE))


def orders(name: str) -> tuple[list[str], ...]:
    """The words of a name in every order in which platforms write it: as it is, the last first, the first last."""
    words = name.replace(",", " ").split()
    return words, words[-1:] + words[:-1], words[1:] + words[:1]


def spellings(name: str) -> frozenset[str]:
    """A name in every way in which it may stand in a text or the name of a file, whatever the case."""
    found = {name}
    for words, between in itertools.product(orders(name), _BETWEEN):
        found |= {between.join(words), *(between.join(spelt) for spelt in zip(*map(_plains, words), strict=True))}
    return _composed(found)


def compounds(name: str) -> frozenset[str]:
    """Any two words of a name as one, as names in code have them: `JaneDoe` of Jane Mary Doe."""
    words = [word for word in re.split(r"[\s,.-]+", name) if word]
    pairs = {
        "".join(pair)
        for two in itertools.permutations(words, 2)
        for pair in (two, *zip(*map(_plains, two), strict=True))
    }
    return _composed(pairs)


def particulars(key: str, name: str, email: str, login: str, number: str, former: str = "") -> frozenset[str]:
    """All by which somebody may be named in a text or the name of a file: see `batch.matching`, which finds them so."""
    called = {key, email, *former.split()}
    found = {*called, *(mark.partition("@")[0] for mark in called), login, number, *number.split()}
    return frozenset(filter(None, found | spellings(name)))


def parts(*texts: str) -> frozenset[str]:
    """The words of which such texts are made, as they are and as platforms write them."""
    found = {word for text in texts for word in re.split(r"[\s,.@+_-]+", text)}
    return _composed(found.union(*map(plains, found)))


def _composed(texts: Iterable[str]) -> frozenset[str]:
    """These texts with accents in either way in which they are written."""
    return frozenset(unicodedata.normalize(form, text) for text in texts for form in ("NFC", "NFD"))


#: Where a word may begin and end that others are written together with: `myJaneDoe2Net`.
_BEGIN = r"(?:(?<![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))"
_END = r"(?:(?![^\W\d_])|(?-i:(?<![A-Z])(?=[A-Z])))"


def pattern(words: Iterable[str], kept: Iterable[str] = (), within: Iterable[str] = ()) -> re.Pattern[str]:
    """These words where they stand by themselves, whatever the case: a login may be part of many a word.

    Parameters
    ----------
    kept
        Paths of files, in which nothing is one of these words.
    within
        `compounds`, which are found in names in code, too.
    """

    def either(texts: Iterable[str]) -> str:
        # The longest first, so that an address goes before the login in it; and of none nothing is found.
        return "|".join(map(re.escape, sorted(texts, key=lambda text: (-len(text), text)))) or "(?!)"

    long, two = ({word for word in some if len(word) >= SHORTEST} for some in (words, within))
    # Underscores join words in file names, so they end one here.
    return re.compile(
        rf"(?P<kept>(?<!\w)(?:{either(set(kept))})(?![\w/]))"
        rf"|(?<![^\W_])(?:{either(long)})(?![^\W_])|{_BEGIN}(?:{either(two)}){_END}",
        re.IGNORECASE,
    )


def without(text: str, words: re.Pattern[str], gone: str) -> str:
    """A text with `gone` in the place of words by `pattern`."""
    return words.sub(lambda found: gone if found["kept"] is None else found[0], text)
