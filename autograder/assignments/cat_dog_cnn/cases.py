"""The cases: few small pictures. Where a network needs large ones, they are drawn in the guest from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.assignments.cases import Array, Case, Draw, Level
from autograder.assignments.rubric import Rubric, Section

from .misconceptions.small_network import forward


def cases(section: Section, rubric: Rubric, profile: str) -> tuple[Case, ...]:
    """The cases of a section; the quick ones are all that there are."""
    return SECTIONS[section.id]()


def pictures(count: int, sides: tuple[int, int] | None, channels: int = 3) -> Draw:
    """Pictures of noise, or, without sides, of one colour each."""
    shape = (count, *(sides or (1, 1)), channels)
    return Draw(shape, "integers", 0, 256, dtype="uint8")


def names(cats: str, dogs: str) -> list[str]:
    """File names from two lists of stems, `.png` where they have no ending."""
    made = [f"{kind}/{stem}" for kind, stems in (("cats", cats), ("dogs", dogs)) for stem in stems.split()]
    return [name if name.endswith((".png", ".jpg", ".txt")) else f"{name}.png" for name in made]


def _load(title: str, files: list[str], cnt: int, level: Level = "course", **facts: Any) -> Case:
    sides, shape = facts.pop("sides", (6, 5)), facts.pop("img_shape", (6, 5))
    params = {"files": {"set": files}, "cnt": cnt, "sides": list(sides), "img_shape": list(shape), **facts}
    grey = any(name.endswith(".jpg") for name in files)
    plain = grey or sides != shape
    drawn = (2, 2) if facts.get("corners") else None if plain else shape
    draw = pictures(len(files), drawn, 1 if grey else 3)
    return Case(f"load_set: {title}", params, {"set": draw}, ("images",), level)


def load_set() -> tuple[Case, ...]:
    """Which files, in which order, as what numbers."""
    return (
        _load("1 cat and 1 dog, cnt=1", names("a", "a"), 1),
        _load("2 of 3 cats and 2 of 4 dogs, cnt=2", names("b c a", "d b a c"), 2),
        _load("3 cats and 1 dog, cnt=5", names("cat.10 cat.9 cat.100", "dog.7"), 5),
        _load("pictures of 9 × 14 in one colour, to 6 × 5", names("b a", "a"), 2, sides=(9, 14)),
        _load(
            "pictures of 26 × 36 in four colours, to 12 × 14, corners",
            names("b a", "a"),
            2,
            corners=True,
            sides=(26, 36),
            img_shape=(12, 14),
        ),
        _load("with transparency", names("a b", "a"), 2, "strict", mode="RGBA"),
        _load("grey pictures, some of them .jpg", names("c.jpg a b.jpg", "a.jpg"), 3, "strict"),
        _load("a file that is no picture", names("a.txt b c", "0.txt b"), 1, "strict"),
    )


def numbered(count: int) -> str:
    """So many stems, in order."""
    return " ".join(f"{number:04}" for number in range(count))


def _get(title: str, train: list[str], test: list[str], level: Level = "course", **facts: Any) -> Case:
    shape = facts.get("img_shape")
    sides = list(shape or (8, 9))
    params = {"files": {"training_set": train, "test_set": test}, "sides": sides, **facts}
    draws = {"training_set": pictures(len(train), shape), "test_set": pictures(len(test), shape)}
    outputs = ("train_X", "train_Y", "test_X", "test_Y", "shapes")
    return Case(f"get_cat_set: {title}", params, draws, outputs, level)


def get_cat_set() -> tuple[Case, ...]:
    """Both parts, enough files and too few, and what is the default."""
    return (
        _get("2 + 2 and 1 + 1 pictures", names("b a", "a b"), names("a", "a"),
             img_shape=[6, 5], train_size=2, test_size=1),
        _get("more dogs than cats are there", names("a", "c a b"), names("b a c", "a"), "strict",
             img_shape=[5, 7], train_size=2, test_size=5),
        _get("224 × 224 where nothing is said", names("a b", "a"), names("a", "a"), every=32),
        _get("1000 and 200 where nothing is said, of 1001 and 201 cats", names(numbered(1001), "a"),
             names(numbered(201), "a"), "strict", img_shape=[1, 1]),
    )  # fmt: skip


SEED = Draw((1,), "integers", 0, 2**31 - 1, dtype="int64")


def architecture() -> tuple[Case, ...]:
    """One network; what its layers are is judged."""
    return (Case("init_model()", {}, {"seed": SEED}, ("layers", "output"), judged=("layers", "output")),)


def initialisation() -> tuple[Case, ...]:
    """One network; how its weights were drawn is judged."""
    judged = ("weights", "BN weights")
    return (Case("init_model()", {}, {}, ("weights", "biases", "BN weights", "BN biases"), judged=(*judged, *ZEROS)),)


#: Judged too, because how many there are depends on the network.
ZEROS = ("biases", "BN biases")


def network(side: int) -> dict[str, Draw]:
    """The parameters of the exercises' own network."""
    return {
        "conv W": Draw((4, 3, 3, 3), scale=0.3),
        "conv b": Draw((4,), scale=0.1),
        "BW": Draw((4,), mean=1.0, scale=0.1),
        "Bb": Draw((4,), scale=0.1),
        "linear W": Draw((1, 4 * ((side - 3) // 2 + 1) ** 2), scale=0.1),
        "linear b": Draw((1,), scale=0.1),
    }


def labelled(count: int, side: int = 8) -> dict[str, Draw]:
    """Pictures of noise (N, 3, H, W) and labels (N, 1)."""
    return {
        "X": Draw((count, 3, side, side), "integers", 0, 256, dtype="uint8"),
        "Y": Draw((count, 1), "integers", 0, 2),
    }


def _train(count: int, batch_size: int, num_epoch: int, outputs: tuple[str, ...], *, training: bool = True) -> Case:
    lr = 0.5 if batch_size == count else 0.05  # of many steps, smaller ones, so that rounding stays small
    params = {"batch_size": batch_size, "num_epoch": num_epoch, "lr": lr, "first": outputs[0], "training": training}
    title = f"train: a small network, {count} pictures, batch_size={batch_size}, num_epoch={num_epoch}, SGD"
    title += "" if training else ", in eval mode before"
    draws = {**network(8), **labelled(count)}
    judged = outputs if outputs[0] == "batches" else outputs[1:]
    return Case(title, params, draws, outputs, judged=judged)


class Learning(Case):
    """A case of `train` on discs and stripes, whose held-out pictures are in an order that is drawn here.

    So nobody who is asked for their kinds has been told them. A picture's pixels are as large as `enlarged` says.
    """

    __slots__ = ()

    def inputs(self, seed: int, section: str) -> dict[str, Array]:
        """The network's parameters, the pictures, and the labels of those that are trained on: cats first."""
        drawn, facts = Case.inputs(self, seed, section), self.params["learning"]
        rng = np.random.default_rng(drawn.pop("seed"))
        kinds = np.repeat([1, 0], facts["per_class"])
        drawn["X"] = discs_and_stripes(kinds, facts["side"], rng)
        drawn["Y"] = kinds[:, None].astype(np.float64)
        drawn["held out"] = discs_and_stripes(rng.permutation(np.repeat([1, 0], facts["held_out"])), facts["side"], rng)
        return drawn


def discs_and_stripes(kinds: Array, side: int, rng: np.random.Generator) -> Array:
    """Pictures (N, 3, side, side) of bytes: where a kind is 1 a disc in a warm colour, else stripes in a cool one."""
    rows, columns = np.mgrid[:side, :side] / side
    made = []
    for kind in kinds:
        y, x, size, turn = rng.uniform([0.3, 0.3, 0.15, 0], [0.7, 0.7, 0.25, np.pi])
        disc = (rows - y) ** 2 + (columns - x) ** 2 < size**2
        stripes = np.sin(20 * (rows * np.cos(turn) + columns * np.sin(turn))) > 0
        colour = np.array([0.9, 0.5, 0.2] if kind else [0.2, 0.5, 0.9])
        picture = (disc if kind else stripes)[None] * colour[:, None, None] * 0.7
        made.append(picture + rng.uniform(0, 0.3, picture.shape))
    pictures: Array = np.rint(255 * np.array(made)).astype(np.uint8)
    return pictures


def _learning(title: str, draws: Mapping[str, Draw], *, optional: bool = False, **facts: Any) -> Case:
    outputs = ("losses", "probabilities")
    params = {"learning": facts, "first": "losses"}
    return Learning(f"train: {title}", params, {**draws, "seed": SEED}, outputs, optional=optional, judged=outputs)


def train() -> tuple[Case, ...]:
    """Steps that are known to rounding, mini-batches, and that something is learnt.

    After 72 steps BN's running statistics, with their momentum of 0.1, have forgotten what they began with; after 30,
    one correct run in four still evaluates by halves of them.
    """
    both: dict[str, Any] = {"per_class": 12, "batch_size": 4}
    small = {**both, "held_out": 12, "side": 16, "enlarged": 1, "network": "small", "lr": 0.01, "num_epoch": 12}
    large = {**both, "held_out": 10, "side": 14, "enlarged": 16, "network": "own", "lr": 1e-4, "num_epoch": 12}
    return (
        _train(6, 6, 1, ("parameters", "training mode")),
        _train(5, 5, 3, ("parameters", "training mode"), training=False),
        _train(12, 4, 3, ("batches", "parameters", "training mode")),
        _train(10, 4, 4, ("batches", "parameters", "training mode"), training=False),
        _learning("a small network on discs and stripes of 16 × 16, Adam", network(16), **small),
        _learning("init_model()'s network on discs and stripes, Adam", {}, optional=True, **large),
    )


#: Logits that are nearer to each other are no two guesses.
GAP = 1e-3


class Divided(Case):
    """A case of `evaluate` whose network takes a quarter of the pictures or a few more for cats: guesses of both kinds.

    The threshold lies in a wide gap, so that rounding decides nothing; not in the middle, where the guesses' mean is.
    """

    __slots__ = ()

    def inputs(self, seed: int, section: str) -> dict[str, Array]:
        """The drawn arrays, the last bias moved; not where the network sees no difference between the pictures."""
        drawn = Case.inputs(self, seed, section)
        p = forward(drawn, drawn["X"] / 255.0, training=False)[0][:, 0]
        logits = np.sort(np.log(p) - np.log1p(-p))[::-1]
        few, more = (max(1, len(p) * eighths // 8) for eighths in (2, 3))
        gaps = (logits[:-1] - logits[1:])[few - 1 : more]
        if gaps.max(initial=0.0) > GAP:
            cats = few + int(gaps.argmax())
            drawn["linear b"] -= logits[cats - 1 : cats + 1].mean()
        return drawn


def _evaluate(count: int, *, training: bool) -> Case:
    title = f"evaluate: {count} pictures, in {'training' if training else 'eval'} mode before"
    draws = {**network(8), **labelled(count), "mean": Draw((4,)), "variance": Draw((4,), "integers", 1, 5)}
    judged = ("eval mode", "without gradients", "mode afterwards")
    return Divided(title, {"training": training}, draws, (*judged, "accuracy", "statistics"), judged=judged)


def evaluate() -> tuple[Case, ...]:
    """Few pictures and more than usual mini-batches hold, from both modes; eighths and quarters are exact."""
    return (_evaluate(8, training=True), _evaluate(4, training=False), _evaluate(70, training=True))


SECTIONS: Mapping[str, Callable[[], tuple[Case, ...]]] = {
    "load_set": load_set,
    "get_cat_set": get_cat_set,
    "architecture": architecture,
    "initialisation": initialisation,
    "train": train,
    "evaluate": evaluate,
}
