"""Wrong ideas about reading pictures: each reads them its own way, and must have given what came back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.assignments.misconceptions.evidence import Sign

from .signs import Array, Arrays, Maker, Params, either, example, same

PARTS = {"train": "training_set", "test": "test_set"}


def unchanged(images: Array) -> Array:
    """The images as they are."""
    return images


@dataclass(frozen=True, slots=True)
class Reading:
    """How pictures are read; the defaults are right.

    Attributes
    ----------
    kinds
        In this order.
    order
        What names are sorted by.
    endings
        What a picture's name ends with.
    in_all
        Whether `cnt` is how many there are of both kinds together.
    then
        What is made of the images, as numbers from 0 to 1.
    """

    kinds: tuple[str, ...] = ("cats", "dogs")
    order: Callable[[str], Any] = str
    endings: tuple[str, ...] = (".png", ".jpg")
    in_all: bool = False
    then: Callable[[Array], Array] = unchanged

    def read(self, files: list[str], pictures: Array, cnt: int, sides: tuple[int, ...]) -> tuple[Array, Array]:
        """Images (n, H, W, 3) and labels (n, 1)."""
        chosen = [name for kind in self.kinds for name in self.names(files, kind)[:cnt]]
        chosen = chosen[:cnt] if self.in_all else chosen
        images = [np.broadcast_to(pictures[files.index(name)] / 255, (*sides, 3)) for name in chosen]
        labels = np.array([[float(name.startswith("cats/"))] for name in chosen])
        return self.then(np.array(images)), labels

    def names(self, files: list[str], kind: str) -> list[str]:
        """The pictures of one kind, sorted."""
        mine = (name for name in files if name.startswith(f"{kind}/") and name.endswith(self.endings))
        return sorted(mine, key=self.order)


def by_number(name: str) -> list[Any]:
    """What sorts `cat.9` before `cat.10`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def images(reading: Reading) -> Maker:
    """What `load_set` gives."""

    def make(params: Params, inputs: Arrays) -> Arrays:
        return {"images": reading.read(params["files"]["set"], inputs["set"], params["cnt"], sides_of(params))[0]}

    return make


def sides_of(params: Params) -> tuple[int, ...]:
    """Height and width that are asked for."""
    return (2, 2) if params.get("corners") else tuple(params.get("img_shape", (224, 224)))


@dataclass(frozen=True, slots=True)
class Handling:
    """What `get_cat_set` makes of pictures and labels; the defaults are right."""

    reading: Reading = Reading()
    move: Callable[[Array], Array] = lambda images: np.moveaxis(images, 3, 1)
    labels: Callable[[Array, int], Array] = lambda labels, cnt: labels
    test: str = "test_set"

    def __call__(self, params: Params, inputs: Arrays) -> dict[str, Array]:
        """All outputs of a case."""
        made: dict[str, Array] = {}
        every, shapes = params.get("every", 1), []
        sizes = {"train": params.get("train_size", 1000), "test": params.get("test_size", 200)}
        for name, part in {**PARTS, "test": self.test}.items():
            found = self.reading.read(params["files"][part], inputs[part], sizes[name], sides_of(params))
            X, Y = self.move(found[0]), self.labels(found[1], sizes[name])
            made |= {f"{name}_X": X[..., ::every, ::every], f"{name}_Y": Y}
            shapes += [X.ndim, *X.shape, Y.ndim, *Y.shape]
        return {**made, "shapes": np.array(shapes)}


def reshaped(images: Array) -> Array:
    """The numbers in their old order under a new shape."""
    n, height, width, channels = images.shape
    return images.reshape(n, channels, height, width)


def as_asked(labels: Array, cnt: int) -> Array:
    """As many labels as were asked for, though there may be fewer pictures."""
    return np.array([[1.0]] * min(cnt, 10_000) + [[0.0]] * min(cnt, 10_000))


READINGS: Mapping[str, Reading] = {
    "blue-first": Reading(then=lambda x: x[..., ::-1]),
    "not-scaled": Reading(then=lambda x: x * 255),
    "scaled-by-256": Reading(then=lambda x: x * 255 / 256),
    "scaled-around-zero": Reading(then=lambda x: 2 * x - 1),
    "cut-to-whole-numbers": Reading(then=np.floor),
    "names-by-number": Reading(order=by_number),
    "only-png": Reading(endings=(".png",)),
    "dogs-first": Reading(kinds=("dogs", "cats")),
    "cnt-in-all": Reading(in_all=True),
}
HANDLINGS: Mapping[str, Handling] = {
    "reshaped": Handling(move=reshaped),
    "rows-and-columns-exchanged": Handling(move=lambda x: x.transpose(0, 3, 2, 1)),
    "channels-last": Handling(move=unchanged),
    "labels-swapped": Handling(labels=lambda y, cnt: 1 - y),
    "labels-of-one-axis": Handling(labels=lambda y, cnt: y[:, 0]),
    "labels-one-hot": Handling(labels=lambda y, cnt: np.hstack([1 - y, y])),
    "labels-one-hot, cats first": Handling(labels=lambda y, cnt: np.hstack([y, 1 - y])),
    "labels-as-asked": Handling(labels=as_asked),
    "tested-on-training-set": Handling(test="training_set"),
}


