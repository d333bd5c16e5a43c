"""HW2P1's exercises on submissions of other shapes than the reference: what real ones look like."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from autograder.assignments import rubric_files
from autograder.assignments.cases import Case
from autograder.assignments.hw2p1.cases import cases
from autograder.assignments.hw2p1.exercises import EXERCISES
from autograder.assignments.hw2p1.oracles import oracles
from autograder.assignments.oracles import disagreement, expected
from autograder.assignments.reference import HOME, Reference
from autograder.guest.lookup import Missing
from autograder.guest.task import NotApplicable, Task
from autograder.guest.values import BadOutput, NotImplementedYet, PassedOn, WrongValue

RUBRIC = Path(rubric_files.__file__).parent / "hw2p1" / "rubric.toml"
Submit = Callable[[Mapping[str, str]], Reference]


@pytest.fixture
def submit(tmp_path: Path) -> Submit:
    """A copy of the reference in which files are replaced, or appended to where the text starts with `+`."""

    def made(files: Mapping[str, str]) -> Reference:
        root = tmp_path / "submission"
        shutil.copytree(HOME / "hw2p1", root, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("+"):
                text = path.read_text() + text[1:]
            if text == "-":
                path.unlink()
            else:
                path.write_text(text)
        return Reference(root, rubric_files.load(RUBRIC).search)

    return made


def put_through(submission: Reference, section: str, case: Case) -> Task:
    rubric = rubric_files.load(RUBRIC)
    exercise = next(entry.exercise for entry in rubric.sections if entry.id == section)
    task = Task(case.params, case.inputs(5, section), submission)
    EXERCISES[exercise](task)
    return task


def quick(section: str, edition: str = "s23") -> tuple[Case, ...]:
    rubric = rubric_files.load(RUBRIC, edition)
    return cases(next(entry for entry in rubric.sections if entry.id == section), rubric, "quick")


def right(submission: Reference, section: str, edition: str = "s23") -> list[str]:
    """Names of the cases that do not apply; all others must come out as the oracles say."""
    skipped = []
    for case in quick(section, edition):
        try:
            task = put_through(submission, section, case)
        except NotApplicable:
            assert case.optional
            skipped.append(case.name)
            continue
        truth = expected(case, case.inputs(5, section), oracles(section)[:1])
        for output, value in truth.items():
            assert not disagreement(task.texts[output] if isinstance(value, str) else task.outputs[output], value)
        assert not task.changed_inputs()
    return skipped


UNPADDED = """
Padded = Conv2d

class Conv2d(Padded):
    def __init__(self, in_channels, out_channels, kernel_size, stride, weight_init_fn=None, bias_init_fn=None):
        super().__init__(in_channels, out_channels, kernel_size, stride)
"""
SEPARATE = """
class Conv2d_padding(Padded):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, weight_init_fn=None, bias_init_fn=None):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding)
"""


def module(name: str) -> str:
    """The text of a file of the reference's `mytorch/`."""
    return (HOME / "hw2p1" / "mytorch" / f"{name}.py").read_text()


@pytest.mark.parametrize("separate", [False, True])
def test_a_convolution_without_padding_loses_nothing_in_s23(submit: Submit, separate: bool) -> None:
    submission = submit({"mytorch/Conv2d.py": f"+{UNPADDED}{SEPARATE if separate else ''}"})
    skipped = right(submission, "conv2d")
    assert len(skipped) == (0 if separate else sum(case.optional for case in quick("conv2d")))


def test_a_one_dimensional_convolution_without_padding_loses_nothing_in_s23(submit: Submit) -> None:
    submission = submit({"mytorch/Conv1d.py": f"+{UNPADDED.replace('2d', '1d')}"})
    assert len(right(submission, "conv1d")) == sum(case.optional for case in quick("conv1d")) > 0


SHARED_SIZES = {
    "downsampling1d": ("mytorch/resampling.py", "Downsample1d", "input_width"),
    "maxpool2d_stride1": ("mytorch/pool.py", "MaxPool2d_stride1", "input_shape"),
    "cnn": ("mytorch/flatten.py", "Flatten", "input_shape"),
}


