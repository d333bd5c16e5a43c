"""Grade a notebook from its own last cell: `from autograder.notebook import grade; grade("numpy_cnn.ipynb")`.

The notebook's file is graded as the command would grade it, in a sandbox; the kernel that asks only shows
the report. So what counts is what was saved. In the students' copy it shows what students may see.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from autograder.assignments import registry
from autograder.errors import HarnessError, UsageError
from autograder.grading.grader import Grader, Options
from autograder.grading.report import Report
from autograder.reports import audience
from autograder.reports import context as contexts
from autograder.reports.context import Context
from autograder.submissions import read


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as Jupyter shows it: a page where it can, text elsewhere."""

    report: Report
    context: Context

    def __repr__(self) -> str:
        from autograder.reports.console import new_console, render

        text = io.StringIO()
        render(self.report, None, new_console(text, width=100))
        return text.getvalue()

    def _repr_html_(self) -> str:
        """The page in a frame of its own, so that its styles and the notebook's do not meet."""
        try:
            from autograder.reports.html import render
        except ImportError:  # without Jinja2
            return f"<pre>{escape(repr(self))}</pre>"
        page = escape(render(self.report, self.context), quote=True)
        return f'<iframe sandbox srcdoc="{page}" style="width: 100%; height: 40em; border: 0" title="report"></iframe>'


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was graded, as Jupyter shows it."""

    message: str

    def __repr__(self) -> str:
        return self.message

    def _repr_html_(self) -> str:
        return f"<p><b>Not graded.</b> {escape(self.message)}</p>"


def grade(path: str | os.PathLike[str], assignment: str | None = None, only: Iterable[str] = ()) -> Shown | Refusal:
    """Grade a notebook that lies on the disk.

    Parameters
    ----------
    path
        The notebook's file, from the folder in which it lies.
    assignment
        Its name; the file's own without the ending, where it is not given.
    only
        Keys of the sections to grade; all of them by default.

    Returns
    -------
    Shown or Refusal
        What Jupyter shows below the cell: the report, or why there is none.
    """
    place = Path(path)
    try:
        found = registry.find(assignment or place.stem)
        rubric = found.rubric()
        context = contexts.of(rubric, os.environ, students=not found.reference.is_dir())
        audience.refuse_hidden(rubric, chosen := tuple(only), context)
        with Grader(found, rubric, Options(only=chosen)) as grader:
            report = grader.grade(read(place, rubric))
        return Shown(audience.for_students(report, context) if context.students else report, context)
    except UsageError as error:
        return Refusal(f"{error} ({error.hint})" if error.hint else str(error))
    except HarnessError as error:
        return Refusal(f"{error} (by the grader's fault, not yours)")
