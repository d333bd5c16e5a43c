"""The command line: what there is to be called, and what becomes of errors.

Commands live in `autograder/commands/`, a module each, imported only when they are called.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from . import __version__
from .errors import HarnessError, UsageError, interrupted, not_installed

#: Where the commands' modules lie; the students' copy has not all of them.
HERE = Path(__file__).parent / "commands"

#: Command: (module of `autograder.commands`, one line of help).
COMMANDS = {
    "grade": ("grade", "Grade one submission (the default)."),
    "sections": ("sections", "Show an assignment's rubric."),
    "handout": ("handout", "Make the handout from the references."),
    "selfcheck": ("selfcheck", "References earn full marks, and the oracles agree."),
    "new-assignment": ("new_assignment", "Write a small assignment that works, to be changed."),
    "batch": ("batch", "Grade many submissions into a gradebook."),
    "ci": ("ci", "Grade the checkout that this runs in, with a grader from elsewhere."),
    "forks": ("forks", "Score many forks by their addresses, as they were at a deadline."),
    "release": ("release", "Make or update the students' repository."),
    "package": ("package", "Make what Autolab or Gradescope runs."),
    "handin": ("handin", "Pack the files that are graded, for handing in."),
    "sign": ("sign", "Sign a report."),
    "verify": ("sign", "Check that a report is as it was signed."),
    "regrade": ("regrade", "Grade again after a change: draft, --diff, --publish, --undo."),
    "export": ("export", "Write the grades for Canvas, Moodle, spreadsheets, and documents for students."),
    "similarity": ("similarity", "Which submissions of a class are alike: pairs to look at."),
    "adjust": ("adjust", "Points by hand, with who and why."),
    "summary": ("summary", "A gradebook as a site: the class, and a page for each student."),
    "doctor": ("doctor", "What this machine offers, and how to get more."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are asked for; without one, it grades the handout."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Names in the order of the help page."""
        return [name for name, (module, _) in COMMANDS.items() if (HERE / f"{module}.py").is_file()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in COMMANDS:
            if Path(name).exists():
                raise UsageError(f"there is no command `{name}`", hint=f"to grade what lies there: grade {name}")
            from difflib import get_close_matches  # seldom needed, and slow to load

            close = get_close_matches(name, self.list_commands(context), 1)
            raise UsageError(
                f"there is no command `{name}`", hint=f"did you mean `{close[0]}`?" if close else "--help lists them"
            )
        if not (HERE / f"{COMMANDS[name][0]}.py").is_file():
            raise UsageError(f"`{name}` is not part of the students' copy", hint="staff have it")
        module = importlib.import_module(f"autograder.commands.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(context)])

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Options without a command are those of `grade`."""
        if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "-h", "--version")):
            arguments = ["grade", *arguments]
        return super().parse_args(context, arguments)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="autograder")
def cli() -> None:
    """Grade deep-learning homework: `python runner.py` grades handout/hw2p1."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit status.

    0: graded, whatever the score. 1: below `--fail-under`. 2: wrong usage, or nothing to grade. 3: could not be
    graded by our fault.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets another one, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status: Any = cli.main(arguments, standalone_mode=False)
    except UsageError as error:
        complain(str(error), error.hint)
        status = 2
    except HarnessError as error:
        complain(str(error), error.hint)
        status = 3
    except click.ClickException as error:
        place = getattr(error, "ctx", None)
        hint = "" if place is None else f"see: python {place.command_path} --help"
        complain(" ".join(error.format_message().split()), hint)
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted", "")
        status = 130
    except Exception as error:  # a mistake of ours must not look like a wrong command or a low score
        line = not_installed(error)
        status = 130 if interrupted(error) else 2 if line else 3
        if interrupted(error):
            complain("interrupted", "")
        elif line:
            complain(line, "")
        else:
            import traceback

            traceback.print_exc()
            complain(f"{type(error).__name__} in the grader itself", "nothing was scored; please report what is above")
    sys.exit(status if isinstance(status, int) else 0)


def complain(message: str, hint: str) -> None:
    """An error's line on standard error, with what to do."""
    click.echo(f"error: {message}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)
