"""Systems that cannot fork, as far as that can be shown here: a Python that lacks what theirs lack grades all the same.

No Mac and no Windows machine is part of these tests. What is taken away is what Python's documentation says is not
there; how those systems start processes, spell paths or end them stays unproven.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.assignments import registry

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is the other systems' own Python then")

REFERENCE = registry.PROJECT / "reference_solutions" / "hw2p1"

#: What only Linux has, of what the standard library offers.
LINUX = {
    "os": "pidfd_open sched_getaffinity unshare setns memfd_create eventfd O_PATH waitid",
    "socket": "SO_PASSCRED SCM_CREDENTIALS SOCK_SEQPACKET",
    "select": "epoll",
    "time": "clock_gettime",  # there on a Mac, where it knows no other process's clock
}
#: What Windows lacks besides.
POSIX = {
    "os": "fork forkpty wait4 wait3 geteuid getuid getgid getegid setuid setgid setresuid setresgid setgroups setsid "
    "killpg getpgid chown lchown fchown mkfifo mknod uname sysconf statvfs getloadavg O_NOFOLLOW O_DIRECTORY "
    "O_NONBLOCK O_CLOEXEC O_NOCTTY pread pwrite ttyname nice",
    "socket": "AF_UNIX send_fds recv_fds CMSG_SPACE CMSG_LEN SCM_RIGHTS",
    "select": "poll",
    "signal": "SIGKILL SIGSTOP SIGCONT SIGHUP SIGALRM SIGUSR1 SIGXCPU SIGXFSZ alarm setitimer pthread_sigmask sigwait",
}
MODULES = "fcntl grp pwd resource termios tty pty"
SYSTEMS = {"darwin": (LINUX, ""), "win32": ({k: f"{LINUX[k]} {POSIX.get(k, '')}" for k in LINUX} | {
    "signal": POSIX["signal"]}, MODULES)}  # fmt: skip

#: Before anything of ours: what is not ours is loaded as it is, then the names are gone, for the guest as for us.
TAKE = """
import asyncio, ctypes, getpass, importlib, os, platform, select, selectors, shutil, signal, socket, subprocess, sys
import tempfile, threading, time
import numpy, numpy.fft, numpy.random
for name in {loaded}:
    importlib.import_module(name)
subprocess.Popen.kill = subprocess.Popen.terminate = lambda self: self.send_signal(9)
for module, names in {names}.items():
    for name in names.split():
        if hasattr(sys.modules[module], name):
            delattr(sys.modules[module], name)
for name in {modules!r}.split():
    sys.modules[name] = None
os.supports_dir_fd, os.supports_fd = {anchored}
sys.platform = {system!r}
"""

RUN = """
{take}
sys.path.insert(0, {project!r})
from autograder.sandbox import launch
paths, start, rest = launch._BOOT.partition("from guest")
launch._BOOT = paths + {guest!r} + start + rest
from autograder.cli import main
main({arguments!r})
"""


def script(system: str, *arguments: str) -> str:
    """A program that runs our command line as if on another system."""
    names, modules = SYSTEMS[system]
    anchored = "set(), set()" if system == "win32" else "os.supports_dir_fd, os.supports_fd"
    take = {"names": names, "modules": modules, "anchored": anchored, "system": system}
    ours = ("click", "rich.console", "jinja2", "sqlite3", "logging", "numpy.testing")
    boot = f"exec({TAKE.format(loaded=(), **take)!r}); ".replace("{", "{{").replace("}", "}}")
    whole = TAKE.format(loaded=ours, **take)
    return RUN.format(take=whole, project=str(registry.PROJECT), guest=boot, arguments=list(arguments))


def run(system: str, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    # As on Windows it holds no lock on its folder, which another test's grader would sweep in the common place.
    with tempfile.TemporaryDirectory() as own:
        return subprocess.run(
            [sys.executable, "-c", script(system, *map(str, arguments))],
            cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=240, check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "TMPDIR": own},
        )  # fmt: skip


@pytest.fixture(params=list(SYSTEMS))
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.more
def test_the_reference_earns_everything(system: str, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    done = run(system, "grade", REFERENCE, "--format", "json", "--output", out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 115
    facts = json.loads(out.read_text("utf-8"))["run"]
    assert (facts["isolation"], facts["protected"]) == ("process", False)


def test_each_section_has_its_own_verdict(system: str, tmp_path: Path) -> None:
    work, out, overlay = tmp_path / "work", tmp_path / "report.json", tmp_path / "overlay.toml"
    shutil.copytree(REFERENCE, work)
    (work / "mytorch/pool.py").write_text("print('gr\u00fcezi', flush=True)\nimport os\nos._exit(3)\n", "utf-8")
    (work / "mytorch/flatten.py").write_text("while True: pass\n")
    overlay.write_text("[limits]\nwall_seconds = 3\n")
    only = [word for key in ("Upsampling1d", "MaxPool2d", "Build a CNN Model") for word in ("--only", key)]
    done = run(system, "grade", work, "--overlay", overlay, *only, "--format", "json", "--output", out)
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text("utf-8"))
    statuses = {section["key"]: section["status"] for section in report["sections"]}
    assert statuses == {"Upsampling1d": "passed", "MaxPool2d": "crashed", "Build a CNN Model": "timeout"}
    assert "gr\u00fcezi" in report["run"]["sections"]["MaxPool2d"]["printed"]


def test_nothing_secret_is_graded_without_a_boundary(system: str, tmp_path: Path) -> None:
    (tmp_path / "seed").write_text("a secret of more than sixteen bytes")
    done = run(system, "grade", REFERENCE, "--seed-file", tmp_path / "seed")
    assert done.returncode == 2 and "isolation 'auto' is not to be had" in done.stderr, done.stderr


def test_doctor_and_the_tar_for_handing_in(system: str, tmp_path: Path) -> None:
    done = run(system, "doctor")
    assert done.returncode == 0, done.stderr
    assert "`--isolation auto` takes: process" in done.stdout
    done = run(system, "handin", REFERENCE, "--output", tmp_path / "handin.tar")
    assert done.returncode == 0 and (tmp_path / "handin.tar").is_file(), done.stderr


@pytest.mark.more
def test_a_batch(system: str, tmp_path: Path) -> None:
    done = run(system, "batch", REFERENCE, "--gradebook", tmp_path / "book", "--isolation", "process", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["graded"] == 1
