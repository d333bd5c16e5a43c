"""What `get_cat_set` should give, by the submission's own `load_set` on the folders of both parts.

Other sections take no values from each other: `train` and `evaluate` get the grader's own networks and arrays. First
weights hang on the layers that `init_model` makes, but are drawn, so nothing can be composed: there `needs` decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.compositions import Arrays, Ask, Composition
from autograder.assignments.oracles import Inputs, Params

Array = np.ndarray[Any, np.dtype[Any]]

#: Where nothing is said.
SIDES, SIZES = [224, 224], {"train": 1000, "test": 200}


def both_parts(params: Params, inputs: Inputs, ask: Ask) -> Arrays:
    """The images with their channels first, the labels, the shapes."""
    every = params.get("every", 1)
    outputs: dict[str, Array] = {}
    shapes: list[int] = []
    for name, part in (("train", "training_set"), ("test", "test_set")):
        files, cnt = params["files"][part], params.get(f"{name}_size", SIZES[name])
        given = {"files": {"set": files}, "cnt": cnt, "sides": params["sides"]}
        found = ask({**given, "img_shape": params.get("img_shape", SIDES)}, {"set": inputs[part]})
        images: Array = found["images"]
        X = np.moveaxis(images, 3, 1)
        there = [sum(file.startswith(kind) for file in files) for kind in ("cats/", "dogs/")]
        Y = np.repeat([1.0, 0.0], np.minimum(there, cnt))[:, None]
        outputs |= {f"{name}_X": X[..., ::every, ::every], f"{name}_Y": Y}
        shapes += [X.ndim, *X.shape, Y.ndim, *Y.shape]
    return {**outputs, "shapes": np.array(shapes)}


STEADY = frozenset({"train_Y", "test_Y", "shapes"})
COMPOSED = {"get_cat_set": Composition("load_set", both_parts, STEADY | {"train_X", "test_X"}, STEADY)}
