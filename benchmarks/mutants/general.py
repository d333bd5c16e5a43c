"""General changes: the operators of cosmic-ray, an established mutation tool, as a library.

Left out are those that no student's mistake looks like and every case catches (arithmetic replaced by operations on
bits, `is` for `==`, decorators, exceptions) and those that need a configuration or draw at random (variables).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider

LEFT_OUT = re.compile(r"Shift|Bit|Invert|Decorator|Exception|Variable|_Is(Not)?_?")


@cache
def operators() -> dict[str, Any]:
    """The operators that are used, by name."""
    provider = OperatorProvider()
    return {name: provider[name]() for name in provider if not LEFT_OUT.search(name)}


def changes(text: str) -> Iterator[tuple[str, str]]:
    """Every change of a module, with the operator's name."""
    for name, operator in operators().items():
        occurrence = 0
        while (changed := mutate_code(text, operator, occurrence)) is not None:
            yield name, changed
            occurrence += 1
