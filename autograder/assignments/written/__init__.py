"""What may stand in an assignment's `rubric.toml`: one table (`kinds`), for all who read it.

The loader refuses the first fault; `selfcheck` tells all of them.
"""

from .rubric import faults

__all__ = ["faults"]
