"""How an exception is told."""

from __future__ import annotations

import errno
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.guest import section, wire
from autograder.guest.imports import Policy
from autograder.guest.lookup import Submission
from autograder.guest.task import Task
from autograder.guest.values import WrongValue


def outcome_of(error: BaseException) -> tuple[str, str]:
    told = section.described(error, Path("/"))
    return told["outcome"], told["limit"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EFBIG, "x"), ("limit", "file")),
        (OSError(errno.ENOSPC, "x"), ("limit", "disk")),
        (OSError(errno.EMFILE, "x"), ("limit", "open_files")),
        (RuntimeError("can't start new thread"), ("limit", "threads")),
        (PermissionError(errno.EPERM, "x"), ("forbidden_call", "")),
        (OSError(errno.ENOSYS, "x"), ("forbidden_call", "")),
        (PermissionError(errno.EACCES, "x"), ("raised", "")),
        (NotImplementedError(), ("not_implemented", "")),
        (WrongValue(), ("wrong", "")),
        (MemoryError(), ("memory", "")),
        (SystemExit(0), ("exited", "")),
        (KeyboardInterrupt(), ("raised", "")),
        (RuntimeError("else"), ("raised", "")),
    ],
)
def test_an_exception_has_an_outcome(error: BaseException, told: tuple[str, str]) -> None:
    assert outcome_of(error) == told


APART = """
def stub(A):
    "Two results."
    ...
def written(A):
    largest = max(A)
    (largest, min(A))
def own(A):
    Q, R = stub(A)
    return Q, R
def both(A):
    return None, None
"""


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("stub", "not_implemented"), ("both", "not_implemented"), ("written", "bad_output"), ("own", "raised")],
)
def test_none_in_place_of_several_results_is_a_stub_unless_something_is_written(
    name: str, outcome: str, tmp_path: Path
) -> None:
    """As in place of one; where the submission's own line takes None apart, that line is wrong."""
    path = tmp_path / "a.py"
    path.write_text(APART)
    space: dict[str, Any] = {}
    exec(compile(APART, str(path), "exec"), space)
    linecache.checkcache()
    task: Any = Task({}, {}, None)  # type: ignore[arg-type] - nothing is looked for
    with pytest.raises(Exception) as caught:
        Q, _ = task.called(space[name], [1, 2])
        task.record("Q", Q)
    assert section.described(caught.value, tmp_path)["outcome"] == outcome


def test_a_refused_process_is_known_by_its_line(tmp_path: Path) -> None:
    source = "def go():\n    refuse('fork')\n"
    path = tmp_path / "a.py"
    path.write_text(source)

    def refuse(what: str) -> None:
        raise PermissionError(errno.EPERM, what)

    space: dict[str, Any] = {"refuse": refuse}
    exec(compile(source, str(path), "exec"), space)
    with pytest.raises(PermissionError) as caught:
        space["go"]()
    told = section.described(caught.value, tmp_path)
    assert (told["outcome"], told["limit"], told["frames"][-1]["line"]) == ("limit", "processes", 2)


@pytest.mark.parametrize("limit", [0, 1, -1, None, "none"])
def test_an_exception_s_lines_are_told_whatever_limit_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: Any
) -> None:
    monkeypatch.setattr("sys.tracebacklimit", limit, raising=False)
    (path := tmp_path / "a.py").write_text("def go():\n    raise PermissionError(1, 'x')\n")
    space: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    try:
        space["go"]()
    except PermissionError as error:
        told = section.described(error, tmp_path)
    assert [(frame["line"], frame["function"]) for frame in told["frames"]] == [(2, "go")]


def test_texts_are_cut_whatever_they_are() -> None:
    class Hostile(str):
        __slots__ = ()

        def __getitem__(self, key: Any) -> str:
            return self

    class Silent(Exception):
        def __str__(self) -> str:
            raise SystemExit

    assert len(section.cut(Hostile("x" * 10**5))) == section.TEXT_LIMIT
    assert "cannot be shown" in section.text(Silent())
    assert section.cut("\ud800") == "?"


