"""`runner.py`, counted: `python benchmarks/counted.py FILE WORD…` runs it so and writes down what it did.

Counted is what does not depend on the machine: modules loaded until the guest is started and in all, frames and bytes
on the wire, round trips, processes. Before the program runs, nothing is imported here that it might not import
itself.
"""

import _thread
import sys

ROOT = __file__.rpartition("/benchmarks/")[0]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Counts:
    """What was counted so far."""

    def __init__(self) -> None:
        self.before = set(sys.modules)
        self.at_guest: list[str] = []
        self.numbers = dict.fromkeys(
            ("frames sent", "frames received", "bytes sent", "bytes received", "round trips", "processes", "sections"),
            0,
        )
        self.sending: dict[int, bool] = {}
        self.lock = _thread.allocate_lock()

    def add(self, **numbers: int) -> None:
        """Count more."""
        with self.lock:
            for name, number in numbers.items():
                self.numbers[name.replace("_", " ")] += number

    def loaded(self) -> list[str]:
        """Modules that the program has loaded by now."""
        return sorted(name for name in set(sys.modules) - self.before if name != "benchmarks.imports")

    def event(self, name: str, arguments: "tuple[Any, ...]") -> None:
        """The interpreter's own word on what happens: processes, and which of them is the guest."""
        if name in ("os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen"):
            self.add(processes=1)
        if name == "os.posix_spawn" and not self.at_guest and "guest.start" in str(arguments[1]):
            self.at_guest = self.loaded()

    def wrap(self, name: str, module: "Any") -> None:
        """Wrap what is counted of a module that was loaded."""
        if name == "autograder.guest.packing":
            module.packed = self.packing(module.packed)
        if name == "autograder.guest.wire":
            module.read = self.reading(module.read)
        if name == "autograder.sandbox.served":
            module.Served.__init__ = self.starting(module.Served.__init__)

    def packing(self, packed: "Any") -> "Any":
        """`packing.packed`, counted."""

        def run(*arguments: "Any") -> "Any":
            frame = packed(*arguments)
            self.add(frames_sent=1, bytes_sent=len(frame))
            self.sending[_thread.get_ident()] = True
            return frame

        return run

    def reading(self, read: "Any") -> "Any":
        """`wire.read`, counted; a round trip is that something was sent and then waited for."""

        def run(receive: "Any", bounds: "Any") -> "Any":
            def counted(size: int) -> "Any":
                piece = receive(size)
                self.add(bytes_received=len(piece))
                return piece

            back = self.sending.pop(_thread.get_ident(), False)
            frame = read(counted, bounds)
            self.add(frames_received=frame is not None, round_trips=back)
            return frame

        return run

    def starting(self, start: "Any") -> "Any":
        """The start of a section, which is a process of its own, counted."""

        def run(*arguments: "Any") -> None:
            self.add(sections=1)
            start(*arguments)

        return run

    def write(self, place: str) -> None:
        """Write all down."""
        whole = self.loaded()
        import json

        with open(place, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib may not be loaded
            json.dump({"at guest": self.at_guest, "whole": whole, "numbers": self.numbers}, file)


def main() -> None:
    """Run, and write down."""
    place = sys.argv[1]
    sys.path[0] = ROOT
    sys.argv[:2] = [f"{ROOT}/runner.py"]
    import os

    from benchmarks.imports import see

    counts = Counts()
    leave = os._exit

    def written(status: int) -> None:
        counts.write(place)
        leave(status)

    os._exit = written  # type: ignore[assignment]
    see(counts.wrap)
    sys.addaudithook(counts.event)
    with open(sys.argv[0], encoding="utf-8") as file:  # noqa: PTH123
        code = compile(file.read(), sys.argv[0], "exec")
    try:
        exec(code, {"__name__": "__main__"})
    except SystemExit as ending:
        sys.stdout.flush()
        written(ending.code if isinstance(ending.code, int) else 0)
    sys.stdout.flush()
    written(0)


if __name__ == "__main__":
    main()
