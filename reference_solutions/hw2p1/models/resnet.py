"""The residual block (bonus).

See "Deep Residual Learning for Image Recognition" (arXiv:1512.03385), section 3.
"""

from activation import ReLU
from batchnorm2d import BatchNorm2d
from Conv2d import Conv2d


class ConvBlock:
    """A convolution, then batch normalisation.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, stride, padding : int
        As in `Conv2d`.

    Attributes
    ----------
    layers : list
        The Conv2d, then the BatchNorm2d.
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        # <solution: set layers>
        self.layers = [
            Conv2d(in_channels, out_channels, kernel_size, stride, padding=padding),
            BatchNorm2d(out_channels),
        ]
        # </solution>

    def forward(self, A):
        """Map (N, in_channels, H, W) to (N, out_channels, H', W'), with `Conv2d`'s H' and W'."""
        # <solution: through the layers>
        for layer in self.layers:
            A = layer.forward(A)
        return A
        # </solution>

    def backward(self, dLdZ):
        """Return the gradient by the input, from that by the output; each has the shape of its array."""
        # <solution: through the layers in reverse order>
        for layer in reversed(self.layers):
            dLdZ = layer.backward(dLdZ)
        return dLdZ
        # </solution>

    def __call__(self, A):
        """Map the input, as `forward` does."""
        return self.forward(A)


class IdentityBlock:
    """The shortcut that changes nothing."""

    def forward(self, A):
        """Return the input."""
        # <solution: nothing to compute>
        return A
        # </solution>

    def backward(self, dLdZ):
        """Return the gradient."""
        # <solution: nothing to compute>
        return dLdZ
        # </solution>

    def __call__(self, A):
        """Return the input, as `forward` does."""
        return self.forward(A)


class ResBlock:
    """Two convolutions beside a shortcut: add up both branches, then ReLU.

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of the input and of the output.
    filter_size : int
        The kernel size of the first convolution; the second one's is 1.
    stride, padding : int, optional
        Of the first convolution; the second one's are 1 and 0.

    Attributes
    ----------
    convolution_layers : list
        A ConvBlock with all of these parameters, a ReLU, and a ConvBlock of kernel 1, stride 1 and padding 0.
    residual_connection : ConvBlock or IdentityBlock
        The shortcut: nothing where the convolutions keep the shape by their parameters alone (stride 1,
        as many channels out as in, filter size 1, padding 0); else a ConvBlock with the parameters of the
        first one.
    final_activation : ReLU
    """

    def __init__(self, in_channels, out_channels, filter_size, stride=3, padding=1):
        # <solution: set convolution_layers, residual_connection and final_activation>
        first = (in_channels, out_channels, filter_size, stride, padding)
        self.convolution_layers = [ConvBlock(*first), ReLU(), ConvBlock(out_channels, out_channels, 1, 1, 0)]
        same_shape = stride == 1 and in_channels == out_channels and filter_size == 1 and padding == 0
        self.residual_connection = IdentityBlock() if same_shape else ConvBlock(*first)
        self.final_activation = ReLU()
        # </solution>

    def forward(self, A):
        """Map (N, in_channels, H, W) to (N, out_channels, H', W'), as the first convolution does."""
        # <solution: both branches start from A; the activation comes after the sum>
        shortcut = self.residual_connection.forward(A)
        for layer in self.convolution_layers:
            A = layer.forward(A)
        return self.final_activation.forward(A + shortcut)
        # </solution>

    def backward(self, dLdZ):
        """Return the gradient by the input, from that by the output; each has the shape of its array."""
        # <solution: the sum hands its gradient to both branches, and the input gets what comes back from
        # both>
        gradient = self.final_activation.backward(dLdZ)
        shortcut = self.residual_connection.backward(gradient)
        for layer in reversed(self.convolution_layers):
            gradient = layer.backward(gradient)
        return gradient + shortcut
        # </solution>

    def __call__(self, A):
        """Map the input, as `forward` does."""
        return self.forward(A)
