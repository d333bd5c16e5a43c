"""Convolutional networks that compute what an MLP computes when it scans its input.

The MLP sees 8 time steps of 24 features, gives 4 outputs, and moves on by 4 steps: over 128 steps it
stands at 31 places. Its window (24, 8) is transposed before it is flattened, so row ``t·24 + f`` of its
first matrix belongs to time t and feature f of the window, and row ``t·C + c`` of a deeper one to time t
and channel c. None of its layers has a bias. The idea is that of time-delay neural networks, "Phoneme
Recognition Using Time-Delay Neural Networks" (1989).
"""

from activation import ReLU
from Conv1d import Conv1d
from flatten import Flatten


class CNN_SimpleScanningMLP:
    """The scanning MLP 192 → 8 → 16 → 4 as a CNN.

    Attributes
    ----------
    conv1, conv2, conv3 : Conv1d
        One for each linear layer of the MLP.
    layers : list
        All layers in order, with ReLU between the convolutions and Flatten at the end.
    """

    def __init__(self):
        # <solution: conv1 sees the MLP's whole window and takes the scan's stride; what is left for conv2 and
        # conv3 to see? Set conv1, conv2, conv3 and layers>
        self.conv1 = Conv1d(24, 8, 8, 4)
        self.conv2 = Conv1d(8, 16, 1, 1)
        self.conv3 = Conv1d(16, 4, 1, 1)
        self.layers = [self.conv1, ReLU(), self.conv2, ReLU(), self.conv3, Flatten()]
        # </solution>

    def init_weights(self, weights):
        """Set the convolutions' weights from the MLP's matrices.

        Parameters
        ----------
        weights : sequence of three ndarray, (192, 8), (8, 16) and (16, 4)
            The MLP's matrices (inputs, outputs).
        """
        # <solution: give each matrix the shape (time, channel in, channel out), then order its axes as
        # those of conv1d_stride1.W are>
        for convolution, matrix in zip((self.conv1, self.conv2, self.conv3), weights, strict=True):
            stride1 = convolution.conv1d_stride1
            by_time = matrix.reshape(stride1.kernel_size, stride1.in_channels, stride1.out_channels)
            stride1.W = by_time.transpose(2, 1, 0).copy()
        # </solution>

    def forward(self, A):
        """Scan: (1, 24, 128) to (1, 124), the 31 values of the first channel, then those of the next."""
        # <solution: through the layers>
        for layer in self.layers:
            A = layer.forward(A)
        return A
        # </solution>

    def backward(self, dLdZ):
        """Return the gradient by the input, (1, 24, 128), from that by the output, (1, 124)."""
        # <solution: through the layers in reverse order>
        for layer in reversed(self.layers):
            dLdZ = layer.backward(dLdZ)
        return dLdZ
        # </solution>

    def __call__(self, A):
        """Scan, as `forward` does."""
        return self.forward(A)


class CNN_DistributedScanningMLP:
    """The scanning MLP 192 → 8 → 16 → 4 with shared parameters as a CNN.

    The MLP's first matrix consists of four copies of a (48, 2) block on its diagonal, its second of two
    copies of a (4, 8) block; the third is dense. So a layer computes the same features of each part of
    the window, and the CNN computes them once for parts that windows share.

    Attributes
    ----------
    conv1, conv2, conv3 : Conv1d
        One for each linear layer of the MLP.
    layers : list
        All layers in order, with ReLU between the convolutions and Flatten at the end.
    """

    def __init__(self):
        # <solution: each convolution sees one block's part of the window; where do the parts start? Set
        # conv1, conv2, conv3 and layers>
        self.conv1 = Conv1d(24, 2, 2, 2)
        self.conv2 = Conv1d(2, 8, 2, 2)
        self.conv3 = Conv1d(8, 4, 2, 1)
        self.layers = [self.conv1, ReLU(), self.conv2, ReLU(), self.conv3, Flatten()]
        # </solution>

    def init_weights(self, weights):
        """Set the convolutions' weights from the MLP's matrices.

        Parameters
        ----------
        weights : sequence of three ndarray, (192, 8), (8, 16) and (16, 4)
            The MLP's matrices (inputs, outputs). Only the first block of each is read: what lies beside
            the blocks may be anything, NaN too.
        """
        # <solution: cut the first block, (inputs, outputs), out of each matrix, then as in the simple one>
        for convolution, matrix in zip((self.conv1, self.conv2, self.conv3), weights, strict=True):
            stride1 = convolution.conv1d_stride1
            inputs = stride1.kernel_size * stride1.in_channels
            block = matrix[:inputs, : stride1.out_channels]
            by_time = block.reshape(stride1.kernel_size, stride1.in_channels, stride1.out_channels)
            stride1.W = by_time.transpose(2, 1, 0).copy()
        # </solution>

    def forward(self, A):
        """Scan: (1, 24, 128) to (1, 124), the 31 values of the first channel, then those of the next."""
        # <solution: through the layers>
        for layer in self.layers:
            A = layer.forward(A)
        return A
        # </solution>

    def backward(self, dLdZ):
        """Return the gradient by the input, (1, 24, 128), from that by the output, (1, 124)."""
        # <solution: through the layers in reverse order>
        for layer in reversed(self.layers):
            dLdZ = layer.backward(dLdZ)
        return dLdZ
        # </solution>

    def __call__(self, A):
        """Scan, as `forward` does."""
        return self.forward(A)