@pytest.mark.parametrize("section", SHARED_SIZES)
def test_sizes_that_objects_share_are_told_in_their_own_section(submit: Submit, section: str) -> None:
    file, cls, name = SHARED_SIZES[section]
    shared = f"\nkept = []\n{cls}.{name} = property(lambda self: kept[-1], lambda self, size: kept.append(size))\n"
    submission = submit({file: f"+{shared}"})
    (case,) = [c for c in quick(section) if c.params["layer"] == cls and "A_first" in c.draws]
    with pytest.raises(BadOutput, match=f"once a second {cls} has worked on an input of another shape"):
        put_through(submission, section, case)


@pytest.mark.parametrize("edition", ["f23", "s24"])
def test_a_convolution_without_padding_lacks_it_where_it_is_graded(submit: Submit, edition: str) -> None:
    submission = submit({"mytorch/Conv2d.py": f"+{UNPADDED}"})
    padded = next(case for case in quick("conv2d", edition) if case.params["padding"])
    plain = quick("conv2d", edition)[0]
    assert "Z" in put_through(submission, "conv2d", plain).outputs
    with pytest.raises(Missing, match="Conv2d takes no `padding`"):
        put_through(submission, "conv2d", padded)


def test_padding_by_position_under_any_name(submit: Submit) -> None:
    subclass = """
Padded = Conv1d

class Conv1d(Padded):
    def __init__(self, cin, cout, k, s, pad=0, weight_init_fn=None, bias_init_fn=None):
        super().__init__(cin, cout, k, s, pad)
"""
    submission = submit({"mytorch/Conv1d.py": f"+{subclass}"})
    assert right(submission, "conv1d", "f23") == []
    with pytest.raises(Missing, match="Conv1d takes no `padding`"):
        put_through(submission, "conv1d", quick("conv1d", "s24")[-1])


def test_layouts_of_other_editions(submit: Submit) -> None:
    files = {
        f"mytorch/nn/{path.name}": path.read_text()
        for path in (HOME / "hw2p1" / "mytorch").glob("*.py")
        if path.name != "flatten.py"
    }
    gone = {name.replace("nn/", ""): "-" for name in files}
    moved = {"hw2/hw2.py": (HOME / "hw2p1" / "models" / "cnn.py").read_text(), "models/cnn.py": "-"}
    questions = {"hw2/mc.py": (HOME / "hw2p1" / "MCQ" / "mcq.py").read_text(), "MCQ/mcq.py": "-"}
    submission = submit({**files, **gone, **moved, **questions})
    for section in ("mcq_1", "upsampling2d", "conv2d", "convtranspose1d", "maxpool2d", "cnn", "batchnorm2d"):
        assert right(submission, section) == []


def test_layers_that_are_only_callable(submit: Submit) -> None:
    only = """
class _Callable:
    def __init__(self, *args):
        self.made = self.cls(*args)
    def __call__(self, A):
        return self.made.forward(A)
    def backward(self, dLdZ):
        return self.made.backward(dLdZ)

class _Max(_Callable):
    cls = MaxPool2d

MaxPool2d = _Max
"""
    submission = submit({"mytorch/pool.py": f"+{only}"})
    case = quick("maxpool2d")[0]
    assert put_through(submission, "maxpool2d", case).outputs["Z"].shape == (1, 1, 2, 2)


@pytest.mark.parametrize(
    ("answer", "text"),
    [("'b'", "b"), ("' B\\n'", "b"), ("Letter('B')", "b"), ("'B.'", "b."), ("['b']", "a list"), ("2", "a int")],
)
def test_letters(submit: Submit, answer: str, text: str) -> None:
    code = f"class Letter(str):\n    def lower(self):\n        return 'z'\n\ndef question_1():\n    return {answer}\n"
    submission = submit({"MCQ/mcq.py": code})
    assert put_through(submission, "mcq_1", quick("mcq_1")[0]).texts == {"answer": text}


@pytest.mark.parametrize("answer", ["None", "NotImplemented"])
def test_no_letter(submit: Submit, answer: str) -> None:
    submission = submit({"MCQ/mcq.py": f"def question_1():\n    return {answer}\n"})
    with pytest.raises(NotImplementedYet):
        put_through(submission, "mcq_1", quick("mcq_1")[0])