UP = "try:\n    from fast_of_mine import up\nexcept ImportError:\n    {}\n"
SLOW = "def up(x): return 2 * x"
#: What a module imports that the submission could do without, and its other way.
OTHER_WAYS = {
    "used in a function": ("import torch\ndef up(x): return torch.up(x)\n", UP.format(SLOW)),
    "a name of it": ("from numba import jit\ndef up(x): return jit(x)\n", UP.format(SLOW)),
    "a module that is nowhere": ("import no_such_thing as n\ndef up(x): return n.up(x)\n", UP.format(SLOW)),
    "in a method": (
        "import torch\nclass Up:\n    def up(self, x): return torch.up(x)\nup = Up().up\n",
        UP.format(SLOW),
    ),
    "one deeper": ("from faster_of_mine import up\n", UP.format(SLOW)),
    "its use is caught": (
        "import torch\ndef up(x):\n    try:\n        return torch.up(x)\n    except:\n        return x\n",
        UP.format(SLOW),
    ),
    "the module itself": (
        "import torch\ndef up(x): return torch.up(x)\n",
        "try:\n    import fast_of_mine\nexcept ImportError:\n    fast_of_mine = None\n"
        "def up(x): return fast_of_mine.up(x) if fast_of_mine else 2 * x\n",
    ),
    "imported before": (
        "import torch\ndef up(x): return torch.up(x)\n",
        "import torch\n" + UP.format(SLOW),
    ),
}
FASTER = "import torch\ndef up(x): return torch.up(x)\n"


def put_through(policy: Policy, fast: str, source: str) -> Callable[[], wire.Frame]:
    """A case of a submission's `up`, whose module may import a faster one."""
    root = Path(policy.root)
    for name, text in (("fast_of_mine", fast), ("faster_of_mine", FASTER), ("mytorch_pool", source)):
        (root / f"{name}.py").write_text(text)
    submission = Submission(root, [""], ["fast_of_mine.py", "faster_of_mine.py", "mytorch_pool.py"])

    def exercise(task: Task) -> None:
        task.texts["up"] = str(task.find("up", "mytorch_pool.py")(1))

    case = wire.Frame("case", {"params": {}, "random": 0}, {})
    return lambda: section.settled(exercise, case, submission, policy)


@pytest.mark.parametrize(("fast", "source"), OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_the_other_way_is_taken_where_a_module_turns_out_to_need_what_is_not_there(
    policy: Policy, fast: str, source: str
) -> None:
    ask = put_through(policy, fast, source)
    for _ in range(2):
        fields = ask().fields
        assert (fields["outcome"], fields["texts"]) == ("done", {"up": "2"})
        assert any(note.endswith("the code goes on without it") for note in fields["notes"])
    assert policy.used is None


NO_OTHER_WAYS = {
    "nothing catches it": ("import torch\ndef up(x): return torch.up(x)\n", "from fast_of_mine import up\n"),
    "imported where it is called": ("def up(x):\n    import torch\n    return torch.up(x)\n", UP.format(SLOW)),
    "the other way needs it, too": (
        "import torch\ndef up(x): return torch.up(x)\n",
        UP.format("import torch\n    def up(x): return torch.up(x)"),
    ),
    "the other way is none": ("import torch\ndef up(x): return torch.up(x)\n", UP.format("up = None")),
    "used beside it": (
        "import torch\ndef up(x): return x\n",
        "import torch\n" + UP.format(SLOW) + "fast = up\ndef up(x): return torch.up(fast(x))\n",
    ),
}


@pytest.mark.parametrize(("fast", "source"), NO_OTHER_WAYS.values(), ids=NO_OTHER_WAYS)
def test_without_another_way_what_is_used_stays_forbidden(policy: Policy, fast: str, source: str) -> None:
    ask = put_through(policy, fast, source)
    for _ in range(2):
        fields = ask().fields
        assert fields["outcome"] == "forbidden" and "torch.up`: may not be used" in fields["message"]
        assert not fields["texts"]


def test_a_module_is_not_given_up_for_what_it_never_uses(policy: Policy) -> None:
    fields = put_through(policy, "import torch\ndef up(x): return 3 * x\n", UP.format(SLOW))().fields
    assert (fields["outcome"], fields["texts"]) == ("done", {"up": "3"})
