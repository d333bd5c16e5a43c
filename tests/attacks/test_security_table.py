"""SECURITY.md says what the suite shows, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from attacks import attacking

TEXT = (Path(__file__).parent.parent.parent / "SECURITY.md").read_text("utf-8")
ATTACKS = {attack.name: attack for attack in attacking.attacks()}


def rows() -> list[tuple[str, dict[str, bool], list[str]]]:
    """Threat, what stops it, and the attacks that show so, of the table."""
    found = []
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and {*cells[1:4]} <= {"yes", "no"}:
            stops = dict(zip(attacking.LEVELS, (cell == "yes" for cell in cells[1:4]), strict=True))
            found.append((cells[0], stops, re.findall(r"`([a-z_]+/[a-z_]+)`", cells[4])))
    return found


def test_every_row_is_shown_by_attacks_at_just_its_levels() -> None:
    assert len(rows()) >= 20
    for threat, stops, names in rows():
        assert names, threat
        for name in names:
            stopped = set(ATTACKS[name].stopped)
            claimed = {level for level, yes in stops.items() if yes}
            assert stopped == claimed, (threat, name, stopped, claimed)


def test_what_is_not_stopped_is_listed() -> None:
    for name, attack in ATTACKS.items():
        for level in attack.unstopped:
            listed = any(name in names and not stops[level] for _, stops, names in rows())
            assert listed, f"{name} is not stopped by {level}: SECURITY.md must say so"
