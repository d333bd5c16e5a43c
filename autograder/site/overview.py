"""The first page: what the class came to, and what a person must decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.batch.unmatched import reasons
from autograder.gradebook import accounts
from autograder.gradebook.facts import AttemptFacts, ConditionsFacts
from autograder.gradebook.standing import CALLED_LATE, Class, Standing
from autograder.reports.vocabulary import MEANINGS
from autograder.reports.words import points

from . import figures, pages
from .counting import Count, SectionCount, Spread, spread
from .files import Kind, page_name
from .listing import how_late
from .person import Head

#: Entries of a list that are shown; the table of students has all.
LISTED = 60
#: Sections that are called the hardest.
HARDEST = 5
#: Misconceptions that are shown.
IDEAS = 12

HOW = (
    "Counted are the gradings that stand, of everybody whose work could be graded; a group's counts for each of it.",
    "Points are final ones: after lateness and points by hand. Passed, outcomes and times are what the grader found.",
    "Passed: of those that could be graded. Hardest: the smallest such shares.",
    "Discr. (discrimination): the correlation between a section's points and the sum of all other sections of the same "
    "grading. Where points are all or nothing, as they usually are, that is the point-biserial correlation with the "
    "rest of the total. Near 0 the section says little about the rest; below 0 it is worth a look: do those who are "
    "good otherwise fail it? A dash: fewer than 10 gradings, or all alike.",
    "Misconceptions: a submission counts once for each wrong idea whose numbers it has, exactly.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list; `page` leads to it."""

    text: str
    note: str = ""
    page: str = ""


@dataclass(slots=True)
class Listed:
    """What must be decided for one reason."""

    title: str
    advice: str
    filter: str = ""
    entries: list[Entry] = field(default_factory=list)
    total: int = 0

    def add(self, entry: Entry) -> None:
        """One more; the first `LISTED` are shown."""
        self.total += 1
        if len(self.entries) < LISTED:
            self.entries.append(entry)


def staff_index(found: Class, count: Count, head: Head, apart: Mapping[str, ConditionsFacts]) -> str:
    """The page for staff.

    Parameters
    ----------
    apart
        Who is graded under other conditions than the class.
    """
    lists = [one for one in decisions(found, apart) if one.total]
    graded = [s for s in found.standings if s.state == "graded"]
    states = Counter(standing.state for standing in found.standings)
    people = f"{states['graded']} graded, {states['ungraded']} not graded, {states['missing']} handed in nothing"
    people += f", {states['withdrawn']} withdrawn" if states["withdrawn"] else ""
    cards = [
        _card("Students", str(len(found.standings)), people, attention=False),
        *_cards(_spreads(graded)),
        _card("To decide", str(sum(one.total for one in lists)), "see below" if lists else "nothing is open",
              attention=bool(lists)),
    ]  # fmt: skip
    handed_in = _handed_in(graded, head)
    return _index(Kind.STAFF, count, head, cards, _spreads(graded), decide=lists, handed_in=handed_in)


def public_index(found: Class, count: Count, head: Head, *, hidden: bool) -> str:
    """The page that everybody may see: figures without anybody's name.

    Parameters
    ----------
    hidden
        Whether sections are hidden from students: then points in sum are, too.
    """
    graded = [s for s in found.standings if s.state == "graded"]
    spreads = [] if hidden else _spreads(graded)
    cards = [_card("Graded", str(len(graded)), "submissions that count", attention=False), *_cards(spreads)]
    return _index(Kind.PUBLIC, count, head, cards, spreads, decide=[], handed_in="")


def _index(
    kind: Kind, count: Count, head: Head, cards: list[dict[str, Any]], spreads: list[Spread], *,
    decide: list[Listed], handed_in: str,
) -> str:  # fmt: skip
    sections = count.sections()
    rated = [section for section in sections if section.rate is not None and section.rate < 1]
    known = kind is Kind.STAFF and any(section.seconds for section in sections)
    ideas = count.ideas()
    middle, high = spread(count.seconds) or (0.0, 0.0)
    return pages.render(
        "index.html",
        head=head,
        up="",
        here="overview",
        kind=kind,
        cards=cards,
        decide=decide,
        spreads=[_drawn(one) for one in spreads],
        no_spreads="Nothing is graded yet." if not count.gradings else "Points in sum are not shown yet.",
        sections=sections,
        section_words=section_words,
        hardest=sorted(rated, key=lambda section: section.rate or 0.0)[:HARDEST],
        kinds=[word for word, _, _ in figures.KINDS],
        outcomes=_raw(figures.outcomes(sections, "Outcomes by section")) if sections else "",
        ideas=ideas[:IDEAS],
        more_ideas=len(ideas[IDEAS:]),
        gradings=count.gradings,
        handed_in=handed_in,
        times=_raw(figures.times(sections, "Computing time by section")) if known else "",
        whole=f"A whole submission: {middle:.2f} s (median), {high:.2f} s (90th percentile).",
        how=HOW,
    )


def _raw(figure: str) -> Any:
    from markupsafe import Markup

    return Markup(figure)  # noqa: S704 - written by `figures`, in which every text is escaped


def _drawn(one: Spread) -> dict[str, Any]:
    title = f"{one.group.capitalize()} points"
    return {"title": title, "figure": _raw(figures.distribution(one, title)), "bins": one.bins()}


