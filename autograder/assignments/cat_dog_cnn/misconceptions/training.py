"""Wrong ideas about `train`: each takes its own steps, and must have come to the same parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.evidence import Sign

from .signs import Array, Arrays, Maker, Params, example, same
from .small_network import NAMES, Slope, cross_entropy, gradients, together

#: More ways to give labels to the pictures are not tried.
WAYS = 50


def steps(
    params: Params,
    inputs: Arrays,
    count: int,
    *,
    slope: Slope = cross_entropy,
    rate: float = 1.0,
    training: bool = True,
    piling: bool = False,
    labels: Array | None = None,
) -> Array:
    """The parameters after so many steps, each with all pictures."""
    X, Y = inputs["X"] / 255.0, np.asarray(inputs["Y"] if labels is None else labels, np.float64)
    values = {name: np.asarray(inputs[name], np.float64) for name in NAMES}
    before = {name: np.zeros_like(value) for name, value in values.items()}
    for _ in range(count):
        found = gradients(values, X, slope, Y, training=training)
        before = {name: found[name] + before[name] if piling else found[name] for name in NAMES}
        values = {name: values[name] - params["lr"] * rate * before[name] for name in NAMES}
    return together(values)


def taking(count: Callable[[int], int], **options: Any) -> Maker:
    """Training with so many steps, from the number of epochs."""

    def make(params: Params, inputs: Arrays) -> Arrays:
        if "lr" not in params or params["batch_size"] != len(inputs["Y"]):
            return {}
        return {"parameters": steps(params, inputs, count(params["num_epoch"]), **options)}

    return make


def right_number(epochs: int) -> int:
    """A step for each epoch."""
    return epochs


def summed(params: Params, inputs: Arrays) -> Arrays:
    """The loss as a sum: as many times the slope as there are pictures."""
    return taking(right_number, rate=len(inputs["Y"]))(params, inputs)


def uphill(params: Params, inputs: Arrays) -> Arrays:
    """Against the gradient: one step, because after several the probabilities may round to 0 or 1."""
    return taking(right_number, rate=-1.0)(params, inputs) if params.get("num_epoch") == 1 else {}


def by_logits(p: Array, y: Array) -> Array:
    """The slope of the loss that has a sigmoid inside, given probabilities."""
    return np.asarray((1 / (1 + np.exp(-p)) - y) / len(y))


def squared(p: Array, y: Array) -> Array:
    """The slope of the mean squared error."""
    return 2 * (p - y) / len(y)


def labels_unmatched(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """One step, with the right number of labels of each kind at other pictures."""
    right = taking(right_number)(params, inputs).get("parameters")
    if right is None or params["num_epoch"] != 1:
        return None
    if same(outputs["parameters"], right):
        return None
    count, ones = len(inputs["Y"]), int(inputs["Y"].sum())
    for chosen in list(combinations(range(count), ones))[:WAYS]:
        labels = np.isin(np.arange(count), chosen)[:, None]
        if same(outputs["parameters"], steps(params, inputs, 1, labels=labels)):
            return True
    return False


def in_batches(shows: Callable[[list[list[int]], int, int, int], bool]) -> Sign:
    """The mini-batches show it: numbers of pictures by step, how many pictures, batch size, epochs."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        if "batches" not in outputs or outputs["batches"].ndim != 2:
            return None
        rows = [[int(number) for number in row if number != -1] for row in outputs["batches"]]
        if any(number < 0 for row in rows for number in row):
            return False
        return shows(rows, len(inputs["Y"]), params["batch_size"], params["num_epoch"])

    return sign


Rows = list[list[int]]


def epochs_of(rows: Rows, count: int, size: int, epochs: int) -> list[list[int]]:
    """The pictures of each epoch in their order; nothing where mini-batches are of other sizes or numbers."""
    due = [min(size, count - start) for start in range(0, count, size)] * epochs
    if [len(row) for row in rows] != due:
        return []
    steps = len(due) // epochs
    return [[number for row in rows[e * steps : (e + 1) * steps] for number in row] for e in range(epochs)]


def never_shuffled(rows: Rows, *sizes: int) -> bool:
    """Always in the set's own order."""
    orders = epochs_of(rows, *sizes)
    return bool(orders) and all(order == sorted(order) and len({*order}) == len(order) for order in orders)


