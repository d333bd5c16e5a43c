"""Read a Jupyter notebook (nbformat 4), never run it: what is kept is the code, as a notebook without anything else.

The file is plain JSON, so `json` reads it; nbformat, which Jupyter itself uses, only checks in the tests that
what comes out here is a notebook. Python source is not even parsed on this side: see `guest.notebooks`.
"""

from __future__ import annotations

import json
from typing import Any

from .bounds import MIB, amount
from .names import shown

#: Values in one file, counted by what stands between them: a parser needs a hundred bytes for each.
MOST_VALUES = 1_000_000
#: Bytes of code in all cells together, far more than a person writes.
MOST_CODE = MIB
#: A cell with this tag is for whoever reads the notebook, and not for the grader.
SKIP = "autograder-skip"

CLEAR = "clear its outputs (in Jupyter: Edit, Clear Outputs of All Cells), save it, and hand it in again"


class UnreadableNotebook(Exception):
    """A file that is no notebook of Python code in format 4; the text says why, to come after `it is left out: `."""


def is_notebook(path: str) -> bool:
    """Whether a file is a notebook, by its name."""
    return path.endswith(".ipynb")


def slim(content: bytes) -> bytes:
    """A notebook with the code cells' source alone: what is graded, whatever was printed or plotted.

    Raises
    ------
    UnreadableNotebook
        It is broken, of another format or language, or more than the bounds allow.
    """
    book = _loaded(content)
    code = [_source(cell) for cell in book["cells"] if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    if sum(map(len, code)) > MOST_CODE:
        raise UnreadableNotebook(f"its code is longer than {amount(MOST_CODE)}")
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
        for source in code
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 0}, indent=0).encode()


def _loaded(content: bytes) -> dict[str, Any]:
    if content.count(b",") + content.count(b"[") + content.count(b"{") > MOST_VALUES:
        raise UnreadableNotebook(f"it holds more than {MOST_VALUES} values: {CLEAR}")
    try:
        book = json.loads(content)
    except json.JSONDecodeError as error:
        raise UnreadableNotebook(
            f"its JSON is broken at line {error.lineno}, column {error.colno}: open it in Jupyter and save it anew"
        ) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, numbers of thousands of digits, nested too deeply
        raise UnreadableNotebook("its JSON is broken: open it in Jupyter and save it anew") from error
    if not isinstance(book, dict) or not isinstance(book.get("nbformat"), int):
        raise UnreadableNotebook("it is JSON, but no Jupyter notebook")
    if book["nbformat"] != 4:
        raise UnreadableNotebook(
            f"it is a notebook of format {book['nbformat']}, and 4 is read: open it in Jupyter and save it anew"
        )
    if not isinstance(book.get("cells"), list):
        raise UnreadableNotebook("it is a notebook without cells")
    if (language := _language(book.get("metadata"))) not in ("", "python", "ipython"):
        raise UnreadableNotebook(f"it is written in {shown(language[:40])}, not in Python")
    return book


def _language(metadata: Any) -> str:
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        facts = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(facts, dict) and isinstance(facts.get(name), str):
            return str(facts[name]).lower()
    return ""


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise UnreadableNotebook("a cell's source is no text")
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    if source.strip() and isinstance(tags, list) and SKIP in tags:
        return f"# {SKIP}"  # the cell still counts, so that numbers stay those that Jupyter shows
    return source
