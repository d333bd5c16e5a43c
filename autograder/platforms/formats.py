"""The formats that `--format` knows, each written by a module that is imported only when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.grading.report import Report
    from autograder.reports.context import Context

    Writer = Callable[[Report, Context], str]

#: Format: the module that has `render(report, context)`.
FORMATS = {
    "json": "autograder.platforms.plain",
    "autolab": "autograder.platforms.autolab",
    "gradescope": "autograder.platforms.gradescope",
    "github": "autograder.platforms.github",
    "classroom50": "autograder.platforms.classroom50",
    "junit": "autograder.platforms.junit",
    "markdown": "autograder.platforms.markdown",
    "html": "autograder.reports.html",
}


def writer(name: str) -> Writer:
    """What writes a format.

    Raises
    ------
    UsageError
        It needs a package that is not installed.
    """
    try:
        render: Writer = importlib.import_module(FORMATS[name]).render
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--format {name} needs {error.name}, which is not installed", hint=f"pip install {error.name}"
        ) from error
    return render