def drawn_once(rows: Rows, count: int, size: int, epochs: int) -> bool:
    """The same mini-batches in each epoch, in whatever order they come."""
    orders = epochs_of(rows, count, size, epochs)
    if (
        not orders
        or any(sorted(order) != list(range(count)) for order in orders)
        or never_shuffled(rows, count, size, epochs)
    ):
        return False
    parts = [{frozenset(order[start : start + size]) for start in range(0, count, size)} for order in orders]
    return all(part == parts[0] for part in parts)


def with_replacement(rows: Rows, *sizes: int) -> bool:
    """Pictures come more than once in an epoch, others not at all."""
    orders = epochs_of(rows, *sizes)
    return bool(orders) and any(len({*order}) < len(order) for order in orders)


def last_dropped(rows: Rows, count: int, size: int, epochs: int) -> bool:
    """Each epoch lacks its short mini-batch."""
    return count % size > 0 and [len(row) for row in rows] == [size] * (count // size * epochs)


def last_dropped_or_right(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """Where there is no short mini-batch, all is right."""
    if len(inputs["Y"]) % params["batch_size"] == 0:
        return None
    return in_batches(last_dropped)(params, inputs, outputs)


def all_at_once(rows: Rows, count: int, size: int, epochs: int) -> bool:
    """One mini-batch of everything in each epoch."""
    return size < count and [len(row) for row in rows] == [count] * epochs


def one_by_one(rows: Rows, count: int, size: int, epochs: int) -> bool:
    """Each picture by itself."""
    return size > 1 and [len(row) for row in rows] == [1] * (count * epochs)


def so_many_epochs(times: Callable[[int], int]) -> Callable[[Rows, int, int, int], bool]:
    """All is right but the number of epochs."""

    def shows(rows: Rows, count: int, size: int, epochs: int) -> bool:
        found = times(epochs)
        return found != epochs and found > 0 and bool(epochs_of(rows, count, size, found))

    return shows


def eval_mode(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """At no step in training mode."""
    return not outputs["training mode"].any()


def mode_not_set(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """In training mode only where it was in that mode before."""
    modes = outputs["training mode"]
    return (None if modes.all() else False) if params.get("training", True) else not modes.any()


def in_the_mode_before(params: Params, inputs: Arrays) -> Arrays:
    """Trained in whatever mode the network was in."""
    return taking(right_number, training=params.get("training", True))(params, inputs)


def left_in_eval(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """In training mode at first, and from some step on not any more."""
    modes = outputs["training mode"].astype(bool).ravel()
    if modes.all():
        return None
    return bool(modes[0]) and not modes[-1] and bool((np.diff(modes.astype(int)) <= 0).all())


def of_train() -> Iterator[tuple[str, dict[str, Sign]]]:
    """For each output, what shows in it."""
    wrong: dict[str, Maker] = {
        "gradients-pile-up": taking(right_number, piling=True),
        "trained-in-eval-mode": taking(right_number, training=False),
        "training-mode-not-set": in_the_mode_before,
        "no-step": taking(lambda epochs: 0),
        "one-epoch": taking(lambda epochs: 1),
        "step-behind": taking(lambda epochs: epochs - 1),
        "epoch-too-many": taking(lambda epochs: epochs + 1),
        "loss-summed": summed,
        "uphill": uphill,
        "loss-by-logits": taking(right_number, slope=by_logits),
        "loss-squared": taking(right_number, slope=squared),
    }
    signs: dict[str, Sign] = {name: example("parameters", make, taking(right_number)) for name, make in wrong.items()}
    yield "parameters", {**signs, "labels-unmatched": labels_unmatched}
    yield (
        "batches",
        {
            "never-shuffled": in_batches(never_shuffled),
            "shuffled-once": in_batches(drawn_once),
            "with-replacement": in_batches(with_replacement),
            "last-batch-dropped": last_dropped_or_right,
            "batch-size-ignored": in_batches(all_at_once),
            "one-by-one": in_batches(one_by_one),
            "one-epoch": in_batches(so_many_epochs(lambda epochs: 1)),
            "epoch-too-many": in_batches(so_many_epochs(lambda epochs: epochs + 1)),
            "epoch-too-few": in_batches(so_many_epochs(lambda epochs: epochs - 1)),
        },
    )
    yield (
        "training mode",
        {
            "trained-in-eval-mode": eval_mode,
            "training-mode-not-set": mode_not_set,
            "left-in-eval-mode": left_in_eval,
        },
    )
