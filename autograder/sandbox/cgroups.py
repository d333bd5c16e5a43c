"""Control groups: a bound of memory and of tasks around a guest and all that is in it, where one can be made.

Root can mostly make one, with version 1's controllers or version 2's; an ordinary user where the system has
handed a part of version 2's tree over. Where none can be made, resource limits do alone.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_NUMBER = itertools.count()


@dataclass(frozen=True, slots=True)
class Group:
    """A control group made for one guest.

    Attributes
    ----------
    memory, tasks
        The files that hold the two bounds.
    folders
        The group's folders: one for each controller in version 1, one in all in version 2.
    """

    memory: Path
    tasks: Path
    folders: tuple[Path, ...]

    @property
    def version(self) -> int:
        """Which of the kernel's two kinds it is."""
        return 2 if self.memory.name == "memory.max" else 1

    def hold(self, pid: int, tasks: int) -> bool:
        """Take a process in, with all that it will start; whether that went well."""
        try:
            self.tasks.write_text(str(tasks))
            for folder in self.folders:
                (folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            return False
        return True

    def limit_memory(self, megabytes: int) -> bool:
        """Set the bound of memory; below what is in use it may stay as it was. Whether it was set."""
        try:
            self.memory.write_text(str(megabytes << 20))
        except OSError:
            return False
        return True

    def remove(self, seconds: float = 1.0) -> None:
        """End what is left in the group and remove it; the kernel may need a moment for both."""
        until = time.monotonic() + seconds
        for folder in self.folders:
            while folder.is_dir():
                try:
                    folder.rmdir()
                except OSError:
                    _end_all(folder)
                    if time.monotonic() > until:
                        break
                    time.sleep(0.002)


def _end_all(folder: Path) -> None:
    """Kill a group's processes: where the guest itself was killed, nobody else knows of its sections."""
    with contextlib.suppress(OSError, ValueError):
        for pid in map(int, (folder / "cgroup.procs").read_text().split()):
            if pid > 0:  # 0 stands for a process that cannot be seen from here
                os.kill(pid, signal.SIGKILL)


def make() -> Group | None:
    """A new control group, or None where none can be made."""
    if sys.platform != "linux":
        return None
    name = f"autograder-{os.getpid()}-{next(_NUMBER)}"
    try:
        places = _places()
        if len(places) not in (1, 2):
            return None
        for place in places.values():
            _sweep(place)
        folders = tuple(dict.fromkeys(place / name for place in places.values()))
    except OSError:
        return None
    try:
        for folder in folders:
            folder.mkdir()
    except OSError:
        Group(Path(), Path(), folders).remove(0)
        return None
    if "unified" in places:
        group = Group(folders[0] / "memory.max", folders[0] / "pids.max", folders)
        with contextlib.suppress(OSError):  # a kernel without swap has no such file
            (folders[0] / "memory.swap.max").write_text("0")
    else:
        memory, pids = places["memory"] / name, places["pids"] / name
        group = Group(memory / "memory.limit_in_bytes", pids / "pids.max", folders)
    if group.memory.exists() and group.tasks.exists():
        return group
    group.remove(0)
    return None


def hindrance() -> str:
    """Why none can be made, as far as can be seen."""
    try:
        found = _places()
        mounts = _mounts()
    except OSError as error:
        return f"control groups are there, but {error}"
    if not mounts:
        return "no control groups are mounted, or not those of memory and processes"
    where = ", ".join(str(path) for path in mounts.values())
    return "the kernel refused one" if found else f"those at {where} may not be written to"


def _places() -> dict[str, Path]:
    """Folders in which a group may be made: of `memory` and `pids` (version 1), or of `unified` (version 2)."""
    mounts, mine = _mounts(), _memberships()
    if "unified" in mounts:
        found = {"unified": _delegated(_below(mounts["unified"], mine.get("", "/")))}
    else:
        found = {name: _below(place, mine.get(name, "/")) for name, place in mounts.items()}
    return found if all(os.access(place, os.W_OK) for place in found.values()) else {}


def _mounts() -> dict[str, Path]:
    """Where version 1's two controllers are mounted; else where version 2 is; empty where neither."""
    mounts: dict[str, Path] = {}
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, options = line.split()[:4]
        if kind == "cgroup2":
            mounts["unified"] = Path(where)
        elif kind == "cgroup":
            mounts.update({name: Path(where) for name in ("memory", "pids") if name in options.split(",")})
    if "memory" in mounts and "pids" in mounts:
        return {name: mounts[name] for name in ("memory", "pids")}
    return {"unified": mounts["unified"]} if "unified" in mounts else {}


def _memberships() -> dict[str, str]:
    """In which group this process is, by controller; version 2's has no name."""
    groups = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        groups.update(dict.fromkeys(names.split(","), path))
    return groups


def _below(mount: Path, path: str) -> Path:
    """A group's folder; in a container the path may be told as the host has it, and the mount is the group."""
    place = mount / path.lstrip("/")
    return place if place.is_dir() else mount


def _delegated(mine: Path) -> Path:
    """The nearest group whose controllers are handed on: our own holds processes, so its neighbours are it."""
    for place in (mine, mine.parent):
        with contextlib.suppress(OSError):
            if {"memory", "pids"} <= set((place / "cgroup.subtree_control").read_text().split()):
                return place
    raise FileNotFoundError(f"version 2 hands memory and pids on neither in {mine} nor above it")


def _sweep(place: Path) -> None:
    """Remove groups whose graders are gone without having been able to."""
    for left in place.glob("autograder-*-*"):
        pid = left.name.split("-")[1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(OSError):
                left.rmdir()
