"""Seeing modules being loaded. Imports nothing itself, so that all that it sees is the program's."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def nothing() -> None:
    """Nothing to be done."""


def see(
    loaded: "Callable[[str, Any], None]",
    begins: "Callable[[], None]" = nothing,
    ends: "Callable[[], None]" = nothing,
) -> None:
    """From now on, call these when a module begins to load, when that has ended, and with each one that is loaded.

    A function that `loaded` puts in place of a module's own is the one that other modules import from it.
    """
    machinery: Any = sys.modules["_frozen_importlib"]
    load, known = machinery._find_and_load, set[str]()

    def seen(name: str, *more: "Any") -> "Any":
        begins()
        try:
            module = load(name, *more)
        finally:
            ends()
        if name not in known:
            known.add(name)
            loaded(name, module)
        return module

    machinery._find_and_load = seen
