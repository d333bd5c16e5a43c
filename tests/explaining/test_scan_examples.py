"""The scanning networks' smallest examples: a few numbers among zeros, for every mistake that anybody planted there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import helpers
import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent.parent / "planted"))
from mistakes import MISTAKES, Mistake
from whole_methods import ALL

from autograder.assignments import ladder
from autograder.assignments.oracles import Inputs, Outputs, Params
from autograder.grading.grader import Grader

PLANTED = [m for m in (*MISTAKES, *ALL) if m.fails[0].startswith("scan_")]
SCANS = [section for section in helpers.rubric().sections if section.id.startswith("scan_")]
#: More numbers than this on the way in take a hand too long.
FEW = 15


def arrays(found: dict[str, Any]) -> dict[str, Any]:
    """The arrays that go in."""
    return {name: ladder.read(values, float) for name, values in found["inputs"].items()}


@pytest.mark.parametrize("mistake", PLANTED, ids=lambda m: m.name)
def test_each_has_an_example_of_few_numbers(mistake: Mistake, grader: Grader) -> None:
    found = helpers.example(grader, mistake.submission, mistake.fails[0])
    assert sum(map(np.count_nonzero, arrays(found).values())) <= FEW
    if found["got"] is not None:
        got, expected = ladder.read(found["got"], float), ladder.read(found["expected"], float)
        assert found["wrong"] or got.shape != expected.shape


@pytest.mark.parametrize("mistake", PLANTED[::6], ids=lambda m: m.name)
def test_its_snippet_shows_what_came_back_without_the_grader(mistake: Mistake, grader: Grader, tmp_path: Path) -> None:
    found = helpers.example(grader, mistake.submission, mistake.fails[0])
    assert "autograder" not in found["snippet"]
    assert max(map(len, found["snippet"].splitlines())) < 160
    for path, content in mistake.submission.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    shell = [sys.executable, "-c", found["snippet"]]
    done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=False)
    if found["got"] is None:
        assert found["message"].partition(" ")[0] in done.stderr
        return
    got = ladder.read(found["got"], float)
    told = f"{got.shape} {np.argwhere(got)[:16].tolist()} {got[got != 0][:16]}\n"
    assert done.stdout == told


def test_a_number_among_zeros_is_stored_and_kept_as_such(grader: Grader) -> None:
    mistake = next(m for m in PLANTED if m.name == "simple scan: time reversed")
    found = helpers.example(grader, mistake.submission, mistake.fails[0])
    assert found["inputs"]["A"] == {"shape": [1, 24, 128], "nonzero": [[[0, 3, 1], 1]]}
    assert (np.argwhere(found["expected"]).tolist(), found["wrong"]) == ([[0, 31]], [[0, 31]])
    assert "A = np.zeros((1, 24, 128)); A[0, 3, 1] = 1.\n" in found["snippet"]


@pytest.mark.parametrize("section", SCANS, ids=lambda s: s.id)
def test_no_rung_depends_on_the_slope_of_a_relu_at_zero(section) -> None:
    """A student's own ReLU may have a slope there: nothing else would ever ask it."""
    rungs = ladder.rungs(helpers.ASSIGNMENT, section)
    assert len(rungs) > 10
    for rung in rungs:
        for steep in (False, True):
            got = by_hand(rung.case.params, rung.inputs, steep=steep)
            assert all(np.array_equal(got[name], due) for name, due in rung.expected.items()), rung.case.name


def by_hand(params: Params, inputs: Inputs, *, steep: bool) -> Outputs:
    """The scanned MLP, whose ReLU has a slope at 0 or not."""
    blocks = ((inputs[f"w{i}"], copies) for i, copies in enumerate(params["copies"], 1))
    matrices = [np.kron(np.eye(copies), block) for block, copies in blocks]
    A, dLdA, Z = inputs["A"][0], np.zeros((1, 24, 128)), np.zeros((4, 31))
    for place in range(31):
        at = slice(4 * place, 4 * place + 8)
        rows = [A[:, at].T.ravel()]
        for matrix in matrices:
            rows.append(np.maximum(rows[-1], 0) @ matrix if len(rows) > 1 else rows[-1] @ matrix)
        Z[:, place] = rows[3]
        back = inputs["dLdZ"].reshape(4, 31)[:, place]
        for row, matrix in zip(rows[2::-1], matrices[::-1], strict=True):
            back = matrix @ back
            if row is not rows[0]:
                back = back * ((row >= 0) if steep else (row > 0))
        dLdA[0, :, at] += back.reshape(8, 24).T
    return {"Z": Z.reshape(1, -1), "dLdA": dLdA}
