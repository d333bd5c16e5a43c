"""What shows each wrong idea, by section and output."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.assignments.misconceptions.evidence import Sign

from .evaluation import of_evaluate
from .networks import of_initialisation, of_layers
from .pictures import of_get_cat_set, of_load_set
from .training import of_train

OBSERVED: Mapping[tuple[str, str], Mapping[str, Sign]] = {
    ("load_set", "images"): of_load_set(),
    ("architecture", "layers"): of_layers(),
    **{("get_cat_set", output): signs for output, signs in of_get_cat_set()},
    **{("initialisation", output): signs for output, signs in of_initialisation()},
    **{("train", output): signs for output, signs in of_train()},
    **{("evaluate", output): signs for output, signs in of_evaluate()},
}
