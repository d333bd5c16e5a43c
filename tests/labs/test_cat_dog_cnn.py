"""cat_dog_cnn: planted mistakes in their sections, correct variants with full marks, what its judges say.

Training the large network takes seconds, so most tests leave that case out; `make test-more` has all.
"""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import helpers
import numpy as np
import pytest
from cat_dog_cnn_variants import VARIANTS
from lab_kit import Lab, Mistake, mistake

from autograder.assignments.cat_dog_cnn import cases, judges
from autograder.assignments.oracles import Judge
from autograder.errors import UsageError
from autograder.grading.grader import Grader
from autograder.grading.report import document
from autograder.guest.task import NotApplicable, Task
from autograder.reports.arrays import pictures
from autograder.sandbox import levels
from autograder.sandbox.launch import Level
from autograder.submissions import read

LAB = Lab("cat_dog_cnn", "cnn.py")
DATA = "load_set get_cat_set"

MISTAKES = [
    mistake("files in any order", "image_paths", "sorted(paths, key=lambda path: path.name)",
            "sorted(paths, key=lambda path: path.name[::-1], reverse=True)", DATA),
    mistake("names by their length", "image_paths", "key=lambda path: path.name",
            "key=lambda path: (len(path.name), path.name)", "load_set"),
    mistake("only .png", "image_paths", '(".png", ".jpg")', '(".png",)', "load_set"),
    mistake("every file", "image_paths", ' if path.suffix in (".png", ".jpg")', "", "load_set"),
    mistake("width and height exchanged", "load_set", "resize((width, height))", "resize((height, width))", DATA),
    mistake("not resized", "load_set", ".resize((width, height))", "", DATA),
    mistake("transparency kept", "load_set", 'image.convert("RGB")', "image", "load_set"),
    mistake("blue first", "load_set", "np.asarray(resized, dtype=np.float32)",
            "np.asarray(resized, dtype=np.float32)[..., ::-1]", DATA),
    mistake("not scaled", "load_set", " / 255", "", DATA),
    mistake("scaled by 256", "load_set", " / 255", " / 256", DATA),
    mistake("double precision", "load_set", "dtype=np.float32", "dtype=np.float64", DATA),
    mistake("dogs first", "load_set", "in LABELS", "in reversed(LABELS)", DATA),
    mistake("cnt in all", "load_set", "np.stack(images)", "np.stack(images[:cnt])", DATA),
    mistake("reshaped, not moved", "get_cat_set", ".permute(0, 3, 1, 2)", ".reshape(-1, 3, *img_shape)",
            "get_cat_set"),
    mistake("rows and columns exchanged", "get_cat_set", ".permute(0, 3, 1, 2)", ".permute(0, 3, 2, 1)",
            "get_cat_set"),
    mistake("channels stay last", "get_cat_set", ".permute(0, 3, 1, 2)", "", "get_cat_set"),
    mistake("cats are 0", "", '{"cats": 1.0, "dogs": 0.0}', '{"cats": 0.0, "dogs": 1.0}', "get_cat_set"),
    mistake("labels of one axis", "get_cat_set", "(counts[kind], 1)", "(counts[kind],)", "get_cat_set"),
    mistake("as many labels as were asked for", "get_cat_set", "len(image_paths(folder / kind, cnt))", "cnt",
            "get_cat_set"),
    mistake("tested on the training set", "get_cat_set", '("test_set", test_size)', '("training_set", test_size)',
            "get_cat_set"),
    mistake("other size by default", "get_cat_set", "(224, 224)", "(227, 227)", "get_cat_set"),
    mistake("stride 4", "init_model", "11, stride=3", "11, stride=4", "architecture"),
    mistake("no padding", "init_model", "3, padding=1", "3", "architecture"),
    mistake("no sigmoid", "init_model", "        nn.Sigmoid(),\n", "", "architecture"),
    mistake("ReLU before BN", "init_model", "nn.BatchNorm2d(16),\n        nn.ReLU(),",
            "nn.ReLU(),\n        nn.BatchNorm2d(16),", "architecture"),
    mistake("a dropout more", "init_model", "nn.Flatten(),", "nn.Flatten(),\n        nn.Dropout(0.5),",
            "architecture"),
    mistake("a mean pool", "init_model", "nn.MaxPool2d(2),\n        nn.Conv2d(16",
            "nn.AvgPool2d(2),\n        nn.Conv2d(16", "architecture"),
    mistake("no bias", "init_model", "nn.Linear(2048, 1)", "nn.Linear(2048, 1, bias=False)",
            "architecture initialisation"),
    mistake("uniform weights of Xavier's variance", "init_weights", "xavier_normal_(", "xavier_uniform_(",
            "initialisation"),
    mistake("He's variance", "init_weights", "xavier_normal_(", "kaiming_normal_(", "initialisation"),
    mistake("biases as PyTorch draws them", "init_weights", "(module.weight)\n        nn.init.zeros_(module.bias)",
            "(module.weight)", "initialisation"),
    mistake("BN weights around 0", "init_weights", "1.0, 0.02", "0.0, 0.02", "initialisation"),
    mistake("BN weights too wide", "init_weights", "1.0, 0.02", "1.0, 0.1", "initialisation"),
    mistake("Linear left out", "init_weights", "nn.Conv2d | nn.Linear", "nn.Conv2d", "initialisation"),
    mistake("weights never drawn", "init_model", "    model.apply(init_weights)\n", "", "initialisation"),
    mistake("gradients pile up", "train", "optimizer.zero_grad()", "pass", "train"),
    mistake("trained in eval mode", "train", "model.train()\n", "model.eval()\n", "train"),
    mistake("not shuffled", "train", "torch.randperm(len(X))", "torch.arange(len(X))", "train"),
    mistake("mini-batches drawn once", "train",
            "    for _ in range(num_epoch):\n        order = torch.randperm(len(X))\n",
            "    order = torch.randperm(len(X))\n    for _ in range(num_epoch):\n", "train"),
    mistake("with replacement", "train", "torch.randperm(len(X))", "torch.randint(len(X), (len(X),))", "train"),
    mistake("the last mini-batch is dropped", "train", "range(0, len(X), batch_size)",
            "range(0, len(X) - batch_size + 1, batch_size)", "train"),
    mistake("labels not shuffled along", "train", "Y[batch]", "Y[start : start + batch_size]", "train"),
    mistake("one epoch", "train", "range(num_epoch)", "range(1)", "train"),
    mistake("the loss is a sum", "train", "Y[batch])\n", "Y[batch]) * len(batch)\n", "train"),
    mistake("no step", "train", "            optimizer.step()\n", "", "train"),
    mistake("evaluated in training mode", "evaluate", "    model.eval()\n", "", "evaluate"),
    mistake("mode not put back", "evaluate", "    model.train(mode)\n", "", "evaluate"),
    mistake("training mode whatever it was", "evaluate", "model.train(mode)\n", "model.train()\n", "evaluate"),
    mistake("with gradients", "evaluate", "with torch.no_grad():", "with torch.enable_grad():", "evaluate"),
    mistake("percent", "evaluate", ".item()", ".item() * 100", "evaluate"),
    mistake("a tensor", "evaluate", ".mean().item()", ".mean()", "evaluate"),
    mistake("a count", "evaluate", ".mean()", ".sum()", "evaluate"),
    mistake("everything above 0 is a cat", "evaluate", "output > 0.5", "output > 0", "evaluate"),
]  # fmt: skip

