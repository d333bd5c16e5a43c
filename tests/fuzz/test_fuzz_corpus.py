"""Every input that fuzzing found worth keeping, and those that once broke something."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz import target

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


def test_there_is_a_corpus() -> None:
    assert len(CORPUS) >= 20


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name[:12])
def test_the_host_survives_it(path: Path) -> None:
    target.one(path.read_bytes())
