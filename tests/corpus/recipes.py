"""A small corpus: what real submissions look like, made from the reference by small changes.

Each recipe gets the reference's files (path to text) and returns a submission's files (path to bytes), below the folder
that is handed in. What each has to earn stands in `expect.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import helpers

Files = dict[str, str]
Made = Mapping[str, str | bytes]

RECIPES: dict[str, Callable[[Files], Made]] = {}


def recipe(make: Callable[[Files], Made]) -> Callable[[Files], Made]:
    """Take a recipe into the corpus, under its own name."""
    RECIPES[make.__name__] = make
    return make


def made(name: str) -> dict[str, bytes]:
    """The files of one submission of the corpus."""
    files = RECIPES[name](dict(helpers.reference()))
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}


def change(files: Files, path: str, where: str, old: str, new: str) -> None:
    """Replace what stands once in a class or function of a file."""
    files[path] = helpers.patched(files[path], where, old, new)


def under(top: str, files: Files) -> Files:
    """The files of one folder."""
    return {path: text for path, text in files.items() if path.startswith(top)}


OWN = "activation|batchnorm2d|Conv1d|Conv2d|ConvTranspose|flatten|linear|loss|pool|resampling"
IMPORT = re.compile(rf"^from ({OWN}) import .*$", re.MULTILINE)


def imports(files: Files, line: str) -> Files:
    """Every import of an own module written as `line`, with the module's name in place of `{}`."""
    return {path: IMPORT.sub(lambda found: line.format(found[1]), text) for path, text in files.items()}


# How modules import each other


@recipe
def star_imports(files: Files) -> Made:
    files = imports(files, "from {} import *")
    for path in under("models/", files):
        files[path] = f"import sys\nsys.path.append('mytorch')\nsys.path.append('./mytorch')\n{files[path]}"
    return files


@recipe
def package_imports(files: Files) -> Made:
    return imports(files, "from mytorch.{} import *")


@recipe
def both_kinds_of_imports(files: Files) -> Made:
    files.update(imports(under("models/", files), "from mytorch.{} import *"))
    files["mytorch/__init__.py"] = ""
    return files


@recipe
def path_from_the_file(files: Files) -> Made:
    lines = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'mytorch'))\n"
    return files | {path: lines + text for path, text in under("models/", files).items()}


@recipe
def erf_at_the_top(files: Files) -> Made:
    path = "mytorch/activation.py"
    local = (
        "        from scipy.special import erf  # here, since only this class needs SciPy and its import is slow\n\n"
    )
    change(files, path, "", local, "")
    change(files, path, "", "import numpy as np\n", "import numpy as np\nimport scipy\nfrom scipy.special import erf\n")
    return files


@recipe
def plotting_and_progress_at_the_top(files: Files) -> Made:
    lines = "import pdb\nimport matplotlib.pyplot as plt\nfrom tqdm import tqdm\nfrom tabulate import tabulate\nimport copy, doctest, math\n"
    return {path: lines + text for path, text in files.items()}


@recipe
def other_ways_where_a_module_is_missing(files: Files) -> Made:
    array = "try:\n    import cupy as xp\nexcept ImportError:\n    xp = np\n"
    jit = "try:\n    from numba import njit\nexcept ImportError:\n    def njit(f): return f\n"
    bar = "with contextlib.suppress(Exception):\n    from tqdm import tqdm\n"
    torch = "if importlib.util.find_spec('torch') is not None:\n    import torch\n    torch.manual_seed(0)\n"
    for number, (path, text) in enumerate(sorted(files.items())):
        if path.endswith("resampling.py"):
            own = text.replace("np.zeros(", "xp.zeros(").replace("    def backward(", "    @njit\n    def backward(")
            files[path] = f"import contextlib, importlib.util\nimport numpy as np\n{array}{jit}{bar}{torch}{own}"
        elif path.startswith("mytorch/"):
            # Somebody's folders at home, and then those of the homework; `torch` is left over.
            home = ("mytorch.nn.resampling", "hw2.mytorch.resampling")[number % 2]
            for line in [line for line in text.split("\n") if line.startswith("from resampling import")]:
                both = f"try:\n    from {home} import *\nexcept ModuleNotFoundError:\n    {line}"
                text = text.replace(line, both)
            try_torch = "try:\n    import torch\n    HAS = True\nexcept:\n    HAS = False\n"
            files[path] = f"import torch\n{try_torch}if HAS:\n    torch.manual_seed(0)\n{text}"
    return files


