"""What a person sees: fits the width, says it in words, and obeys nothing that a submission wrote."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from rich.cells import cell_len
from rich.console import Console

from autograder.grading.report import Check, Report
from autograder.reports.changes import Change, Changes
from autograder.reports.console import new_console, render

Make = Callable[..., Report]

#: Lines to be pasted are broken by nobody but the terminal: they stand alone, with nothing before them.
PASTED = re.compile(r"(?<=and paste:\n).*?\n(?=\n)", re.DOTALL)
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Stream(io.StringIO):
    """A stream with an encoding, which may claim to be a terminal."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = False) -> None:
        super().__init__()
        self._encoding, self._terminal = encoding, terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        text.encode(self._encoding)  # a real stream would raise here
        return super().write(text)


def text_of(
    report: Report, width: int = 80, encoding: str = "utf-8", changes: Changes | None = None, terminal: bool = False
) -> str:
    stream = Stream(encoding, terminal)
    render(report, changes, new_console(stream, width))
    return stream.getvalue()


@pytest.fixture(autouse=True)
def terminal_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "cp437"])
@pytest.mark.parametrize("width", [30, 40, 80, 99, 120, 200])
@pytest.mark.parametrize("name", ["mixed_report", "hostile_report"])
def test_every_line_fits_and_can_be_written(
    name: str, width: int, encoding: str, request: pytest.FixtureRequest
) -> None:
    text = text_of(request.getfixturevalue(name), width, encoding)
    assert max(map(cell_len, PASTED.sub("", text).splitlines())) <= min(width, 120)
    if encoding == "ascii":
        assert text.isascii()


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("width", [30, 80])
def test_lines_to_be_pasted_stand_as_they_are(mixed_report: Report, width: int, terminal: bool) -> None:
    example = mixed_report.run["sections"]["Conv1d_stride1"]["example"]
    example["snippet"] = "import numpy as np\nlong = np.array([" + ", ".join(map(str, range(99))) + "])\nprint(long)\n"
    text = ESCAPE.sub("", text_of(mixed_report, width, terminal=terminal))
    assert "\n" + example["snippet"] in re.sub(" +\n", "\n", text)


def test_outside_a_terminal_it_is_plain_text_without_trailing_blanks(
    mixed_report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = text_of(mixed_report)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))


