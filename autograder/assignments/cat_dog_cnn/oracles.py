"""The oracles: what is known in closed form or by PyTorch's functions, then the reference put through the exercises.

How a network is built, how its weights are drawn and what it learns has more than one right value: that is judged.
"""

from __future__ import annotations

from collections.abc import Mapping

from autograder.assignments import reference
from autograder.assignments.oracles import Inputs, Oracle, Outputs, Params

from . import truths

PRIMARY: Mapping[str, Oracle] = {
    "load_set": Oracle("the pictures themselves", truths.load_set),
    "get_cat_set": Oracle("the pictures themselves", truths.get_cat_set),
    "train": Oracle("PyTorch's functions", truths.train),
    "evaluate": Oracle("PyTorch's functions", truths.evaluate, single=frozenset({"accuracy"})),
}


def oracles(section_id: str) -> tuple[Oracle, ...]:
    """The truths about a section, the primary one first; none where all is judged."""
    if section_id not in PRIMARY:
        return ()
    from .exercises import EXERCISES  # brings PyTorch along, which has to be there to make expected values only

    whole = reference.oracle("cat_dog_cnn", section_id, EXERCISES)

    def where_known(params: Params, inputs: Inputs) -> Outputs:
        return {} if "learning" in params else whole.compute(params, inputs)

    return PRIMARY[section_id], Oracle("reference", where_known)