@recipe
def stray_forbidden_import(files: Files) -> Made:
    files["mytorch/Conv2d.py"] = "from torch import batch_norm\nimport torch.nn as nn\n" + files["mytorch/Conv2d.py"]
    return files


@recipe
def ready_made_convolution(files: Files) -> Made:
    text = "from scipy.signal import correlate2d\n" + files["mytorch/Conv2d.py"]
    old = 'return np.einsum("nchwij,ocij->nohw", windows, self.W, optimize=True)'
    new = "return correlate2d(A[0, 0], self.W[0, 0], mode='valid')"
    files["mytorch/Conv2d.py"] = helpers.patched(text, "Conv2d_stride1.forward", old, new)
    return files


# What modules do besides


@recipe
def prints_everywhere(files: Files) -> Made:
    files = {
        path: f"print('loading {path}', '{{\"scores\": {{\"MCQ 1\": 100}}}}')\n{text}" for path, text in files.items()
    }
    change(
        files, "mytorch/Conv1d.py", "Conv1d_stride1.forward", "self.A = A\n", "self.A = A\n        print(A.shape, A)\n"
    )
    return files


@recipe
def seeds_at_import_and_in_forward(files: Files) -> Made:
    line = "import numpy as np\nnp.random.seed(11785)\n"
    files = {path: line + text for path, text in files.items()}
    change(files, "mytorch/dropout2d.py", "Dropout2d.forward", "if eval:", "np.random.seed(0)\n        if eval:")
    return files


@recipe
def errors_raised_by_numpy(files: Files) -> Made:
    return {
        path: "import numpy as np\nnp.seterr(all='raise')\nnp.set_printoptions(3)\n" + text
        for path, text in files.items()
    }


@recipe
def own_tests_at_the_end(files: Files) -> Made:
    tail = "\n\nif __name__ == '__main__':\n    import torch\n    print(torch.nn.Conv1d(1, 1, 1))\n"
    return {path: text + tail for path, text in files.items()}


@recipe
def inputs_changed_in_place(files: Files) -> Made:
    change(
        files,
        "mytorch/dropout2d.py",
        "Dropout2d.backward",
        "return delta * self.mask",
        "delta *= self.mask\n        return delta",
    )
    return files


# How files are written


@recipe
def windows_line_ends(files: Files) -> Made:
    return {path: text.replace("\n", "\r\n").encode() for path, text in files.items()}


@recipe
def byte_order_marks(files: Files) -> Made:
    return {path: text.encode("utf-8-sig") for path, text in files.items()}


@recipe
def chinese_comments(files: Files) -> Made:
    return {path: "# 卷积层：前向传播与反向传播\n" + text + "# 完\n" for path, text in files.items()}


@recipe
def chinese_encoding(files: Files) -> Made:
    plain = {path: text.encode("ascii", "replace").decode() for path, text in files.items()}
    return {path: ("# -*- coding: gbk -*-\n# 卷积层\n" + text).encode("gbk") for path, text in plain.items()}


