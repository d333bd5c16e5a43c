"""Forking: the guest forks a process for each submission, which forks one for each section.

In neither of the two is there ever a line of student code that has run. The first knows no submission. The second has
read one, and compiles its modules while nobody asks for a section.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import select
import signal
import socket
import struct
import traceback
from pathlib import Path
from typing import Any, NoReturn

from . import lockdown, wire
from .held import BOUNDS, Held
from .line import Line
from .section import Channel, run

#: Sections after which Landlock's rules are made anew: each section adds its folder to those of the server.
RULES_LAST = 256
#: A descriptor as it comes with a message, and the room for four. (What runs between two forks is plain: each page that
#: it touches is copied.)
_NUMBER = struct.Struct("i")
_ROOM = socket.CMSG_SPACE(4 * _NUMBER.size) if hasattr(socket, "CMSG_SPACE") else 0


class Server:
    """Forks a child for each request, and reports how sections ended.

    Parameters
    ----------
    control
        Where requests come from. To hold a submission: with its own control socket and a file with the frame.
        To run a section: with its channel, its bell, the pipe for what it prints, the pipe for how it ended.
    held
        The submission whose sections are run; None in the guest itself, which only forks those who hold one.
    """

    def __init__(
        self, control: socket.socket, fence: lockdown.Fence, exercises: dict[str, Any], held: Held | None = None
    ) -> None:
        self.control, self.fence, self.exercises, self.held = control, fence, exercises, held
        self.children: dict[int, tuple[int, int | None, str]] = {}  # pidfd: (pid, status pipe, request's name)
        self.taken = 0
        self.alone = fence.level == "bubblewrap"  # a process namespace holds what a section leaves
        if not self.alone:
            lockdown.adopt_orphans(lockdown.libc())

    def run(self) -> None:
        """Take requests and reap children until the host closes the control socket."""
        while True:
            idle = self.held is not None and bool(self.held.waiting)
            waiting: list[Any] = [self.control, *self.children]
            ready, _, _ = select.select(waiting, [], [], 0 if idle else None)
            for pidfd in ready:
                if isinstance(pidfd, int):
                    self.reap(pidfd)
            if self.control in ready and not self.take():
                self.leave()
                return
            if not ready and self.held is not None:
                self.held.compile_next()

    def take(self) -> bool:
        """One message of the host: hold a submission, start a section, or kill one."""
        message, extra, _, _ = self.control.recvmsg(65536, _ROOM)
        if not message:
            return False
        descriptors = [number for _, _, sent in extra for (number,) in _NUMBER.iter_unpack(sent)]
        request = json.loads(message)
        if "kill" in request:
            for pid, _, name in self.children.values():
                if name == request["kill"]:
                    os.kill(pid, signal.SIGKILL)
            return True
        self.taken += 1
        if self.fence.rules is not None and (self.taken % RULES_LAST == 0 or self.held is None):
            self.fence = self.fence.renewed()
        status = None
        if self.held is not None:
            status = descriptors.pop()
            # Asked here: in a section, each page that asking touches would be copied.
            request["mapped"] = lockdown.mapped_bytes()
        pid = os.fork()
        if pid == 0:
            self.child(request, descriptors, status)
        for descriptor in descriptors:
            os.close(descriptor)
        self.children[os.pidfd_open(pid)] = (pid, status, request["name"])
        return True

    def child(self, request: dict[str, Any], descriptors: list[int], status: int | None) -> NoReturn:
        """The child, from fork to end."""
        code = 1
        try:
            self.control.close()
            for pidfd, (_, other, _) in self.children.items():
                os.close(pidfd)
                if other is not None:
                    os.close(other)
            if not self.alone:
                os.setsid()
                lockdown.end_with_parent(lockdown.libc())
            if status is None:
                self.hold(request, *descriptors)
            else:
                os.close(status)
                self.section(request, *descriptors)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            # No exit handler of the submission's runs, and nothing of it is flushed after the last frame.
            os._exit(code)

    def hold(self, request: dict[str, Any], control: int, source: int) -> None:
        """Serve the sections of one submission."""
        with os.fdopen(source, "rb") as file:
            frame = wire.read(file.read, BOUNDS)
        if frame is None:
            return
        held = Held(frame, request["folder"])
        held.hand_over()
        if held.root is not None:
            held.prepare(held.root)
        lockdown.limit_compiling(request["limits"])
        gc.freeze()
        Server(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, control), self.fence, self.exercises, held).run()

    def section(self, request: dict[str, Any], channel: int, bell: int, printed: int) -> None:
        """Be a section."""
        # An open file has flags that whoever has it open can set, so that each section opens its own: it is number 0.
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        os.close(printed)
        line = Line(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, channel), bell)
        assert self.held is not None  # noqa: S101 - the host asks only who holds one
        run(request, self.fence, Channel(io.BufferedReader(line, 1 << 16).read, line.send), self.held, self.exercises)

    def leave(self) -> None:
        """The host is gone: end what still runs, even what asked not to end with us."""
        for pid, _, _ in self.children.values():
            if self.alone:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            else:
                kill_group(pid)
        if not self.alone:
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
        if status is None:
            return
        exit_ = os.waitstatus_to_exitcode(code)
        os.write(status, b"%d %.6f %d" % (exit_, usage.ru_utime + usage.ru_stime, usage.ru_maxrss))
        os.close(status)


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
