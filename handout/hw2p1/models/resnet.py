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
        # Your code here: set layers
        raise NotImplementedError("ConvBlock.__init__")

    def forward(self, A):
        """Map (N, in_channels, H, W) to (N, out_channels, H', W'), with `Conv2d`'s H' and W'."""
        # Your code here: through the layers
        raise NotImplementedError("ConvBlock.forward")

    def backward(self, dLdZ):
        """Return the gradient by the input, from that by the output; each has the shape of its array."""
        # Your code here: through the layers in reverse order
        raise NotImplementedError("ConvBlock.backward")

    def __call__(self, A):
        """Map the input, as `forward` does."""
        return self.forward(A)


class IdentityBlock:
    """The shortcut that changes nothing."""

    def forward(self, A):
        """Return the input."""
        # Your code here: nothing to compute
        raise NotImplementedError("IdentityBlock.forward")

    def backward(self, dLdZ):
        """Return the gradient."""
        # Your code here: nothing to compute
        raise NotImplementedError("IdentityBlock.backward")

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
        # Your code here: set convolution_layers, residual_connection and final_activation
        raise NotImplementedError("ResBlock.__init__")

    def forward(self, A):
        """Map (N, in_channels, H, W) to (N, out_channels, H', W'), as the first convolution does."""
        # Your code here: both branches start from A; the activation comes after the sum
        raise NotImplementedError("ResBlock.forward")

    def backward(self, dLdZ):
        """Return the gradient by the input, from that by the output; each has the shape of its array."""
        # Your code here: the sum hands its gradient to both branches, and the input gets what comes
        # back from both
        raise NotImplementedError("ResBlock.backward")

    def __call__(self, A):
        """Map the input, as `forward` does."""
        return self.forward(A)
