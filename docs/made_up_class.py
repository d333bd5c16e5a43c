"""A class for pictures: the reference with planted mistakes of the tests, drawn anew for every student.

Who is better makes fewer mistakes; some are late, hand in twice, a broken archive, stubs, or nothing. Nobody in it
exists.
"""

from __future__ import annotations

import io
import random
import sys
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/planted")]

import helpers  # noqa: E402
from mistakes import MISTAKES, Mistake  # noqa: E402

DUE = datetime(2026, 10, 1, 23, 59, tzinfo=UTC)


def make(folder: Path, size: int) -> None:
    """Write the submissions, their times, a roster and a policy."""
    handed = folder / "handin"
    handed.mkdir(parents=True)
    draw = random.Random(11785)  # noqa: S311 - a picture
    times, roster = ["submission,submitted_at"], ["email,name,section"]
    for number in range(size):
        student = f"s{number:04}@x.edu"
        roster.append(f"{student},Student {number},{'ABC'[number % 3]}")
        ability = draw.betavariate(2.2, 1.1)
        if number % 41 == 40:
            continue
        hours = draw.expovariate(1 / 20.0) - (0.5 if draw.random() > 0.12 else 30 + 20 * draw.random())
        label = f"{student}_{draw.randint(1, 4)}_handin.tar"
        (handed / label).write_bytes(_archive(draw, ability, number))
        times.append(f"{label},{(DUE - timedelta(hours=hours)).isoformat()}")
    (handed / "somebody@y.edu_1_handin.tar").write_bytes(_archive(draw, 0.8, size))
    (folder / "times.csv").write_text("\n".join(times) + "\n")
    (folder / "roster.csv").write_text("\n".join(roster) + "\n")
    (folder / "policy.toml").write_text(
        f'deadline = "{DUE.isoformat()}"\ngrace = "15m"\n[late]\nper = "day"\npercent = 10\ncap = 50\n'
    )


def _archive(draw: random.Random, ability: float, number: int) -> bytes:
    if number % 37 == 11:
        return b"my laptop broke\n"
    if number % 29 == 17:
        root = helpers.ASSIGNMENT.handout
        files = {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*.py"))}
    else:
        files = _mistaken(draw, sum(draw.random() > 0.25 + 0.75 * ability for _ in range(9)))
    files["MCQ/notes.py"] = f"# student {number}\n"
    return _tarred(files)


def _mistaken(draw: random.Random, count: int) -> dict[str, str]:
    """The reference with that many mistakes, as far as they do not stand in each other's way."""
    files = dict(helpers.reference())
    common = [mistake for mistake in MISTAKES if mistake.edition == "s23"]
    # Some ideas are more common than others.
    weights = [1 / (1 + place % 23) for place in range(len(common))]
    for mistake in draw.choices(common, weights, k=count):
        files[mistake.file] = _with(files[mistake.file], mistake)
    return files


def _with(text: str, mistake: Mistake) -> str:
    try:
        for where, old, new in mistake.edits:
            text = helpers.patched(text, where, old, new)
    except (ValueError, StopIteration):  # another mistake has changed the place
        return text
    return text


def _tarred(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"handin/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()
