"""What one console can show: its symbols, its boxes, and texts that are safe on it."""

from __future__ import annotations

from decimal import Decimal

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.grading.report import Status

from .text import encodable, excerpt, shown
from .vocabulary import MEANINGS

#: Beyond this, lines are hard to read.
_WIDEST = 120

# Panels are open to the right, so that what is copied from one brings no border along.
_PANEL = "╭── \n│   \n│   \n│   \n│   \n│   \n│   \n╰── \n"
_PANEL_ASCII = ".-- \n|   \n|   \n|   \n|   \n|   \n|   \n'-- \n"
_TABLE = "    \n    \n ── \n    \n ── \n ── \n    \n    \n"
_TABLE_ASCII = "    \n    \n -- \n    \n -- \n -- \n    \n    \n"


class Ink:
    """The symbols that a console's encoding has, and safe texts in it.

    Attributes
    ----------
    unicode
        Whether anything beyond ASCII can be relied upon.
    width
        Columns to use: the console's, up to what reads well.
    """

    def __init__(self, console: Console) -> None:
        self.encoding = console.encoding
        self.unicode = self.encoding.startswith("utf") and not console.legacy_windows
        self.width = min(console.width, _WIDEST)
        self.panel = Box(_PANEL) if self.unicode else Box(_PANEL_ASCII, ascii=True)
        self.table = Box(_TABLE) if self.unicode else Box(_TABLE_ASCII, ascii=True)
        self.line, self.full, self.empty = ("─", "■", "·") if self.unicode else ("-", "#", ".")
        self.dot, self.arrow, self.hint = ("·", "→", "➜") if self.unicode else ("-", "->", "=>")
        self.up, self.down = ("↑", "↓") if self.unicode else ("+", "-")

    def text(self, text: str, style: str = "", limit: int = 400) -> Text:
        """One line of any origin: nothing in it is a command to the terminal or markup to rich."""
        return Text(encodable(shown(text, limit), self.encoding), style=style)

    def lines(self, text: str, style: str = "", rows: int = 8, limit: int = 800) -> Text:
        """Several lines of any origin, long ones cut in the middle."""
        return Text(encodable(excerpt(text, rows, limit), self.encoding), style=style)

    def status(self, status: Status) -> Text:
        """A status as symbol and word, in its colour."""
        meaning = MEANINGS[status]
        return Text(f"{self.symbol(status)} {meaning.word}", style=meaning.colour)

    def symbol(self, status: Status) -> str:
        """A status as one character."""
        meaning = MEANINGS[status]
        return meaning.symbol if self.unicode else meaning.plain

    def heading(self, left: Text, right: Text, width: int) -> Text:
        """A panel's title over that many columns: `left`, a line, `right`."""
        gap = width - left.cell_len - right.cell_len - 2
        if gap < 1:
            return Text.assemble(left, "  ", right)
        return Text.assemble(left, " ", (self.line * gap, "dim"), " ", right)


def grid(columns: int, gap: int = 1) -> Table:
    """Columns side by side, without lines. Long words are folded: rich would cut them, with a sign not all have."""
    table = Table.grid(padding=(0, gap))
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table


def points(value: Decimal | None) -> str:
    """Points as a person writes them: `10`, `2.5`, and `?` where they are not known."""
    if value is None:
        return "?"
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def signed(value: Decimal) -> str:
    """A difference of points: `+5`, `-2.5`."""
    return f"{'+' if value > 0 else ''}{points(value)}"


def widest(texts: list[str]) -> int:
    """Columns that the widest of these takes."""
    return max(map(cell_len, texts), default=0)
