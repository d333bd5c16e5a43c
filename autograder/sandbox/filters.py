"""Makes the seccomp filters that a section's child puts on: `python -m autograder.sandbox.filters`.

A filter lists what Python and NumPy need; everything else does not exist (ENOSYS, so that the C library
takes another way where it has one), and what a submission may try in earnest is refused (EPERM, so that
Python raises a readable error). The rules are compiled once, by libseccomp, for each architecture, and the
programs are kept beside the guest, so that grading needs no library for it. A test makes them again and
compares.
"""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "guest" / "seccomp"
ARCHITECTURES = {"x86_64": "X86_64", "aarch64": "AARCH64"}

ALLOWED = (
    # files, as far as mounts and Landlock leave any
    "read write pread64 pwrite64 readv writev preadv pwritev creat close close_range lseek stat fstat "
    "lstat newfstatat statx access faccessat faccessat2 getdents getdents64 readlink readlinkat getcwd chdir fchdir "
    "mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat ftruncate fallocate "
    "fsync fdatasync dup dup2 dup3 umask sendfile copy_file_range getxattr lgetxattr fgetxattr listxattr llistxattr "
    "flistxattr "
    # memory
    "mmap munmap mprotect mremap brk msync mlock mlock2 munlock mlockall munlockall membarrier mbind "
    "get_mempolicy set_mempolicy "
    # time
    "gettimeofday time nanosleep times getrusage getitimer setitimer alarm timerfd_create timerfd_settime "
    "timerfd_gettime "
    # threads of its own, and its own end
    "set_robust_list set_tid_address rseq gettid exit exit_group sched_yield sched_get_priority_max "
    "sched_get_priority_min getcpu arch_prctl "
    # signals to itself, which the kernel or a timer sends
    "rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigreturn sigaltstack pause "
    "restart_syscall signalfd signalfd4 "
    # waiting, and talking over descriptors that it has
    "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd "
    "eventfd2 sendto recvfrom recvmsg recvmmsg shutdown getsockname getpeername "
    # facts about itself
    "getpid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp setsid uname sysinfo "
    "getrlimit getrandom wait4 waitid"
).split()  # fmt: skip

#: Refused with EPERM, whatever the arguments: what a submission may try, so that it fails in words.
REFUSED = (
    # new programs and processes (clone is looked at below)
    "execve execveat fork vfork "
    # reaching into other processes, or signalling them
    "ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd pidfd_send_signal process_madvise "
    "process_mrelease kcmp kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo move_pages migrate_pages setpgid "
    "setpriority ioprio_set sched_setattr sched_setscheduler sched_setparam "
    # namespaces, mounts, other roots, other users
    "unshare setns mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick move_mount open_tree "
    "mount_setattr name_to_handle_at open_by_handle_at setuid setgid setreuid setregid setresuid setresgid setfsuid "
    "setfsgid setgroups capset "
    # locks on files that all sections read: who holds one can say something by it, and who asks hears it
    "flock "
    # the same by which pages of such a file are in memory (preadv2, which can ask so, does not exist: the C library
    # takes preadv), by how much room a disk has, and by what the kernel counts for all processes of a user: timers,
    # descriptors on their way, and whatever a limit can be lowered to count; and by the numbers that it gives to pipes
    # and sockets, one after the other
    "mincore readahead fadvise64 sync_file_range statfs fstatfs timer_create timer_settime timer_gettime "
    "timer_getoverrun timer_delete setrlimit sendmsg sendmmsg pipe pipe2 socketpair splice tee vmsplice getsockopt "
    "setsockopt capget get_robust_list "
    # what Landlock does not look at: modes, owners, times and attributes, and (before its version 3) lengths by name
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat setxattr lsetxattr "
    "fsetxattr removexattr lremovexattr fremovexattr truncate mknod mknodat "
    # the kernel's own machinery
    "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key "
    "request_key kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff "
    "acct quotactl syslog settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname "
    "personality fanotify_init lookup_dcookie modify_ldt iopl ioperm vhangup nfsservctl "
    # memory that no limit of the process counts, and what would outlive the section
    "memfd_create memfd_secret shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl "
    "mq_open mq_unlink "
    # the network
    "socket connect bind listen accept accept4"
).split()  # fmt: skip

