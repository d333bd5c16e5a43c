"""Finding what is alike, by copydetect: tokens without names, comments and layout, their k-grams, and winnowing.

It runs as a process of its own, since copydetect's fingerprints are Python's hashes of strings: with a fixed seed of
those the same class gives the same pairs. Code that was handed out counts for nothing.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from autograder.batch.crew import environment
from autograder.errors import HarnessError, UsageError, install

from .works import Work

#: Who has written less of their own than so many fingerprints is compared with nobody: it would be chance.
FEWEST = 12
#: Seconds for the whole class.
PATIENCE = 3600.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of two works that are alike: first and last in each one's text, from 0."""

    left: tuple[int, int]
    right: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two works by their numbers.

    Attributes
    ----------
    likeness
        What the list is ordered by, 0 to 1: how much of what is rare in this class both have.
    shares
        Of each one's own code, how much the other has too, 0 to 1.
    """

    left: int
    right: int
    likeness: float
    shares: tuple[float, float]
    passages: tuple[Passage, ...]


def find(works: Sequence[Work], given: Work, most: int) -> tuple[list[Pair], int, list[int]]:
    """The pairs that are most alike, those first; how many more there are; works with too little code of their own.

    Raises
    ------
    UsageError
        copydetect is not installed.
    HarnessError
        The comparison failed.
    """
    told = {"works": [asdict(one) for one in works], "given": given.text, "most": most}
    done = subprocess.run(
        [sys.executable, "-m", "autograder.similarity.finding"],
        input=json.dumps(told).encode("ascii"),
        capture_output=True,
        # One drawing library or another comes along and must find neither a display nor a home.
        env={**environment(), "MPLBACKEND": "Agg"},
        timeout=PATIENCE,
        check=False,
    )
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise HarnessError(f"submissions cannot be compared: {said[-1] if said else 'nothing said'}") from error
    if "missing" in found:
        raise UsageError(
            f"`similarity` needs {found['missing']}, which is not installed",
            hint=install("requirements-staff.txt"),
        )
    return [_pair(pair) for pair in found["pairs"]], found["more"], found["short"]


def _pair(facts: Any) -> Pair:
    passages = tuple(Passage(tuple(p["left"]), tuple(p["right"])) for p in facts["passages"])
    return Pair(facts["left"], facts["right"], facts["likeness"], tuple(facts["shares"]), passages)


def main() -> None:
    """Compare what standard input tells, and write the pairs to standard output."""
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    told = json.load(sys.stdin)
    try:
        from . import fingerprints
    except ModuleNotFoundError as error:
        answer: dict[str, Any] = {"missing": error.name}
    else:
        prints = [fingerprints.of(one["text"], one["starts"]) for one in told["works"]]
        given = fingerprints.every(told["given"])
        for one in prints:
            fingerprints.take_out(one, given)
        whose = [frozenset(one["students"]) for one in told["works"]]
        answer = _compared(prints, [one["kind"] for one in told["works"]], whose, told["most"])
    with out:
        json.dump(answer, out)


def _compared(
    prints: Sequence[Any], kinds: Sequence[str], whose: Sequence[frozenset[str]], most: int
) -> dict[str, Any]:
    """The pairs, each of different people's works: two attempts of one student are alike, and nobody wonders."""
    from . import fingerprints

    long = [number for number, one in enumerate(prints) if len(one.hashes) >= FEWEST]
    weight = _weights([prints[number].hashes for number in long])
    norm = {number: math.sqrt(math.fsum(weight[mark] ** 2 for mark in prints[number].hashes)) for number in long}
    ranked = []
    for left in long:
        for right in long:
            if left < right and "class" in (kinds[left], kinds[right]) and not whose[left] & whose[right]:
                both = prints[left].hashes & prints[right].hashes
                if both:
                    alike = math.fsum(weight[mark] ** 2 for mark in both) / (norm[left] * norm[right])
                    ranked.append((-alike, left, right))
    pairs = []
    for alike, left, right in sorted(ranked)[:most]:
        shares, passages = fingerprints.matches(prints[left], prints[right])
        pairs.append(
            {"left": left, "right": right, "likeness": round(-alike, 4), "shares": shares, "passages": passages}
        )
    more = len(ranked) - len(pairs)
    return {"pairs": pairs, "more": more, "short": sorted(set(range(len(prints))) - set(long))}


def _weights(each: Sequence[Iterable[int]]) -> dict[int, float]:
    """What a fingerprint counts for: the less, the more works have it."""
    having = Counter(mark for marks in each for mark in marks)
    return {mark: math.log(1 + len(each) / count) for mark, count in having.items()}


if __name__ == "__main__":
    main()
