"""Make the table: grade every mutant, in a few processes beside each other.

The table is made with all candidates, so that it says which cases are needed. `confirm` then grades every mistake by
the chosen cases alone, and has the last word on what is caught.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from autograder.assignments import registry
from autograder.assignments.choice import CANDIDATES
from autograder.assignments.registry import Assignment
from autograder.assignments.seeds import PUBLIC

from . import planted
from .equivalents import reasons
from .grade import Bench
from .mutant import Mutant, make
from .pieces import Pieces
from .table import Row, Table, caught_by, first_cases

#: Seeds other than the public one, under which every mistake must be caught too.
SEEDS = tuple(range(1, 21))
#: Every so many mutants one is put through all sections: no other one may fail than those its file can affect.
EVERYWHERE = 25
PROCESSES = 2

#: A section, and some of its cases.
First = tuple[str, tuple[int, ...]]


def everything(assignment: Assignment) -> list[Mutant]:
    """Every mutant, and every planted mistake."""
    return [*make(assignment), *planted.make(assignment)]


def run(
    assignment: str,
    *,
    everyth: int = 1,
    wide: int = 1,
    processes: int = PROCESSES,
    profile: str = CANDIDATES,
    pieces: Pieces | None = None,
) -> Table:
    """The table of an assignment under the public seed, or of a sample of its mutants.

    Parameters
    ----------
    everyth
        Of the mutants only every so many-th.
    wide
        Every so many-th mutant is put through all sections that its file can affect, the others through their own.
    pieces
        Where rows are kept as they are made; those that are there already are not made again.
    """
    found = registry.find(assignment)
    mutants = everything(found)[::everyth]
    why, before = reasons(assignment), pieces.rows() if pieces else {}
    far = {m.id: "all" if i % EVERYWHERE == 0 else "own" if i % wide else "affected" for i, m in enumerate(mutants)}
    missing = [mutant for mutant in mutants if mutant.id not in before]
    made = _spread(partial(_public, far, profile, pieces), assignment, missing, processes)
    rows = {row.id: replace(row, equivalent=why.get(row.id, "")) for row in (*before.values(), *made)}
    for edition in found.editions()[1:]:
        lost = [m for m in mutants if not rows[m.id].killed and not rows[m.id].equivalent]
        for name in _spread(partial(_in_edition, edition, profile), assignment, lost, processes):
            rows[name] = replace(rows[name], edition=edition)
    facts = {
        "assignment": assignment,
        "date": datetime.date.today().isoformat(),
        "seed": PUBLIC,
        "seeds": [],
        "confirmed": [],
    }
    return Table(facts, tuple(rows[mutant.id] for mutant in mutants))


def under(table: Table, seed: int, processes: int = PROCESSES, few: int = 0) -> Table:
    """The table with what the candidates show of every mistake under one more seed.

    With `few`, so many of the cases that caught a mistake so far are asked first, and no others if they do again.
    """
    first = {row.id: (caught_by(row.own, row.caught), row.always[:few]) for row in table.mistakes if few and row.always}
    seen = dict(_graded(table, seed, processes, CANDIDATES, first))
    rows = tuple(row if row.equivalent else _under(row, seed, seen.get(row.id)) for row in table.rows)
    return Table({**table.facts, "seeds": [*table.facts["seeds"], seed]}, rows)


def confirm(table: Table, seed: int, processes: int = PROCESSES) -> Table:
    """The table with which mistakes the chosen cases miss under a seed."""
    seen = dict(_graded(table, seed, processes, "quick"))
    rows = [row if row.equivalent else _confirmed(row, seed, caught=row.id in seen) for row in table.rows]
    return Table({**table.facts, "confirmed": [*table.facts.get("confirmed", ()), seed]}, tuple(rows))


def _graded(
    table: Table, seed: int, processes: int, profile: str, first: Mapping[str, First] = MappingProxyType({})
) -> Iterator[tuple[str, list[int]]]:
    """The mistakes of a table that are caught under a seed, with the cases."""
    found = registry.find(table.facts["assignment"])
    editions = {row.id: row.edition for row in table.mistakes}
    mutants = [mutant for mutant in everything(found) if mutant.id in editions]
    yield from _spread(partial(_seed, seed, profile, editions, dict(first)), found.name, mutants, processes)


def _spread(work, assignment: str, mutants: Sequence[Mutant], processes: int) -> Iterator:  # type: ignore[no-untyped-def]
    """Do a part of the work in each process; the parts' results come in their order."""
    if not mutants:
        return
    if processes == 1:
        yield from work(assignment, mutants)
        return
    parts = [mutants[i::processes] for i in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(partial(work, assignment), parts):
            yield from found


def _public(
    far: Mapping[str, str], profile: str, pieces: Pieces | None, assignment: str, mutants: Sequence[Mutant]
) -> list[Row]:
    """The rows of these mutants; `far` says which sections each is put through."""
    rows = []
    with Bench(registry.find(assignment), profile=profile) as bench:
        for mutant in mutants:
            own, seen = bench.owners.own(mutant), far[mutant.id]
            sections = own if seen == "own" else bench.owners.affected(mutant)
            if seen == "all":
                sections = list(bench.rubric.sections)
            caught = {found.section: found.cases for found in bench.grade(mutant, sections)}
            facts = (mutant.id, mutant.file, mutant.where, mutant.operator, mutant.change)
            ids = tuple(section.id for section in own)
            rows.append(Row(*facts, ids, caught, seen=seen, always=first_cases(ids, caught)))
            if pieces:
                pieces.add(rows[-1])
    return rows


def _in_edition(edition: str, profile: str, assignment: str, mutants: Sequence[Mutant]) -> list[str]:
    """The mutants that this edition catches in a section of their own."""
    with Bench(registry.find(assignment), edition=edition, profile=profile) as bench:
        return [mutant.id for mutant in mutants if any(bench.grade(mutant, bench.owners.own(mutant)))]


def _seed(
    seed: int,
    profile: str,
    editions: dict[str, str],
    first: dict[str, First],
    assignment: str,
    mutants: Sequence[Mutant],
) -> list[tuple[str, list[int]]]:
    """The mutants that a section of theirs catches under this seed, with the cases of the first one that does."""
    caught = []
    for edition in sorted({editions[mutant.id] for mutant in mutants}):
        with Bench(registry.find(assignment), seed, edition or None, profile) as bench:
            for mutant in (m for m in mutants if editions[m.id] == edition):
                section, cases = first.get(mutant.id, ("", ()))
                if section and (again := bench.some(mutant, section, cases)):
                    caught.append((mutant.id, list(again)))
                    continue
                found = next(bench.grade(mutant, bench.owners.own(mutant)), None)
                if found is not None:
                    caught.append((mutant.id, list(found.cases)))
    return caught


def _confirmed(row: Row, seed: int, *, caught: bool) -> Row:
    """A row with whether the chosen cases catch it under a seed."""
    others = tuple(one for one in row.missed if one != seed)
    return replace(row, missed=others if caught else (*others, seed))


def _under(row: Row, seed: int, cases: Iterable[int] | None) -> Row:
    """A row with what one more seed showed."""
    if cases is None:
        return replace(row, missed=(*row.missed, seed))
    return replace(row, always=tuple(case for case in row.always if case in set(cases)))
