"""Makes the seccomp filters that a section's child puts on: `python -m autograder.sandbox.filters`.

The rules are compiled once, by libseccomp, for each architecture, and the programs are kept beside the
guest, so that grading needs no library for it. A test makes them again and compares.
"""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "guest" / "seccomp"
ARCHITECTURES = {"x86_64": "X86_64", "aarch64": "AARCH64"}

#: Refused with EPERM, whatever the arguments.
REFUSED = (
    # new programs, and processes other than threads (clone is looked at below)
    "execve execveat fork vfork "
    # reaching into other processes, or signalling them
    "ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd pidfd_send_signal process_madvise "
    "process_mrelease kcmp kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo move_pages migrate_pages "
    "setpriority ioprio_set sched_setattr sched_setscheduler sched_setparam "
    # namespaces, mounts, other roots
    "unshare setns mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick move_mount open_tree "
    "mount_setattr name_to_handle_at open_by_handle_at "
    # the kernel's own machinery
    "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key "
    "request_key kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff "
    "acct quotactl syslog settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname "
    "personality fanotify_init lookup_dcookie modify_ldt iopl ioperm vhangup nfsservctl "
    # what would outlive the section
    "shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink "
    # the network: only pairs of local sockets (socketpair) stay
    "socket connect bind listen accept accept4"
).split()  # fmt: skip

#: Refused where they name another process than the caller (argument 0, a pid, is not 0).
OTHERS = ("prlimit64", "sched_setaffinity")

CLONE_THREAD = 0x00010000


def program(architecture: str) -> bytes:
    """The filter for one architecture, as the kernel takes it (an array of `struct sock_filter`)."""
    import pyseccomp as seccomp

    rules: Any = seccomp.SyscallFilter(seccomp.ALLOW)
    native = getattr(seccomp.Arch, architecture)
    if not rules.exist_arch(native):
        rules.add_arch(native)
        rules.remove_arch(seccomp.Arch.NATIVE)
    refuse = seccomp.ERRNO(errno.EPERM)
    for name in REFUSED:
        if known(seccomp, native, name):
            rules.add_rule(refuse, name)
    for name in OTHERS:
        rules.add_rule(refuse, name, seccomp.Arg(0, seccomp.NE, 0))
    rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    # The C library falls back to clone, whose flags the filter can see, where clone3 does not exist.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    return exported(rules)


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


def main() -> None:
    """Write the programs."""
    FOLDER.mkdir(exist_ok=True)
    for name, architecture in ARCHITECTURES.items():
        (FOLDER / f"{name}.bpf").write_bytes(program(architecture))


if __name__ == "__main__":
    main()