#: In these words the contract's misconceptions are named.
NAMED = {
    "mini-batches drawn once": ("train", "every epoch has the same mini-batches in the same order"),
    "evaluated in training mode": ("evaluate", "evaluated in training mode"),
    "uniform weights of Xavier's variance": ("initialisation", "drawn uniformly; Xavier-normal is due"),
}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """All but the training of the large network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(cases.SECTIONS, "train", lambda: cases.train()[:-1])  # type: ignore[attr-defined]
        with LAB.grader(explain=False) as warm:
            yield warm


def test_reference_earns_everything_and_the_handout_nothing(grader: Grader) -> None:
    LAB.check_standing(grader)


@pytest.mark.parametrize("planted", MISTAKES, ids=lambda planted: planted.name)
def test_planted_mistakes_are_caught_in_their_sections(planted: Mistake, grader: Grader) -> None:
    # The others do not depend on what the mistake is in, and take long.
    tried = [s for s in LAB.rubric.sections if s.id in planted.fails | {"load_set", "get_cat_set", "evaluate"}]
    submission = LAB.planted(planted)
    report = grader.report(submission, grader.run_all(submission, tried))
    assert LAB.failed(report) == planted.fails
    if planted.name in NAMED:
        section, words = NAMED[planted.name]
        assert words in LAB.sections(report)[section].message


@pytest.mark.parametrize("name", VARIANTS)
def test_correct_variants_have_full_marks(name: str, grader: Grader) -> None:
    report = grader.grade(LAB.submission(VARIANTS[name]))
    assert {s.key: s.message for s in report.sections if s.status != "passed"} == {}


@pytest.mark.more
@pytest.mark.parametrize("name", ["reference", *VARIANTS])
def test_the_large_network_learns_within_the_budget(name: str) -> None:
    with LAB.grader() as grader:
        whole = read(LAB.assignment.reference, LAB.rubric)
        report = grader.grade(whole if name == "reference" else LAB.submission(VARIANTS[name]))
    assert {s.key: s.message for s in report.sections if s.status != "passed"} == {}
    assert not [note for note in report.notes if "not apply" in note]
    assert sum(facts["cpu_seconds"] for facts in report.run["sections"].values()) < 90


@pytest.mark.parametrize("level", levels.available())
def test_pytorch_starts_at_every_level(level: Level) -> None:
    """`auto` would pass over a level at which it does not."""
    with LAB.grader(isolation=level, explain=False) as grader:
        tried = [section for section in LAB.rubric.sections if section.id in ("load_set", "evaluate")]
        results = grader.run_all(read(LAB.assignment.reference, LAB.rubric), tried)
        assert {name: grader.status(result) for name, result in results.items()} == {
            "load_set": "passed",
            "evaluate": "passed",
        }
        assert grader.guest.level == level


@pytest.mark.parametrize(("last", "fits"), [("Sigmoid", True), ("Identity", False), ("ReLU", False)])
def test_a_network_is_trained_only_where_it_gives_probabilities_of_the_pictures(last: str, fits: bool) -> None:
    """A black picture comes out as 0 whatever stands at the end: biases begin as zeros."""
    torch, exercises = (
        pytest.importorskip("torch"),
        importlib.import_module("autograder.assignments.cat_dog_cnn.exercises"),
    )
    pictures = np.random.default_rng(3).uniform(0, 1, (8, 3, 6, 6)).astype(np.float32)

    def init_model() -> object:
        net = torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Linear(108, 1), torch.nn.BatchNorm1d(1), getattr(torch.nn, last)()
        )
        torch.nn.init.zeros_(net[1].bias)
        return net

    task = Task({}, {}, SimpleNamespace(find=lambda name, paths: init_model))  # type: ignore[arg-type]
    if not fits:
        with pytest.raises(NotApplicable, match="no network that gives a probability"):
            exercises.own_network(task, pictures)
        return
    net = exercises.own_network(task, pictures)
    assert net.training
    assert not net[2].num_batches_tracked


def test_without_pytorch_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.grading.given.absent", lambda packages: ["torch"])
    with pytest.raises(UsageError, match="torch must be installed") as caught, LAB.grader():
        pass
    assert caught.value.hint.endswith("pip install -r requirements-cat_dog_cnn.txt")


def layers(*described: object) -> dict[str, np.ndarray]:
    return {"layers": np.frombuffer(json.dumps(described).encode(), np.uint8)}


@pytest.mark.parametrize(
    "junk", [b"", b"[]", b"{}", b"[1]", b'[{"own": false}, 3]', b"\xff\xfe", b'[{}, {"layer": []}]']
)
def test_junk_is_judged_and_breaks_nothing(junk: bytes) -> None:
    assert judges.layers({}, {}, {"layers": np.frombuffer(junk, np.uint8)})


def test_a_network_of_another_class_is_named() -> None:
    assert "an nn.Sequential is due" in (judges.layers({}, {}, layers({"layer": "Net", "own": True})) or "")


@pytest.mark.parametrize("weights", [np.zeros(0), np.array([1e9]), np.array([2.0, 5, 1]), np.array([-1.0]),
                                     np.ones((2, 2)), np.array([1.0, -3, 0, 0]), np.array([1e300, 1.0])])  # fmt: skip
def test_weights_that_cannot_be_read_are_wrong(weights: np.ndarray) -> None:
    assert judges.weights({}, {}, {"weights": weights})


def test_weights_of_a_number_each_say_nothing() -> None:
    few = np.array([2.0, 1, 1, 0.5, -0.5])
    assert "hardly any weights" in (judges.weights({}, {}, {"weights": few}) or "")


@pytest.mark.parametrize(("output", "judge", "due"), [
    ("training mode", judges.training_mode, (3,)),
    ("eval mode", judges.eval_mode, (1,)),
    ("without gradients", judges.no_gradients, (1,)),
    ("mode afterwards", judges.mode_afterwards, (2,)),
])  # fmt: skip
def test_of_modes_there_are_as_many_as_are_due(output: str, judge: Judge, due: tuple[int, ...]) -> None:
    others = {"batches": np.zeros((3, 4), int)}
    assert judge({"training": True}, {}, {**others, output: np.ones(due, bool)}) is None
    for shape in ((0,), (4,), (), (*due, 1)):
        assert judge({"training": True}, {}, {**others, output: np.ones(shape, bool)}), shape


def test_mini_batches_without_end_are_not_read() -> None:
    params, inputs = {"batch_size": 4, "num_epoch": 3}, {"Y": np.zeros((12, 1))}
    begun = time.monotonic()
    for shape in ((1, 20_000_000), (2_000_000, 10), (2_000_000, 0)):
        assert judges.batches(params, inputs, {"batches": np.zeros(shape, np.int8)})
    assert time.monotonic() - begun < 1
    one_each = np.arange(36)[:, None] % 12
    assert judges.batches(params, inputs, {"batches": one_each}) == (
        "36 mini-batches in all; 3 epochs of 3 are due (12 pictures by 4)"
    )


#: A `train` that learns nothing where something should be learnt, and claims these instead.
CLAIMS = """

