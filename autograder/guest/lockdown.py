"""What a section's child does to itself before any of the submission's code runs.

Steps, in order: `own_tmpfs` (a private file system, where that can be had), `become` (another user, where
that can be), `set_limits`, `restrict_files` (Landlock), `drop_capabilities`, `refuse_calls` (seccomp). None of
them can be undone from inside. Everything here is Linux but `set_limits`, which holds what the platform has.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from .agreed import THREADS

if sys.platform != "win32":
    import resource  # here and not where it is used: a section's child would load it each time

_CLONE_NEWNS = 0x00020000
_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 2, 4, 0x4000, 0x40000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 4, 24, 38, 22
_PR_SET_CHILD_SUBREAPER, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 36, 47, 4
_SECCOMP_MODE_FILTER = 2
_OURS, _NO_CAPABILITIES = struct.pack("=Ii", 0x20080522, 0), bytes(24)  # this process's, in the third version's layout

# `mount_setattr` has the same number on every architecture.
_MOUNT_SETATTR, _HERE, _RECURSIVE, _NO_ACCESS_TIME, _ACCESS_TIMES = 442, -100, 0x8000, 0x10, 0x70

# Landlock's system calls have the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_READ = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read a file, list a folder
_WRITE_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}  # every right that the version knows
_SCOPES = 0b11  # from version 6: no abstract sockets, no signals to the outside

#: Bytes that a process with NumPy and SciPy loaded maps (measured: 100 and 190 MB), rounded up.
_USUALLY_MAPPED = 256 << 20

#: Processes that may be counted with a section's threads: the guest, who holds submissions, sections that wait.
_BESIDE = 8

#: Files and folders that a section's own file system holds.
INODES = 4096

Libc = Any
Level = Literal["bubblewrap", "landlock", "process"]


class Program(ctypes.Structure):
    """A seccomp filter as the kernel takes it: its length in instructions, and where it lies."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    def __init__(self, code: bytes) -> None:
        self.code = ctypes.create_string_buffer(code, len(code))  # kept for as long as it is pointed at
        super().__init__(len(code) // 8, ctypes.addressof(self.code))


class LockdownError(Exception):
    """A step failed: the section must not run."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What the steps need, made once, before any section: they run in every one of them.

    Attributes
    ----------
    c
        The C library.
    rules, readable
        Landlock's rule set, at the level that has one, and what it was made of.
    filter
        The seccomp program, at the levels that have one.
    user
        Whom to become.
    count_threads
        Whether the resource limit holds the number of threads.
    mounts
        Whether a section can have a file system of its own.
    """

    level: Level
    c: Libc = None
    rules: int | None = None
    readable: tuple[str, ...] = ()
    filter: Program | None = None
    user: int | None = None
    count_threads: bool = False
    mounts: bool = False

    @classmethod
    def of(cls, setup: Mapping[str, Any]) -> Fence:
        """The fence that the host asked for."""
        level: Level = setup["level"]
        if level == "process":
            return cls(level)
        c, threads = libc(), setup["threads"]
        drop_bounding_set(c)
        readable = tuple(setup.get("readable", ()))
        rules = file_rules(c, readable) if level == "landlock" else None
        filter_ = Program(seccomp_program(threads=threads != "none"))
        mounts = level == "bubblewrap"
        if mounts:
            private_mounts(c)
        else:  # root in a container often may not mount; the host then watches the folder's size
            with contextlib.suppress(LockdownError):
                private_mounts(c)
                mounts = True
                keep_access_times(c)
        return cls(level, c, rules, readable, filter_, setup["user"], threads == "rlimit", mounts)

    def renewed(self) -> Fence:
        """The same with a rule set that no section has added to."""
        if self.rules is not None:
            os.close(self.rules)
        return replace(self, rules=file_rules(self.c, self.readable))

    def make_room(self, root: Path, limits: Mapping[str, int]) -> None:
        """Before anything of the submission is there: a file system of its own, another user."""
        if self.mounts:
            try:
                own_tmpfs(self.c, root, limits["disk_mb"], self.user)
            except LockdownError:
                if self.level == "bubblewrap":
                    raise
        if self.user is not None:
            become(self.user)

    def close(self, root: Path, limits: Mapping[str, int], mapped: int | None) -> None:
        """Before anything of the submission runs: all that cannot be undone.

        Parameters
        ----------
        mapped
            Bytes of addresses in use; None where that was not asked yet.
        """
        if sys.platform != "win32":
            set_limits(limits, mapped_bytes() if mapped is None else mapped, threads=self.count_threads)
        if self.rules is not None:
            restrict_files(self.c, self.rules, root)
        if self.level != "process":
            if self.filter is None:
                raise LockdownError("no seccomp filter")
            drop_capabilities(self.c)
            refuse_calls(self.c, self.filter)


def libc() -> Libc:
    """The C library, with errno kept."""
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, step: str) -> int:
    if result < 0:
        raise LockdownError(f"{step}: {os.strerror(ctypes.get_errno())}")
    return result