def test_colours_at_a_terminal_unless_the_user_wants_none(
    mixed_report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[" in text_of(mixed_report, terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    without = text_of(mixed_report, terminal=True)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", without)


def test_colours_say_nothing_that_words_do_not(mixed_report: Report) -> None:
    coloured = ESCAPE.sub("", text_of(mixed_report, terminal=True))
    assert [line.rstrip() for line in coloured.splitlines()] == text_of(mixed_report).splitlines()


@pytest.mark.parametrize("terminal", [False, True])
def test_hostile_text_is_inert(hostile_report: Report, terminal: bool) -> None:
    text = ESCAPE.sub("", text_of(hostile_report, 120, terminal=terminal))  # our own colours only
    assert all(c == "\n" or c.isprintable() for c in text)
    assert r"\x1b[31mred" in text
    assert "[red]markup[/red]" in text
    assert ":smile:" in text
    assert r"\u202egnp.exe" in text


def test_a_table_in_rubric_order_with_symbol_word_and_points(mixed_report: Report) -> None:
    text = text_of(mixed_report)
    rows = [text.index(f"\n{number} ") for number in ("3.1", "4.1.a", "5.1.1", "5.5.4", "7", "bonus")]
    assert rows == sorted(rows)
    assert re.search(r"\n5\.1\.1 +Conv1d_stride1 +0 / 10 +·{10} +✗ failed", text)
    assert re.search(r"\n4\.1\.a +Downsampling1d +2\.5 / 2\.5 +■{3} +✓ passed", text)
    assert re.search(r"\nbonus +BatchNorm2d +\? / 5 +·{5} +\? not graded", text)
    assert re.search(r"\n +Main +21 / 100\n", text)


def test_without_unicode_there_are_other_symbols(mixed_report: Report) -> None:
    text = text_of(mixed_report, encoding="ascii")
    assert re.search(r"\n5\.2\.1 +Conv2d-stride1 +10 / 10 +#{10} +\+ passed", text)
    assert re.search(r"\n5\.2\.2 +Conv2d +0 / 5 +\.{5} +x failed", text)


def test_a_failing_check_is_told_with_case_values_place_and_hint(mixed_report: Report) -> None:
    panel = panel_of(text_of(mixed_report, 120), "Conv1d_stride1")
    assert "0 / 10" in panel[0]
    assert panel[1:9] == [
        "Conv1d(in_channels=2, out_channels=3, kernel_size=4, stride=2) on (1, 2, 9)",
        "  dLdW  12 of 24 entries are wrong, by up to 1.6",
        "          expected  0.53  at [0, 0, 1]  of shape (3, 2, 4)",
        "          got       -1.1",
        "        ➜ This is the gradient averaged over the batch; the contract asks for the sum.",
        "  dLdb  wrong shape",
        "          expected  shape (3,)",
        "          got       shape (3, 1)",
    ]


def test_an_exception_is_told_with_the_students_lines_and_prints(mixed_report: Report) -> None:
    panel = panel_of(text_of(mixed_report, 120), "convTranspose1d")
    assert "  dLdA, dLdW, dLdb  ValueError at mytorch/Conv1d.py:52" in panel
    assert "  mytorch/ConvTranspose.py:37 in backward" in panel
    assert "      delta_out = self.conv1d_stride1.backward(dLdZ)" in panel
    assert "  ValueError: shape-mismatch for sum" in panel
    assert "  … 32 lines left out …" in panel
    assert "  step 39: (2, 3, 39)" in panel


def test_a_syntax_error_is_told_once_for_all_that_it_stops(mixed_report: Report) -> None:
    text = text_of(mixed_report)
    panel = panel_of(text, "MaxPool2d_stride1 and 3 more")
    assert panel[1:] == [
        "The same holds for: MaxPool2d, MeanPool2d_stride1, MeanPool2d",
        "SyntaxError at mytorch/pool.py:31",
        "  mytorch/pool.py:31",
        "      def forward(self, A)",
        "                          ^",
        "  SyntaxError: expected ':'",
    ]
    assert text.count("SyntaxError at") == 1


def test_of_two_levels_cases_one_is_told(make_report: Make) -> None:
    told = Check("Y", "course", "failed", "the course's case", "1 of 2 entries are wrong; first at [0, 1]")
    other = Check("Y", "strict", "failed", "the strict case", "1 of 3 entries are wrong; first at [1, 0]")
    failing = {"status": "failed", "message": f"Y: {other.message}", "checks": (told, other)}
    text = text_of(make_report({"Conv1d": failing}))
    assert "1 of 2 entries are wrong" in text
    assert "1 of 3 entries are wrong" not in text


def test_what_a_status_means_is_said_once(make_report: Make) -> None:
    late = {"status": "timeout", "checks": ()}
    text = text_of(make_report({"Conv1d": {**late, "message": "5 s"}, "Conv2d": {**late, "message": "9 s"}}))
    assert text.count("a loop that") == 1


def test_sections_dragged_along_name_their_cause_and_have_no_panel(mixed_report: Report) -> None:
    text = text_of(mixed_report)
    assert "  Conv1d_stride1: Conv1d, Build a CNN Model" in text
    assert not re.search(r"─ .* 5\.1\.2 Conv1d ─", text)
    assert "Next: 3.1 MCQ 1" in text


def test_both_totals_and_what_makes_them_differ(mixed_report: Report) -> None:
    text = text_of(mixed_report)
    assert "Main   21 / 100   under the course's own checks  26 / 100" in text
    assert "not for the strict ones: Conv2d" in text
    assert "Not final, since the grader failed on: BatchNorm2d" in text


def test_a_long_traceback_keeps_its_ends(make_report: Make) -> None:
    frames = [{"file": "a.py", "line": n, "function": "f", "text": "f()"} for n in range(1, 13)]
    failing = {"status": "error", "message": "RecursionError at a.py:12", "checks": ()}
    text = text_of(make_report({"Conv1d": failing}, run={"sections": {"Conv1d": {"traceback": frames}}}))
    assert re.findall(r"a\.py:(\d+) in", text) == ["1", "10", "11", "12"]
    assert "8 calls in between" in text


def test_the_untouched_handout_is_told_calmly(make_report: Make) -> None:
    text = text_of(make_report(default="not_implemented"))
    assert "Nothing is implemented yet: all 25 sections are stubs." in text
    assert "╭" not in text
    assert "Next: 3.1 MCQ 1" in text


def test_a_stub_that_is_begun_is_not_untouched(make_report: Make) -> None:
    run = {"sections": {"Conv1d_stride1": {"right": ["Z"]}}}
    text = text_of(make_report(default="not_implemented", run=run))
    assert "Nothing is implemented yet" not in text
    assert "Right there already: Conv1d_stride1 (Z)" in text


def test_all_is_well(make_report: Make) -> None:
    text = text_of(make_report())
    assert "Main   100 / 100   under the course's own checks  100 / 100" in text
    assert text.rstrip().endswith("Everything passes.")


def test_under_course_checks_strict_failures_cost_nothing_and_are_named(make_report: Make) -> None:
    checks = (Check("Z", "course", "passed"), Check("dLdb", "strict", "failed", "case", "wrong"))
    text = text_of(make_report({"Conv2d": {"checks": checks}}, checks="course"))
    assert "under the strict checks" in text
    assert "not for the strict ones: Conv2d" in text
    assert "╭" not in text


def test_what_changed_is_shown(make_report: Make) -> None:
    changes = Changes(
        (
            Change("Conv1d", Decimal(0), Decimal(5), "failed", "passed"),
            Change("Conv2d", Decimal("2.5"), Decimal(0), "passed", "error"),
            Change("Resnet", Decimal(0), Decimal(0), "not_implemented", "failed"),
        )
    )
    text = text_of(make_report(), changes=changes)
    assert "Since the last run: +2.5 points" in text
    assert re.search(r"↑ Conv1d +0 → 5 +failed → passed", text)
    assert re.search(r"↓ Conv2d +2\.5 → 0 +passed → error", text)
    assert re.search(r"· Resnet +not implemented → failed", text)
    assert "Nothing has changed since the last run." in text_of(make_report(), changes=Changes(()))
    # The scores of the handout come with it: nobody need have run anything.
    assert "last run" not in text_of(make_report(default="not_implemented"), changes=Changes(()))


def test_hundreds_of_left_out_files_are_counted_at_the_end(make_report: Make) -> None:
    notes = (*(f"left out: sandbox/{n}.py (not part of the homework)" for n in range(300)), "a remark")
    text = text_of(make_report(notes=notes))
    assert "and 288 more files" in text
    assert text.index("a remark") < text.index("sandbox/0.py")


def test_a_consoles_own_settings_are_kept(mixed_report: Report) -> None:
    stream = Stream()
    render(mixed_report, None, Console(file=stream, width=100))
    assert max(map(cell_len, stream.getvalue().splitlines())) <= 100


def panel_of(text: str, title: str) -> list[str]:
    """The title and the lines of one panel, without its border."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("╭") and f" {title} ─" in line)
    end = next(n for n in range(start, len(lines)) if lines[n].startswith("╰"))
    return [lines[start], *(line.removeprefix("│ ") for line in lines[start + 1 : end])]


def test_a_list_of_sections_that_runs_over_a_line_stays_under_its_cause(mixed_report: Report) -> None:
    lines = text_of(mixed_report, 40).splitlines()
    after = lines[lines.index(next(line for line in lines if line.startswith("  Conv1d_stride1:"))) + 1]
    assert after.startswith("  ")
