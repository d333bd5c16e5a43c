"""A convolutional layer for batches, channels first: forward, backward and weight decay, NumPy only."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Layer(ABC):
    """What every layer of a network has. Complete: there is nothing to write in this class.

    Attributes
    ----------
    optimizable : bool
        Whether the layer has parameters that an optimizer may change.
    """

    optimizable = True

    @abstractmethod
    def forward(self, X):
        """Return the layer's output."""

    @abstractmethod
    def backward(self, grads):
        """Take the gradient of the loss by the output and return the gradient by the input."""


class conv2D(Layer):
    """Cross-correlate a batch of images with square kernels.

    Parameters
    ----------
    in_channels, out_channels : int
        C and K.
    kernel_size : int
        k, the height and the width of a kernel.
    stride : int
        Steps between two windows, the same for rows and columns.
    padding : int
        Rows and columns of zeros around each image, on each of the four sides.
    initialize_method : callable
        ``initialize_method(size=shape)`` returns an array of that shape: the first filters.
    weight_decay : bool
        Whether ``weight_decay_lambda · Σ filters²`` is part of the loss.
    weight_decay_lambda : float
        λ; without `weight_decay` it means nothing.

    Attributes
    ----------
    filters : ndarray (K, C, k, k)
        The kernels. Whoever holds the layer may put another array here; from then on it counts.
    bias : ndarray (K,)
        One for each output channel, zeros at first. It may be replaced as well.
    params : dict
        ``{"W": filters, "b": bias}``, as they were at the last `forward` (before the first: as built).
    grads : dict
        ``{"W": …, "b": …}``, the gradients of the last `backward`; None and None before it.
    input : ndarray (N, C, H, W)
        What the last `forward` got.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        initialize_method=np.random.normal,
        weight_decay=False,
        weight_decay_lambda=1e-8,
    ):
        # Your code here: keep the arguments, and set all attributes that the docstring of the class
        # lists
        raise NotImplementedError("conv2D.__init__")

    def __call__(self, X):
        return self.forward(X)

    def forward(self, X):
        """Slide the kernels over every image.

        Parameters
        ----------
        X : ndarray (N, C, H, W)
            The batch; H and W may differ, and from call to call.

        Returns
        -------
        ndarray (N, K, H', W')
            ``out[n, o, y, x] = bias[o] + Σ_c Σ_i Σ_j padded[n, c, y·stride + i, x·stride + j] · filters[o, c, i, j]``,
            where ``H' = ⌊(H + 2·padding − k) / stride⌋ + 1``, ``W'`` likewise. The kernel is not turned.
        """
        # Your code here: keep the input and the present parameters, pad rows and columns only, and
        # sum over the windows of k × k; a loop over the k² offsets or sliding_window_view does it
        raise NotImplementedError("conv2D.forward")

    def backward(self, grads):
        """Find the gradients by the parameters and by the input of the last `forward`.

        Parameters
        ----------
        grads : ndarray (N, K, H', W')
            Gradient of the loss by the last output.

        Returns
        -------
        dX : ndarray (N, C, H, W), float64
            For each entry of the input the sum of ``grads[n, o, y, x] · filters[o, c, i, j]`` over all windows and
            kernel entries that looked at it. It is not averaged over the batch, and has no padding.

        Notes
        -----
        Sets ``self.grads["W"]``, (K, C, k, k), and ``self.grads["b"]``, (K,): sums over the positions, means over the
        batch (``Σ / N``), and with weight decay ``2λ · filters`` added to the former's mean. What an earlier
        call left there is replaced.
        """
        # Your code here: scatter grads · filters[:, :, i, j] to the places that offset (i, j) looked
        # at, in an array of floating-point zeros that is as large as the padded input, and cut the
        # padding off
        raise NotImplementedError("conv2D.backward")

    def clear_grad(self):
        """Forget the gradients: both are None again."""
        # Your code here
        raise NotImplementedError("conv2D.clear_grad")
