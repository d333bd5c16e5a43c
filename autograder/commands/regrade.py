"""`regrade`: grade again after a change, look at what it changes, make it stand, take it back."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from autograder.assignments import registry
from autograder.assignments.seeds import Seed
from autograder.errors import UsageError
from autograder.submissions.names import shown

from .options import chosen_seed, edition_option, grading_options, overlay_option, own_seeds, seeds_option
from .staff import Packages

packages = Packages()
with packages:
    from autograder.batch import run
    from autograder.batch.conditions import Job, overlay_text, rubric_of, terms
    from autograder.batch.crew import cores
    from autograder.batch.progress import Bar
    from autograder.batch.regrade import Plan
    from autograder.batch.show import say_list
    from autograder.gradebook import accounts, drafts, publications, queries, standing, store
    from autograder.gradebook.engine import Gradebook
    from autograder.gradebook.facts import ConditionsFacts

DIFF = "autograder/regrade-diff/v1"


@click.command()
@click.argument("place", metavar="GRADEBOOK")
@click.option("-a", "--assignment", help="Which assignment; needed where the gradebook has several.")
@edition_option
@grading_options
@seeds_option
@overlay_option
@click.option("--student", "students", multiple=True, metavar="KEY", help="Only this student (repeatable).")
@click.option("--section", "sections", multiple=True, metavar="KEY", help="Only this section (repeatable).")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Worker processes; default: one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler (tcp://…).")
@click.option("--diff", is_flag=True, help="Show who would move, and which checks changed their mind.")
@click.option("--publish", is_flag=True, help="Make the draft stand.")
@click.option("--undo", is_flag=True, help="Take the newest publication back.")
@click.option("--draft", type=int, metavar="NUMBER", help="Which draft; default: the newest.")
@click.option("--by", "who", default="", help="Who publishes or takes back …")
@click.option("--why", default="", help="… and why.")
@click.pass_context
@packages.needed
def regrade(context: click.Context, /, place: str, assignment: str | None, **options: Any) -> int:
    """Grade again what a change can affect, into a draft; --diff shows it, --publish makes it stand, --undo not."""
    if sum(options[name] for name in ("diff", "publish", "undo")) > 1:
        raise UsageError("one of --diff, --publish and --undo at a time")
    with Gradebook(place) as book:
        name = queries.only_assignment(book, assignment)
        if options["diff"]:
            return show(book, name, options["draft"])
        with book.alone():
            if options["publish"]:
                draft = drafts.chosen(book, name, options["draft"])
                others = drafts.publish(book, name, draft.conditions, options["who"], options["why"])
                say_list(
                    "graded, and not in this draft, so `batch` grades as before (`regrade` under the same options, of "
                    "everybody, and `--publish` change that)",
                    others,
                )
                say_doubtful(book, name)
                click.echo(json.dumps({"published": draft.conditions, "gradings": draft.gradings}))
                return 0
            if options["undo"]:
                return taken_back(drafts.undo(book, name, options["who"], options["why"]))
            return again(book, name, given(context, options), options)


def say_doubtful(book: Gradebook, name: str, draft: int | None = None) -> None:
    """Say what of points by hand somebody should look at, as it stands, or would with a draft."""
    found = standing.standings(book, name, draft).standings
    lines = [f"{one.person.key}: {line}" for one in found for line in accounts.doubtful(one)]
    title = "of points by hand to look at" + ("" if draft is None else ", if this draft stands")
    say_list(title, lines, most=len(lines))


def taken_back(undone: drafts.Undone) -> int:
    """Say what was taken back, and who is left without a grading that stands."""
    number, lost = undone.draft, undone.no_longer_graded
    say_list("no longer graded, since nothing of before stands for them", lost, rest=", named in the last line")
    if lost:
        click.echo(
            f"`batch` as the standing grades were made grades them again; what they had is in draft {number}: "
            f"`regrade --diff --draft {number}`"
        )
    click.echo(json.dumps({"undone": number, "no_longer_graded": lost}, ensure_ascii=True))
    return 0


def given(context: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """The grading options that stand on the command line."""
    names = ("edition", "checks", "seed", "seed_file", "seeds", "profile", "isolation", "overlay")
    return {name: options[name] for name in names if context.get_parameter_source(name) == ParameterSource.COMMANDLINE}


def again(book: Gradebook, name: str, chosen: dict[str, Any], options: dict[str, Any]) -> int:
    """Grade again, into a draft."""
    students = tuple(queries.key(book, said) for said in options["students"])
    job = job_like(book, name, chosen, options["sections"])
    conditions = terms(job)
    number = store.conditions(book, conditions)
    plan = Plan(book, job, conditions, students)
    attempts = plan.chosen()
    tasks = plan.tasks(attempts, queries.graded_under(book, number))
    tally = run.Tally()
    grading = run.Run(book, job, conditions, number, None, plan.base)
    with run.crew(job, conditions, options["jobs"] or cores(), options["scheduler"]) as crew, Bar(len(attempts)) as bar:
        grading.grade(tasks, crew, bar, tally)
    draft = drafts.of(book, name, number)
    into = "" if draft is None else f" into draft {number}"
    click.echo(f"{tally.graded} graded again{into}, {tally.skipped} not affected or graded before")
    if draft is None:
        click.echo("There is no draft: nothing was graded under these conditions that does not stand.")
    elif not tally.graded:
        click.echo(f"What draft {number} has was graded before: see `regrade --diff --draft {number}`.")
    for attempt, reason in sorted(tally.ungraded.items()):
        click.echo(f"  ungraded, by our fault: attempt {attempt}: {shown(reason)}")
    said = {"draft": None if draft is None else number, "graded": tally.graded, "ungraded": len(tally.ungraded)}
    click.echo(json.dumps(said))
    return 3 if tally.ungraded else 0


def job_like(book: Gradebook, name: str, chosen: dict[str, Any], sections: tuple[str, ...]) -> Job:
    """How the standing grades were made, with what was given now instead."""
    standing = publications.standing_conditions(book, name)
    if standing is None:
        raise UsageError("nothing was graded yet", hint="`python runner.py batch` grades")
    old = queries.conditions(book, standing)
    seed = chosen_seed(chosen.get("seed"), chosen.get("seed_file"))
    if not {"seed", "seed_file"} & set(chosen) and old.seed != seed.shown:
        if old.seed.startswith("secret:"):
            raise UsageError("these grades are of a secret seed", hint="--seed-file FILE, the same or another one")
        seed = chosen_seed(int(old.seed), None)
    overlay: Path | None = chosen.get("overlay")
    text = overlay_text(overlay) if "overlay" in chosen else old.details["overlay"]
    edition = chosen.get("edition", old.details["edition"])
    assignment = registry.find(name)
    # What is given now is read where it lies, so that a fault of it is told with its file.
    rubric = rubric_of(assignment, edition, text) if overlay is None else assignment.rubric(edition, overlay)
    rubric.select(sections)
    return Job(
        assignment,
        rubric,
        seed,
        edition,
        text,
        chosen.get("profile", old.profile),
        chosen.get("checks", old.checks),
        chosen.get("isolation", "auto"),
        sections,
        own_seeds(seed, chosen["seeds"]) if "seeds" in chosen else seed.secret and as_before(old, seed),
    )


def as_before(old: ConditionsFacts, seed: Seed) -> bool:
    """Whether each attempt has a seed of its own: as it was under the same secret, and under a new one by default."""
    return bool(old.details.get("own")) if old.seed == seed.shown else True


def show(book: Gradebook, name: str, wanted: int | None) -> int:
    """Say who would move by how much, and which checks say otherwise."""
    draft = drafts.chosen(book, name, wanted)
    moves = drafts.diff(book, name, draft.conditions)
    for move in moves:
        click.echo(f"{shown(move.student)}: {moved(move)}")
        for check in move.checks:
            level = "" if check.level == "course" else " (strict)"
            click.echo(
                f"    {check.section}: {check.name}{level}: {check.before or 'not made'} → {check.after or 'not made'}"
            )
    click.echo(f"draft {draft.conditions}: {draft.gradings} gradings, {len(moves)} students differ")
    say_doubtful(book, name, draft.conditions)
    click.echo(json.dumps(document(draft, moves), ensure_ascii=True))
    return 0


def moved(move: drafts.Move) -> str:
    """How far a student moves, in words."""
    if move.first:
        return "not graded → " + " + ".join(f"{points.normalize():f}" for points in move.after.values())
    by = [f"{group} {move.by(group).normalize():+f}" for group in move.after if move.by(group)]
    return ", ".join(by) or "no points"


def document(draft: drafts.Draft, moves: tuple[drafts.Move, ...]) -> dict[str, Any]:
    """A draft's differences as JSON values."""

    def plain(points: Any) -> dict[str, int | float]:
        from autograder.grading.report import number

        return {group: number(Decimal(value)) for group, value in points.items()}

    return {
        "schema": DIFF,
        "draft": draft.conditions,
        "gradings": draft.gradings,
        "moves": [
            {
                "student": move.student,
                "before": plain(move.before),
                "after": plain(move.after),
                "checks": [
                    {"section": c.section, "name": c.name, "level": c.level, "before": c.before, "after": c.after}
                    for c in move.checks
                ],
            }
            for move in moves
        ],
    }
