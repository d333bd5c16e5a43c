"""copydetect's fingerprints of a text, and what two have in common, as lines; imported only where that is asked for."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from copydetect.detector import CodeFingerprint
from copydetect.utils import find_fingerprint_overlap, get_copied_slices

#: Characters of filtered code (a name is one) in a row that are taken for a coincidence, and the winnowing's window.
NOISE = 30
WINDOW = 12
#: Passages of a pair that are shown, the longest.
MOST = 40
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prints:
    """A text's fingerprints.

    Attributes
    ----------
    code
        As copydetect has them: `hashes`, `hash_idx` (where each is in the filtered text), `filtered_code`.
    lines
        For each character of the filtered text, the line of the text that it comes from.
    cuts
        Where files begin, in the filtered text: no passage goes on from one file into the next.
    """

    code: Any
    lines: npt.NDArray[np.int64]
    cuts: tuple[int, ...]

    @property
    def hashes(self) -> set[int]:
        """All fingerprints that count."""
        found: set[int] = self.code.hashes
        return found


def of(text: str, starts: Sequence[int]) -> Prints:
    """A text's fingerprints; `starts` are the lines on which its files begin."""
    code = CodeFingerprint("submission.py", NOISE, WINDOW, language="python", fp=io.StringIO(text))
    places = np.arange(len(code.filtered_code))
    if len(code.offsets) and len(places):
        # What was left out only grows; copydetect notes something smaller at the names of classes.
        left_out = np.maximum.accumulate(code.offsets[:, 1])
        places = places + left_out[np.minimum(np.searchsorted(code.offsets[:, 0], places), len(left_out) - 1)]
    ends = np.flatnonzero(np.array(list(text)) == "\n") if text else np.empty(0, int)
    lines = np.searchsorted(ends, np.minimum(places, max(0, len(text) - 1)))
    return Prints(code, lines, tuple(int(cut) for cut in np.searchsorted(lines, starts)))


def every(text: str) -> Set[int]:
    """All hashes of a text, not only those that winnowing chooses: what is to count for nothing."""
    if not text:
        return frozenset()
    return frozenset(CodeFingerprint("given.py", NOISE, 1, language="python", fp=io.StringIO(text)).hashes)


def take_out(prints: Prints, given: Set[int]) -> None:
    """Take what was given out of a text's fingerprints.

    copydetect would do so itself, but counts on hashes that do not repeat, and they do.
    """
    prints.code.hashes -= given
    for mark in given & set(prints.code.hash_idx):
        del prints.code.hash_idx[mark]


def matches(left: Prints, right: Prints) -> tuple[tuple[float, float], list[dict[str, Span]]]:
    """How much of each one's own code the other has, and the passages in the order of the left one's lines."""
    index = find_fingerprint_overlap(left.hashes, right.hashes, left.code.hash_idx, right.code.hash_idx)
    here, there = (_spans(one, places) for one, places in zip((left, right), index, strict=True))
    both = left.hashes & right.hashes
    votes: dict[int, Counter[int]] = {}
    for mark in both:
        sides = [
            {_which(spans, place) for place in one.code.hash_idx[mark]} for one, spans in ((left, here), (right, there))
        ]
        for mine in sides[0] - {-1}:
            votes.setdefault(mine, Counter()).update(sides[1] - {-1})
    found = set()
    for mine, counted in votes.items():
        most = max(counted.values(), default=0)
        if most:
            other = min(number for number, count in counted.items() if count == most)
            found.add((_lines(left, here[mine]), _lines(right, there[other])))
    longest = sorted(found, key=lambda one: (one[0][0] - one[0][1], one))[:MOST]
    passages = [{"left": one, "right": other} for one, other in sorted(longest)]
    return (_share(left, here), _share(right, there)), passages


def _spans(prints: Prints, places: Any) -> list[Span]:
    """Where the text has something in common, in order, cut where files begin."""
    found = []
    for first, last in zip(*get_copied_slices(places, NOISE), strict=True):
        edges = [int(first), *(cut for cut in prints.cuts if first < cut < last), int(last)]
        # What a cut leaves over may be less than what is taken for chance.
        found += [span for span in itertools.pairwise(edges) if span[1] - span[0] >= NOISE]
    return found


def _which(spans: Sequence[Span], place: int) -> int:
    """The span that a place lies in; -1: none."""
    return next((number for number, (first, last) in enumerate(spans) if first <= place < last), -1)


def _share(prints: Prints, spans: Sequence[Span]) -> float:
    """How much of the text's own code lies in these spans."""
    own, common = (np.zeros(len(prints.code.filtered_code), bool) for _ in range(2))
    for places in prints.code.hash_idx.values():
        for place in places:
            own[place : place + NOISE] = True
    for first, last in spans:
        common[first:last] = True
    total = int(own.sum())
    return round(float((own & common).sum()) / total, 4) if total else 0.0


def _lines(prints: Prints, span: Span) -> Span:
    """First and last line of a span of the filtered text."""
    last = min(span[1], len(prints.lines)) - 1
    return int(prints.lines[span[0]]), int(prints.lines[last])