FLAT = """
from Conv2d import Conv2d
from batchnorm2d import BatchNorm2d
from activation import ReLU

class ResBlock:
    def __init__(self, cin, cout, size, stride=3, padding=1):
        self.{skip}_conv = Conv2d(cin, cout, size, stride, padding)
        self.{skip}_bn = BatchNorm2d(cout)
        self.parts = {{"conv1": Conv2d(cin, cout, size, stride, padding), "bn1": BatchNorm2d(cout), "relu1": ReLU(),
                      "conv2": (Conv2d(cout, cout, 1, 1, 0), BatchNorm2d(cout)), "me": self}}
        self.relu = ReLU()

    def forward(self, A):
        Z = self.parts["relu1"].forward(self.parts["bn1"].forward(self.parts["conv1"].forward(A)))
        Z = self.parts["conv2"][1].forward(self.parts["conv2"][0].forward(Z))
        return self.relu.forward(Z + self.{skip}_bn.forward(self.{skip}_conv.forward(A)))

    def backward(self, dLdZ):
        sum_ = self.relu.backward(dLdZ)
        grad = self.parts["conv2"][0].backward(self.parts["conv2"][1].backward(sum_))
        grad = self.parts["conv1"].backward(self.parts["bn1"].backward(self.parts["relu1"].backward(grad)))
        return grad + self.{skip}_conv.backward(self.{skip}_bn.backward(sum_))
"""


@pytest.mark.parametrize("skip", ["shortcut", "res", "residual", "skip", "downsample"])
def test_blocks_that_name_their_parts_differently(submit: Submit, skip: str) -> None:
    submission = submit({"models/resnet.py": FLAT.format(skip=skip)})
    case = next(c for c in quick("resnet") if "shortcut W" in c.draws and "shortcut BW" in c.draws)
    truth = expected(case, case.inputs(5, "resnet"), oracles("resnet"))
    task = put_through(submission, "resnet", case)
    assert all(not disagreement(task.outputs[output], value) for output, value in truth.items())


def test_blocks_whose_shortcut_cannot_be_told_are_not_guessed(submit: Submit) -> None:
    submission = submit({"models/resnet.py": FLAT.format(skip="third")})
    case = next(c for c in quick("resnet") if "shortcut W" in c.draws)
    with pytest.raises(Missing, match="cannot tell which convolution of ResBlock is the shortcut's"):
        put_through(submission, "resnet", case)


def test_blocks_with_too_many_parts_are_not_guessed(submit: Submit) -> None:
    submission = submit({"models/resnet.py": FLAT.format(skip="shortcut")})
    identity = next(c for c in quick("resnet") if "shortcut W" not in c.draws)
    with pytest.raises(Missing, match=r"ResBlock holds 3 convolution layers where 2 are due \(conv1, conv2\)"):
        put_through(submission, "resnet", identity)


def test_a_missing_attribute_is_missing_and_counts_on_its_output(submit: Submit) -> None:
    submission = submit({"mytorch/Conv1d.py": module("Conv1d").replace("self.dLdW =", "self.gradient =")})
    case = quick("conv1d_stride1")[1]
    task = Task(case.params, case.inputs(5, "conv1d_stride1"), submission)
    with pytest.raises((Missing, NotImplementedYet), match="dLdW"):
        EXERCISES["convolution"](task)
    assert task.current == "dLdW"
    assert {"Z", "dLdA"} <= set(task.outputs)


def test_an_attribute_error_inside_student_code_stays_one(submit: Submit) -> None:
    code = "+\nclass Flatten:\n    def forward(self, A):\n        return self.shape\n"
    submission = submit({"mytorch/flatten.py": code})
    with pytest.raises(AttributeError, match="shape"):
        put_through(submission, "cnn", quick("cnn")[0])


@pytest.mark.parametrize(
    ("layers", "error", "words"),
    [
        ("None", NotImplementedYet, "is None"),
        ("[]", NotImplementedYet, "is empty"),
        ("[1, 2]", WrongValue, "has 2 layers where `num_channels` has 1"),
        ("[object()]", Missing, "object has no `conv1d_stride1`"),
    ],
)
def test_networks_without_their_layers(submit: Submit, layers: str, error: type[Exception], words: str) -> None:
    code = f"class CNN:\n    def __init__(self, *args):\n        self.convolutional_layers = {layers}\n"
    case = next(case for case in quick("cnn") if case.params["layer"] == "CNN")
    with pytest.raises(error, match=words):
        put_through(submit({"models/cnn.py": code}), "cnn", case)