_plain = train


def train(model, X, Y, optimizer, *rest):
    if type(optimizer).__name__ != "Adam":
        return _plain(model, X, Y, optimizer, *rest)
    import sys

    frame = sys._getframe(1)
    while "task" not in frame.f_locals:
        frame = frame.f_back
    kind = type(frame.f_locals["task"])
    record = kind.record

    def claim(self, name, value, **more):
        if name == "losses":
            value = LOSSES
        if name == "probabilities":
            value = np.repeat([1.0, 0.0], len(value) // 2)[:, None]
        record(self, name, value, **more)

    kind.record = claim
"""


@pytest.mark.parametrize(
    ("losses", "says"),
    [
        ("np.array([-1.0, -2.0])", "never negative"),
        ("np.array([0.7, 0.1])", "not that of the network as it was given"),
        ("value * [1, 0.1]", "fewer than 90% of pictures that were held out"),
    ],
)
def test_a_network_that_learnt_nothing_is_not_passed_off(losses: str, says: str, grader: Grader) -> None:
    source = LAB.source + CLAIMS.replace("LOSSES", losses)
    (train,) = [section for section in LAB.rubric.sections if section.id == "train"]
    result = grader.run_all(LAB.submission(source), [train])["train"]
    assert any(says in finding.message for finding in result.findings if finding.status == "failed")
    assert any(finding.output == "probabilities" and finding.status == "failed" for finding in result.findings)


def test_nothing_tells_the_kinds_of_pictures_that_are_held_out() -> None:
    """They come in an order that is drawn on the host; by their colours alone they can be told apart."""
    for case in (case for case in cases.train() if "learning" in case.params):
        orders = set()
        for seed in range(8):
            inputs = case.inputs(seed, "train")
            assert not [name for name in inputs if "seed" in name]
            red, _, blue = inputs["held out"].mean(axis=(2, 3)).T
            kinds = red > blue
            assert kinds.sum() == len(kinds) // 2 == case.params["learning"]["held_out"]
            orders.add(kinds.tobytes())
        assert len(orders) == 8


@pytest.mark.more
def test_no_array_breaks_what_explains_the_data_sets() -> None:
    with LAB.grader(only=("get_cat_set",)) as grader:
        report = grader.grade(LAB.submission(helpers.sending(LAB.source, "np.array(3.0)")))
    assert report.sections[0].status == "failed" and not [note for note in report.notes if "our fault" in note]


def test_normal_samples_are_seldom_refused() -> None:
    rng = np.random.default_rng(7)
    for n in (2048, 5808):
        assert not any(judges._normal(rng.standard_normal(n)) for _ in range(200))
        assert all(judges._normal(rng.uniform(-(3**0.5), 3**0.5, n)) for _ in range(200))


@pytest.mark.parametrize(
    ("name", "key"), [("blue first", "load_set"), ("names by their length", "load_set"), ("cats are 0", "get_cat_set")]
)
def test_the_smallest_example_can_be_run(name: str, key: str, tmp_path: Path) -> None:
    with LAB.grader(only=(key,)) as grader:
        LAB.check_example(grader, next(planted for planted in MISTAKES if planted.name == name), key, tmp_path)


def test_of_pictures_of_a_pixel_the_colours_are_a_row() -> None:
    planted = next(planted for planted in MISTAKES if planted.name == "blue first")
    with LAB.grader(only=("load_set",)) as grader:
        found = document(grader.grade(LAB.planted(planted)))["run"]["sections"]["load_set"]["example"]
    *_, yours = pictures(found, 6, 4)
    rows = [[cell.text for cell in row] for plane in yours.planes for row in plane.rows]
    assert rows == [["0.4", "0.2", "0"], ["1", "0.8", "0.6"]]
