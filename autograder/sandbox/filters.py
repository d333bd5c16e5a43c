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
    "read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 creat close close_range lseek stat fstat "
    "lstat newfstatat statx access faccessat faccessat2 getdents getdents64 readlink readlinkat getcwd chdir fchdir "
    "mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat ftruncate fallocate "
    "fadvise64 readahead fsync fdatasync sync_file_range dup dup2 dup3 pipe pipe2 umask statfs fstatfs sendfile "
    "splice tee copy_file_range getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr "
    # memory
    "mmap munmap mprotect mremap brk madvise msync mincore mlock mlock2 munlock mlockall munlockall membarrier mbind "
    "get_mempolicy set_mempolicy "
    # time
    "clock_gettime clock_getres clock_nanosleep gettimeofday time nanosleep times getrusage getitimer setitimer alarm "
    "timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime "
    "timerfd_gettime "
    # threads of its own, and its own end
    "futex futex_waitv set_robust_list get_robust_list set_tid_address rseq gettid exit exit_group sched_yield "
    "sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min "
    "sched_rr_get_interval getcpu arch_prctl "
    # signals to itself, which the kernel or a timer sends
    "rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigreturn sigaltstack pause "
    "restart_syscall signalfd signalfd4 "
    # waiting, and talking over descriptors that it has
    "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd "
    "eventfd2 sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname getpeername getsockopt setsockopt "
    # facts about itself
    "getpid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp getpgid getsid setsid uname "
    "sysinfo getrlimit setrlimit getpriority getrandom capget wait4 waitid seccomp"
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
    # the network: only pairs of local sockets stay
    "socket connect bind listen accept accept4"
).split()  # fmt: skip

#: Refused where they name another process than the caller (argument 0, a pid, is not 0).
OTHERS = ("prlimit64", "sched_setaffinity")

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
_WORD = 0xFFFFFFFF
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE = 1, 1, 0xF


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

    for name in OTHERS:
        yield seccomp.ALLOW, name, arg(0, equal, 0)
        yield refuse, name, arg(0, seccomp.NE, 0)
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
    # A stream has two ends for good; a datagram may be sent to any other socket by its name.
    yield seccomp.ALLOW, "socketpair", word(0, _AF_UNIX), arg(1, masked, _SOCK_TYPE, _SOCK_STREAM)
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