def model(name: str) -> str:
    """The text of a file of the reference's `models/`."""
    return (HOME / "hw2p1" / "models" / f"{name}.py").read_text()


def network() -> Case:
    """The CNN's first case with labels."""
    return next(case for case in quick("cnn") if case.params["layer"] == "CNN" and "Y" in case.draws)


def test_a_loss_of_one_number_is_a_scalar(submit: Submit) -> None:
    by_matrices = module("loss").replace("-np.sum(Y * log_softmax) / len(A)", "-np.sum(Y * log_softmax).reshape(1, 1)")
    task = put_through(submit({"mytorch/loss.py": by_matrices}), "cnn", network())
    assert task.outputs["loss"].shape == ()


class TestParametersAsTheyWereBuilt:
    """Before the grader puts its own in their place."""

    SUBCLASS = "+\nclass Array(np.ndarray):\n    pass\n"

    def misbuilt(self, submission: Reference, section: str, case: Case) -> tuple[str, str]:
        task = Task(case.params, case.inputs(5, section), submission)
        with pytest.raises(WrongValue) as caught:
            EXERCISES["convolution" if section.startswith("conv") else section](task)
        return task.current, str(caught.value)

    def test_a_shape_is_seen_in_arrays_of_a_subclass(self, submit: Submit) -> None:
        built = "\nplain = Conv1d_stride1.__init__\n\ndef swapped(self, *args):\n    plain(self, *args)\n"
        built += "    self.W = self.W.swapaxes(0, 1).view(Array)\n\nConv1d_stride1.__init__ = swapped\n"
        submission = submit({"mytorch/Conv1d.py": self.SUBCLASS + built})
        _, said = self.misbuilt(submission, "conv1d_stride1", quick("conv1d_stride1")[1])
        assert said == "Conv1d_stride1 was built with W of shape (2, 3, 3); (3, 2, 3) is expected"

    @pytest.mark.parametrize("kind", ["1d", "2d"])
    @pytest.mark.parametrize("name", ["W", "b"])
    def test_a_layer_s_own_first_weights_are_of_the_same_shapes(self, submit: Submit, kind: str, name: str) -> None:
        option = {"W": "weight_init_fn", "b": "bias_init_fn"}[name]
        layer, section = f"Conv{kind}_stride1", f"conv{kind}_stride1"
        built = f"+\nplain = {layer}.__init__\n\ndef other(self, i, o, k, weight_init_fn=None, bias_init_fn=None):\n"
        built += f"    plain(self, i, o, k, weight_init_fn, bias_init_fn)\n    if {option} is None:\n"
        built += f"        self.{name} = self.{name}[None]\n\n{layer}.__init__ = other\n"
        submission = submit({f"mytorch/Conv{kind}.py": built})
        told = {case.level: case for case in quick(section)}
        put_through(submission, section, told["course"])
        _, said = self.misbuilt(submission, section, told["strict"])
        assert said.startswith(f"without `{option}`, {layer} was built with {name} of shape (1, 3")

    def test_weights_that_are_made_at_the_first_call_are_no_mistake(self, submit: Submit) -> None:
        for kind in ("1d", "2d"):
            late = f"+\nplain_{kind} = Conv{kind}_stride1.__init__\n\ndef late(self, *args):\n"
            late += f"    plain_{kind}(self, *args)\n    self.W = self.b = None\n\nConv{kind}_stride1.__init__ = late\n"
            submission = submit({f"mytorch/Conv{kind}.py": late})
            assert right(submission, f"conv{kind}_stride1") == []
            shutil.rmtree(submission.root)

    RESHAPED = "np.reshape(bias_init_fn(num_linear_neurons), (num_linear_neurons, 1))"
    FLAT_BIAS = model("cnn").replace(RESHAPED, "bias_init_fn(num_linear_neurons)")

    def test_a_flat_bias_of_the_linear_layer_is_told_where_it_does_harm(self, submit: Submit) -> None:
        submission = submit({"models/cnn.py": self.FLAT_BIAS})
        at, said = self.misbuilt(submission, "cnn", network())
        assert (at, said) == ("step b", "`linear_layer` (Linear) was built with b of shape (2,); (2, 1) is expected")

    def test_a_flat_bias_is_right_beside_a_linear_layer_that_has_it_flat(self, submit: Submit) -> None:
        flat = module("linear").replace("np.zeros((out_features, 1))", "np.zeros(out_features)")
        flat = flat.replace("self.b.T", "self.b.reshape(-1)")
        submission = submit({"models/cnn.py": self.FLAT_BIAS, "mytorch/linear.py": flat})
        assert "zero_grads" in put_through(submission, "cnn", network()).outputs

    def test_a_width_that_is_wrong_is_told_by_the_layer_s_name(self, submit: Submit) -> None:
        submission = submit({"models/cnn.py": model("cnn").replace("channels * width", "(channels * width - 1)")})
        at, said = self.misbuilt(submission, "cnn", network())
        assert at == "Z"
        assert said.startswith("`linear_layer` (Linear) was built with W of shape (")

    def test_a_shortcut_s_kernel_is_told_by_where_it_is(self, submit: Submit) -> None:
        other = "+\nplain = ResBlock.__init__\n\ndef small(self, i, o, size, stride=3, padding=1):\n"
        other += "    plain(self, i, o, size, stride, padding)\n"
        other += "    self.residual_connection = ConvBlock(i, o, 1, stride, 0)\n"
        submission = submit({"models/resnet.py": f"{other}\nResBlock.__init__ = small\n"})
        case = next(c for c in quick("resnet") if c.draws["conv1 W"].shape[-1] > 1)
        _, said = self.misbuilt(submission, "resnet", case)
        assert said.startswith(
            "`residual_connection.layers[0].conv2d_stride1` (Conv2d_stride1) was built with W of shape"
        )


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("None", BadOutput, r"`conv1 dLdW` is None after `zero_grads`"),
        ("0.0", WrongValue, r"`conv1 dLdW` has shape \(\) after `zero_grads`; \(\d+, \d+, \d+\) is expected"),
    ],
)
def test_what_is_no_array_after_zero_grads_is_said_of_zero_grads(
    submit: Submit, code: str, error: type[Exception], words: str
) -> None:
    ends = f"+\ndef zero_grads(self):\n    self.convolutional_layers[0].conv1d_stride1.dLdW = {code}\n"
    submission = submit({"models/cnn.py": f"{ends}\nCNN.zero_grads = zero_grads\n"})
    case = network()
    task = Task(case.params, case.inputs(5, "cnn"), submission)
    with pytest.raises(error, match=words):
        EXERCISES["cnn"](task)
    assert task.current == "zero_grads"


