"""Why a submission counts for nobody: what its download says of somebody, and whom that fits.

Worked out from the gradebook whenever it is asked for, so that it speaks of the people that the class has now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from autograder.gradebook.enrolment import Person
from autograder.gradebook.facts import AttemptFacts

from . import matching
from .matching import Marks, People
from .roster import Directory
from .sources import UNNAMED, Hint

#: What each kind of mark is called.
_CALLED: Mapping[str, str] = {
    "email": "the address", "login": "the login", "local": "what stands before the @", "former": "the earlier address",
    "number": "the number", "name": "the name",
}  # fmt: skip
#: So many people are named.
_NAMED = 3


def reasons(unmatched: Iterable[AttemptFacts], people: Iterable[Person]) -> dict[int, str]:
    """What to say of each of these attempts, by number; empty where the label says all that there is."""
    waiting = list(unmatched)
    known = Directory(people).known if waiting else People(())
    return {attempt.id: _reason(attempt, known) for attempt in waiting}


def named(attempt: AttemptFacts, why: Mapping[int, str]) -> str:
    """The label, with the reason where there is one."""
    return f"{attempt.label}: {why[attempt.id]}" if why[attempt.id] else attempt.label


def _reason(attempt: AttemptFacts, known: People) -> str:
    names = {one.name for one in fields(Hint)}
    hints = [
        Hint(**{name: text for name, text in one.items() if name in names}) for one in json.loads(attempt.hints or "[]")
    ]
    said = [_of(hint, attempt.label, known) for hint in hints if hint != Hint()]
    return "; ".join(one for one in said if one) if said else "the download does not say whose it is"


def _of(hint: Hint, label: str, known: People) -> str:
    """Who is said to have handed it in, where the label does not tell, and why that is nobody."""
    if hint.number.startswith(f"{UNNAMED}:") and not known.fitting(matching.of_hint(hint)):
        return "Moodle hides the name; a roster with the column Identifier of its grading worksheet says whose it is"
    told = dict.fromkeys(text for text in (hint.name, hint.login, hint.email, hint.number) if text)
    who = ", ".join(text for text in told if text not in label)
    return ": ".join(text for text in (who, _why(hint, known)) if text)


def _why(hint: Hint, known: People) -> str:
    said = matching.of_hint(hint)
    fitting = known.fitting(said)
    if not fitting:
        return ""
    keys = set.intersection(*fitting.values())
    if len(keys) > 1:
        return f"fits {_listed(sorted(keys))}"
    if not keys:
        return ", and ".join(_fits(kinds, fit) for fit, kinds in _kinds(fitting).items())
    (key,) = keys
    if known.find(said) is not None:
        return f"fits {key} now: run the batch again with it"
    others = list(_otherwise(said, known.people[key]))
    return f"{_fits([_CALLED[kind] for kind in fitting], (key,))}, who has {_listed(others)}"


def _kinds(fitting: Mapping[str, set[str]]) -> dict[tuple[str, ...], list[str]]:
    """The kinds of marks that fit the same people, by these."""
    found: dict[tuple[str, ...], list[str]] = {}
    for kind, keys in fitting.items():
        found.setdefault(tuple(sorted(keys)), []).append(_CALLED[kind])
    return found


def _fits(kinds: Sequence[str], keys: Sequence[str]) -> str:
    return f"{_listed(kinds)} {'fits' if len(kinds) == 1 else 'fit'} {_listed(keys)}"


def _otherwise(said: Marks, person: Person) -> Iterator[str]:
    """What of a person is another than what is said."""
    theirs = matching.of_person(person)
    if theirs.emails and said.emails and not theirs.emails & said.emails:
        yield f"the address {person.email or person.login}"
    if theirs.names and said.names and not theirs.names & said.names:
        yield f"the name {person.name}"
    if theirs.logins and said.logins and not theirs.logins & said.logins:
        yield f"the login {person.login}"
    if theirs.numbers and said.numbers and not theirs.numbers & said.numbers:
        yield f"the number {person.number}"


def _listed(texts: Sequence[str]) -> str:
    shown = [*texts[:_NAMED], *([f"{len(texts) - _NAMED} more"] if len(texts) > _NAMED else [])]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
