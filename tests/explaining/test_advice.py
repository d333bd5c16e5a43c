"""What is worth reading a submission's source for; reading itself is done where a submission runs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.grading import advice


@pytest.mark.parametrize(
    ("source", "worth"),
    [
        ("class A:\n    def f(self):\n        return np.zeros(3)\n", False),
        ("x = y.astype('single')", True),
        ("x = np.float32(1)", True),
        ("# half of it\nx = 'halfway'", False),
        ("def f():\n for a in x:\n  for b in x:\n   for c in x:\n    for d in x:\n     pass\n", True),
        ("def f():\n\tfor a in x:\n\t\tfor b in x:\n\t\t\tfor c in x:\n\t\t\t\tfor d in x:\n\t\t\t\t\tpass\n", True),
        ("def f():\n    for a in x:\n        for b in x:\n            for c in x:\n                pass\n" * 3, False),
        ("def f():\n    for a in x:\n        pass\n    for b in x:\n        pass\n" * 4, False),
    ],
)
def test_most_files_need_not_be_read(source: str, worth: bool) -> None:
    assert advice.worth_reading(source.encode()) == worth


def test_the_host_parses_no_submission() -> None:
    package = Path(advice.__file__).parents[1]
    for room in ("grading", "submissions", "batch", "reports", "platforms", "forks", "site", "gradebook"):
        for path in (package / room).rglob("*.py"):
            names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
            imported = {
                alias.name
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            assert "ast" not in imported and "py_compile" not in imported, path
            assert "literal_eval" not in names, path
