"""Templates: every value is escaped by Jinja2, and texts of any origin are made visible characters first."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.reports import html
from autograder.reports.text import shown
from autograder.reports.words import points

from .files import MARK

HERE = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """A page; `scripted` says whether it brings the table's script along."""
    return str(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([HERE, html.TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"coded": html.coded, "shown": shown, "points": points, "percent": percent, "signed": signed}
    script = (HERE / "table.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # The script is ours, and the only text besides figures that is not escaped.
    environment.globals |= {"mark": MARK, "script": Markup(script), "script_digest": digest}  # noqa: S704
    return environment


def percent(share: float | None) -> str:
    """`75 %`; a dash where nothing is known."""
    return "–" if share is None else f"{100 * share:.0f} %"


def signed(value: float | None) -> str:
    """A correlation: `0.42`, `−0.10`."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
