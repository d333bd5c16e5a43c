"""Submissions: find out what was handed in, read it without trusting it, keep a copy that cannot change.

Nothing here runs or imports a student's code, writes to a disk or knows a platform.
"""

from .bounds import Bounds
from .reading import read
from .submission import LeftOut, Submission

__all__ = ["Bounds", "LeftOut", "Submission", "read"]
