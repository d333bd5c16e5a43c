"""No attack gains a point, sees what it should not, leaves anything behind, or costs another section."""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import attacking
from attacks.attacking import CANARY, LEVELS, Attack

from autograder.errors import UsageError
from autograder.grading.grader import Grader
from autograder.grading.report import Report, document
from autograder.reports import changes
from autograder.reports.console import new_console, render
from autograder.sandbox import levels

ATTACKS = list(attacking.attacks())
#: How many there must be of each kind at least.
WANTED = {"process": 12, "judge": 12, "answers": 12, "tools": 8, "objects": 20, "state": 8, "resources": 14,
          "survival": 8, "packaging": 16, "forgery": 10}  # fmt: skip
#: Names that attacks try to leave in shared places.
MARKS = ("/tmp/autograder-left-behind", "/var/tmp/autograder-left-behind", "/dev/shm/autograder-left-behind")


@pytest.fixture(scope="module")
def graders() -> Iterator[dict[str, Grader]]:
    """A guest for each level, kept for all attacks: what one leaves behind, the next ones find."""
    canary = Path(tempfile.gettempdir()) / f"autograder-canary-{os.getpid()}"
    canary.write_text(CANARY)
    os.environ["AUTOGRADER_CANARY"] = CANARY
    made = dict(attacking.graders())
    yield made
    for grader in made.values():
        grader.guest.close()
    assert canary.read_text() == CANARY
    canary.unlink()
    del os.environ["AUTOGRADER_CANARY"]


def test_there_are_enough_of_each_kind() -> None:
    counts = Counter(attack.path.parent.name for attack in ATTACKS)
    assert sum(counts.values()) >= 120
    assert {kind: counts[kind] for kind in WANTED if counts[kind] < WANTED[kind]} == {}
    texts = ["".join(sorted(p.read_text() for p in a.path.rglob("*.py"))) + repr(a.filler) for a in ATTACKS]
    assert len(set(texts)) == len(texts), "two attacks are alike"


def quick(attack: Attack, level: str) -> bool:
    """Whether a case is among those of every run.

    They are: the best level, and where the others differ most; packaging, which mostly starts nothing; nothing that waits.
    """
    kind = attack.path.parent.name
    waits = attack.limits or kind == "resources" or attack.seconds != Attack.seconds
    differs = kind == "packaging" or (level == "landlock" and kind in ("answers", "survival"))
    return not waits and (level == "bubblewrap" or differs)


@pytest.mark.parametrize(
    ("attack", "level"),
    [
        pytest.param(attack, level, id=f"{attack.name}-{level}", marks=[] if quick(attack, level) else pytest.mark.more)
        for attack in ATTACKS
        for level in attack.levels
    ],
)
def test_attack(attack: Attack, level: str, graders: dict[str, Grader], tmp_path: Path) -> None:
    if level not in graders:
        pytest.skip(f"{level} is not to be had here")
    if not attacking.here(attack):
        pytest.skip(f"written for {attack.machine}")
    try:
        work = attacking.submission(attack, tmp_path)
    except UsageError as error:
        assert attack.refused and attack.refused in str(error)
        return
    assert not attack.refused, "it should have been turned down"
    grader = graders[level]
    grader.guest.ready()
    held = descriptors(grader)
    guest, before = grader.guest.process, set(Path(tempfile.gettempdir()).glob("autograder-*"))
    started = time.monotonic()
    reports = [attacking.grade(attack, work, grader) for _ in range(1 + attack.twice)]
    assert time.monotonic() - started < attack.seconds
    for report in reports:
        expect(attack, level, report)
    if level in attack.stopped:
        assert not [mark for mark in MARKS if Path(mark).exists()]
        left_nothing(grader, level)
        assert descriptors(grader) <= held, "the grader holds what was sent to it"
        assert grader.guest.process is guest or level == "process", "the guest did not survive"
        if grader.guest.process is guest:
            assert set(Path(tempfile.gettempdir()).glob(f"autograder-*-{os.getpid()}")) <= before


def expect(attack: Attack, level: str, report: Report) -> None:
    """Hold a report against what the attack may reach."""
    sections = {section.key: section for section in report.sections}
    attacked, text = sections[attack.section], json.dumps(document(report))
    if level in attack.unstopped:
        assert attack.unstopped[level] in text, f"{level} stops this now: say so in SECURITY.md"
        return
    assert attacked.status in attack.statuses(level), (attacked.status, attacked.message, text[:3000])
    assert attacked.points == (attacked.max if attacked.status == "passed" else 0)
    assert attack.message in attacked.message
    assert "GAINED" not in text and CANARY not in text
    if attack.tries:
        assert "TRIED" in text, "the attack did not take place"
    assert attack.noted in "\n".join(report.notes)
    assert attack.left_out in "\n".join(report.notes)
    if attack.innocent:
        assert sections[attack.innocent].status == "passed", sections[attack.innocent].message
    if attack.report_at_most:
        assert len(text) < attack.report_at_most
    if attack.clean:
        shown_safely(report)


def shown_safely(report: Report) -> None:
    """No writer lets a control character, or a workflow's command, through."""
    out = io.StringIO()
    console = new_console()
    console.file = out
    render(report, changes.changes(None, report), console)
    plain = out.getvalue()
    assert not [letter for letter in plain if ord(letter) < 32 and letter != "\n" or 0x7F <= ord(letter) < 0xA0]
    assert not [line for line in plain.splitlines() if line.startswith(("::", "##vso"))]


def descriptors(grader: Grader) -> int:
    """Those that are open, without one for each submission that is held."""
    return len(list(Path("/proc/self/fd").iterdir())) - len(grader.guest.holders)


def left_nothing(grader: Grader, level: str) -> None:
    """Nothing but the guest itself runs, and its folder is empty."""
    process = grader.guest.process
    assert process is not None
    own = (2 if level == "bubblewrap" else 1) + len(grader.guest.holders)
    until = time.monotonic() + 2
    while len(found := attacking.descendants(process.process.pid)) > own and time.monotonic() < until:
        time.sleep(0.02)
    assert len(found) <= own, "a process stayed"
    if grader.guest.work is not None:
        assert list(grader.guest.work.path.iterdir()) == [], "a file stayed"


def test_the_levels_that_this_machine_has_are_tried() -> None:
    assert set(levels.available()) <= set(LEVELS)
