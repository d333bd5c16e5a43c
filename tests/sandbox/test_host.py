"""Guests: levels, falling back, starting anew, and sections that are processes of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import helpers
import numpy as np
import pytest
from attacks.attacking import descendants

from autograder.assignments.rubric import Limits
from autograder.errors import HarnessError, UsageError
from autograder.grading.grader import Grader, Options
from autograder.guest import agreed
from autograder.guest.wire import Frame, encoded
from autograder.sandbox import host, levels
from autograder.sandbox.arrival import Arrival
from autograder.sandbox.host import Guest
from autograder.sandbox.launch import Command, GuestProcess, Level, Parts
from autograder.sandbox.levels import Wanted
from autograder.sandbox.request import Request

PARTS = Parts(helpers.ASSIGNMENT.exercises)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks sections")
BUBBLEWRAP = pytest.mark.skipif("bubblewrap" not in levels.available(), reason="bubblewrap is not to be had here")
LIMITS = {k: v for k, v in asdict(Limits(wall_seconds=10)).items() if k != "result_mb"}
LEVELS = [pytest.param(level, id=level) for level in levels.available()]


ANSWER = "def question_1():\n    return 'b'\n"


def request(source: str = ANSWER, **limits: int) -> Request:
    code = source.encode()
    fields = {"files": [["MCQ/mcq.py", len(code)]], "search": ["MCQ"], "allow": [], "deny": []}
    work = encoded(Frame("submission", fields, {"contents": np.frombuffer(code, np.uint8)}))
    return Request("test", "mcq", {**LIMITS, **limits}, work, 1)


ASK = Frame("case", {"params": {"question": 1}, "random": 0})


def answer(guest: Guest, source: str = ANSWER) -> Frame | None:
    with guest.section(request(source)) as talk:
        assert (ready := talk.hear()) is not None and ready.kind == "ready", ready
        return talk.ask(ASK)


@pytest.mark.parametrize("level", LEVELS)
def test_a_section_answers_and_ends_well(level: Level) -> None:
    guest = Guest(PARTS, level)
    with guest.section(request("print('hello')\ndef question_1():\n    return ' B '\n")) as talk:
        assert talk.hear() is not None
        got = talk.ask(ASK)
        ended = talk.end()
    assert got is not None and got.fields["texts"] == {"answer": "b"}
    assert (ended.exit, ended.overdue, ended.refused, ended.silent, ended.lost) == (0, False, "", False, False)
    assert talk.printed.text == "hello\n" and talk.end() is ended
    guest.close()
    assert guest.process is None


PACKAGE = {
    "exercises/__init__.py": "from .inner import mcq\nEXERCISES = {'mcq': mcq}\n",
    "exercises/inner.py": "def mcq(task):\n    task.record_text('answer', task.find('question_1', 'MCQ/mcq.py')())\n",
    "oracles.py": "ANSWER = 'b'\n",
    "misconceptions/ideas.toml": "secret\n",
}
#: Says what of an assignment's folder can be listed, read or changed where the exercises lie.
LOOKS = """
import sys
from pathlib import Path

def question_1():
    home = Path(sys.modules["exercises.inner"].__file__).parent
    said = []
    for path in (home.parent, home.parent / "oracles.py", home.parent / "misconceptions", home / "../oracles.py"):
        try:
            found = sorted(map(str, path.iterdir())) if path.is_dir() else [path.read_text()]
            said += [name for name in found if "oracles" in name or "misc" in name or "ANSWER" in name]
        except OSError:
            pass
    for path in (home / "new.py", home / "inner.py", home / "__pycache__" / "new", home.parent / "new"):
        try:
            path.open("a").close()
            said.append(f"wrote {path.name}")
        except OSError:
            pass
    return ", ".join(said) or "nothing"