#: Refused where they name another process than the caller: by argument, which is to be 0. What they ask of others
#: (where they may run, whether they are there at all) carries numbers, too.
OTHERS = {
    "sched_setaffinity": 0, "sched_getaffinity": 0, "sched_getparam": 0, "sched_getscheduler": 0,
    "sched_rr_get_interval": 0, "getpgid": 0, "getsid": 0, "getpriority": 1,
}  # fmt: skip

#: Clocks by number: the machine's, its own process's and its own thread's. Other numbers stand for the computing time
#: of any process.
CLOCKS = ("clock_gettime", "clock_getres", "clock_nanosleep")
OWN_CLOCKS = (0xFFFFFFFA, 0xFFFFFFFE)

#: `futex` within a process, and what is also done between processes where a thread ends (FUTEX_WAIT, _WAKE,
#: _WAIT_BITSET); without what names a thread by number, as the kinds with priorities do.
FUTEX_WITHIN, FUTEX_BETWEEN = (0, 1, 3, 4, 5, 9, 10), (0, 1, 9)

#: `madvise` on memory of its own: how it will be used, whether it comes in large pages, that it is done with. Not what
#: reads a file ahead, or puts it out of memory.
MADVISE = (0, 1, 2, 4, 8, 14, 15, 16, 17, 18, 19, 102, 103)

#: `prctl`'s way to be told, or not, when the parent ends: a section ends with its guest.
PARENT_DEATH = 1
#: What of `prctl` is there: a thread's name (PR_SET_NAME, PR_GET_NAME), and how long vectors are (PR_SVE_GET_VL,
#: PR_SME_GET_VL).
PRCTL = (15, 16, 51, 64)

#: `fcntl` without its ways to have signals sent to another process (F_SETOWN, F_SETSIG), by number:
#: descriptors, flags, sizes of pipes.
FCNTL = (0, 1, 2, 3, 4, 1030, 1032, 1034)
#: `fcntl`'s locks of both kinds, which other processes can see: F_GETLK, F_SETLK, F_SETLKW, and F_OFD_….
LOCKS = (5, 6, 7, 36, 37, 38)

#: `ioctl` for terminals' and pipes' facts: TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)

CLONE_THREAD = 0x00010000
_CLONE_NEW = 0x7E020080  # namespaces of every kind
_O_ACCMODE, _O_TRUNC = 0b11, 0o1000
_FUTEX_PRIVATE, _FUTEX_REALTIME = 128, 256
_WORD = 0xFFFFFFFF


def program(architecture: str, *, threads: bool = True) -> bytes:
    """The filter for one architecture, as the kernel takes it (an array of `struct sock_filter`).

    Parameters
    ----------
    threads
        Whether new threads are allowed: only where something else bounds their number.
    """
    import pyseccomp as seccomp

    rules: Any = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    native = getattr(seccomp.Arch, architecture)
    if not rules.exist_arch(native):
        rules.add_arch(native)
        rules.remove_arch(seccomp.Arch.NATIVE)
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)
    refuse = seccomp.ERRNO(errno.EPERM)
    for action, names in ((seccomp.ALLOW, ALLOWED), (refuse, REFUSED)):
        for name in names:
            if known(seccomp, native, name):
                rules.add_rule(action, name)
    for action, name, *conditions in special(seccomp, refuse, threads=threads):
        if known(seccomp, native, name):
            rules.add_rule(action, name, *conditions)
    return exported(rules)