def private_mounts(c: Libc) -> None:
    """A mount namespace of our own, of which nothing is seen outside; sections have copies of it."""
    _check(c.unshare(_CLONE_NEWNS), "a mount namespace of its own")
    _check(c.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "private mounts")


def keep_access_times(c: Libc) -> None:
    """Have reading leave no time behind, in any file that is mounted here: it would tell sections of each other."""
    attributes = struct.pack("=QQQQ", _NO_ACCESS_TIME, _ACCESS_TIMES, 0, 0)
    _check(c.syscall(_MOUNT_SETATTR, _HERE, b"/", _RECURSIVE, attributes, len(attributes)), "no access times")


def own_tmpfs(c: Libc, folder: Path, megabytes: int, user: int | None = None) -> None:
    """Mount an empty file system of bounded size at `folder`, which only this process sees."""
    _check(c.unshare(_CLONE_NEWNS), "a mount namespace of its own")
    owner = "" if user is None else f",uid={user},gid={user}"
    options = f"size={megabytes}m,nr_inodes={INODES},mode=0700{owner}".encode()
    _check(c.mount(b"tmpfs", bytes(folder), b"tmpfs", _MS_NOSUID | _MS_NODEV, options), "a tmpfs")


def become(user: int) -> None:
    """Be a user that owns nothing, where this system has that number (a container may have mapped few)."""
    try:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError:
        return


def set_limits(limits: Mapping[str, int], mapped: int, *, threads: bool = False) -> None:
    """Resource limits of this process.

    Parameters
    ----------
    mapped
        Bytes that are mapped already: memory is counted on top of them. 0: it has no limit.
    threads
        Bound their number here: right where few other processes of the user are counted along.
    """
    wanted = {
        "RLIMIT_CPU": (limits["cpu_seconds"], limits["cpu_seconds"] + 1),
        "RLIMIT_FSIZE": limits["disk_mb"] << 20,
        "RLIMIT_NOFILE": limits["open_files"],
        "RLIMIT_CORE": 0,
    }
    if threads:
        wanted["RLIMIT_NPROC"] = THREADS + _BESIDE
    if mapped:
        wanted["RLIMIT_AS"] = mapped + (limits["memory_mb"] << 20)
    for name, value in wanted.items():
        which = getattr(resource, name, None)
        if which is None:
            continue
        soft, hard = value if isinstance(value, tuple) else (value, value)
        most = resource.getrlimit(which)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        try:
            resource.setrlimit(which, (soft, hard))
        except ValueError:  # macOS knows a limit of memory and does not let it be set
            if sys.platform == "linux":
                raise


