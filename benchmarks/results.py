"""Where results are kept: JSON, from which the tables are written, here and in docs/performance.md."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .rows import Row, Spread, row
from .timing import ROOT

#: Fewer runs than these are a trial, of which nothing is kept.
ENOUGH = 7

RESULTS = ROOT / "benchmarks" / "results"
JSON, TABLE = RESULTS / "performance.json", RESULTS / "performance.md"
DOCS = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- begin: written by python -m benchmarks -->", "<!-- end -->"


def machine() -> dict[str, Any]:
    """Where and when: nothing that names a host."""
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": importlib.metadata.version("numpy"),
        "load": round(os.getloadavg()[0], 1),
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")


def write(name: str, found: Sequence[Row], facts: dict[str, Any]) -> None:
    """Keep one benchmark's rows in place of those that it had, and write the tables anew."""
    kept = load()
    kept[name] = {"machine": facts, "rows": [one.document() for one in found]}
    RESULTS.mkdir(exist_ok=True)
    JSON.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
    lines = "\n".join(page(kept))
    TABLE.write_text(f"# How fast it is\n\n{lines}\n", "utf-8")
    if DOCS.is_file():
        before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        DOCS.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}", "utf-8")


def load() -> dict[str, Any]:
    """What is kept, by benchmark."""
    return json.loads(JSON.read_text("utf-8")) if JSON.is_file() else {}


def rows(kept: dict[str, Any]) -> list[Row]:
    """All rows, ratios first."""
    found = [row(one) for name in sorted(kept) for one in kept[name]["rows"]]
    return sorted(found, key=lambda one: (one.bound is None, one.unit != "×"))


def page(kept: dict[str, Any]) -> Iterator[str]:
    """The tables in Markdown: what is bounded and whether it holds, then how far the physical limits are."""
    yield from machines(kept)
    found = rows(kept)
    yield ""
    yield "| what | median | least to most | runs | bound | holds | wall time |"
    yield "| --- | ---: | ---: | ---: | ---: | :---: | ---: |"
    for one in found:
        bound = "" if one.bound is None else f"{'≥' if one.at_least else '≤'} {number(one.bound)} {one.unit}"
        verdict = "" if one.bound is None else "yes" if one.holds else "**no**"
        seen = one.figure
        between = f"{number(seen.least)} to {number(seen.most)}"
        yield (
            f"| {one.name} | {number(seen.median)} {one.unit} | {between} | {seen.runs} | {bound} | {verdict} "
            f"| {seconds(one.wall)} |"
        )
    yield from ["", "What each figure is, and how far away the physical limit is, measured in the same run:", ""]
    yield "| what | counted | the limit | is | here |"
    yield "| --- | --- | ---: | --- | ---: |"
    for one in found:
        limit = "" if one.limit is None else f"{number(one.limit)} {one.unit}"
        yield f"| {one.name} | {one.of} | {limit} | {one.limit_is} | {away(one)} |"


def machines(kept: dict[str, Any]) -> Iterator[str]:
    """Where it was measured; each benchmark for itself, where they were not measured together."""
    said: dict[str, list[str]] = {}
    for name in sorted(kept):
        facts = kept[name]["machine"]
        words = (
            f"{facts['date']}: {facts['processor']}, {facts['cores']} cores, {facts['system']}, "
            f"Python {facts['python']}, NumPy {facts['numpy']}"
        )
        said.setdefault(words, []).append(f"{name} ({facts['load']})")
    for words, names in said.items():
        yield f"{words}. Load when each began: {', '.join(names)}."


def number(value: float) -> str:
    """A figure with three digits that matter."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def seconds(spread: Spread | None) -> str:
    """A wall time."""
    if spread is None:
        return ""
    return f"{spread.median:.1f} s" if spread.median >= 10 else f"{1000 * spread.median:.0f} ms"


def away(one: Row) -> str:
    """How far a figure is from its limit."""
    if one.limit is None:
        return ""
    if one.at_least:
        return f"{one.figure.median / one.limit:.0%} of it"
    if one.limit > 0:
        return f"{one.figure.median / one.limit:.1f} times it"
    return f"{number(one.figure.median)} {one.unit} above it"


def line(one: Row) -> str:
    """A row for the terminal."""
    bound = "" if one.bound is None else f", bound {number(one.bound)}: {'holds' if one.holds else 'DOES NOT HOLD'}"
    seen = one.figure
    return f"{one.name}: {number(seen.median)} {one.unit} ({number(seen.least)} to {number(seen.most)}){bound}"
