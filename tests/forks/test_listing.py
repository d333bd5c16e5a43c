"""A list of forks is read whole or not at all: who falls out of it is not graded."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.forks import listing

HEAD = "repository,login,email\n"
ANN, BOB, CY = (f"https://h/{name}/hw,{name},{name}@x.edu\n" for name in ("ann", "bob", "cy"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (f'{ANN}"{BOB}{CY}', "is no CSV file: .* begins in line 3"),
        (ANN + BOB.replace(",bob,", ',"bob,') + CY, "is no CSV file: .* begins in line 3"),
        (f'{ANN}https://h/bob/hw,"{"b" * 200_000}"\n', "is no CSV file: field larger than .* begins in line 3"),
        (f"{ANN}https://h/bob/hw,Ray, Bob,bob@x.edu\n", "line 3: 4 cells under 3 columns"),
    ],
)
def test_a_row_that_would_take_others_along_is_refused_with_its_line(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "forks.csv").write_text(HEAD + rows)
    with pytest.raises(UsageError, match=said):
        listing.read(tmp_path / "forks.csv")


@pytest.mark.parametrize("text", [f"{HEAD}{ANN}\n{BOB.strip()},\n", 'https://h/ann/hw\n# "x\nhttps://h/bob/hw'])
def test_what_says_nothing_stands_in_nobodys_way(tmp_path: Path, text: str) -> None:
    (tmp_path / "forks.csv").write_text(text)
    assert [fork.login for fork in listing.read(tmp_path / "forks.csv")] == ["ann", "bob"]


def test_an_empty_list_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "forks.csv").write_text("")
    with pytest.raises(UsageError, match="names no repository"):
        listing.read(tmp_path / "forks.csv")