@recipe
def tabs_in_one_file(files: Files) -> Made:
    files["mytorch/pool.py"] = re.sub(
        "^(?: {4})+", lambda m: "\t" * (len(m[0]) // 4), files["mytorch/pool.py"], flags=re.M
    )
    return files


@recipe
def syntax_error_in_one_module(files: Files) -> Made:
    change(
        files, "mytorch/ConvTranspose.py", "ConvTranspose1d.forward", "def forward(self, A):", "def forward(self, A)"
    )
    return files


@recipe
def syntax_error_below_others(files: Files) -> Made:
    change(
        files,
        "mytorch/resampling.py",
        "Upsample2d",
        "k = self.upsampling_factor\n        batch",
        "k = = 2\n        batch",
    )
    return files


@recipe
def name_error_at_import(files: Files) -> Made:
    return files | {"mytorch/batchnorm2d.py": files["mytorch/batchnorm2d.py"] + "\nlayer = BatchNorm2D(3)\n"}


# Where files lie


@recipe
def macos_litter(files: Files) -> Made:
    litter = {
        "mytorch/._Conv1d.py": b"\x00\x05\x16\x07", "__MACOSX/mytorch/Conv1d.py": b"junk", ".DS_Store": b"\x00",
        "mytorch/__pycache__/Conv1d.cpython-311.pyc": b"\x00", "PaxHeader/mytorch/pool.py": b"junk (",
        "mytorch/PaxHeader/pool.py": b"junk (", ".ipynb_checkpoints/mcq.py": b"1", "hw2p1.ipynb": b"{}",
    }  # fmt: skip
    return files | litter


@recipe
def old_copies(files: Files) -> Made:
    broken = "raise RuntimeError('an old copy was imported')\n"
    copies = (
        "sandbox/Conv1d.py",
        "autograder/runner.py",
        "mytorch_old/Conv1d.py",
        "Conv1d.py",
        "backup/mytorch/pool.py",
    )
    return files | dict.fromkeys(copies, broken) | {"mytorch/Conv1d (1).py": broken, "mytorch/scratch.py": broken}


@recipe
def one_folder_down(files: Files) -> Made:
    return {f"homework 2/hw2p1_handin/{path}": text for path, text in files.items()} | {"homework 2/notes.txt": "hello"}


@recipe
def given_files_left_out(files: Files) -> Made:
    given = ("mytorch/linear.py", "mytorch/activation.py", "mytorch/loss.py", "models/mlp.py")
    return {path: text for path, text in files.items() if path not in given}


@recipe
def layout_of_s22(files: Files) -> Made:
    change(files, "MCQ/mcq.py", "question_5", 'return "d"', 'return "a"')
    parts = [files.pop(f"mytorch/{name}.py") for name in ("Conv1d", "Conv2d", "ConvTranspose")]
    files["mytorch/conv.py"] = re.sub(r"^from Conv[12]d import .*\n", "", "\n\n".join(parts), flags=re.M)
    moved = {"models/cnn.py": "hw2/hw2.py", "models/mlp_scan.py": "hw2/mlp_scan.py", "MCQ/mcq.py": "hw2/mc.py",
             "models/mlp.py": "hw2/mlp.py", "models/resnet.py": "hw2/resnet.py"}  # fmt: skip
    files = {moved.get(path, path): text for path, text in files.items()}
    head = "import sys\nsys.path.append('mytorch')\n"
    return {
        path: (head if path.startswith("hw2/") else "")
        + re.sub(r"^from Conv[12]d import .*$", "from conv import *", text, flags=re.M)
        for path, text in files.items()
    }


@recipe
def layout_of_s24(files: Files) -> Made:
    stay = ("mytorch/flatten.py", "models/")
    files = {
        path if path.startswith(stay) else path.replace("mytorch/", "mytorch/nn/"): text
        for path, text in files.items()
        if path != "MCQ/mcq.py"
    }
    files["mytorch/nn/__init__.py"] = "from mytorch.nn.Conv1d import *\nfrom mytorch.nn.Conv2d import *\n"
    return {path: IMPORT.sub(whole_path, text) for path, text in files.items()}


def whole_path(found: re.Match[str]) -> str:
    """An import of an own module by its whole path in s24's layout."""
    return f"from mytorch.{'' if found[1] == 'flatten' else 'nn.'}{found[1]} import *"


@recipe
def relative_imports(files: Files) -> Made:
    files.update(imports(under("mytorch/", files), "from .{} import *"))
    files.update(imports(under("models/", files), "from mytorch.{} import *"))
    return files | {"mytorch/__init__.py": "", "models/__init__.py": ""}


# Answers


@recipe
def letters_in_capitals_and_spaces(files: Files) -> Made:
    path = "MCQ/mcq.py"
    for question, old, new in (
        (1, 'return "b"', 'return "B"'), (2, 'return "d"', 'return " d "'), (3, 'return "b"', 'return "B\\n"'),
        (4, 'return "a"', "class Letter(str):\n        pass\n\n    return Letter('a')"), (5, 'return "d"', "answer = 'D'\n    return answer"),
    ):  # fmt: skip
        change(files, path, f"question_{question}", old, new)
    return files


# Unfinished work


@recipe
def untouched_handout(files: Files) -> Made:
    root = helpers.ASSIGNMENT.handout
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.py")}


@recipe
def four_ways_of_not_implemented(files: Files) -> Made:
    path = "mytorch/resampling.py"
    change(
        files,
        path,
        "Downsample1d.forward",
        "return A[:, :, :: self.downsampling_factor].copy()",
        "raise NotImplemented",
    )
    change(files, path, "Downsample2d.forward", "return A[:, :, ::k, ::k].copy()", "raise NotImplementedError")
    change(files, path, "Upsample1d.forward", "return Z", "return NotImplemented")
    change(
        files,
        path,
        "Upsample2d.backward",
        "return dLdZ[:, :, ::k, ::k].copy()",
        "dLdA = None  # TODO\n        return dLdA",
    )
    return files


@recipe
def one_file_missing(files: Files) -> Made:
    del files["mytorch/pool.py"]
    return files


@recipe
def one_class_missing(files: Files) -> Made:
    first, last = helpers.span(files["mytorch/pool.py"], "MeanPool2d")
    return files | {"mytorch/pool.py": files["mytorch/pool.py"][:first] + files["mytorch/pool.py"][last:]}


@recipe
def breakpoint_left_in(files: Files) -> Made:
    change(
        files,
        "mytorch/pool.py",
        "MaxPool2d_stride1.backward",
        "K = self.kernel\n",
        "K = self.kernel\n        breakpoint()\n",
    )
    change(
        files,
        "mytorch/pool.py",
        "MeanPool2d_stride1.forward",
        "self.input_shape",
        "import pdb; pdb.set_trace()\n        self.input_shape",
    )
    return files


@recipe
def waits_for_input(files: Files) -> Made:
    change(
        files,
        "mytorch/flatten.py",
        "Flatten.forward",
        "self.input_shape = A.shape",
        "input('press enter')\n        self.input_shape = A.shape",
    )
    return files


# Other ways of writing the same


@recipe
def layers_are_called(files: Files) -> Made:
    both = "    def __call__(self, *args, **kwargs):\n        return self.forward(*args, **kwargs)\n\n    def forward("
    for path, text in files.items():
        if "__call__" not in text:
            files[path] = text.replace("    def forward(", both)
    return {path: text.replace("A = layer.forward(A)", "A = layer(A)") for path, text in files.items()}


@recipe
def padded_convolution_apart(files: Files) -> Made:
    text = files["mytorch/Conv2d.py"]
    first, last = helpers.span(text, "Conv2d")
    padded = text[first:last].replace("class Conv2d:", "class Conv2d_padding:")
    files["mytorch/Conv2d.py"] = unpadded(text) + "\n\n" + padded
    files["models/resnet.py"] = (
        files["models/resnet.py"]
        .replace("import Conv2d", "import Conv2d_padding")
        .replace("Conv2d(in", "Conv2d_padding(in")
    )
    return files


def unpadded(text: str) -> str:
    """The module with a Conv2d that takes no padding."""
    text = helpers.patched(text, "Conv2d.__init__", "        padding=0,\n", "")
    text = helpers.patched(text, "Conv2d.__init__", "        self.padding = padding\n", "")
    return text.replace("p = self.padding", "p = 0")


@recipe
def no_padding_at_all(files: Files) -> Made:
    files["mytorch/Conv2d.py"] = unpadded(files["mytorch/Conv2d.py"])
    return files


@recipe
def crop_by_negative_padding(files: Files) -> Made:
    change(files, "mytorch/Conv2d.py", "Conv2d.backward", "p : height - p, p : width - p", "p:-p, p:-p")
    return files


@recipe
def residual_block_of_other_names(files: Files) -> Made:
    text = files["models/resnet.py"]
    for old, new in (
        ("convolution_layers", "main_path"),
        ("residual_connection", "skip"),
        ("ConvBlock", "Conv_BN"),
        ("self.layers", "self.block"),
    ):
        text = text.replace(old, new)
    return files | {"models/resnet.py": text}


@recipe
def residual_block_that_cannot_be_told(files: Files) -> Made:
    text = files["models/resnet.py"].replace("residual_connection", "other").replace("convolution_layers", "these")
    return files | {"models/resnet.py": text}


@recipe
def old_activations(files: Files) -> Made:
    text = files["mytorch/activation.py"]
    for name, slope in (
        ("Sigmoid", "self.A * (1.0 - self.A)"),
        ("Tanh", "1.0 - self.A**2"),
        ("ReLU", "(self.A > 0.0) * 1.0"),
    ):
        first, last = helpers.span(text, f"{name}.backward")
        text = f"{text[:first]}    def backward(self):\n        return {slope}\n{text[last:]}"
    files["mytorch/activation.py"] = text
    new = "gradient = gradient * layer.backward() if layer in self.activations else layer.backward(gradient)"
    change(files, "models/cnn.py", "CNN.backward", "gradient = layer.backward(gradient)", new)
    for name in ("CNN_SimpleScanningMLP", "CNN_DistributedScanningMLP"):
        new = "dLdZ = dLdZ * layer.backward() if isinstance(layer, ReLU) else layer.backward(dLdZ)"
        change(files, "models/mlp_scan.py", f"{name}.backward", "dLdZ = layer.backward(dLdZ)", new)
    new = "self.final_activation.backward() * dLdZ"
    change(files, "models/resnet.py", "ResBlock.backward", "self.final_activation.backward(dLdZ)", new)
    new = "gradient = gradient * layer.backward() if isinstance(layer, ReLU) else layer.backward(gradient)"
    change(files, "models/resnet.py", "ResBlock.backward", "gradient = layer.backward(gradient)", new)
    return files


@recipe
def inputs_cast_to_float32(files: Files) -> Made:
    for d in "12":
        old, new = (
            "self.A = A\n",
            "A = A.astype(np.float32)\n        self.W = self.W.astype(np.float32)\n        self.A = A\n",
        )
        change(files, f"mytorch/Conv{d}d.py", f"Conv{d}d_stride1.forward", old, new)
    return files


@recipe
def init_functions_ignored(files: Files) -> Made:
    for d in "12":
        path, where = f"mytorch/Conv{d}d.py", f"Conv{d}d_stride1.__init__"
        change(files, path, where, "if weight_init_fn is None:", "if True:")
    return files


@recipe
def parameters_of_other_names(files: Files) -> Made:
    renamed = {
        "in_channels": "in_channel",
        "out_channels": "out_channel",
        "kernel_size": "kernel",
        "upsampling_factor": "factor",
    }
    for path in (
        "mytorch/Conv1d.py",
        "mytorch/Conv2d.py",
        "mytorch/ConvTranspose.py",
        "mytorch/resampling.py",
        "models/mlp_scan.py",
    ):
        for old, new in renamed.items():
            files[path] = files[path].replace(old, new)
    return files
