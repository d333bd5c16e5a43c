"""Advice without points: what the contract does not demand but a reader of the code would say.

By reading only, in a section's process (`guest/reading.py`), where `reading.worth_reading` holds, be there failures or
not. Nothing of it touches a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from .place import Place
from .reading import in_double, remarks
from .result import Result


def advise(results: Mapping[str, Result], place: Place) -> None:
    """Add to the sections' notes what can be said of the classes and functions that they look at."""
    owners = owned(list(results.values()))
    slow = set(place.rubric.settings.get("loops", ()))  # who is to loop
    params = {
        "names": list(owners),
        "given": [PurePosixPath(path).name for path in place.rubric.given],
        "single": in_double(place),
    }
    for remark in remarks(place, "advice", params):
        kind, _, rest = remark.partition("|")
        name, _, words = rest.partition("|")
        if name not in owners or kind not in WORDS or (kind == "loops" and name in slow):
            continue
        first, *_ = concerned = owners[name]
        right = all(result.right for result in concerned)
        said = WORDS[kind].format("right, but " if right else "")
        first.remarks.append(f"{first.section.key}: {words}{said}")


#: What is said of each kind of remark.
WORDS: Mapping[str, str] = {
    "loops": ": {}slow; a loop over the kernel's offsets, with whole arrays for all else, is enough",
    "single": "",
}


def owned(results: list[Result]) -> dict[str, list[Result]]:
    """By class or function, the sections that are about it; those that not everybody sees only where no other is.

    These are the section's own classes, and all else that its exercise found in the submission.
    """
    owners: dict[str, list[Result]] = {}
    declared = {name for result in results for name in result.section.classes}
    for result in results:
        for name in (*result.section.classes, *sorted(result.found - declared)):
            owners.setdefault(name, []).append(result)
    for name, concerned in owners.items():
        owners[name] = [result for result in concerned if result.section.visibility == "visible"] or concerned
    return owners
