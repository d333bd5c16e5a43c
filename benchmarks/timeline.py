"""Where the time of a run goes, from the command line to the exit, for a few kinds of run.

Runs are traced (`traced.py`). Every moment belongs to the part that each thread is then in; where several threads are
at work it is shared evenly among them, so that the parts of a run add up to its wall time. A thread that waits for a
section's process counts for what that process does. Tracing itself takes some time; that of the same command without
it is told beside.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from . import submissions
from .results import ENOUGH, RESULTS
from .rows import Row, Say
from .timing import ENVIRONMENT, ROOT, interleaved, runner, walls

JSON = RESULTS / "timeline.json"
FIGURE = ROOT / "docs" / "images" / "timeline.svg"

#: The parts in the order in which a run comes to them, with what they are.
PARTS = {
    "python": "Python's own start",
    "imports": "modules loaded, NumPy among them",
    "rubric": "rubric read",
    "guest start": "guest: started, waited for",
    "submission read": "submission read",
    "expected values": "cases and expected values",
    "section start": "section: fork, files, fence",
    "wire": "wire: encode, send, decode",
    "student": "student's code",
    "section end": "section: end",
    "compare": "compared",
    "diagnosis": "explained",
    "report": "report made and shown",
    "end": "guest ended, process left",
    "other": "the rest of the grader",
}
#: One colour each; the student's own stands out.
COLOURS = (
    "#c9c9c9", "#7f8fa9", "#b5c4de", "#30638e", "#dfe7ef", "#9ad1c7", "#3d8d7a", "#f2d17c", "#d1495b", "#86bfae",
    "#8e6c8a", "#c58bb4", "#e0a458", "#a8a8a8", "#e6e6e6",
)  # fmt: skip

#: A stretch of time: what it was, from when to when, and of which section.
Piece = tuple[str, float, float, str]


@dataclass(frozen=True, slots=True)
class Run:
    """One traced run: seconds by part, and all of it."""

    parts: Mapping[str, float]
    wall: float


def rows(runs: int, say: Say) -> Iterator[Row]:
    """No figure is held against a bound here: what is found goes to a file and a figure of its own."""
    with submissions.folder() as place:
        kinds = commands(place)
        untraced = {name: median(walls(taken)) for name, taken in interleaved(
            {name: runner(*words) for name, words in kinds.items()}, runs).items()}  # fmt: skip
        found = {}
        for name, words in kinds.items():
            traced(place / "trace.json", words)
            # The run of median length, whole: medians of the parts would not add up.
            seen = sorted((traced(place / "trace.json", words) for _ in range(runs)), key=lambda run: run.wall)[
                runs // 2
            ]
            parts = {part: round(1000 * seen.parts.get(part, 0.0), 2) for part in PARTS}
            wall = 1000 * seen.wall
            say(f"{name}: {wall:.0f} ms traced, {1000 * untraced[name]:.0f} ms untraced")
            found[name] = {"traced_ms": round(wall, 1), "untraced_ms": round(1000 * untraced[name], 1), "parts": parts}
    if runs < ENOUGH:
        return iter(())
    RESULTS.mkdir(exist_ok=True)
    JSON.write_text(json.dumps({"runs": runs, "kinds": found}, indent=1) + "\n", "utf-8")
    draw(found, FIGURE)
    return iter(())


def commands(place: Path) -> dict[str, list[str]]:
    """The kinds of run, as words of `runner.py`; the submissions are copies, so that no scores.json is written."""
    reference = str(submissions.REFERENCE)
    stubs = submissions.write(
        {path.relative_to(submissions.STUBS).as_posix(): path.read_bytes() for path in submissions.STUBS.rglob("*.py")},
        place / "stubs",
    )
    return {
        "reference": ["grade", reference],
        "reference, --only Conv2d": ["grade", reference, "--only", "Conv2d"],
        "untouched stubs": ["grade", str(stubs)],
        "two mistakes, explained": ["grade", str(submissions.failing(place / "failing"))],
    }


def traced(place: Path, words: Sequence[str]) -> Run:
    """Run a command traced."""
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "benchmarks.traced", str(place), *words],
        cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return divided(json.loads(place.read_text("utf-8")), begun, time.monotonic())


def divided(trace: Mapping[str, Any], begun: float, ended: float) -> Run:
    """A trace's time by parts."""
    whole = [("python", begun, trace["begun"], ""), ("end", trace["ended"], ended, "")]
    threads = [
        whole,
        *([piece for one in thread for piece in resolved(one, trace["guests"])] for thread in trace["threads"]),
    ]
    marks = sorted(
        {edge for thread in threads for _, first, last, _ in thread for edge in (first, last)} | {begun, ended}
    )
    parts: dict[str, float] = defaultdict(float)
    at = [0] * len(threads)
    for first, last in pairwise(marks):
        busy = []
        for number, thread in enumerate(threads):
            while at[number] < len(thread) and thread[at[number]][2] <= first:
                at[number] += 1
            if at[number] < len(thread) and thread[at[number]][1] <= first and thread[at[number]][0] != "idle":
                busy.append(thread[at[number]][0])
        for part in busy or ["other"]:
            parts[part] += (last - first) / max(1, len(busy))
    return Run(parts, ended - begun)


def resolved(piece: Sequence[Any], guests: Mapping[str, Sequence[Sequence[Any]]]) -> list[Piece]:
    """A stretch of a thread; while it waited for a section, what that section's process did."""
    part, begun, ended, section = piece
    if part != "waiting":
        return [(part, begun, ended, section)]
    told = guests.get(section, [])
    ready = next((first for name, first, _ in told if name == "ready"), ended)
    found: list[Piece] = []
    for name, first, last in [*told, ["", ended, ended]]:
        first, last = max(first, begun), min(last, ended)
        if name == "ready" or first > last:
            continue
        if begun < first:  # what the process did not note itself: being set up, and then bytes on their way
            middle = min(max(begun, ready), first)
            found += [("section start", begun, middle, section), ("wire", middle, first, section)]
        found.append((name, first, last, section))
        begun = max(begun, last)
    return [one for one in found if one[1] < one[2]]


def draw(found: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """A bar for each kind of run, its parts in a row; the same numbers give the same file."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "timeline"
    from matplotlib import pyplot

    names = list(found)[::-1]
    fig, axes = pyplot.subplots(figsize=(9, 0.62 * len(names) + 2.4), layout="constrained")
    left = [0.0] * len(names)
    for colour, (part, words) in zip(COLOURS, PARTS.items(), strict=True):
        widths = [found[name]["parts"][part] for name in names]
        axes.barh(range(len(names)), widths, left=left, color=colour, label=words, height=0.62)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for place, name in enumerate(names):
        own = found[name]["parts"]["student"]
        axes.annotate(
            f"  student's code {own:.0f} of {left[place]:.0f} ms", (left[place], place), va="center", fontsize=8
        )
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(0, 1.3 * max(left))
    axes.set_xlabel("milliseconds of wall time, traced")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    fig.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    fig.savefig(path, metadata={"Date": None})
    pyplot.close(fig)
