"""Where a submission has its classes and functions."""

from __future__ import annotations

from typing import Any

#: Where the layouts of the course's editions keep a class or function; elsewhere it is searched for by name.
FILES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("Upsample1d", "Downsample1d", "Upsample2d", "Downsample2d"),
        ("mytorch/resampling.py", "mytorch/nn/resampling.py"),
    ),
    **dict.fromkeys(
        ("Conv1d_stride1", "Conv1d"),
        ("mytorch/Conv1d.py", "mytorch/nn/Conv1d.py", "mytorch/conv.py"),
    ),
    **dict.fromkeys(
        ("Conv2d_stride1", "Conv2d", "Conv2d_padding"),
        ("mytorch/Conv2d.py", "mytorch/nn/Conv2d.py", "mytorch/conv.py"),
    ),
    **dict.fromkeys(
        ("ConvTranspose1d", "ConvTranspose2d"),
        ("mytorch/ConvTranspose.py", "mytorch/nn/ConvTranspose.py", "mytorch/conv.py"),
    ),
    **dict.fromkeys(
        ("MaxPool2d_stride1", "MeanPool2d_stride1", "MaxPool2d", "MeanPool2d"),
        ("mytorch/pool.py", "mytorch/nn/pool.py"),
    ),
    **dict.fromkeys(
        ("Identity", "Sigmoid", "Tanh", "ReLU", "GELU"),
        ("mytorch/activation.py", "mytorch/nn/activation.py"),
    ),
    "Flatten": ("mytorch/flatten.py", "mytorch/nn/flatten.py"),
    "CrossEntropyLoss": ("mytorch/loss.py", "mytorch/nn/loss.py"),
    "CNN_SimpleScanningMLP": ("models/mlp_scan.py", "hw2/mlp_scan.py"),
    "CNN_DistributedScanningMLP": ("models/mlp_scan.py", "hw2/mlp_scan.py"),
    "CNN": ("models/cnn.py", "hw2/hw2.py", "hw2/cnn.py"),
    "Dropout2d": ("mytorch/dropout2d.py", "mytorch/nn/dropout2d.py"),
    "BatchNorm2d": ("mytorch/batchnorm2d.py", "mytorch/nn/batchnorm2d.py"),
    "ResBlock": ("models/resnet.py", "hw2/resnet.py"),
}
#: Layers that are made of no others: what such a one shares is told there, and not of all that is made of it.
ELEMENTARY = (
    *("Upsample1d", "Downsample1d", "Upsample2d", "Downsample2d", "Conv1d_stride1", "Conv2d_stride1"),
    *("MaxPool2d_stride1", "MeanPool2d_stride1"),
)


def find(task: Any, name: str) -> Any:
    """The submission's class of that name."""
    return task.find(name, *FILES[name])
