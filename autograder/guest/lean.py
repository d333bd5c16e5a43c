"""NumPy without what only its readers need: a sixth of its start, and memory that every fork would look at.

Two of its modules do nothing but put docstrings on its C functions. Others hold types to annotate with, of which NumPy
itself uses one, in annotations.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

_DOCSTRINGS = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")
_TYPES = "numpy._typing"


class _Types(ModuleType):
    """Has every type: something that can be written with brackets behind it."""

    def __getattr__(self, name: str) -> type[list[object]]:
        if name.startswith("__"):
            raise AttributeError(name)
        return list


def load_numpy() -> None:
    """Load NumPy, where it is not there yet; its types are loaded by who imports them."""
    if "numpy" in sys.modules:
        return
    for name in _DOCSTRINGS:
        sys.modules.setdefault(name, ModuleType(name))
    sys.modules[_TYPES] = types = _Types(_TYPES)
    found = importlib.util.find_spec("numpy")
    types.__path__ = [f"{folder}/_typing" for folder in (found.submodule_search_locations or () if found else ())]
    try:
        import numpy  # noqa: F401
    finally:
        del sys.modules[_TYPES]