def limit_compiling(limits: Mapping[str, int]) -> None:
    """Keep a parser fed with hostile source to what a section may use; a section sets limits of its own."""
    for which, most in (
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_AS, mapped_bytes() + (limits["memory_mb"] << 20)),
    ):
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def mapped_bytes() -> int:
    """Address space in use, from `/proc` where there is one, else what NumPy and SciPy map with room to spare."""
    try:
        file = os.open("/proc/self/statm", os.O_RDONLY)
        try:
            return int(os.read(file, 64).split()[0]) * os.sysconf("SC_PAGE_SIZE")
        finally:
            os.close(file)
    except OSError:
        return _USUALLY_MAPPED if sys.platform == "linux" else 0


def file_rules(c: Libc, readable: Sequence[str]) -> int:
    """A Landlock rule set, as a descriptor: read below `readable`, and nothing else."""
    version = _check(c.syscall(_CREATE_RULESET, None, 0, 1), "Landlock")
    handled = _WRITE_BY_ABI[min(version, 5)]
    # Versions 4 and 6 bring the network (no port at all) and signals and abstract sockets (none to the outside).
    rules = _rule_set(c, struct.pack("=QQQ", handled, 0b11, _SCOPES), 24 if version >= 6 else 16 if version >= 4 else 8)
    for path in readable:
        _allow(c, rules, path, _READ)
    return rules


def restrict_files(c: Libc, rules: int, root: Path) -> None:
    """Landlock: keep to a rule set from now on, and read and write below `root`.

    The rule set is of the whole guest, where other sections have added their folders; so there is a second one,
    for what is written.
    """
    version = _check(c.syscall(_CREATE_RULESET, None, 0, 1), "Landlock")
    handled = _WRITE_BY_ABI[min(version, 5)]
    own = _rule_set(c, struct.pack("=Q", handled & ~_READ), 8)
    for path in (str(root), os.devnull):
        _allow(c, rules, path, handled)
        _allow(c, own, path, handled & ~_READ)
    _no_new_privileges(c)
    for layer in (rules, own):
        _check(c.syscall(_RESTRICT_SELF, layer, 0), "Landlock's restriction")
        os.close(layer)


def _rule_set(c: Libc, attributes: bytes, size: int) -> int:
    return _check(c.syscall(_CREATE_RULESET, attributes[:size], size, 0), "a Landlock rule set")


def _allow(c: Libc, rules: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not os.path.isdir(path):  # noqa: PTH112 - a plain call, in a process that forks
        rights &= (1 << 0) | (1 << 1) | (1 << 2) | (1 << 14) | (1 << 15)
    beneath = struct.pack("=Qi", rights, folder)
    _check(c.syscall(_ADD_RULE, rules, _RULE_PATH_BENEATH, beneath, 0), f"a Landlock rule for {path}")
    os.close(folder)


def drop_bounding_set(c: Libc) -> None:
    """Let no program that is started have a capability; those that this process has stay, to set sections up."""
    for capability in range(64):
        if c.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 and capability > 40:
            break


def drop_capabilities(c: Libc) -> None:
    """Give up every capability, for good."""
    c.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _check(c.capset(_OURS, _NO_CAPABILITIES), "capabilities")
    c.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _no_new_privileges(c)


def _no_new_privileges(c: Libc) -> None:
    _check(c.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def refuse_calls(c: Libc, filter_: Program) -> None:
    """Put on a seccomp filter, once no program can bring new privileges."""
    _check(c.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0), "seccomp")


def seccomp_program(*, threads: bool) -> bytes:
    """The filter for this machine's architecture, with new threads or without."""
    path = Path(__file__).parent / "seccomp" / f"{os.uname().machine}{'' if threads else '-one'}.bpf"
    try:
        return path.read_bytes()
    except OSError as error:
        raise LockdownError(f"no seccomp filter for {os.uname().machine}") from error


def end_with_parent(c: Libc) -> None:
    """Be killed when the guest ends, however that comes about."""
    c.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans(c: Libc) -> None:
    """Become the parent of what a section's process leaves behind, so that it can be found and ended."""
    c.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
