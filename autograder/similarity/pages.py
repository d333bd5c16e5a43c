"""Pages and a document of what was found: side by side, in plain words, without a verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.reports.text import shown

from .finding import Pair, Passage
from .works import Work

SCHEMA = "autograder/similarity/v1"
TEMPLATES = Path(__file__).parent / "templates"
#: Lines of a passage that are shown; the rest is in the files.
MOST_LINES = 80


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was found, as it is told.

    Attributes
    ----------
    more
        How many pairs there are that are less alike than these.
    short
        Numbers of works with too little code of their own to say anything.
    left_out
        What could not be opened, with the reason.
    """

    assignment: str
    title: str
    works: Sequence[Work]
    pairs: Sequence[Pair]
    more: int
    short: Sequence[int]
    left_out: Sequence[str]

    def many(self, kind: str) -> int:
        """How many works of a kind were compared."""
        return sum(one.kind == kind for one in self.works)


def document(found: Comparison) -> dict[str, Any]:
    """The document, by the schema `autograder/similarity/v1`."""
    return {
        "schema": SCHEMA,
        "assignment": found.assignment,
        "compared": {kind: found.many(kind) for kind in ("class", "past", "reference")},
        "too_short": [found.works[number].label for number in found.short],
        "left_out": list(found.left_out),
        "more": found.more,
        "pairs": [_told(found, number, pair) for number, pair in enumerate(found.pairs, 1)],
    }


def _told(found: Comparison, number: int, pair: Pair) -> dict[str, Any]:
    left, right = found.works[pair.left], found.works[pair.right]
    return {
        "number": number,
        "likeness": pair.likeness,
        "left": {"label": left.label, "students": list(left.students), "kind": left.kind, "share": pair.shares[0]},
        "right": {"label": right.label, "students": list(right.students), "kind": right.kind, "share": pair.shares[1]},
        "passages": [
            {"left": _place(left, passage.left), "right": _place(right, passage.right)} for passage in pair.passages
        ],
    }


def _place(work: Work, lines: tuple[int, int]) -> dict[str, Any]:
    """Lines as they are found in a file; what goes on in the next file is left to that file."""
    file, first = work.place(lines[0])
    last = min(lines[1], work.end_of_file(lines[0]))
    return {"file": file, "first": first, "last": first + last - lines[0]}


def files(found: Comparison) -> dict[str, str]:
    """Every file by its name: the list, a page a pair, and the document."""
    told = document(found)
    pages = {"index.html": _render("list.html", found=found, told=told, percent=percent, who=who)}
    for pair, facts in zip(found.pairs, told["pairs"], strict=True):
        left, right = found.works[pair.left], found.works[pair.right]
        places = zip(pair.passages, facts["passages"], strict=True)
        passages = [_shown(left, right, passage, place) for passage, place in places]
        pages[page(facts["number"])] = _render(
            "pair.html", found=found, pair=facts, passages=passages, percent=percent, who=who, page=page
        )
    pages["similarity.json"] = json.dumps(told, ensure_ascii=True, allow_nan=False, indent=1) + "\n"
    return pages


def page(number: int) -> str:
    """The name of a pair's page."""
    return f"pair-{number:03}.html"


def _shown(left: Work, right: Work, passage: Passage, place: dict[str, Any]) -> dict[str, Any]:
    return {
        "left": {**place["left"], "text": _text(left, passage.left[0], place["left"])},
        "right": {**place["right"], "text": _text(right, passage.right[0], place["right"])},
    }


def _text(work: Work, first: int, place: dict[str, Any]) -> str:
    count = place["last"] - place["first"] + 1
    lines = work.text.split("\n")[first : first + min(count, MOST_LINES)]
    cut = [f"… {count - MOST_LINES} more lines"] if count > MOST_LINES else []
    return "\n".join([*(shown(line, 300, lines=True) for line in lines), *cut])


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{100 * share:.0f} %"


def who(side: dict[str, Any]) -> str:
    """Whose a work is, in a line."""
    return shown(", ".join(side["students"]) or side["label"], 120)


def _render(name: str, **facts: Any) -> str:
    text: str = _environment().get_template(name).render(shown=shown, **facts)
    return text


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
