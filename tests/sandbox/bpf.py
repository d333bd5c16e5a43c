"""A reader of seccomp programs: what a filter says of one call, without a kernel."""

from __future__ import annotations

import struct
from collections.abc import Mapping

#: Classic BPF, as far as libseccomp writes it: loads of a word, masks, jumps, and the verdict.
_LOAD, _AND, _JUMP, _EQUAL, _GREATER, _AT_LEAST, _SET, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x25, 0x35, 0x45, 0x06
ARCHITECTURES: Mapping[str, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED = 0x7FFF0000
KILLED = 0x80000000


def refused(number: int) -> int:
    """What a filter says where a call is to fail with that error."""
    return 0x00050000 | number


def verdict(program: bytes, architecture: str, call: int, *arguments: int) -> int:
    """What a program says of a call with these arguments, each of 64 bits."""
    padded = [value & 0xFFFFFFFFFFFFFFFF for value in (*arguments, *(0,) * 6)][:6]
    data = struct.pack("<iIQ6Q", call, ARCHITECTURES[architecture], 0, *padded)
    code = list(struct.iter_unpack("<HBBI", program))
    accumulator, at = 0, 0
    while True:
        operation, yes, no, value = code[at]
        at += 1
        if operation == _RETURN:
            return int(value)
        if operation == _LOAD:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == _AND:
            accumulator &= value
        elif operation == _JUMP:
            at += value
        else:
            tests = {
                _EQUAL: accumulator == value,
                _GREATER: accumulator > value,
                _AT_LEAST: accumulator >= value,
                _SET: bool(accumulator & value),
            }
            at += yes if tests[operation] else no
