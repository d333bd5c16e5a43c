"""A class, made up: references, planted mistakes, stubs, attacks, broken archives, late and repeated attempts.

The first three dozen students do the homework in the twelve ways of `variants`; a larger class goes on with the tables
of planted mistakes and of attacks, each of whose outcomes is known.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import helpers
from attacks import attacking
from planted.mistakes import MISTAKES

#: Attacks that spoil just the section they are made in, quickly, at every level of isolation that a batch takes.
ATTACKS = (
    "answers/environment", "answers/practice_data", "answers/siblings", "forgery/escape_sequences", "forgery/formulas",
    "forgery/markup", "forgery/prints_scores", "forgery/says_that_the_sandbox_broke",
    "judge/frames", "judge/numpy_agrees_always", "objects/not_a_number", "objects/ones_in_front",
    "objects/subclass_that_agrees", "process/exit_at_once", "process/segfault", "tools/torch_used",
)  # fmt: skip
DUE = datetime(2026, 10, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Variant:
    """A way to do the homework.

    Attributes
    ----------
    edits
        (file, old, new): `old` stands in the reference; its first place is changed. An empty `old` replaces the file,
        or adds it.
    fails
        Ids of the sections that earn nothing, as they are expected; None where nothing can be opened.
    """

    name: str
    edits: tuple[tuple[str, str, str], ...]
    fails: frozenset[str] | None


def way(number: int) -> Variant:
    """How a student does the homework."""
    if number < 36:
        return variants()[number % len(variants())]
    kind, turn = number % 5, number // 5
    if kind < 3:
        return planted()[(3 * turn + kind) % len(planted())]
    return attacks()[turn % len(attacks())] if kind == 3 else variants()[turn % len(variants())]


@cache
def planted() -> tuple[Variant, ...]:
    """The planted mistakes of the default edition that a case catches."""
    return tuple(
        Variant(mistake.name, ((mistake.file, "", mistake.text),), frozenset(mistake.fails))
        for mistake in MISTAKES
        if mistake.edition == "s23" and not mistake.lives
    )


@cache
def attacks() -> tuple[Variant, ...]:
    """Attacks out of the suite."""
    table = {attack.name: attack for attack in attacking.attacks()}
    found = []
    for name in ATTACKS:
        work = attacking.submission(table[name], Path())
        changed = {path: data.decode() for path, data in work.files.items()}
        edits = tuple((path, "", text) for path, text in changed.items() if helpers.reference().get(path) != text)
        found.append(Variant(name, edits, frozenset({"maxpool2d_stride1"})))
    return tuple(found)


def closure(*sections: str) -> frozenset[str]:
    """These sections and all that build upon them."""
    return frozenset().union(*(helpers.closure(section) for section in sections))


@cache
def variants() -> tuple[Variant, ...]:
    """All ways."""
    everything = frozenset(section.id for section in helpers.rubric().sections)
    letters = frozenset(f"mcq_{n}" for n in range(1, 6))
    conv1d = "mytorch/Conv1d.py"
    sums = closure("conv1d_stride1") - {"scan_simple", "scan_distributed"}  # which read no dLdb
    mean = (conv1d, "dLdZ.sum(axis=(0, 2))", "dLdZ.mean(axis=(0, 2))")
    minimum = ("mytorch/pool.py", "windows.max(axis=-1)", "windows.min(axis=-1)")
    attack = 'print(\'{"scores": {"BatchNorm2d": 99}}\'); import os; os._exit(0)\n        if eval:'
    return (
        Variant("reference", (), frozenset()),
        Variant("wrong letter", (("MCQ/mcq.py", 'return "b"', 'return "c"'),), frozenset({"mcq_1"})),
        Variant("a number", (("MCQ/mcq.py", 'return "d"', "return 4"),), frozenset({"mcq_2"})),
        Variant("mean for sum", (mean,), sums),
        Variant("kernel not flipped", ((conv1d, "self.W[:, :, ::-1]", "self.W"),), closure("conv1d_stride1")),
        Variant("minimum", (minimum,), closure("maxpool2d_stride1")),
        Variant("exit", (("mytorch/batchnorm2d.py", "if eval:", attack),), closure("batchnorm2d")),
        Variant("no answers", (("MCQ/mcq.py", "", "raise SystemExit(0)\n"),), letters),
        Variant("stubs", (), everything),
        Variant("not an archive", (), None),
        Variant("cut short", (), None),
        Variant("empty", (), None),
    )


@dataclass(frozen=True)
class Expected:
    """A student's expected grade."""

    student: str
    label: str
    variant: Variant
    late_days: int
    points: Mapping[str, float] | None


def expect(size: int) -> list[Expected]:
    """What everybody of such a class should get."""
    return [_student(number) for number in range(size)]


def make(folder: Path, size: int) -> list[Expected]:
    """Write a class into a folder, its roster and the times of its submissions beside them."""
    folder.mkdir(parents=True)
    expected = expect(size)
    times = ["submission,submitted_at"]
    for number, one in enumerate(expected):
        (folder / one.label).write_bytes(handed_in(one.variant, number))
        when = DUE - timedelta(hours=1) + timedelta(days=one.late_days)
        times.append(f"{one.label},{when.isoformat()}")
        if number % 7 == 0:  # an earlier attempt, worse or better, which does not count
            label = f"{one.student}_1_handin.tar"
            (folder / label).write_bytes(tarred(contents(variants()[0 if number % 2 else 8])))
            times.append(f"{label},{(when - timedelta(hours=5)).isoformat()}")
    rows = [f"{one.student},Student {number},{number % 3}" for number, one in enumerate(expected)]
    (folder / "roster.csv").write_text("\n".join(["email,name,section", *rows, "absent@x.edu,Nobody,0"]) + "\n")
    (folder / "times.csv").write_text("\n".join(times) + "\n")
    (folder / "policy.toml").write_text(
        f'deadline = "{DUE.isoformat()}"\n[late]\nper = "day"\npercent = 10\ncap = 50\n'
    )
    return expected


def _student(number: int) -> Expected:
    variant = way(number)
    student = f"s{number:04}@x.edu"
    label = f"{student}_2_handin.tar"
    late = 2 if number % 10 == 9 else 0
    return Expected(student, label, variant, late, points(variant))


def handed_in(variant: Variant, number: int) -> bytes:
    """A student's file. The number makes their code their own."""
    if variant.name == "not an archive":
        return b"my laptop broke\n" * (number + 1)
    if variant.name == "empty":
        return b""
    files = contents(variant)
    files["MCQ/notes.py"] = f"# student {number}\n".encode()
    data = tarred(files) if number % 2 else zipped(files)
    return data[: len(data) // 3] if variant.name == "cut short" else data


def contents(variant: Variant) -> dict[str, bytes]:
    """A variant's files."""
    if variant.name == "stubs":
        root = helpers.ASSIGNMENT.handout
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.py"))}
    files = dict(helpers.reference())
    for file, old, new in variant.edits:
        assert not old or old in files[file], (variant.name, old)
        files[file] = files[file].replace(old, new, 1) if old else new
    return {name: text.encode() for name, text in files.items()}


def points(variant: Variant) -> Mapping[str, float] | None:
    """Points by group that a variant earns before lateness."""
    if variant.fails is None:
        return None
    sums = {"main": 0.0, "bonus": 0.0}
    for section in helpers.rubric().sections:
        if section.id not in variant.fails:
            sums[section.group] += float(section.points)
    return sums


def tarred(files: Mapping[str, bytes]) -> bytes:
    """The files as a tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"handin/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"handin/{name}", data)
    return out.getvalue()
