"""A guest's process, begun with as little as can be, so that the first one starts before anything else is loaded.

What it takes to start a guest is told from a rubric and from what is installed here, and telling takes longer than
starting. It is the same as last time, mostly. So the command line of the last guest is kept beside our byte code, and a
process is begun with it at once. It is taken only by who asks for that very command line; else it is ended, and all
that is lost is a process in which nothing was.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
from collections.abc import Mapping, Sequence

from . import clock


class Process:
    """A process of ours, without the threads and pipes that `subprocess` is made for.

    Parameters
    ----------
    arguments, environment
        The command line, and the whole environment. It is looked for as a shell would.

    Attributes
    ----------
    control, words
        Our end of the socket that it has as standard input, and a file in memory that gets what it prints.

    Raises
    ------
    OSError
        It cannot be started.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.arguments, self.environment = [*arguments], {**environment}
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # With the greeting the kernel then tells the guest's process id as we see it, through all namespaces.
        clock.ask_for_sender(self.control)
        self.words = os.fdopen(os.memfd_create("words"), "w+b")
        places = ((theirs.fileno(), 0), (self.words.fileno(), 1), (self.words.fileno(), 2))
        actions: list[tuple[int, ...]] = [(os.POSIX_SPAWN_DUP2, ours, its) for ours, its in places]
        actions += [(os.POSIX_SPAWN_CLOSE, number) for number in _inherited()]
        try:
            self.pid = os.posix_spawnp(
                self.arguments[0],
                self.arguments,
                self.environment,
                file_actions=actions,
                setsigdef=(13, 25),  # SIGPIPE and SIGXFSZ, which Python ignores
                setsid=True,
            )
        except BaseException:
            self.control.close()
            self.words.close()
            raise
        finally:
            theirs.close()
        self._handle = os.pidfd_open(self.pid)
        self._ended = False

    def ended(self, seconds: float | None = 0.0) -> bool:
        """Whether it ended within that time; None waits for it."""
        if not self._ended:
            poll = select.poll()
            poll.register(self._handle, select.POLLIN)
            if not poll.poll(None if seconds is None else 1000 * seconds):
                return False
            with contextlib.suppress(ChildProcessError):  # another thread saw it, too
                os.waitpid(self.pid, 0)
            self._ended = True
        return True

    def kill(self) -> None:
        """End it, and wait until it is gone.

        With its whole group: while bubblewrap sets a namespace up, a second process of it waits for the first one, and
        would wait for ever.
        """
        import signal

        if not self.ended():  # so that its number, which is its group's, is nobody else's
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self.ended(None)

    def close(self) -> None:
        """End it, and give everything back."""
        self.control.close()
        self.kill()
        os.close(self._handle)
        self.words.close()


def _inherited() -> list[int]:
    """Descriptors that whoever started us left open, and that a child would get, too."""
    found = []
    for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - for speed
        with contextlib.suppress(OSError):  # the listing's own is closed by now
            if number > 2 and os.get_inheritable(number):
                found.append(number)
    return found


#: What was begun and is asked for by nobody yet.
_WAITING: list[Process] = []


def begin(name: str) -> None:
    """Begin the guest that an assignment had last time, where that is known."""
    try:
        with open(_place(name), encoding="utf-8") as file:  # noqa: PTH123 - plain calls: `pathlib` takes longer to load
            interpreter, *arguments = file.read().split("\0")
        if interpreter == sys.executable and arguments:
            _WAITING.append(Process(arguments, {}))
    except (OSError, UnicodeError, NotImplementedError):
        return


def process(arguments: Sequence[str], environment: Mapping[str, str]) -> Process:
    """A process with that command line: the one that was begun, where it is the same; else a new one.

    Raises
    ------
    OSError
        It cannot be started.
    """
    while _WAITING:
        begun = _WAITING.pop()
        if begun.arguments == [*arguments] and begun.environment == environment and not begun.ended():
            return begun
        begun.close()
    return Process(arguments, environment)


def keep(name: str, process: Process) -> None:
    """Keep its command line for the next time, where there is a place for it."""
    words = "\0".join((sys.executable, *process.arguments))
    place = _place(name)
    with contextlib.suppress(OSError, UnicodeError):
        with contextlib.suppress(FileNotFoundError), open(place, encoding="utf-8") as file:  # noqa: PTH123
            if file.read() == words:
                return
        if process.environment or sys.dont_write_bytecode:
            return
        fresh = f"{place}.{os.getpid()}"
        with open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(words)
        os.replace(fresh, place)  # noqa: PTH105


def drop() -> None:
    """End what nobody asked for."""
    while _WAITING:
        _WAITING.pop().close()


def _place(name: str) -> str:
    """Where an assignment's command line is kept."""
    safe = name if name.isidentifier() else "_"
    return os.path.join(os.path.dirname(__file__), "__pycache__", f"{safe}.{sys.implementation.cache_tag}.guest")  # noqa: PTH118, PTH120
