"""`similarity`: which submissions of a class are alike."""

from __future__ import annotations

import json
from pathlib import Path

import click

from autograder.assignments import registry
from autograder.errors import UsageError, writing
from autograder.reports.jsonfile import write_atomically

from .options import PATH
from .staff import Packages

packages = Packages()
with packages:
    from autograder.batch import bulk
    from autograder.batch.show import say_list
    from autograder.gradebook import queries
    from autograder.gradebook.engine import Gradebook
    from autograder.similarity import finding, pages, works


@click.command()
@click.argument("place", metavar="GRADEBOOK")
@click.option("-a", "--assignment", help="Which assignment; needed where the gradebook has several.")
@click.option("--output", required=True, type=PATH, help="A folder for the pages and similarity.json.")
@click.option(
    "--past", multiple=True, type=PATH, help="Submissions of other times, as `batch` takes them (repeatable)."
)
@click.option("--pairs", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many are shown.")
@click.option("--quiet", is_flag=True, help="Only the last line.")
@packages.needed
def similarity(
    place: str, assignment: str | None, output: Path, past: tuple[Path, ...], pairs: int, quiet: bool
) -> int:
    """Show which submissions of GRADEBOOK have code in common, side by side: for reading, not for points."""
    prepare(output)
    with Gradebook(place) as book, book.undeleted():
        name = queries.only_assignment(book, assignment)
        kind = registry.find(name)
        rubric = kind.rubric()
        mine, left_out = works.of_class(book, name)
    with bulk.unpacked(past) as places:
        others, unopened = works.of_past(places.folders, rubric)
    everything = [*mine, *others, *works.of_references(kind)]
    large = [one for one in everything if len(one.text) > works.MOST]
    compared = [one for one in everything if len(one.text) <= works.MOST]
    if not quiet:
        click.echo(f"comparing {len(compared)} …", err=True)  # of three hundred, that is half a minute
    found, more, short = finding.find(compared, works.handout(kind), pairs)
    left_out = [*left_out, *unopened, *(f"{one.label}: has too much code to be compared" for one in large)]
    comparison = pages.Comparison(name, rubric.title, compared, found, more, short, left_out)
    write(output, pages.files(comparison))
    if not quiet:
        say(comparison, output)
    counts = {"pairs": len(found), "more": more, "compared": len(compared), "left_out": len(left_out)}
    click.echo(json.dumps({"schema": pages.SCHEMA, **counts}))
    return 0


def prepare(folder: Path) -> None:
    """Make the folder, or see that it is one of ours.

    Raises
    ------
    UsageError
        The folder cannot be made, or holds something else.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        inside = {path.name for path in folder.iterdir()}
        if inside and "similarity.json" not in inside:
            raise UsageError(f"{folder}: is not empty, and holds no earlier comparison", hint="give a new folder")
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the pages; those of an earlier comparison go."""
    with writing(folder):
        for path in folder.glob("pair-*.html"):
            path.unlink()
    for name, text in files.items():
        write_atomically(folder / name, text)


def say(comparison: pages.Comparison, output: Path) -> None:
    """The first of the list, in words."""
    told = pages.document(comparison)
    more = f", and {comparison.more} more that are less alike (--pairs)" if comparison.more else ""
    click.echo(f"{len(comparison.works)} compared; {len(told['pairs'])} pairs to look at in {output}/index.html{more}")
    for pair in told["pairs"][:10]:
        one, other = (f"{pages.who(pair[name])} ({pages.percent(pair[name]['share'])})" for name in ("left", "right"))
        click.echo(f"  {one} and {other}")
    click.echo("Alike does not say why: read the passages, and talk with people, before you think anything of it.")
    say_list("not compared", comparison.left_out)
