"""Rubrics and overlays: what they may say, and what is refused by name."""

from __future__ import annotations

from dataclasses import asdict, fields
from decimal import Decimal

import pytest

from autograder.assignments import registry
from autograder.assignments.rubric import BOUNDS, Limits, RubricError, limits_in, unmatched
from autograder.assignments.rubric_files import editions, load
from autograder.assignments.settings import SETTINGS
from autograder.errors import UsageError

HW2P1 = registry.find("hw2p1")

MINIMAL = """
name = "small"
title = "A small one"
[submission]
accept = ["*.py"]
search = [""]
[[section]]
id = "one"
number = "1"
points = {points}
outputs = {outputs}
{more}
"""


def rubric(tmp_path, points="2.5", outputs='{ Z = "course" }', more=""):
    path = tmp_path / "rubric.toml"
    path.write_text(MINIMAL.format(points=points, outputs=outputs, more=more))
    return path


def test_hw2p1_has_100_points_and_15_of_bonus():
    found = HW2P1.rubric()
    assert (found.maximum("main"), found.maximum("bonus")) == (100, 15)
    assert found.edition == "s23"


@pytest.mark.parametrize("edition", HW2P1.editions())
def test_every_edition_holds_together(edition):
    found = HW2P1.rubric(edition)
    assert found.edition == edition
    assert len({section.key for section in found.sections}) == len(found.sections)


def test_editions_are_data():
    assert editions(HW2P1.folder / "rubric.toml")[0] == "s23"
    keys = {section.key for section in HW2P1.rubric("s24").sections}
    assert "Conv2d_stride1" in keys
    assert not any(key.startswith("MCQ") for key in keys)
    distributed = next(s for s in HW2P1.rubric("s24").sections if s.id == "scan_distributed")
    assert distributed.points == 10


def test_points_are_exact_decimals(tmp_path):
    assert load(rubric(tmp_path, "0.1")).sections[0].points == Decimal("0.1")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"points": "-1"}, "points"),
        ({"points": '"some"'}, "`points` is 'some'; a number"),
        ({"points": "nan"}, "`points` is nan; a number"),
        ({"points": "true"}, "`points` is True; a number"),
        ({"more": "[limits]\ncpu_seconds = -1"}, r"`cpu_seconds` in \[limits\] is -1"),
        ({"more": "[limits]\ncpu_seconds = 99999999999999999999"}, "is 9+; a whole number from 1 to 86400"),
        ({"more": "[limits]\nmemory_mb = 8796093022208"}, "`memory_mb` .* is 8796.*; a whole number from 1 to 1048576"),
        ({"more": "[limits]\nopen_files = 15"}, "`open_files` .* is 15; a whole number from 16 to 65536"),
        (
            {"more": 'group = "extra"'},
            "toml:12: section 'one': `group` is 'extra'; one of 'main', 'bonus' is due",
        ),
        ({"more": 'key = ""'}, "`key` is ''; a text of one line is due"),
        ({"more": 'key = "one\\ntwo"'}, "`key` is 'one.*two'; a text of one line is due"),
        ({"more": 'needs = ["one"]'}, "in a circle: one → one"),
        ({"more": 'timed = { baseline = "one", at_most = 3 }'}, "go together"),
        ({"more": '[import]\nallow = ["numpy"]'}, "rubric.toml:12: unknown `import`"),
        ({"more": '[imports]\nallow = "numpy"'}, r"rubric.toml:13: `allow` in \[imports\] is 'numpy'; a list"),
        ({"more": '[editions.f25]\nkeys = { one = "" }'}, "`keys` in .editions.f25.: 'one' is called ''"),
        ({"points": "0.12345"}, "points"),
        ({"outputs": '{ Z = "lenient" }'}, "level"),
        ({"outputs": "{}"}, "outputs"),
        ({"more": 'needs = ["two"]'}, "two"),
        ({"more": "colour = 1"}, "colour"),
        ({"more": 'visibility = "hiden"'}, "hiden"),
        ({"more": 'cases = { "*" = "secret" }'}, "secret"),
        ({"more": 'cases = ["*"]'}, "a table of names"),
        ({"more": "[limits]\nhours = 3"}, "hours"),
        ({"more": "[[section]"}, "rubric.toml"),
    ],
)
def test_a_rubric_that_is_wrong_is_refused_by_name(change, word, tmp_path):
    with pytest.raises(RubricError, match=word):
        load(rubric(tmp_path, **change))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('accept = ["*.py"]', 'accept = "*.py"', r"rubric.toml:5: `accept` in \[submission\] is '\*.py'; a list"),
        ('accept = ["*.py"]', "accept = []", r"rubric.toml:5: `accept` in \[submission\] is \[\]"),
        ('name = "small"', 'name = "small"\nschema = "autograder/rubric/v2"', "rubric.toml:3: `schema` is"),
        ('title = "A small one"\n', "", "`title` is missing"),
        ("[[section]]", "[[sections]]", "unknown `sections`"),
        ("[[section]]", "[section]", "`section` is {.*each headed"),
    ],
)
def test_what_selfcheck_refuses_nobody_grades_by(old, new, what, tmp_path):
    path = rubric(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RubricError, match=what):
        load(path)