def names_unsorted(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """Pictures of the right kinds, as many as are due, but others, or in another order."""
    got, right = outputs.get("images"), images(Reading())(params, inputs)["images"]
    if got is None or got.shape != right.shape:
        return False
    files, cnt, sides = params["files"]["set"], params["cnt"], sides_of(params)
    there = [Reading().names(files, kind) for kind in ("cats", "dogs")]
    if same(got, right):
        return False if max(map(len, there)) > 2 else None
    numbers = [_which(image, files, inputs["set"], sides) for image in got]
    split = min(len(there[0]), cnt)
    return len(set(numbers)) == len(numbers) and all(
        name in there[index >= split] for index, name in enumerate(numbers)
    )


def _which(image: Array, files: list[str], pictures: Array, sides: tuple[int, ...]) -> str:
    """The file that an image is of."""
    for name, picture in zip(files, pictures, strict=True):
        if same(image, np.broadcast_to(picture / 255, (*sides, 3))):
            return name
    return ""


def with_sides(expected: Callable[[Params], tuple[int, ...]]) -> Sign:
    """The images have these sides, which are not those that are due; their values are the resampler's."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        found, due, wrong = sides_in(outputs), sides_of(params), tuple(expected(params))
        if found is None or params.get("corners"):
            return None
        return (None if found == due else False) if wrong == due else found == wrong

    return sign


def sides_in(outputs: Arrays) -> tuple[int, ...] | None:
    """Height and width of the images that came back."""
    if "images" in outputs:
        return outputs["images"].shape[1:3] if outputs["images"].ndim == 4 else None
    shape = outputs.get("shapes", np.zeros(0)).tolist()
    return tuple(shape[3:5]) if shape[:1] == [4] and shape[2:3] == [3] else None


def uncut(sign: Sign) -> Sign:
    """A sign that tells nothing of a case of which the corners alone are recorded."""
    return lambda params, inputs, outputs: None if params.get("corners") else sign(params, inputs, outputs)


def transparency(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """The images have a fourth channel, where the files have one."""
    return outputs["images"].shape[-1:] == (4,) if "mode" in params else None


def double(output: str, right: Maker) -> Sign:
    """Right, in double precision."""

    def sign(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
        return outputs[output].dtype == np.float64 and same(
            outputs[output].astype(np.float32), right(params, inputs)[output]
        )

    return sign


def sides_swapped(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """Resized to (width, height), which is not what exchanging rows and columns afterwards gives."""
    exchanged = HANDLINGS["rows-and-columns-exchanged"](params, inputs) if "train_X" in outputs else {}
    if len({*sides_of(params)}) > 1 and exchanged and same(outputs["train_X"], exchanged["train_X"]):
        return False
    return with_sides(lambda facts: sides_of(facts)[::-1])(params, inputs, outputs)


def other_size(params: Params, inputs: Arrays, outputs: Arrays) -> bool | None:
    """Where no size is said, the images have one that is neither 224 × 224 nor the files'."""
    if "img_shape" in params:
        return None
    return sides_in(outputs) not in (None, sides_of(params), tuple(params["sides"]))


def of_load_set() -> dict[str, Sign]:
    """What shows in `images`."""
    right = images(Reading())
    signs = {name: example("images", images(reading), right) for name, reading in READINGS.items()}
    moved = Reading(then=lambda x: np.moveaxis(x, 3, 1))
    return {
        **signs,
        **sizes(),
        "channels-first": uncut(example("images", images(moved), right)),
        "names-unsorted": names_unsorted,
        "transparency-kept": transparency,
        "double-precision": double("images", right),
    }


def of_get_cat_set() -> Iterator[tuple[str, dict[str, Sign]]]:
    """For each output, what shows in it."""
    right = Handling()
    whole = {name: Handling(reading) for name, reading in READINGS.items()} | dict(HANDLINGS)
    for output in ("train_X", "train_Y", "test_X", "test_Y", "shapes"):
        signs = {name: example(output, handling, right) for name, handling in whole.items()}
        signs["labels-one-hot"] = either(signs["labels-one-hot"], signs.pop("labels-one-hot, cats first"))
        if not output.endswith("Y"):
            signs |= {**sizes(), "other-size-by-default": other_size}
        if output.endswith("X"):
            signs["double-precision"] = double(output, right)
        yield output, signs


def sizes() -> dict[str, Sign]:
    """Other sides than are due."""
    return {
        "sides-swapped": sides_swapped,
        "not-resized": with_sides(lambda params: tuple(params["sides"])),
    }
