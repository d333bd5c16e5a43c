"""The guest that is begun before anything is loaded: taken by who asks for the same, ended otherwise."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import begun, bubblewrap

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="guests are begun ahead on Linux only")

GREETS = [sys.executable, "-c", "import os, time; os.write(0, b'here'); print('said'); time.sleep(60)"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(begun, "_place", lambda name: str(tmp_path / name))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield tmp_path
    begun.drop()


def kept(arguments: list[str], name: str = "lab") -> None:
    process = begun.Process(arguments, {})
    begun.keep(name, process)
    process.close()


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_nothing_is_begun_that_was_never_started(place: Path) -> None:
    begun.begin("lab")
    assert begun._WAITING == []


def test_who_asks_for_the_same_gets_what_was_begun() -> None:
    kept(GREETS)
    begun.begin("lab")
    [waiting] = begun._WAITING
    process = begun.process(GREETS, {})
    assert process is waiting and not process.ended()
    assert process.control.recv(16) == b"here"
    process.close()
    assert gone(process.pid)


@pytest.mark.parametrize("other", [[*GREETS, "more"], [sys.executable, "-c", "pass"]])
def test_who_asks_for_another_gets_its_own_and_the_first_is_ended(other: list[str]) -> None:
    kept(GREETS)
    begun.begin("lab")
    [waiting] = begun._WAITING
    process = begun.process(other, {})
    assert process is not waiting and process.arguments == other
    assert gone(waiting.pid) and begun._WAITING == []
    process.close()


def test_another_environment_is_another_process() -> None:
    kept(GREETS)
    begun.begin("lab")
    [waiting] = begun._WAITING
    process = begun.process(GREETS, {"A": "1"})
    assert process is not waiting and gone(waiting.pid)
    process.close()


def test_one_that_has_ended_is_not_taken() -> None:
    kept([sys.executable, "-c", "pass"])
    begun.begin("lab")
    [waiting] = begun._WAITING
    assert waiting.ended(10)
    process = begun.process([sys.executable, "-c", "pass"], {})
    assert process is not waiting
    process.close()


def test_nobody_asking_ends_it() -> None:
    kept(GREETS)
    begun.begin("lab")
    [waiting] = begun._WAITING
    begun.drop()
    assert gone(waiting.pid)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"/nowhere/python\0a\0b"])
def test_what_cannot_be_read_or_is_another_interpreters_begins_nothing(place: Path, content: bytes) -> None:
    (place / "lab").write_bytes(content)
    begun.begin("lab")
    assert begun._WAITING == []


def test_a_program_that_is_gone_begins_nothing(place: Path) -> None:
    (place / "lab").write_text("\0".join((sys.executable, "/nowhere/bwrap", "x")))
    begun.begin("lab")
    assert begun._WAITING == []


def test_a_command_line_with_an_environment_is_not_kept(place: Path) -> None:
    process = begun.Process(GREETS, {"A": "1"})
    begun.keep("lab", process)
    process.close()
    assert not (place / "lab").exists()


def test_nothing_is_written_where_no_byte_code_is_to_be_written(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    kept(GREETS)
    assert list(place.iterdir()) == []


def test_a_process_has_no_descriptor_and_no_variable_of_ours(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        code = "import os; print(sorted(os.listdir('/proc/self/fd')), len(os.environ), os.getsid(0) == os.getpid())"
        process = begun.Process([sys.executable, "-I", "-X", "utf8", "-c", code], {})
        assert process.ended(10)
        process.words.seek(0)
        said = process.words.read().decode().strip()
        process.close()
    numbers = said.partition("]")[0].count("'") // 2  # 0, 1, 2 and the folder that is read
    assert numbers == 4 and said.endswith("True"), said


def test_a_second_run_takes_what_the_first_kept(tmp_path: Path) -> None:
    code = (
        "import sys; from autograder.sandbox import begun; import autograder.start as start; "
        f"begun._place = lambda name: {str(tmp_path / 'kept')!r}; taken = []; ask = begun.process; "
        "begun.process = lambda *a: taken.append((len(begun._WAITING), ask(*a))) or taken[-1][1]; "
        "start.leave = lambda status: print([(n, p.pid) for n, p in taken], status); "
        "sys.argv = ['runner.py', 'grade', 'reference_solutions', '--only', 'MCQ 1', '--quiet']; start.main()"
    )
    root = Path(__file__).parent.parent.parent
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    said = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True
        )
        said.append(done.stdout.splitlines()[-1])
    assert said[0].startswith("[(0,") and said[0].endswith(" 0")
    from autograder.sandbox import levels

    if levels.available()[0] == "bubblewrap":
        assert said[1].startswith("[(1,") and said[1].endswith(" 0") and said[1].count("(") == 1


def group(leader: int) -> list[int]:
    """The processes of a group, told by the kernel."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            facts = stat.read_text().rpartition(")")[2].split()
            if int(facts[2]) == leader and facts[0] != "Z":
                found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(bubblewrap.program() is None, reason="bubblewrap is not installed")
def test_nothing_is_left_of_a_guest_that_is_ended_while_it_begins() -> None:
    words = [str(bubblewrap.program()), "--unshare-all", "--unshare-user", "--as-pid-1", "--die-with-parent"]
    arguments = [*words, "--ro-bind", "/", "/", "--", "/bin/sleep", "60"]
    for milliseconds in range(12):
        process = begun.Process(arguments, {})
        time.sleep(milliseconds / 2000)
        process.close()
        for _ in range(100):
            if not (left := group(process.pid)):
                break
            time.sleep(0.01)
        assert left == [], f"ended after {milliseconds / 2} ms"
