"""Forbidden imports are found where they are never reached, and reading never harms."""

from __future__ import annotations

import helpers
import pytest

from autograder.grading import reading
from autograder.grading.grader import Grader

NEVER = "def never():\n    import torch.nn\n    from scipy import signal\n    from .torch import x\n"


def notes(grader: Grader, source: str | bytes) -> list[str]:
    before, grader.sections = grader.sections, helpers.rubric().select(["Upsampling1d"])
    try:
        report = grader.grade(helpers.submission_from({"mytorch/extra.py": source}))
    finally:
        grader.sections = before
    assert report.sections[0].status == "passed"
    return [note for note in report.notes if "mytorch/extra.py" in note and "left out" not in note]


def test_they_are_told_with_file_and_line(grader: Grader) -> None:
    assert notes(grader, NEVER) == [
        "imports `torch.nn` where no check comes by: mytorch/extra.py:2; this costs nothing",
        "imports `scipy.signal` where no check comes by: mytorch/extra.py:3; this costs nothing",
    ]


def test_names_in_texts_and_allowed_parts_are_not_told(grader: Grader) -> None:
    assert (
        notes(grader, '"""Do not import torch."""\n# import torch\nfrom scipy.special import erf\ntorch = signal = 1\n')
        == []
    )


def test_what_cannot_be_parsed_is_passed_over(grader: Grader) -> None:
    assert notes(grader, "import torch\ndef (\n") == []
    assert notes(grader, b"import torch\0\n") == []
    assert notes(grader, "import torch\nx = " + "(" * 5000 + ")" * 5000 + "\n") == []


def test_many_of_one_module_are_one_remark(grader: Grader) -> None:
    (remark,) = notes(grader, "import torch\n" * 500)
    assert remark.endswith("mytorch/extra.py:1, mytorch/extra.py:2, mytorch/extra.py:3 and 17 more; this costs nothing")


@pytest.mark.parametrize(
    "text", ["import ", "from ", "torch ", "import torch_", "for x in y: ", " ", "while ", "product for "]
)
def test_looking_takes_no_longer_than_the_source_is_long(text: str) -> None:
    """Where it took time by the square of the length, this would not end."""
    for source in (b"#" + text.encode() * (3 << 18), b"if 1: " + text.encode() * (3 << 18)):
        reading.named({"a.py": source}, ("torch", "scipy.signal"))
        reading.nested(source)


def test_a_name_is_looked_for_behind_the_word_that_imports_it() -> None:
    found = [b"import os, torch\n", b"x = 1; from torch import nn", b"from scipy import signal", b"y = scipy.signal.x"]
    other = [b"torch\nimport os\n", b"torch = imported", b"# torch is no import of it"]
    assert [reading.named({"a.py": text}, ("torch", "scipy.signal")) for text in found] == [True] * len(found)
    assert [reading.named({"a.py": text}, ("torch", "scipy.signal")) for text in other] == [False] * len(other)