"""


@pytest.mark.parametrize("level", LEVELS)
def test_exercises_may_be_a_folder_and_nothing_beside_it_is_there(level: Level, tmp_path: Path) -> None:
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    guest = Guest(Parts(tmp_path / "exercises"), level)
    try:
        frame = answer(guest)
        assert frame is not None and frame.fields["texts"] == {"answer": "b"}
        looked = answer(guest, LOOKS)
        assert looked is not None and (looked.fields["texts"] == {"answer": "nothing"} or level == "process")
    finally:
        guest.close()


@LINUX
def test_a_guest_that_was_killed_is_started_anew() -> None:
    guest = Guest(PARTS, "process")
    assert answer(guest) is not None
    first = guest.process
    assert first is not None
    first.process.kill()
    assert answer(guest) is not None and guest.process is not first
    guest.close()


@LINUX
def test_a_section_begins_in_the_guest_that_another_lane_started_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    guest = Guest(PARTS, "process")
    guest.ready()
    folder, first = guest.folder, guest.process

    @contextlib.contextmanager
    def meanwhile() -> Iterator[Path]:
        with folder() as found:
            if guest.process is first:
                guest.begin()
                guest.ready()
            yield found

    monkeypatch.setattr(guest, "folder", meanwhile)
    assert answer(guest) is not None and guest.process is not first
    assert answer(guest) is not None  # in what holds the submission by now
    guest.stop()
    monkeypatch.setattr(guest, "ready", lambda: None)
    with pytest.raises(HarnessError, match="could not be started again"):
        answer(guest)
    guest.close()


@LINUX
def test_a_level_that_does_not_work_here_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "offered", {"bubblewrap", "process"}.__contains__)
    real = levels.command

    def broken(level: Level, parts: Parts) -> Command:
        line = real(level, parts)
        return replace(line, arguments=["false"]) if level == "bubblewrap" else line

    monkeypatch.setattr(host, "command", broken)
    guest = Guest(PARTS, "auto")
    assert answer(guest) is not None and guest.level == "process"
    guest.close()
    asked = Guest(PARTS, "bubblewrap")
    with pytest.raises(HarnessError, match="did not start"):
        answer(asked)
    asked.close()
    protected = Guest(PARTS, "auto", protected=True)
    with pytest.raises(HarnessError):
        answer(protected)
    protected.close()


@LINUX
def test_a_level_whose_process_cannot_even_be_spawned_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch).add("bubblewrap")
    guest = Guest(PARTS, "auto")
    assert answer(guest) is not None and guest.level == "process"
    guest.close()
    asked: list[tuple[Wanted, bool]] = [("auto", True), ("bubblewrap", False)]
    for wanted, protected in asked:
        with pytest.raises(HarnessError, match="cannot be started"):
            Guest(PARTS, wanted, protected=protected)


@BUBBLEWRAP
def test_a_level_that_stops_being_spawned_before_it_was_ready_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = breaking(monkeypatch)
    guest = Guest(PARTS, "auto")
    assert guest.process is not None
    guest.process.kill()
    broken.add("bubblewrap")
    assert answer(guest) is not None and guest.level == "process"
    guest.close()


@BUBBLEWRAP
def test_what_has_worked_is_not_given_up_where_it_cannot_be_spawned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = breaking(monkeypatch)
    guest = Guest(PARTS, "auto")
    assert answer(guest) is not None and guest.process is not None
    guest.process.kill()
    broken.add("bubblewrap")
    with pytest.raises(HarnessError, match="cannot be started"):
        answer(guest)
    assert guest.level == "bubblewrap"
    broken.clear()
    assert answer(guest) is not None
    guest.close()


def breaking(monkeypatch: pytest.MonkeyPatch) -> set[Level]:
    """The levels whose processes cannot be spawned from now on: none so far."""
    monkeypatch.setattr(levels, "offered", {"bubblewrap", "process"}.__contains__)
    real = levels.command
    broken: set[Level] = set()

    def line(level: Level, parts: Parts) -> Command:
        found = real(level, parts)
        return replace(found, arguments=["/no/such/program"]) if level in broken else found

    monkeypatch.setattr(host, "command", line)
    return broken


def test_nothing_protected_runs_without_a_boundary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "offered", {"process"}.__contains__)
    with pytest.raises(UsageError, match="is not to be had"):
        Guest(PARTS, "auto", protected=True)
    with pytest.raises(UsageError):
        Guest(PARTS, "landlock")


def test_sections_are_processes_of_their_own_where_nothing_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "serves", lambda: False)
    with Grader(
        helpers.ASSIGNMENT, helpers.rubric(), Options(isolation="process", only=("Upsampling1d", "MCQ 1"))
    ) as grader:
        report = grader.grade(helpers.submission_from({"MCQ/mcq.py": "import os\nos._exit(3)\n"}))
    assert helpers.not_passed(report) == {"mcq_1": "crashed"}
    assert list(report.run["sections"]["Upsampling1d"]) == ["cpu_seconds", "wall_seconds", "memory_mb"]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import time\ntime.sleep(60)\n", "overdue"),
        ("import os, time\nos.closerange(3, 50)\ntime.sleep(60)\n", "ended"),
        (
            "import os\nfor fd in range(3, 9):\n    try: os.write(fd, b'\\xff' * 20)\n    except OSError: pass\n",
            "refused",
        ),
        ("import os, sys\nif os.fork() == 0:\n    import time\n    time.sleep(60)\nos._exit(0)\n", "ended"),
    ],
)
def test_one_that_misbehaves_is_ended_in_time(source: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "serves", lambda: False)
    guest = Guest(PARTS, "process")
    with guest.section(request(source, wall_seconds=2)) as talk:
        assert talk.hear() is not None
        assert talk.ask(ASK) is None
        ended = talk.end()
    assert ended.wall_seconds < 5
    assert bool(getattr(ended, what)) if what != "ended" else True
    guest.close()


STAYS = """
import ctypes, os, time
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # not to be ended with its parent
try:
    os.setsid()
