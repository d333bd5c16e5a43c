"""What each status is called, how it looks, what it means to a student and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.grading import wording
from autograder.grading.report import SectionReport, Status


@dataclass(frozen=True, slots=True)
class Meaning:
    """One status, in words.

    Attributes
    ----------
    word, symbol, plain
        Its name; one character for it, and the same in ASCII.
    colour
        Never the only sign: word and symbol say the same.
    advice
        What it means and what to do, as a student reads it.
    """

    word: str
    symbol: str
    plain: str
    colour: str
    advice: str = ""


MEANINGS: Mapping[Status, Meaning] = {
    "passed": Meaning("passed", "✓", "+", "green"),
    "failed": Meaning("failed", "✗", "x", "red"),
    "bad_output": Meaning(
        "bad output", "✗", "x", "red",
        "What came back is not a plain NumPy array of numbers. Return a numpy.ndarray of floats: no list, no"
        " subclass, no array of objects.",
    ),
    "error": Meaning(
        "error", "✗", "x", "red",
        "Your code raised an exception.",
    ),
    "not_implemented": Meaning(
        "not implemented", "○", "-", "yellow",
        "A stub returns None or NotImplemented, or raises NotImplementedError. Write it, then run this again.",
    ),
    "missing": Meaning(
        "missing", "○", "-", "yellow",
        "Something that the assignment asks for is not there. Files, classes and attributes must be named exactly as"
        " in the handout, capital letters included.",
    ),
    "forbidden": Meaning(
        "forbidden", "!", "!", "yellow",
        "This uses a module that the assignment does not allow. Take the import out and write that step with NumPy.",
    ),
    "timeout": Meaning(
        "timed out", "!", "!", "yellow",
        "It ran longer than a section may, and was stopped. Look for a loop that never ends, or for Python loops over"
        " every entry where one NumPy expression does it.",
    ),
    "memory": Meaning(
        "out of memory", "!", "!", "yellow",
        "It asked for more memory than a section may use. Look for a shape that is far too large, or an array that"
        " grows in a loop.",
    ),
    "limit": Meaning(
        "over a limit", "!", "!", "yellow",
        "It went beyond a limit other than time and memory. Take out prints in loops, and anything that writes files"
        " or starts programs.",
    ),
    "crashed": Meaning(
        "crashed", "!", "!", "yellow",
        "The Python process ended in the middle of this section. Look for exit(), sys.exit(), os._exit() or quit(), or"
        " for recursion without end; a left-over debugger or input() does it too.",
    ),
    "ungraded": Meaning(
        "not graded", "?", "?", "magenta",
        "The grader failed here, not your code, and this says nothing about your work. Run it again; if it stays, send"
        " this report to the course staff.",
    ),
}  # fmt: skip


NO_LINE = (
    "No line of yours is named: it came of how your code was called, or of what it returned. Compare both with the"
    " handout, and where they are as it says, tell the course staff."
)


def advice(section: SectionReport) -> str:
    """What a section's status means and what to do: of what its message says, not of all that a status may mean."""
    said, general = section.message, MEANINGS[section.status].advice
    if section.status == "error":
        if wording.blames_what_is_given(said):
            return f"{general} The last line named above got what it cannot take: start at the call before it."
        if wording.names_a_place(said):
            return f"{general} The last line named above is where: start there."
        return f"{general} {NO_LINE}"
    if section.status == "ungraded" and wording.names_a_remedy(said):
        return "The grader failed here, not the submission. The command named above is for the course staff."
    if section.status == "missing":
        return general if wording.tells_of_absence(said) else ""
    if section.status == "bad_output":
        return general if wording.tells_of_no_array(said) else ""
    if section.status == "forbidden" and wording.tells_of_a_debugger(said):
        return "Nobody is there to answer a debugger. Take the breakpoint out; `grade --debug` is for that."
    if section.status == "forbidden" and wording.tells_of_a_system_call(said):
        return "Take out what opens files or connections, or starts programs: the homework needs none of them."
    return general
