"""Handouts of notebooks: the code cells stripped like Python files, without outputs and counters."""

from __future__ import annotations

import json
from typing import Any

from .markers import HandoutError, strip


def strip_notebook(content: str, path: str) -> str:
    """Take the solution out of a notebook.

    Parameters
    ----------
    content : str
        The notebook's JSON; its code cells hold the markers.
    path : str
        What messages call the file.

    Returns
    -------
    str
        The handout's JSON, laid out as Jupyter itself does.

    Raises
    ------
    HandoutError
        The file is no notebook of version 4, or a cell cannot be stripped (`markers.strip` says when).
    """
    book = _loaded(content, path)
    for number, cell in enumerate(book["cells"], 1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            source = strip(source, f"{path} cell {number}")
            cell |= {"outputs": [], "execution_count": None}
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def text(content: bytes) -> bytes:
    """What of a notebook its author wrote, as lines that can be compared; the content itself where it is none."""
    try:
        cells = _loaded(content.decode(), "")["cells"]
    except (HandoutError, UnicodeDecodeError):
        return content
    return "\n".join(f"[{cell['cell_type']}]\n{''.join(cell['source'])}" for cell in cells).encode()


def _loaded(content: str, path: str) -> dict[str, Any]:
    try:
        book: dict[str, Any] = json.loads(content)
        if book["nbformat"] != 4 or not all({"cell_type", "source"} <= set(cell) for cell in book["cells"]):
            raise ValueError("another format")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise HandoutError(path, 0, "is no notebook of version 4") from error
    return book
