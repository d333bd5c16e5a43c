"""NumPy without docstrings on its C functions, which nobody reads where a submission is graded.

Two modules do nothing but put them there: a tenth of NumPy's start.
"""

from __future__ import annotations

import sys
from types import ModuleType


def skip_docstrings() -> None:
    """Have NumPy, when it is loaded, take its docstrings for given."""
    for name in ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars"):
        sys.modules.setdefault(name, ModuleType(name))
