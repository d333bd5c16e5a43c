"""What a message tells of itself, so that advice on it can be apt."""

from __future__ import annotations

import re

from autograder.guest.agreed import ABSENT, DEBUGGING

#: How a message says where an exception was raised.
_PLACE = re.compile(r" (?:at|cell) \S+:\d+")
#: What it adds where nothing is wrong in that place.
RIGHT_THERE = "is right by itself: look at what it is given"
#: What it adds where a file broke that was handed out complete, and that is another one here.
OTHER_THAN_GIVEN = (
    "this file was handed out complete, and yours is another: compare the two, and look at what it is given"
)
#: What it adds where an array of integers was to take other numbers, and how NumPy says that.
INTEGERS = (
    "an array of integers cannot take this: it was made with an integer dtype, or like an input that is of integers"
    " here (`zeros_like`); make it with `dtype=float`"
)
_NO_ROOM = re.compile(r"Cannot cast ufunc '\w+' output from dtype\('[^']*'\) to dtype\('(?:[<>=|]?[iu]\d|u?int)")
#: How it begins where the sandbox refused a system call.
REFUSED_CALL = "this asks the system for what the sandbox does not allow"
#: What it says of what is no array of numbers.
_NO_ARRAY = ("plain numpy.ndarray", "not of numbers")


def names_a_remedy(message: str) -> bool:
    """Whether it says which command of staff's mends it."""
    return "`python runner.py " in message


def names_a_place(message: str) -> bool:
    """Whether it names a line."""
    return _PLACE.search(message) is not None


def blames_what_is_given(message: str) -> bool:
    """Whether the line that it names is right by itself."""
    return RIGHT_THERE in message


def lacks_room_for_fractions(exception: str) -> bool:
    """Whether it says that an array of integers was to take other numbers, in place."""
    return _NO_ROOM.search(exception) is not None


def tells_of_absence(message: str) -> bool:
    """Whether what is missing is not there at all, and not just otherwise than it is due."""
    return any(words in message for words in ABSENT)


def tells_of_a_debugger(message: str) -> bool:
    """Whether a breakpoint was left in."""
    return any(words in message for words in DEBUGGING)


def tells_of_a_system_call(message: str) -> bool:
    """Whether the sandbox refused a system call."""
    return REFUSED_CALL in message


def tells_of_no_array(message: str) -> bool:
    """Whether what came back is no array of numbers."""
    return any(words in message for words in _NO_ARRAY)
