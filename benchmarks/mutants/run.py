"""Make the table: grade every mutant, in a few processes beside each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from autograder.assignments import registry
from autograder.assignments.seeds import PUBLIC

from .equivalents import reasons
from .grade import Bench
from .mutant import Mutant, make
from .table import Row, Table

#: Seeds other than the public one, under which every mistake must be caught too.
SEEDS = tuple(range(1, 21))
#: Every so many mutants one is put through all sections: no other one may fail than those its file can affect.
EVERYWHERE = 25
PROCESSES = 2


def run(assignment: str, *, everyth: int = 1, seeds: Sequence[int] = (), processes: int = PROCESSES) -> Table:
    """The table of an assignment, or of a sample of its mutants: every so many-th."""
    found = registry.find(assignment)
    mutants = make(found)[::everyth]
    why = reasons(assignment)
    rows = {
        row.id: replace(row, equivalent=why.get(row.id, "")) for row in _spread(_public, assignment, mutants, processes)
    }
    for edition in found.editions()[1:]:
        lost = [m for m in mutants if not rows[m.id].killed and not rows[m.id].equivalent]
        for name in _spread(partial(_in_edition, edition), assignment, lost, processes):
            rows[name] = replace(rows[name], edition=edition)
    mistakes = [mutant for mutant in mutants if rows[mutant.id].killed and not rows[mutant.id].equivalent]
    for seed in seeds:
        seen = dict(
            _spread(partial(_seed, seed, {m.id: rows[m.id].edition for m in mistakes}), assignment, mistakes, processes)
        )
        for mutant in mistakes:
            rows[mutant.id] = _under(rows[mutant.id], seed, seen.get(mutant.id))
    facts = {
        "assignment": assignment,
        "date": datetime.date.today().isoformat(),
        "seed": PUBLIC,
        "seeds": list(seeds),
        "everywhere": len(mutants[::EVERYWHERE]),
    }
    return Table(facts, tuple(rows[mutant.id] for mutant in mutants))


def _spread(work, assignment: str, mutants: list[Mutant], processes: int) -> Iterator:  # type: ignore[no-untyped-def]
    """Do a part of the work in each process; the parts' results come in their order."""
    if not mutants:
        return
    parts = [mutants[i::processes] for i in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(partial(work, assignment), parts):
            yield from found


def _public(assignment: str, mutants: list[Mutant]) -> list[Row]:
    rows = []
    with Bench(registry.find(assignment)) as bench:
        every = bench.rubric.sections
        for i, mutant in enumerate(mutants):
            sections = bench.owners.affected(mutant) if i % EVERYWHERE else every
            caught = {found.section: found.cases for found in bench.grade(mutant, sections)}
            own = tuple(section.id for section in bench.owners.own(mutant))
            facts = (mutant.id, mutant.file, mutant.where, mutant.operator, mutant.change)
            rows.append(Row(*facts, own, caught))
    return rows


def _in_edition(edition: str, assignment: str, mutants: list[Mutant]) -> list[str]:
    """The mutants that this edition catches in a section of their own."""
    with Bench(registry.find(assignment), edition=edition) as bench:
        return [mutant.id for mutant in mutants if any(bench.grade(mutant, bench.owners.own(mutant)))]


def _seed(seed: int, editions: dict[str, str], assignment: str, mutants: list[Mutant]) -> list[tuple[str, list[int]]]:
    """The mutants that a section of theirs catches under this seed, with the cases of the first one that does."""
    caught = []
    for edition in sorted({editions[mutant.id] for mutant in mutants}):
        with Bench(registry.find(assignment), seed, edition or None) as bench:
            for mutant in (m for m in mutants if editions[m.id] == edition):
                first = next(bench.grade(mutant, bench.owners.own(mutant)), None)
                if first is not None:
                    caught.append((mutant.id, list(first.cases)))
    return caught


def _under(row: Row, seed: int, cases: Iterable[int] | None) -> Row:
    """A row with what one more seed showed."""
    if cases is None:
        return replace(row, missed=(*row.missed, seed))
    return replace(row, always=tuple(case for case in row.always if case in set(cases)))
