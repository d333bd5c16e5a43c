"""Two-dimensional pooling with square windows, first at stride 1, then at any stride."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from resampling import Downsample2d


class MaxPool2d_stride1:
    """Take the largest value of each window.

    Parameters
    ----------
    kernel : int
        K, the height and the width of a window.
    """

    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        """Slide the window over each channel.

        Parameters
        ----------
        A : ndarray (N, C, H, W)
            The input, at least K high and K wide.

        Returns
        -------
        Z : ndarray (N, C, H − K + 1, W − K + 1)
            ``Z[n, c, h, w]`` is the largest of ``A[n, c, h : h + K, w : w + K]``.

        Raises
        ------
        ValueError
            The input is smaller than the window.
        """
        # Your code here: besides the maxima, remember where in its window each one lies; of equal
        # ones take the first in row-major order, as numpy.argmax does
        raise NotImplementedError("MaxPool2d_stride1.forward")

    def backward(self, dLdZ):
        """Send each gradient to the cell that was the maximum.

        Parameters
        ----------
        dLdZ : ndarray (N, C, H − K + 1, W − K + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, C, H, W), float64
            A cell that is the maximum of several windows gets the sum of their gradients. Where equal values
            share a window's maximum, one of them gets all of it: the first in row-major order.
        """
        # Your code here: windows overlap, so add up; the loop that you need is over the K × K offsets
        raise NotImplementedError("MaxPool2d_stride1.backward")


class MeanPool2d_stride1:
    """Take the mean of each window.

    Parameters
    ----------
    kernel : int
        K, the height and the width of a window.
    """

    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        """Slide the window over each channel.

        Parameters
        ----------
        A : ndarray (N, C, H, W)
            The input, at least K high and K wide.

        Returns
        -------
        Z : ndarray (N, C, H − K + 1, W − K + 1), float64
            ``Z[n, c, h, w]`` is the mean of ``A[n, c, h : h + K, w : w + K]``.

        Raises
        ------
        ValueError
            The input is smaller than the window.
        """
        # Your code here: remember the input's shape for backward
        raise NotImplementedError("MeanPool2d_stride1.forward")

    def backward(self, dLdZ):
        """Share each gradient out among its window.

        Parameters
        ----------
        dLdZ : ndarray (N, C, H − K + 1, W − K + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, C, H, W), float64
            Each cell gets 1/K² of the gradient of every window that it lies in.
        """
        # Your code here: windows overlap, so add up; the loop that you need is over the K × K offsets
        raise NotImplementedError("MeanPool2d_stride1.backward")


class MaxPool2d:
    """Max pooling with a stride: pool at stride 1, then downsample.

    Parameters
    ----------
    kernel : int
        K, as in `MaxPool2d_stride1`.
    stride : int
        s ≥ 1, the distance between two neighbouring windows, the same along both axes.

    Attributes
    ----------
    maxpool2d_stride1 : MaxPool2d_stride1
    downsample2d : Downsample2d
    """

    def __init__(self, kernel, stride):
        self.kernel = kernel
        self.stride = stride
        self.maxpool2d_stride1 = MaxPool2d_stride1(kernel)
        self.downsample2d = Downsample2d(stride)

    def forward(self, A):
        """Pool.

        Parameters
        ----------
        A : ndarray (N, C, H, W)
            The input, at least K high and K wide.

        Returns
        -------
        Z : ndarray (N, C, ⌊(H − K)/s⌋ + 1, ⌊(W − K)/s⌋ + 1)

        Raises
        ------
        ValueError
            The input is smaller than the window.
        """
        # Your code here: use the two layers that __init__ made
        raise NotImplementedError("MaxPool2d.forward")

    def backward(self, dLdZ):
        """Go back through the same steps in reverse order.

        Parameters
        ----------
        dLdZ : ndarray (N, C, ⌊(H − K)/s⌋ + 1, ⌊(W − K)/s⌋ + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, C, H, W)
            Gradient of the loss by the input.
        """
        # Your code here: the two layers in reverse order
        raise NotImplementedError("MaxPool2d.backward")


class MeanPool2d:
    """Mean pooling with a stride: pool at stride 1, then downsample.

    Parameters
    ----------
    kernel : int
        K, as in `MeanPool2d_stride1`.
    stride : int
        s ≥ 1, the distance between two neighbouring windows, the same along both axes.

    Attributes
    ----------
    meanpool2d_stride1 : MeanPool2d_stride1
    downsample2d : Downsample2d
    """

    def __init__(self, kernel, stride):
        self.kernel = kernel
        self.stride = stride
        self.meanpool2d_stride1 = MeanPool2d_stride1(kernel)
        self.downsample2d = Downsample2d(stride)

    def forward(self, A):
        """Pool.

        Parameters
        ----------
        A : ndarray (N, C, H, W)
            The input, at least K high and K wide.

        Returns
        -------
        Z : ndarray (N, C, ⌊(H − K)/s⌋ + 1, ⌊(W − K)/s⌋ + 1), float64

        Raises
        ------
        ValueError
            The input is smaller than the window.
        """
        # Your code here: use the two layers that __init__ made
        raise NotImplementedError("MeanPool2d.forward")

    def backward(self, dLdZ):
        """Go back through the same steps in reverse order.

        Parameters
        ----------
        dLdZ : ndarray (N, C, ⌊(H − K)/s⌋ + 1, ⌊(W − K)/s⌋ + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, C, H, W)
            Gradient of the loss by the input.
        """
        # Your code here: the two layers in reverse order
        raise NotImplementedError("MeanPool2d.backward")