def _card(title: str, value: str, note: str, *, attention: bool) -> dict[str, Any]:
    return {"title": title, "value": value, "note": note, "attention": attention}


def _cards(spreads: Iterable[Spread]) -> Iterator[dict[str, Any]]:
    for one in spreads:
        low, high = one.quartiles
        full = sum(value >= float(one.max) for value in one.points)
        note = f"median; middle half {low:g} to {high:g}, mean {one.mean:.1f}, {full} with all"
        yield _card(one.group.capitalize(), f"{one.median:g}/{points(one.max)}", note, attention=False)


def _spreads(graded: Sequence[Standing]) -> list[Spread]:
    found = []
    for group in ("main", "bonus"):
        sums = [standing.sums[group] for standing in graded if group in standing.sums]
        most = max((total.max for total in sums), default=0)
        if most:
            found.append(Spread(group, most, tuple(float(total.final) for total in sums)))  # type: ignore[arg-type]
    return found


def _handed_in(graded: Sequence[Standing], head: Head) -> Any:
    hours = []
    for standing in graded:
        deadline = head.policy.deadline_of(standing.person.key)
        if deadline is not None and standing.attempt is not None and standing.attempt.submitted_at is not None:
            hours.append((standing.attempt.submitted_at - deadline).total_seconds() / 3600)
    return _raw(figures.handed_in(hours, "When they handed in")) if hours else ""


def section_words(section: SectionCount) -> list[tuple[str, int]]:
    """What gradings that did not pass ended as, the most frequent first."""
    others = [(status, count) for status, count in section.statuses.items() if status != "passed" and count]
    words = {status: meaning.word for status, meaning in MEANINGS.items()}
    return [(words[status], count) for status, count in sorted(others, key=lambda pair: (-pair[1], pair[0]))]  # type: ignore[index]


def decisions(found: Class, apart: Mapping[str, ConditionsFacts]) -> list[Listed]:
    """Everything that waits for a person."""
    ours = Listed("could not be graded, by our fault", "The same `batch` command tries again; none of these is a zero.")
    unopened = Listed("could not be opened", "Ask for another file, or give points by hand: `adjust`.", "ungraded")
    aside = Listed("left aside", "Files beside an archive or code of the same student's; nothing hangs on them.")
    unmatched = Listed("counting for nobody", "Correct the roster and run `batch` again.")
    for attempt in found.unopened:
        unopened.add(Entry(attempt.named, attempt.problem or "", _page_of(attempt)))
    for attempt in found.aside:
        aside.add(Entry(attempt.named, attempt.problem or "", _page_of(attempt)))
    why = reasons(found.unmatched, [standing.person for standing in found.standings])
    for attempt in found.unmatched:
        unmatched.add(Entry(attempt.label, "; ".join(filter(None, (why[attempt.id], _said(attempt))))))
    missing = _of_students(found, "on the roster, and nothing handed in", _missing, "missing")
    late = _of_students(found, "late", lambda s: bool(s.lateness.by), "late", how_late)
    untimed = _of_students(found, "of unknown time, so not called late", lambda s: not s.lateness.known, "", _untimed)
    another = "of unknown time, so another attempt may have to count"
    doubtful = _of_students(found, another, lambda s: bool(s.rivals), "", _counting)
    untimed.advice = doubtful.advice = "Give `batch --times` to say when they were handed in."
    for standing in found.standings:
        for attempt in standing.attempts:
            if attempt.trouble:
                ours.add(Entry(standing.person.key, attempt.trouble, f"students/{page_name(standing.person.key)}"))
    by_hand = _of_students(found, "with points by hand to look at", lambda s: bool(accounts.doubtful(s)), "hand", _hand)
    by_hand.advice = (
        "More than there are, fewer than none, of no section, or given for other work than counts now: `adjust`."
    )
    others = _of_students(found, "graded under other conditions than the class", lambda s: s.person.key in apart, "",
                          lambda s: accounts.conditions(apart[s.person.key]))  # fmt: skip
    others.advice = "A `regrade` of everybody that is published makes them the same."
    return [ours, unopened, aside, unmatched, by_hand, others, missing, late, untimed, doubtful]


def _hand(standing: Standing) -> str:
    return "; ".join(accounts.doubtful(standing))


def _counting(standing: Standing) -> str:
    return "" if standing.attempt is None else f"{standing.attempt.label} counts"


def _untimed(standing: Standing) -> str:
    called_late = standing.attempt is not None and standing.attempt.marked_late
    return f"{standing.person.name} ({CALLED_LATE})".strip() if called_late else standing.person.name


def _missing(standing: Standing) -> bool:
    return standing.state == "missing" and standing.person.on_roster


def _of_students(
    found: Class, title: str, chosen: Callable[[Standing], bool], flag: str,
    note: Callable[[Standing], str] = lambda standing: standing.person.name,
) -> Listed:  # fmt: skip
    listed = Listed(title, "", flag)
    for standing in found.standings:
        if chosen(standing):
            listed.add(Entry(standing.person.key, note(standing), f"students/{page_name(standing.person.key)}"))
    return listed


def _page_of(attempt: AttemptFacts) -> str:
    return f"students/{page_name(attempt.students[0])}" if attempt.students else ""


def _said(attempt: AttemptFacts) -> str:
    if attempt.grading is None:
        return attempt.problem or attempt.trouble or "not graded"
    return f"{points(attempt.grading.total('main'))} main, {points(attempt.grading.total('bonus'))} bonus"