def test_a_step_in_place_is_no_changed_input(submit: Submit) -> None:
    cnn = (HOME / "hw2p1" / "models" / "cnn.py").read_text()
    in_place = cnn.replace("layer.W = layer.W - self.lr * layer.dLdW", "layer.W -= self.lr * layer.dLdW")
    assert in_place != cnn
    assert right(submit({"models/cnn.py": in_place}), "cnn") == []


def test_a_layer_that_returns_nothing_or_no_array(submit: Submit) -> None:
    for value, error in (("None", PassedOn), ("[[1.0]]", BadOutput)):
        code = f"class Flatten:\n    def forward(self, A):\n        return {value}\n"
        submission = submit({"mytorch/flatten.py": code})
        with pytest.raises(error):
            put_through(submission, "cnn", quick("cnn")[0])
        shutil.rmtree(submission.root)


def test_changed_inputs_are_noted_with_the_output_that_was_due(submit: Submit) -> None:
    code = "+\nclass Flatten:\n    def forward(self, A):\n        A *= 2\n        return A.reshape(len(A), -1)\n"
    code += "    def backward(self, dLdZ):\n        return dLdZ\n"
    task = put_through(submit({"mytorch/flatten.py": code}), "cnn", quick("cnn")[0])
    assert task.changed_inputs() == {"A": "flatten Z"}


def test_what_an_output_was_when_it_was_recorded_counts(submit: Submit) -> None:
    code = """
class Flatten:
    buffer = None
    def forward(self, A):
        self.buffer = A.reshape(len(A), -1).copy()
        return self.buffer
    def backward(self, dLdZ):
        self.buffer[...] = 0
        return dLdZ.reshape(1, 2, 3)
"""
    task = put_through(submit({"mytorch/flatten.py": code}), "cnn", quick("cnn")[0])
    assert np.count_nonzero(task.outputs["flatten Z"])
