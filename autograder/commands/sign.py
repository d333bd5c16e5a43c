"""`sign` and `verify`: a report's provenance."""

from __future__ import annotations

import json
from pathlib import Path

import click

from autograder.assignments import registry
from autograder.errors import UsageError

from .options import PATH

_KEY = click.option("--key-file", type=PATH, required=True, help="The course's key, 32 bytes at least.")


@click.command()
@click.argument("report", type=PATH)
@click.argument("others", type=PATH, nargs=-1)
@_KEY
@click.option("--output", type=PATH, help="Where the signature goes; default: REPORT with .sig.")
def sign(report: Path, others: tuple[Path, ...], key_file: Path, output: Path | None) -> int:
    """Sign REPORT (as `--format json` wrote it) and the documents beside it, such as scores.json."""
    from autograder.release import signing
    from autograder.reports.jsonfile import write_atomically

    documents = {path.name: content(path) for path in (report, *others)}
    if len(documents) != 1 + len(others):
        raise UsageError("two of the documents have the same name")
    about = parsed(report, documents[report.name])
    key = signing.key_from(key_file)
    said = signing.statement(documents, about, signing.assignment_digest(registry.find(about["assignment"])))
    target = output or report.with_name(report.name + ".sig")
    write_atomically(target, signing.sign(said, key))
    click.echo(f"{target}: {len(documents)} documents, key {signing.fingerprint(key)}")
    return 0


@click.command()
@click.argument("documents", type=PATH, nargs=-1, required=True)
@_KEY
@click.option("--signature", type=PATH, help="Default: the first document with .sig.")
@click.option("--submission", type=PATH, help="Also check that it is this submission which was graded.")
def verify(documents: tuple[Path, ...], key_file: Path, signature: Path | None, submission: Path | None) -> int:
    """Check that documents are as the course signed them. Exit status 1 where they are not."""
    from autograder.release import signing

    held = {path.name: content(path) for path in documents}
    place = signature or documents[0].with_name(documents[0].name + ".sig")
    wrong, said = signing.problems(content(place), held, signing.key_from(key_file))
    if not wrong and submission is not None:
        wrong = other_submission(submission, said["assignment"], said["submission"])
    for problem in wrong:
        click.echo(f"NOT GENUINE: {problem}")
    if wrong:
        return 1
    click.echo(f"genuine: {', '.join(held)}")
    click.echo(json.dumps({key: value for key, value in said.items() if key != "documents"}, indent=1))
    return 0


def other_submission(path: Path, assignment: dict[str, str], digest: str | None) -> list[str]:
    """What is wrong where a signed report is about other files than these."""
    from autograder.submissions import read

    found = read(path, registry.find(assignment["name"]).rubric(assignment["edition"]))
    return [] if found.digest == digest else [f"graded was {digest}, this submission is {found.digest}"]


def content(path: Path) -> bytes:
    """A file's bytes.

    Raises
    ------
    UsageError
        It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def parsed(path: Path, data: bytes) -> dict[str, str]:
    """A report, with its `run`.

    Raises
    ------
    UsageError
        It is none.
    """
    try:
        about = json.loads(data)
        if about["schema"] == "autograder/report/v1" and isinstance(about["run"]["submission"]["digest"], str):
            return dict(about)
    except (ValueError, KeyError, TypeError):
        pass
    raise UsageError(
        f"{path}: no report with its `run`, which names the submission",
        hint="write it with --format json; scores.json can be signed together with it",
    )
