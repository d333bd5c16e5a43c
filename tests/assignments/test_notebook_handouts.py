"""Handouts of notebooks: solutions and outputs out, everything else as the author wrote it; drift by sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.assignments import handouts
from autograder.assignments.handouts import HandoutError
from autograder.assignments.notebook_handouts import strip_notebook

SOLVED = '''def relu(x):
    """The larger one of 0 and x."""
    # <solution: compare with 0>
    return x * (x > 0)
    # </solution>
'''
STUB = '''def relu(x):
    """The larger one of 0 and x."""
    # Your code here: compare with 0
    raise NotImplementedError("relu")
'''


def book(*sources: str, **changes: Any) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code", "execution_count": 2, "id": f"c{number}", "metadata": {}, "source": text,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "3"}],
        }
        for number, text in enumerate(sources)
    ]  # fmt: skip
    words = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# <solution> is a word here"}
    return {"cells": [words, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **changes}


def test_code_cells_are_stripped_and_outputs_go() -> None:
    made = json.loads(strip_notebook(json.dumps(book(SOLVED, "x = 1\n")), "lab.ipynb"))
    words, relu, x = made["cells"]
    assert words["source"] == ["# <solution> is a word here"]
    assert "".join(relu["source"]) == STUB
    assert "".join(x["source"]) == "x = 1\n"
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in (relu, x))


def test_it_is_laid_out_as_jupyter_does() -> None:
    nbformat = pytest.importorskip("nbformat")
    made = strip_notebook(json.dumps(book(SOLVED)), "lab.ipynb")
    assert nbformat.writes(nbformat.reads(made, 4)) + "\n" == made
    nbformat.validate(nbformat.reads(made, 4))


def test_running_a_handout_is_no_drift_and_writing_in_it_is(tmp_path: Path) -> None:
    reference, handout = tmp_path / "reference", tmp_path / "handout"
    reference.mkdir()
    (reference / "lab.ipynb").write_text(json.dumps(book(SOLVED)))
    handouts.make(reference, handout)
    assert handouts.drift(reference, handout) == []
    run = json.loads((handout / "lab.ipynb").read_text())
    run["cells"][1] |= {"execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout", "text": "9"}]}
    run["metadata"] = {"language_info": {"version": "3.13.1"}}
    (handout / "lab.ipynb").write_text(json.dumps(run))
    assert handouts.drift(reference, handout) == []
    (handout / "lab.ipynb").write_text(json.dumps(book(STUB.replace("larger", "smaller"))))
    (difference,) = handouts.drift(reference, handout)
    assert difference.startswith("lab.ipynb:")
    assert "The larger" in difference.partition(", is ")[0]
    (handout / "other.ipynb").write_text(json.dumps(book("x = 1")))
    assert "other.ipynb: is not in the reference" in handouts.drift(reference, handout)


@pytest.mark.parametrize(
    "content, word",
    [
        ("{", "lab.ipynb: is no notebook of version 4"),
        (json.dumps(book(nbformat=3)), "lab.ipynb: is no notebook of version 4"),
        (json.dumps(book("def f(:")), "lab.ipynb cell 2:1: is not Python"),
        (json.dumps(book("# <solution>\nx = 1\n# </solution>")), "lab.ipynb cell 2:1: the region does not lie within"),
        (json.dumps(book("def f():\n    # <solutoin>\n    # </solution>\n    pass")), "a region ends here"),
    ],
)
def test_what_cannot_be_made_names_cell_and_line(content: str, word: str) -> None:
    with pytest.raises(HandoutError) as raised:
        strip_notebook(content, "lab.ipynb")
    assert word in str(raised.value)
