from activation import ReLU
from Conv1d import Conv1d
from flatten import Flatten
from module import Chain


class ScanningMLP(Chain):
    """Convolutions of `sizes`, with ReLU in between and Flatten at the end."""

    def __init__(self):
        self.convolutions = [Conv1d(*size) for size in self.sizes]
        first, second, third = self.convolutions
        self.layers = [first, ReLU(), second, ReLU(), third, Flatten()]

    steps = property(lambda self: self.layers)

    def init_weights(self, weights):
        for (Cin, Cout, K, _), convolution, matrix in zip(self.sizes, self.convolutions, weights, strict=True):
            convolution.conv1d_stride1.W = matrix[: K * Cin, :Cout].reshape(K, Cin, Cout).T


class CNN_SimpleScanningMLP(ScanningMLP):
    sizes = ((24, 8, 8, 4), (8, 16, 1, 1), (16, 4, 1, 1))


class CNN_DistributedScanningMLP(ScanningMLP):
    sizes = ((24, 2, 2, 2), (2, 8, 2, 2), (8, 4, 2, 1))
