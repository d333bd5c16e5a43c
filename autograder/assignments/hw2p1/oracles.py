"""HW2P1's oracles: for every section two truths that share no code. The first one is taken.

| sections | truths |
| --- | --- |
| questions | the table of answers, the reference |
| layers, CNN, batch normalisation, residual block | PyTorch, the reference |
| scanning MLPs | the MLP itself, scanned; the reference |
| dropout | its closed form in evaluation, the reference; judges for the random mask |
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from autograder.assignments import reference, rubric_files
from autograder.assignments.oracles import Inputs, Oracle, Outputs, Params

from . import scan, torch_truth
from .exercises import EXERCISES

HERE = Path(__file__).parent


def answer(params: Params, inputs: Inputs) -> Outputs:
    """A question's letter, by the edition's table."""
    return {"answer": letters()[params["answers"]][params["question"] - 1]}


@cache
def letters() -> dict[str, list[str]]:
    """The right letters by the name of their table."""
    return tomllib.loads((HERE / "answers.toml").read_text("utf-8"))


PRIMARY: Mapping[str, Oracle] = {
    "mcq": Oracle("answers", answer),
    "layer": Oracle("PyTorch", torch_truth.layer),
    "convolution": Oracle("PyTorch", torch_truth.layer),
    "scan": Oracle("scanned MLP", scan.scanned),
    "cnn": Oracle("PyTorch", torch_truth.cnn),
    "dropout2d": Oracle("closed form", lambda params, inputs: {"Z eval": inputs["A"]}),
    "batchnorm2d": Oracle("PyTorch", torch_truth.batchnorm2d),
    "resnet": Oracle("PyTorch", torch_truth.resnet),
}


def oracles(section_id: str) -> tuple[Oracle, ...]:
    """The truths about a section, the primary one first.

    Raises
    ------
    KeyError
        There is no such section.
    """
    by_reference = reference.oracle("hw2p1", section_id, EXERCISES)

    def answered(params: Params, inputs: Inputs) -> Outputs:
        if params.get("answers", "s23") != "s23":
            return {}  # the reference answers the questions of s23 only
        return by_reference.compute(params, inputs)

    return PRIMARY[_exercises()[section_id]], Oracle(by_reference.name, answered)


@cache
def _exercises() -> dict[str, str]:
    return {section.id: section.exercise for section in rubric_files.load(HERE / "rubric.toml").sections}