def test_two_sections_of_one_key_in_an_edition_are_refused(tmp_path):
    two = '[[section]]\nid = "two"\nnumber = "2"\npoints = 1\noutputs = { Z = "course" }\n'
    path = rubric(tmp_path, more=f'{two}[editions.f25]\nkeys = {{ two = "one" }}')
    assert len(load(path).sections) == 2
    with pytest.raises(RubricError, match="two sections of one key in edition f25"):
        load(path, "f25")


def test_select_keeps_the_order_of_the_rubric_and_names_unknown_keys():
    found = HW2P1.rubric()
    assert [section.key for section in found.select(["Conv1d", "MCQ 1"])] == ["MCQ 1", "Conv1d"]
    with pytest.raises(UsageError, match="Conv9d"):
        found.select(["Conv9d"])


def test_an_overlay_changes_points_visibility_limits_and_title(tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text(
        'title = "Ours"\n[sections."Conv1d"]\npoints = 7.5\nvisibility = "hidden"\n[limits]\ncpu_seconds = 99\n'
    )
    found = HW2P1.rubric(overlay=overlay)
    section = next(section for section in found.sections if section.key == "Conv1d")
    assert (section.points, section.visibility) == (Decimal("7.5"), "hidden")
    assert found.title == "Ours"
    assert found.limits.cpu_seconds == 99
    assert found.maximum("main") == Decimal("102.5")


@pytest.mark.parametrize(
    "text",
    [
        "cases = 3",
        "sections = 3",
        "[[sections]]",
        "settings = 3",
        "title = 5",
        '[limits]\nmemory_mb = "a lot"',
        "[limits]\ncpu_seconds = 0",
        "[limits]\nopen_files = 4",
        "[profiles.full.limits]\nmemory_mb = 8796093022208",
        "[profiles.fast.limits]\ncpu_seconds = 1",
        "[profiles.full]\nseed = 1",
        '[sections."Nope"]\npoints = 1',
        '[sections."Conv1d"]\nkey = "x"',
        "[limits]\nhours = 1",
        "]",
    ],
)
def test_an_overlay_may_not_change_anything_else(text, tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text(text)
    with pytest.raises(UsageError):
        HW2P1.rubric(overlay=overlay)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[sections."Nope"]\npoints = 1\n', 1, "no section 'Nope' in hw2p1"),
        ('\n[sections.nope.cases]\n"*" = "hidden"\n', 2, "no section 'nope'"),
        ('[sections]\n\n"Conv1d" = 3\n', 3, "section 'Conv1d' is 3: a table"),
        ("\n[[sections]]\npoints = 3\n", 2, "sections: .*: a table"),
        ('[settings]\n\ncarry_foward = "full"\n', 3, "unknown setting carry_foward; there are .*carry_forward"),
        ("[settings]\nshow_hidden_total = true\n", 2, "unknown setting show_hidden_total"),
        ('[settings]\nfloat32 = "acept"\n', 2, "float32 = 'acept': it is one of refuse, accept"),
        ('[settings]\nshow_hidden_totals = "false"\n', 2, "show_hidden_totals = 'false': it is true or false"),
        ("[settings]\nscoreboard = 0\n", 2, "scoreboard = 0: it is true or false"),
        ('[settings]\nleaderboard = "no"\n', 2, "leaderboard"),
        ('[settings]\ndue = "tomorrow"\n', 2, "due = 'tomorrow': it is a time with an offset"),
        ("[settings]\ndue = 2026-03-01T23:59:00\n", 2, "due = .*an offset"),
        ("[settings]\ndue = 2026-03-01\n", 2, "due = .*an offset"),
        ('[settings]\nloops = "Conv2d"\n', 2, "loops = 'Conv2d': it is a list of texts"),
        ('[settings]\npadding = "keywrd"\n', 2, "padding = 'keywrd': it is one of optional, position, keyword"),
    ],
)
def test_what_an_overlay_says_wrongly_of_sections_and_settings_is_named_with_its_line(text, line, what, tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text(text)
    with pytest.raises(RubricError, match=rf"course\.toml:{line}: {what}"):
        HW2P1.rubric(overlay=overlay)


def test_settings_that_there_are_may_be_said(tmp_path):
    overlay = tmp_path / "course.toml"
    settings = {
        "carry_forward": '"half"', "due": "2026-03-01T23:59:00-05:00", "float32": '"accept"', "in_place": '"refuse"',
        "leaderboard": "true", "loops": '["Conv2d"]', "scoreboard": "true", "show_hidden_totals": "false",
        "padding": '"keyword"',
    }  # fmt: skip
    assert set(settings) == {*SETTINGS, "padding"}
    overlay.write_text("[settings]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
    assert set(settings) <= set(HW2P1.rubric(overlay=overlay).settings)
    overlay.write_text('[settings]\ndue = "2026-03-01T23:59:00-05:00"\n')
    assert HW2P1.rubric(overlay=overlay)


@pytest.mark.parametrize("name", [*SETTINGS])
def test_every_setting_is_described(name):
    assert f"| `{name}` |" in (registry.PROJECT / "docs" / "overlays.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ('[settings]\ncarry_foward = "full"', 13),
        ('[editions.f25]\nsettings = { scoreboard = "yes" }', 13),
        ('[own_settings]\nmode = ["a", "b"]\n[settings]\nmode = "c"', 15),
    ],
)
def test_a_wrong_setting_of_a_rubric_is_named_with_its_line(more, line, tmp_path):
    with pytest.raises(RubricError, match=rf"rubric\.toml:{line}: "):
        load(rubric(tmp_path, more=more), "f25" if "f25" in more else None)


@pytest.mark.parametrize("more", ["[own_settings]\nmode = 3", '[own_settings]\nfloat32 = ["a"]', "own_settings = 3"])
def test_own_settings_are_names_with_what_they_may_be(more, tmp_path):
    text = rubric(tmp_path).read_text()
    (tmp_path / "rubric.toml").write_text(f"{more}\n{text}" if more[0] == "o" else f"{text}{more}")
    with pytest.raises(RubricError, match="own_settings"):
        load(tmp_path / "rubric.toml")


def test_an_overlay_hides_cases_besides_those_that_the_rubric_hides(tmp_path):
    path = rubric(tmp_path, more='cases = { "*large*" = "hidden", "*1*" = "after_due_date" }')
    overlay = tmp_path / "course.toml"
    overlay.write_text('[sections.one.cases]\n"*1*" = "visible"\n"*5*" = "hidden"\n')
    section = load(path, overlay=overlay).sections[0]
    seen = {name: section.visibility_of_case(name) for name in ("a large one", "1", "5", "2")}
    assert seen == {"a large one": "hidden", "1": "visible", "5": "hidden", "2": "visible"}


def test_a_pattern_that_fits_no_case_is_refused_with_its_line(tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text('[sections."Conv1d".cases]\n"*stride=3*" = "hidden"\n\n"*strid=3*" = "hidden"\n')
    with pytest.raises(UsageError, match=r"course\.toml:4: section 'Conv1d': no case is called '\*strid=3\*'"):
        HW2P1.refuse_unmatched(HW2P1.rubric(overlay=overlay))
    overlay.write_text('[sections.Conv2d.cases]\n"*stride=3*" = "hidden"\n')
    HW2P1.refuse_unmatched(HW2P1.rubric(overlay=overlay))


def test_an_overlay_changes_limits_in_every_profile_that_has_no_number_of_its_own(tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text("[limits]\ndisk_mb = 64\ncpu_seconds = 20\n")
    before, found = HW2P1.rubric().limits_of("full"), HW2P1.rubric(overlay=overlay)
    assert (found.limits_of("quick").disk_mb, found.limits_of("quick").cpu_seconds) == (64, 20)
    assert (found.limits_of("full").disk_mb, found.limits_of("full").cpu_seconds) == (64, before.cpu_seconds)
    overlay.write_text("[profiles.full.limits]\ncpu_seconds = 300\n")
    found = HW2P1.rubric(overlay=overlay)
    assert found.limits_of("full").cpu_seconds == 300 and found.limits_of("full").memory_mb == before.memory_mb
    assert found.limits_of("quick") == HW2P1.rubric().limits_of("quick")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('title = "Ours"\n[sections."Conv1d"]\npoints = 5\nvisibility = "hiden"\n', 4, "hiden"),
        ('[sections.Conv1d]\ncases = { "*" = "secret" }\n', 2, "secret"),
        ('\n[sections."Conv1d".cases]\n"*" = 3\n', 2, "visibility 3"),
        ("[sections.Conv1d]\n\npoints = -1\n", 3, "points of -1"),
        ("[sections.Conv1d]\nvisible = true\n", 2, "unknown visible"),
    ],
)
def test_a_fault_of_an_overlay_is_named_with_its_line(text, line, what, tmp_path):
    overlay = tmp_path / "course.toml"
    overlay.write_text(text)
    with pytest.raises(RubricError) as caught:
        HW2P1.rubric(overlay=overlay)
    assert f"course.toml:{line}: section 'Conv1d':" in str(caught.value) and what in str(caught.value)


def test_the_most_secret_of_what_fits_a_case_counts(tmp_path):
    cases = '{ "one*" = "after_due_date", "*[2]" = "hidden", "*" = "visible" }'
    section = load(rubric(tmp_path, more=f"cases = {cases}")).sections[0]
    names = {name: section.visibility_of_case(name) for name in ("one", "one [2]", "two", "2")}
    assert names == {"one": "after_due_date", "one [2]": "hidden", "two": "visible", "2": "visible"}
    assert unmatched(section, ["one", "two"]) == ["*[2]"]


def test_an_unknown_assignment_is_named_with_those_that_there_are():
    with pytest.raises(UsageError, match="hw9p9") as caught:
        registry.find("hw9p9")
    assert "hw2p1" in caught.value.hint


def test_every_limit_has_its_bounds_and_keeps_to_them():
    assert list(BOUNDS) == [limit.name for limit in fields(Limits)]
    assert limits_in(asdict(Limits())) and limits_in({name: most for name, (_, most) in BOUNDS.items()})