def special(seccomp: Any, refuse: Any, *, threads: bool) -> Iterator[tuple[Any, ...]]:
    """Rules that look at arguments: action, call, conditions.

    The kernel takes most of these for numbers of 32 bits, and a filter sees 64: what a caller puts into the upper half
    must never turn a call that is refused into one that is allowed. So what is allowed is listed, by `word`, which
    compares what the kernel reads.
    """
    arg, equal, masked = seccomp.Arg, seccomp.EQ, seccomp.MASKED_EQ

    def word(number: int, value: int) -> Any:
        return arg(number, masked, _WORD, value)

    for name, pid in OTHERS.items():
        yield seccomp.ALLOW, name, arg(pid, equal, 0)
        yield refuse, name, arg(pid, seccomp.NE, 0)
    # Its own limits can be read, and none can be changed.
    yield seccomp.ALLOW, "prlimit64", arg(0, equal, 0), arg(2, equal, 0)
    yield refuse, "prlimit64", arg(0, seccomp.NE, 0)
    yield refuse, "prlimit64", arg(2, seccomp.NE, 0)
    for name in CLOCKS:
        yield seccomp.ALLOW, name, arg(0, masked, _WORD & ~0xF, 0)
        for clock in OWN_CLOCKS:
            yield seccomp.ALLOW, name, word(0, clock)
    for operation in FUTEX_WITHIN:
        yield seccomp.ALLOW, "futex", arg(1, masked, _WORD & ~_FUTEX_REALTIME, operation | _FUTEX_PRIVATE)
    for operation in FUTEX_BETWEEN:
        yield seccomp.ALLOW, "futex", arg(1, masked, _WORD & ~_FUTEX_REALTIME, operation)
    for advice in MADVISE:
        yield seccomp.ALLOW, "madvise", word(2, advice)
    for option in PRCTL:
        yield seccomp.ALLOW, "prctl", word(0, option)
    yield refuse, "prctl", word(0, PARENT_DEATH)
    for command in FCNTL:
        yield seccomp.ALLOW, "fcntl", word(1, command)
    for command in LOCKS:
        yield refuse, "fcntl", word(1, command)
    for command in IOCTL:
        yield seccomp.ALLOW, "ioctl", word(1, command)
    # Landlock before version 3 does not see a file cut short that is opened for reading only.
    for name, flags in (("open", 1), ("openat", 2)):
        yield seccomp.ALLOW, name, arg(flags, masked, _O_TRUNC, 0)
        yield seccomp.ALLOW, name, arg(flags, masked, _O_TRUNC | _O_ACCMODE, _O_TRUNC | 1)
        yield seccomp.ALLOW, name, arg(flags, masked, _O_TRUNC | _O_ACCMODE, _O_TRUNC | 2)
    # clone3 hides its flags from filters; as it does not exist, the C library falls back to clone.
    if threads:
        yield seccomp.ALLOW, "clone", arg(0, masked, CLONE_THREAD | _CLONE_NEW, CLONE_THREAD)
        yield refuse, "clone", arg(0, masked, CLONE_THREAD, 0)
    else:
        yield refuse, "clone"


def known(seccomp: Any, architecture: Any, name: str) -> bool:
    """Whether this architecture has such a system call (aarch64 has no fork, for one)."""
    return bool(seccomp.resolve_syscall(architecture, name) >= 0)


def exported(rules: Any) -> bytes:
    """The compiled program, read back from a file, which is the only way that libseccomp gives it out."""
    import tempfile

    with tempfile.TemporaryFile() as file:
        rules.export_bpf(io.FileIO(file.fileno(), "wb", closefd=False))
        file.seek(0)
        return file.read()


def programs() -> dict[str, bytes]:
    """Every program by the name of its file."""
    return {
        f"{name}{suffix}.bpf": program(architecture, threads=threads)
        for name, architecture in ARCHITECTURES.items()
        for suffix, threads in (("", True), ("-one", False))
    }


def main() -> None:
    """Write the programs."""
    FOLDER.mkdir(exist_ok=True)
    for name, code in programs().items():
        (FOLDER / name).write_bytes(code)


if __name__ == "__main__":
    main()
