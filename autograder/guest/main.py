"""The guest's main loop: a process with NumPy loaded and no student code in it, forked once per section.

Started as `python -c "…; from guest.main import main; main()" '{"mode": …}'`. In the mode `serve` it takes
requests from the socket on standard input; each carries three descriptors: the section's channel, the pipe for what the
student's code prints, and the pipe on which this process (never the child) tells how the child ended.
In the mode `once`, for platforms that cannot fork, the process itself is the section: frames come on
standard input and go out on what was standard output.
"""

from __future__ import annotations

import os

# `random` and `threading` have something done after every fork: new random numbers, locks of threads that are gone. A
# section seeds what is random, and the guest has one thread; so this is left undone: a tenth of what a section costs.
_register_at_fork = getattr(os, "register_at_fork", None)
if _register_at_fork is not None:
    os.register_at_fork = lambda **handlers: None

import contextlib  # noqa: E402
import gc  # noqa: E402
import importlib  # noqa: E402
import importlib.util  # noqa: E402
import json  # noqa: E402
import select  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402
from pathlib import Path  # noqa: E402
from types import ModuleType  # noqa: E402
from typing import Any  # noqa: E402

# These modules of NumPy only put docstrings on its C functions, which nobody reads here: a tenth of NumPy's start.
for _name in ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars"):
    sys.modules[_name] = ModuleType(_name)

import numpy.fft  # noqa: E402
import numpy.random  # noqa: E402, F401 - NumPy loads these two when they are first used: here, once, before any fork

from . import lockdown, reading, wire  # noqa: E402
from .section import Channel, described, serve, stage  # noqa: E402

if _register_at_fork is not None:
    os.register_at_fork = _register_at_fork

#: Sections after which Landlock's rules are made anew: each section adds its folder to those of the guest.
RULES_LAST = 256


def main() -> None:
    """Serve until the host is gone."""
    setup: dict[str, Any] = json.loads(sys.argv[1])
    sys.argv = [""]
    # The harness's own folder is not importable beside the submission's modules.
    sys.path.remove(setup["harness"])
    for name in setup["preload"]:
        importlib.import_module(name)
    exercises = {**reading.EXERCISES, **load_exercises(setup["exercises"])}
    fence = lockdown.Fence.of(setup)
    if setup["mode"] == "once":
        gc.enable()
        once(setup["request"], fence, exercises)
        return
    # What is here now is here for good: a fork need not look at it, nor copy its pages by counting it.
    gc.freeze()
    gc.enable()
    Server(fence, exercises).run()


def load_exercises(path: str) -> dict[str, Any]:
    """The assignment's exercises by name."""
    spec = importlib.util.spec_from_file_location("exercises", path)
    assert spec is not None and spec.loader is not None  # noqa: S101 - a path that we gave
    module = importlib.util.module_from_spec(spec)
    sys.modules["exercises"] = module
    spec.loader.exec_module(module)
    return dict(module.EXERCISES)


class Server:
    """Forks a child for each request and reports how it ended."""

    def __init__(self, fence: lockdown.Fence, exercises: dict[str, Any]) -> None:
        self.fence = fence
        self.exercises = exercises
        self.control = socket.socket(fileno=os.dup(0))
        self.children: dict[int, tuple[int, int, str]] = {}  # pidfd: (pid, status pipe, request's name)
        self.taken = 0
        self.alone = fence.level == "bubblewrap"  # a process namespace holds what a section leaves
        if not self.alone:
            lockdown.adopt_orphans(lockdown.libc())

    def run(self) -> None:
        """Take requests and reap children until the host closes the control socket."""
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        self.control.send(b"ready")
        while True:
            waiting: list[Any] = [self.control, *self.children]
            ready, _, _ = select.select(waiting, [], [])
            for pidfd in ready:
                if isinstance(pidfd, int):
                    self.reap(pidfd)
            if self.control in ready and not self.take():
                self.leave()
                return

    def take(self) -> bool:
        """One message of the host: start a section, or kill one."""
        message, descriptors, _, _ = socket.recv_fds(self.control, 65536, 3)
        if not message:
            return False
        request = json.loads(message)
        if "kill" in request:
            for pid, _, name in self.children.values():
                if name == request["kill"]:
                    os.kill(pid, signal.SIGKILL)
            return True
        channel, printed, status = descriptors
        self.taken += 1
        if self.fence.rules is not None and self.taken % RULES_LAST == 0:
            self.fence = self.fence.renewed()
        pid = os.fork()
        if pid == 0:
            os.close(status)
            self.child(request, channel, printed)
        os.close(channel)
        os.close(printed)
        self.children[os.pidfd_open(pid)] = (pid, status, request["name"])
        return True

    def leave(self) -> None:
        """The host is gone: end what still runs, where no namespace does, even what asked not to end with us."""
        if not self.alone:
            for pid, _, _ in self.children.values():
                kill_group(pid)
            end_orphans()

    def reap(self, pidfd: int) -> None:
        """A child ended: say how, on the pipe that it never had."""
        pid, status, _ = self.children.pop(pidfd)
        if not self.alone:
            kill_group(pid)  # while the leader is not reaped, its number is nobody else's
        _, code, usage = os.wait4(pid, 0)
        os.close(pidfd)
        if not self.alone and not self.children:
            end_orphans()
        facts = {
            "exit": os.waitstatus_to_exitcode(code),
            "cpu": usage.ru_utime + usage.ru_stime,
            "memory_kb": usage.ru_maxrss,
        }
        os.write(status, json.dumps(facts).encode())
        os.close(status)

    def child(self, request: dict[str, Any], channel: int, printed: int) -> None:
        """The section's process, from fork to end; never returns."""
        code = 1
        try:
            self.control.close()
            for pidfd, (_, status, _) in self.children.items():
                os.close(pidfd)
                os.close(status)
            os.dup2(printed, 1)
            os.dup2(printed, 2)
            os.close(printed)
            if not self.alone:
                os.setsid()
                lockdown.end_with_parent(lockdown.libc())
            connection = socket.socket(fileno=channel)
            section(
                request,
                self.fence,
                Channel(connection.makefile("rb", 1 << 16).read, connection.sendall),
                self.exercises,
            )
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            # No exit handler of the submission's runs, and nothing of it is flushed after the last frame.
            os._exit(code)


def once(request: dict[str, Any], fence: lockdown.Fence, exercises: dict[str, Any]) -> None:
    """Be the section: frames on standard input and output, prints on standard error."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    section(request, fence, Channel(incoming.read, outgoing.write), exercises)
    os._exit(0)


def section(request: dict[str, Any], fence: lockdown.Fence, channel: Channel, exercises: dict[str, Any]) -> None:
    """Take the submission in, lock down, serve; say so where we could not."""
    frame = channel.read()
    if frame is None:
        return
    try:
        root, limits = Path(request["folder"]), request["limits"]
        fence.make_room(root, limits)
        submission = stage(frame, root, limits["disk_mb"] << 20)
        os.environ["TMPDIR"] = str(root)
        fence.close(root, limits)
    except Exception as error:
        channel.write(wire.Frame("broken", described(error, Path("/"))))
        return
    channel.write(wire.Frame("ready"))
    serve(channel, submission, frame, exercises)


def kill_group(leader: int) -> None:
    """End what a section left behind in its own session, where no namespace does it."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def end_orphans(rounds: int = 100) -> None:
    """End what left the section's session, too, as far as the system says who our children are."""
    me = os.getpid()
    for _ in range(rounds):
        try:
            children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
        except OSError:
            return
        if not children:
            return
        for child in map(int, children):
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(child, 0)
