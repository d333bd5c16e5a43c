"""The system call filters: kept as they are made, and for the calls that matter."""

from __future__ import annotations

import pytest

from autograder.sandbox import filters


def test_those_that_are_kept_are_those_that_are_made() -> None:
    pytest.importorskip("pyseccomp")
    made = filters.programs()
    assert {path.name for path in filters.FOLDER.glob("*.bpf")} == set(made)
    for name, code in made.items():
        assert (filters.FOLDER / name).read_bytes() == code, f"make {name} again: python -m autograder.sandbox.filters"


def test_no_call_is_both_allowed_and_refused() -> None:
    special = {"fcntl", "ioctl", "open", "openat", "socketpair", "clone", *filters.OTHERS}
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
