"""Wrong ideas about `evaluate`: seen in the accuracy, and in what was noted while it ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autograder.assignments.misconceptions.evidence import Sign

from .signs import Array, Arrays, Params, same
from .small_network import forward

#: An accuracy from probabilities and labels, both (n,).
Accuracy = Callable[[Array, Array], float]


def share(p: Array, y: Array) -> float:
    """The right one."""
    return float(np.mean((p > 0.5) == (y > 0.5)))


def crosswise(p: Array, y: Array) -> float:
    """Each guess compared with every label."""
    return float(np.mean((p > 0.5)[:, None] == (y > 0.5)[None]))


WRONG: dict[str, Accuracy] = {
    "percent": lambda p, y: 100 * share(p, y),
    "count": lambda p, y: len(y) * share(p, y),
    "error-rate": lambda p, y: 1 - share(p, y),
    "everything-a-cat": lambda p, y: share(np.ones_like(p), y),
    "everything-a-dog": lambda p, y: share(np.zeros_like(p), y),
    "compared-crosswise": crosswise,
    "never-rounded": lambda p, y: 0.0,
}


def of_accuracy(wrong: Accuracy) -> Sign:
    """The accuracy is the one that the idea gives."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        p, y = known(inputs)
        got, made, due = float(outputs["accuracy"]), wrong(p, y), share(p, y)
        if not properly(outputs):
            return False
        return (None if near(got, due) else False) if near(made, due) else near(got, made)

    return sign


def known(inputs: Arrays) -> tuple[Array, Array]:
    """Probabilities and labels, in eval mode."""
    p, _ = forward(inputs, inputs["X"] / 255.0, training=False)
    return p[:, 0], np.asarray(inputs["Y"], np.float64)[:, 0]


def near(one: float, other: float) -> bool:
    """Equal up to single precision."""
    return abs(one - other) <= 1e-6 * max(1.0, abs(other))


def properly(outputs: Arrays) -> bool:
    """Whether the network was in eval mode."""
    return "eval mode" not in outputs or bool(outputs["eval mode"].all())


def batches_averaged(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """The mean of the mini-batches' accuracies, a short one counting as much as a full one."""
    p, y = known(inputs)
    got = float(outputs["accuracy"])
    if near(got, share(p, y)):
        return None
    right: Array = (p > 0.5) == (y > 0.5)
    means = (float(np.mean([right[i : i + n].mean() for i in range(0, len(y), n)])) for n in range(2, len(y)))
    return properly(outputs) and any(near(got, mean) for mean in means)


def last_batch_dropped(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """Of all pictures, or of those counted, those that fill no mini-batch are left out."""
    p, y = known(inputs)
    got = float(outputs["accuracy"])
    if near(got, share(p, y)):
        return None
    right: Array = (p > 0.5) == (y > 0.5)
    full = {len(y) // n * n for n in (4, 8, 10, 16, 20, 32, 50, 64)} - {len(y), 0}
    return properly(outputs) and any(near(got, right[:k].sum() / m) for k in full for m in (k, len(y)))


def changed_statistics(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """The network was called in training mode, and its running statistics have followed."""
    before = np.concatenate([inputs["mean"], inputs["variance"], [0.0]])
    if same(outputs["statistics"], before.astype(np.float32)):
        return None
    return not properly(outputs)


def counted_in_training_mode(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """The network was called in training mode, and the accuracy is a share of the pictures."""
    got = float(outputs["accuracy"])
    if near(got, share(*known(inputs))):
        return None
    right = got * len(inputs["Y"])
    return not properly(outputs) and 0 <= got <= 1 and abs(right - round(right)) < 1e-4


def shown(output: str) -> Sign:
    """The judge's own question was answered with no."""
    return lambda params, inputs, outputs: None if outputs[output].all() else True


def left_in_eval(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """In eval mode afterwards, though it was in training mode before."""
    after = outputs["mode afterwards"]
    return not after.any() if params["training"] else None


def always_training(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """In training mode afterwards, though it was in eval mode before."""
    after = outputs["mode afterwards"]
    return bool(after.any()) if not params["training"] else None


def of_evaluate() -> Iterator[tuple[str, dict[str, Sign]]]:
    """For each output, what shows in it."""
    yield "eval mode", {"evaluated-in-training-mode": shown("eval mode")}
    yield "statistics", {"evaluated-in-training-mode": changed_statistics}
    yield "without gradients", {"gradients-kept": shown("without gradients")}
    yield "mode afterwards", {"left-in-eval-afterwards": left_in_eval, "always-training-afterwards": always_training}
    yield (
        "accuracy",
        {
            **{name: of_accuracy(wrong) for name, wrong in WRONG.items()},
            "batches-averaged": batches_averaged,
            "last-batch-not-counted": last_batch_dropped,
            "evaluated-in-training-mode": counted_in_training_mode,
        },
    )