except OSError:
    pass
def question_1():
    time.sleep(60)
"""


@LINUX
@pytest.mark.parametrize("level", LEVELS)
def test_no_section_outlives_a_host_that_is_gone(level: Level) -> None:
    guest = Guest(PARTS, level)
    with guest.section(request(STAYS)) as talk:
        assert talk.hear() is not None and guest.process is not None
        waiting = threading.Thread(target=talk.ask, args=(ASK,))
        waiting.start()
        time.sleep(0.5)  # it is in its question by then; where it is not, it ends all the same
        running = descendants(guest.process.process.pid)
        guest.process.control.shutdown(socket.SHUT_RDWR)
        until = time.monotonic() + 5
        while any(map(alive, running)) and time.monotonic() < until:
            time.sleep(0.02)
        left = [pid for pid in running if alive(pid)]
        waiting.join(15)
    guest.close()
    assert len(running) >= 2 and left == []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@LINUX
@pytest.mark.parametrize("level", LEVELS)
def test_the_greeting_tells_whose_it_is(level: Level) -> None:
    guest = Guest(PARTS, level)
    guest.ready()
    assert guest.process is not None
    pid = guest.process.process.pid
    guest.close()
    process = GuestProcess(guest.command()) if level != "landlock" else None
    if process is not None:
        told = process.wait_here()
        process.wait_ready()
        assert Path(f"/proc/{told}").is_dir() and (told == process.process.pid) == (level == "process") and told != pid
        process.close()


@pytest.mark.skipif("bubblewrap" not in levels.available(), reason="only there a submission is compiled ahead")
def test_a_submission_that_ends_who_holds_it_is_graded_without_being_compiled_ahead() -> None:
    guest = Guest(PARTS, "bubblewrap")
    assert answer(guest) is not None and guest.process is not None
    [holder] = [pid for pid in descendants(guest.process.process.pid) if pid != guest.pid and parent(pid) == guest.pid]
    os.kill(holder, signal.SIGKILL)
    with guest.section(request()) as talk:
        assert talk.hear() is None
    assert talk.end().lost and guest.deadly == request().work
    assert answer(guest) is not None
    guest.close()


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@LINUX
def test_submissions_that_are_held_are_let_go() -> None:
    guest = Guest(PARTS, "process")
    for number in range(2 * host.HELD):
        assert answer(guest, f"def question_1():\n    return '{number}'\n") is not None
    assert len(guest.holders) == host.HELD and guest.process is not None
    until = time.monotonic() + 5
    while len(running := descendants(guest.process.process.pid)) > 1 + host.HELD and time.monotonic() < until:
        time.sleep(0.02)
    assert len(running) == 1 + host.HELD
    guest.close()


@LINUX
def test_the_guest_inherits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SECRET", "x")
    guest = Guest(PARTS, "process")
    got = answer(guest, "import os\ndef question_1():\n    return str(sorted(os.environ))[:60]\n")
    assert (
        got is not None and "secret" not in got.fields["texts"]["answer"] and "lc_all" in got.fields["texts"]["answer"]
    )
    guest.close()


def test_nothing_is_left_in_the_machines_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    guest = Guest(PARTS, "process")
    assert answer(guest) is not None
    guest.close()
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_who_waits_for_a_guest_that_is_given_up_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    process = GuestProcess(Command(["sh", "-c", "sleep 60"], {"PATH": os.environ["PATH"]}, {}))
    arrival = Arrival(process, None)
    with monkeypatch.context() as later:
        later.setattr(process, "kill", lambda: None)  # as long as it takes to be gone
        begun = time.monotonic()
        arrival.end()
    process.kill()
    process.close()
    assert time.monotonic() - begun < 20


#: How many threads a section can start, as a result.
THREADS = """
import threading
import numpy as np

def question_1():
    threading.stack_size(1 << 16)
    over, count = threading.Event(), 1
    try:
        while count < 400:
            threading.Thread(target=over.wait, daemon=True).start()
            count += 1
    except RuntimeError:
        pass
    over.set()
    return str(count)
"""


@pytest.mark.parametrize("level", [level for level in levels.available() if level != "process"])
def test_threads_are_bounded_by_what_can_be_counted(level: Level) -> None:
    guest = Guest(Parts(helpers.ASSIGNMENT.exercises), level)
    try:
        frame = answer(guest, THREADS)
        assert frame is not None and guest.process is not None
        started = int(frame.fields["texts"]["answer"])
        bound = {"rlimit": agreed.THREADS + 8, "cgroup": agreed.ALL_THREADS, "none": 1}
        assert 1 <= started <= bound[guest.process.command.setup["threads"]]
    finally:
        guest.close()
