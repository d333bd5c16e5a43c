"""The system call filters: kept as they are made, and for the calls that matter."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest
from sandbox import bpf

from autograder.sandbox import filters


def test_those_that_are_kept_are_those_that_are_made() -> None:
    pytest.importorskip("pyseccomp")
    made = filters.programs()
    assert {path.name for path in filters.FOLDER.glob("*.bpf")} == set(made)
    for name, code in made.items():
        assert (filters.FOLDER / name).read_bytes() == code, f"make {name} again: python -m autograder.sandbox.filters"


def test_no_call_is_both_allowed_and_refused() -> None:
    special = {"fcntl", "ioctl", "prctl", "open", "openat", "clone", "futex", "madvise", "prlimit64"}
    special |= {*filters.OTHERS, *filters.CLOCKS}
    assert not set(filters.ALLOWED) & set(filters.REFUSED)
    assert not special & ({*filters.ALLOWED} | {*filters.REFUSED})
    assert len(set(filters.ALLOWED)) == len(filters.ALLOWED) and len(set(filters.REFUSED)) == len(filters.REFUSED)


def test_every_name_is_a_call_of_some_architecture() -> None:
    seccomp = pytest.importorskip("pyseccomp")
    new = {"fchmodat2", "mseal", "futex_waitv", "epoll_pwait2", "process_mrelease", "memfd_secret"}  # libseccomp's age
    for name in {*filters.ALLOWED, *filters.REFUSED} - new:
        assert any(
            filters.known(seccomp, getattr(seccomp.Arch, arch), name) for arch in filters.ARCHITECTURES.values()
        ), name


#: Numbers of the calls whose arguments are looked at: on x86_64 and on aarch64, which has no `open`.
NUMBERS = {
    "prctl": (157, 167), "fcntl": (72, 25), "ioctl": (16, 29), "clone": (56, 220), "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122), "sched_getaffinity": (204, 123), "getpriority": (140, 141), "getpgid": (121, 155),
    "open": (2, None), "openat": (257, 56), "futex": (202, 98), "madvise": (28, 233), "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
}  # fmt: skip


def answers(name: str, *arguments: int) -> Iterator[int]:
    """What the filter of each architecture says of a call."""
    for architecture, number in zip(("x86_64", "aarch64"), NUMBERS[name], strict=True):
        if number is not None:
            code = (filters.FOLDER / f"{architecture}.bpf").read_bytes()
            yield bpf.verdict(code, architecture, number, *arguments)


def allows(name: str, *arguments: int) -> bool:
    """Whether the filters allow a call, all of them or none."""
    (said,) = {answer == bpf.ALLOWED for answer in answers(name, *arguments)}
    return said


@pytest.mark.parametrize(
    ("name", "position"),
    [("prctl", 0), ("fcntl", 1), ("ioctl", 1), ("clone", 0), ("prlimit64", 0),
     ("sched_setaffinity", 0), ("sched_getaffinity", 0), ("getpriority", 1), ("getpgid", 0), ("open", 1), ("openat", 2),
     ("futex", 1), ("madvise", 2), ("clock_gettime", 0), ("clock_nanosleep", 0)],
)  # fmt: skip
def test_what_the_kernel_does_not_read_of_an_argument_opens_nothing(name: str, position: int) -> None:
    known = (1030, 1032, 1034, 0x5401, 0x541B, 0x3D0F00, 0x59616D61, 0xFFFFFFFF)
    for value in (*range(80), *known, *(1 << bit for bit in range(32))):
        plain = [0] * 6
        plain[position] = value
        for high in (1 << 32, 0xFFFFFFFF << 32):
            bent = list(plain)
            bent[position] |= high
            assert allows(name, *plain) or not allows(name, *bent), (name, hex(value))


def test_a_section_names_its_threads_and_cannot_outlive_its_guest() -> None:
    assert allows("prctl", 15) and allows("prctl", 16)
    assert set(answers("prctl", 1)) == set(answers("prctl", 1 | 1 << 32)) == {bpf.refused(errno.EPERM)}
    assert not any(allows("prctl", option) for option in (4, 8, 22, 35, 36, 38, 62, 0x59616D61))


def test_limits_are_read_and_not_set() -> None:
    assert allows("prlimit64", 0, 7, 0, 0x7FFF0000)
    assert not allows("prlimit64", 0, 7, 0x7FFF0000, 0) and not allows("prlimit64", 1, 7, 0, 0x7FFF0000)
    assert not allows("prlimit64", 0, 7, 1 << 32, 0)


def test_clocks_are_its_own_or_the_machines() -> None:
    process, thread = ((~0 << 3) | 2) & 0xFFFFFFFF, ((~0 << 3) | 6) & 0xFFFFFFFF
    assert all(allows("clock_gettime", clock) for clock in (0, 1, 2, 3, 4, 7, 11, process, thread))
    assert not any(allows("clock_gettime", ((~pid << 3) | 2) & 0xFFFFFFFF) for pid in (1, 2, 77))


def test_threads_wait_for_each_other_and_name_nobody() -> None:
    private, realtime = 128, 256
    assert all(allows("futex", 0, kind | private) for kind in (0, 1, 3, 4, 5, 9, 10, 9 | realtime))
    assert all(allows("futex", 0, kind) for kind in (0, 1, 9 | realtime)), "who waits for a thread's end"
    assert not any(allows("futex", 0, kind | kept) for kind in (6, 7, 8, 11, 12, 13) for kept in (0, private))
