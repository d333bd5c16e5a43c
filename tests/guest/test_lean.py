"""NumPy without what only its readers need: the same numbers, and its types where somebody asks for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SAME = """
import sys
from autograder.guest.lean import load_numpy
load_numpy()
assert "numpy._typing" not in sys.modules and "numpy.typing" not in sys.modules
import numpy as np
assert np.allclose(np.linalg.svd(np.diag([1.0, 2.0])).S, [2, 1])
import numpy.typing as npt
assert "ndarray" in str(npt.NDArray[np.float64]) and npt is np.typing
print(sorted(n for n in np.__all__ if callable(getattr(np, n)) and n != "test") == EXPECTED)
"""


def test_it_is_numpy() -> None:
    whole = "import numpy as np; print(sorted(n for n in np.__all__ if callable(getattr(np, n)) and n != 'test'))"
    expected = run(whole)
    assert run(SAME.replace("EXPECTED", expected)) == "True"


def test_where_it_is_loaded_already_nothing_is_done() -> None:
    code = "import sys, numpy, numpy.typing; from autograder.guest.lean import load_numpy; load_numpy()"
    assert run(f"{code}; print('numpy._typing' in sys.modules, bool(numpy.dot.__doc__))") == "True True"


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()
