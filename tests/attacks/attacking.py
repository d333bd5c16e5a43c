"""How an attack is put together and run: see `README.md` beside this file."""

from __future__ import annotations

import importlib.util
import os
import platform
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import helpers

from autograder.assignments.rubric import Limits
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report
from autograder.sandbox import levels
from autograder.submissions import Submission, read

HERE = Path(__file__).parent
LEVELS = ("bubblewrap", "landlock", "process")
#: Little, so that bombs are small and soon over; enough for the reference.
LIMITS = Limits(cpu_seconds=4, wall_seconds=12, memory_mb=300, disk_mb=4)
CANARY = "canary-5c1d0a7e"


@dataclass(frozen=True)
class Attack:
    """One folder: what is handed in, and what must and must not come of it."""

    path: Path
    what: str
    stopped: tuple[str, ...]
    status: Mapping[str, tuple[str, ...]]
    section: str = "MaxPool2d_stride1"
    innocent: str = "Upsampling1d"
    message: str = ""
    tries: bool = False
    twice: bool = False
    clean: bool = False
    noted: str = ""
    left_out: str = ""
    refused: str = ""
    machine: str = ""
    seconds: float = 20.0
    report_at_most: int = 0
    filler: tuple[int, int] = (0, 0)
    limits: Mapping[str, int] = field(default_factory=dict)
    unstopped: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def levels(self) -> tuple[str, ...]:
        """Where it is run: where it is stopped, and where it is known not to be."""
        return (*self.stopped, *self.unstopped)

    def statuses(self, level: str) -> tuple[str, ...]:
        return self.status.get(level, self.status["default"])


def attacks() -> Iterator[Attack]:
    """All of them."""
    for path in sorted(HERE.glob("*/*/expect.toml")):
        data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        status = data.pop("status")
        table = status if isinstance(status, dict) else {"default": status}
        yield Attack(
            path.parent,
            **{
                **{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()},
                "status": {key: tuple(value) for key, value in table.items()},
            },
        )


def submission(attack: Attack, folder: Path) -> Submission:
    """The reference with the attack's files in place of its own, which then stand beside as `honest_…`."""
    files = {path: text.encode() for path, text in helpers.reference().items()}
    packer = attack.path / "pack.py"
    if packer.is_file():
        spec = importlib.util.spec_from_file_location("pack", packer)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return read(module.pack(files, folder), helpers.rubric())
    for path in sorted(attack.path.rglob("*.py")):
        name = path.relative_to(attack.path).as_posix()
        above, _, base = name.rpartition("/")
        files[f"{above}/honest_{base}"] = files[name]
        files[name] = path.read_bytes()
    count, size = attack.filler
    for number in range(count):
        files[f"mytorch/filler_{number}.py"] = b"#" * size
    return Submission.of(attack.name, files)


def grade(attack: Attack, work: Submission, warm: Grader) -> Report:
    """Grade the attacked section and an innocent one."""
    rubric = helpers.rubric()
    warm.rubric = replace(rubric, limits=replace(LIMITS, **attack.limits))
    warm.sections = rubric.select(filter(None, (attack.section, attack.innocent)))
    return warm.grade(work)


def graders() -> Iterator[tuple[str, Grader]]:
    """A grader for each level that this machine has."""
    for level in LEVELS:
        if level in levels.available():
            yield level, Grader(helpers.ASSIGNMENT, helpers.rubric(), Options(isolation=level))  # type: ignore[arg-type]


def here(attack: Attack) -> bool:
    """Whether an attack that is written for one kind of machine is written for this one."""
    return attack.machine in ("", platform.machine())


def descendants(pid: int) -> set[int]:
    """All processes below one, itself included; zombies are not."""
    parents: dict[int, int] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                facts = Path(entry.path, "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if facts[0] != "Z":
                parents[int(entry.name)] = int(facts[1])
    found, size = {pid}, 0
    while size != len(found):
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found
