"""What staff's commands need besides: where it is not installed, their help pages can be read all the same."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import TracebackType
from typing import Any

from autograder.errors import UsageError, install


class Packages:
    """The imports of a command, in a `with`; one whose package is not installed is told when the command runs."""

    def __init__(self) -> None:
        self.lacking = ""

    def __enter__(self) -> None:
        """Let the imports begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep what is not installed; what of ours is not there stays an error."""
        if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] not in ("", "autograder"):
            self.lacking = str(error.name)
        return bool(self.lacking)

    def needed(self, function: Callable[..., int]) -> Callable[..., int]:
        """The command's function, which refuses to run without what it needs.

        Raises
        ------
        UsageError
            By the function that is returned: a package is not installed.
        """

        @functools.wraps(function)
        def checked(*given: Any, **named: Any) -> int:
            if self.lacking:
                command = function.__name__.replace("_", "-")
                raise UsageError(
                    f"`{command}` needs {self.lacking}, which is not installed", hint=install("requirements-staff.txt")
                )
            return function(*given, **named)

        return checked
