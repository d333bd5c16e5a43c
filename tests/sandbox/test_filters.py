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
    special = {"fcntl", "ioctl", "prctl", "open", "openat", "socketpair", "clone", *filters.OTHERS}
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
    "prctl": (157, 167), "fcntl": (72, 25), "ioctl": (16, 29), "clone": (56, 220), "socketpair": (53, 199),
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "open": (2, None), "openat": (257, 56),
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
    [("prctl", 0), ("fcntl", 1), ("ioctl", 1), ("clone", 0), ("socketpair", 0), ("socketpair", 1), ("prlimit64", 0),
     ("sched_setaffinity", 0), ("open", 1), ("openat", 2)],
)  # fmt: skip
def test_what_the_kernel_does_not_read_of_an_argument_opens_nothing(name: str, position: int) -> None:
    usual = {"socketpair": (1, 1), "clone": (0x3D0F00,)}.get(name, ())
    known = (1030, 1032, 1034, 0x5401, 0x541B, 0x3D0F00, 0x59616D61, 0xFFFFFFFF)
    for value in (*range(80), *known, *(1 << bit for bit in range(32))):
        plain = [*usual, *(0,) * 6][:6]
        plain[position] = value
        for high in (1 << 32, 0xFFFFFFFF << 32):
            bent = list(plain)
            bent[position] |= high
            assert allows(name, *plain) or not allows(name, *bent), (name, hex(value))


def test_a_section_names_its_threads_and_cannot_outlive_its_guest() -> None:
    assert allows("prctl", 15) and allows("prctl", 16)
    assert set(answers("prctl", 1)) == set(answers("prctl", 1 | 1 << 32)) == {bpf.refused(errno.EPERM)}
    assert not any(allows("prctl", option) for option in (4, 8, 22, 35, 36, 38, 62, 0x59616D61))
