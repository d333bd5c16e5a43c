"""Figures by matplotlib, as SVG to stand within a page: the same bytes for the same numbers.

Texts stay texts, in the page's own font; colours are the page's variables, so that figures follow it into dark mode
and onto paper. A figure is an image with a name and a description; pages give its numbers as a table besides.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .counting import SectionCount, Spread

#: Colours that stand for the page's own; each hex number is used for nothing else.
COLOURS = {
    "#010101": "var(--ink)", "#010102": "var(--soft)", "#010103": "var(--line)", "#010104": "var(--bar)",
    "#010105": "var(--bar-bad)", "#010106": "var(--bar-open)", "#010107": "var(--bar-other)", "#010108": "var(--mark)",
}  # fmt: skip
INK, SOFT, LINE, BAR, BAD, OPEN, OTHER, MARK = COLOURS
#: Inches; at 72 points to the inch, a figure as wide as a phone's page.
WIDTH = 5.0
_SVG = "http://www.w3.org/2000/svg"

#: Kinds of outcomes, as the figure of sections stacks them: word, colour, statuses.
KINDS = (
    ("passed", BAR, ("passed",)),
    ("failed", BAD, ("failed", "bad_output", "error")),
    ("not there", OPEN, ("not_implemented", "missing")),
    ("stopped", OTHER, ("timeout", "memory", "limit", "crashed", "forbidden")),
)


def distribution(spread: Spread, name: str) -> str:
    """How many have how many points."""
    bins = spread.bins()
    figure, axes = _figure(2.1)
    width = bins[0][1] - bins[0][0]
    axes.bar([low for low, _, _ in bins], [n for _, _, n in bins], width * 0.92, align="edge", color=BAR)
    axes.axvline(spread.median, color=MARK, linewidth=1.2, linestyle=(0, (3, 2)))
    right = spread.median > (bins[0][0] + bins[-1][1]) / 2
    axes.annotate(
        f"median {spread.median:g}",
        (spread.median, 1.02),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if right else 3, 0),
        textcoords="offset points",
        ha="right" if right else "left",
        va="bottom",
        color=INK,
        fontsize=9,
    )
    axes.set_xlim(bins[0][0], bins[-1][1])
    axes.set_xlabel(f"points of {float(spread.max):g}", color=SOFT)
    _count(axes, "students")
    return _svg(figure, name, f"Bars: students by points. {len(spread.points)} students, median {spread.median:g}.")


def outcomes(sections: Sequence[SectionCount], name: str) -> str:
    """How each section ended, as shares of those that could be graded."""
    figure, axes = _figure(0.30 * len(sections) + 0.55)
    for place, section in enumerate(sections):
        left = 0.0
        for _, colour, statuses in KINDS:
            share = 100 * sum(section.statuses.get(status, 0) for status in statuses) / max(1, section.graded)
            axes.barh(place + 0.12, share, 0.34, left=left, color=colour)
            left += share
        axes.text(0, place - 0.13, section.row.key, ha="left", va="bottom", color=INK, fontsize=9, parse_math=False)
        rate = "" if section.rate is None else f"{100 * section.rate:.0f} %"
        axes.text(100, place - 0.13, rate, ha="right", va="bottom", color=SOFT, fontsize=9)
    axes.set_ylim(len(sections) - 0.5, -0.75)
    axes.set_xlim(0, 100)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.set_xlabel("percent of gradings", color=SOFT)
    return _svg(figure, name, "Bars: for each section the shares that passed, failed, are not there, were stopped.")


def handed_in(hours: Sequence[float], name: str) -> str:
    """When submissions came, in hours to the deadline (negative: before it)."""
    span = max(0.0, *hours) - min(0.0, *hours)
    unit, word = (24.0, "days") if span > 72 else (1.0, "hours")
    step = next(s for s in (1, 2, 6, 12, 24, 100, 1e9) if span / (unit * s) <= 30)
    # What came at the very deadline was in time, so a bar's right end belongs to it.
    counts = Counter(-int(-value // (unit * step)) - 1 for value in hours)
    first, last = min(-1, *counts), max(-1, *counts)
    figure, axes = _figure(1.9)
    places = range(first, last + 1)
    colours = [BAR if place < 0 else BAD for place in places]
    heights = [counts[place] for place in places]
    axes.bar([place * step for place in places], heights, step * 0.92, align="edge", color=colours)
    axes.axvline(0, color=MARK, linewidth=1.2)
    axes.set_xlim(first * step, (last + 1) * step + (step * 0.1 if last < 0 else 0))
    axes.set_xlabel(f"{word} to the deadline", color=SOFT)
    _count(axes, "students")
    late = sum(1 for value in hours if value > 0)
    return _svg(figure, name, f"Bars: students by when they handed in; {late} of {len(hours)} after the deadline.")


def times(sections: Sequence[SectionCount], name: str) -> str:
    """Computing time by section: the median as a dot, a line to the 90th percentile."""
    known = [section for section in sections if section.seconds is not None]
    figure, axes = _figure(0.27 * len(known) + 0.55)
    for place, section in enumerate(known):
        median, high = (1000 * seconds for seconds in section.seconds or (0.0, 0.0))
        axes.plot([median, high], [place + 0.15] * 2, color=BAR, linewidth=2, solid_capstyle="butt")
        axes.plot([median], [place + 0.15], "o", color=BAR, markersize=4.5)
        label = axes.annotate(
            section.row.key, (0, place - 0.13), xycoords=("axes fraction", "data"), va="bottom", color=INK, fontsize=9
        )
        label.set_parse_math(False)
    axes.set_ylim(len(known) - 0.5, -0.75)
    axes.set_yticks([])
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_xlabel("milliseconds of computing: dot median, line to the 90th percentile", color=SOFT)
    return _svg(figure, name, "For each section the median computing time and its 90th percentile.")


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    figure.patch.set_visible(False)
    axes.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(SOFT)
        spine.set_linewidth(0.8)
    axes.tick_params(colors=SOFT, labelcolor=SOFT, labelsize=9, length=3, width=0.8)
    axes.xaxis.label.set_fontsize(9)
    axes.set_axisbelow(True)
    return figure, axes


def _count(axes: Axes, word: str) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel(word, color=SOFT, fontsize=9)


def _svg(figure: Figure, name: str, description: str) -> str:
    """The figure as an element; `name` is also where its ids come from, so that those of a page differ."""
    stream = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        FigureCanvasSVG(figure)
        figure.savefig(stream, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    root = ElementTree.fromstring(stream.getvalue())  # noqa: S314 - see above
    mark = re.sub(r"\W+", "-", name.lower())
    _tidy(root)
    for tag, text in (("desc", description), ("title", name)):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{mark}-{tag}"})
        element.text = text
        root.insert(0, element)
    width, height = (float(root.attrib.pop(side).removesuffix("pt")) for side in ("width", "height"))
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{mark}-title {mark}-desc",
        "viewBox": f"0 0 {width:g} {height:g}",
        "class": "figure",
    }
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    text = ElementTree.tostring(root, encoding="unicode")
    for colour, variable in COLOURS.items():
        text = text.replace(colour, variable)
    # Size and place of a text are the figure's, its font the page's.
    return re.sub(r"font-family: [^;\"]*;? ?", "", text)


def _tidy(root: Any) -> None:
    """Take out what a page must not have twice: metadata, a style for everything, names that nobody asks for."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    used = set(re.findall(r"#([\w-]+)[)\"]", ElementTree.tostring(root, encoding="unicode")))
    for element in root.iter():
        if element.attrib.get("id") not in used:
            element.attrib.pop("id", None)
