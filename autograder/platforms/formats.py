"""The formats that `--format` knows, each written by a module that is imported only when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import UsageError, install, pins

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
        package = str(error.name)
        known = {of.lower(): pin for of, pin in pins(Path(__file__).parents[2] / "requirements-staff.txt")}
        raise UsageError(
            f"--format {name} needs {package}, which is not installed", hint=install(pin=known.get(package, package))
        ) from error
    return render
