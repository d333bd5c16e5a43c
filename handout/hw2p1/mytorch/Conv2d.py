"""Two-dimensional convolution with square kernels, first at stride 1, then at any stride."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from resampling import Downsample2d


class Conv2d_stride1:
    """Cross-correlate every channel with a kernel, add up the channels, add a bias.

    Parameters
    ----------
    in_channels, out_channels : int
        Cin and Cout.
    kernel_size : int
        K, the height and the width of the window that one output sees.
    weight_init_fn : callable, optional
        ``weight_init_fn(Cout, Cin, K, K)`` gives the first ``W``; standard normal values without it.
    bias_init_fn : callable, optional
        ``bias_init_fn(Cout)`` gives the first ``b``; zeros without it.

    Attributes
    ----------
    W, dLdW : ndarray (Cout, Cin, K, K)
        The kernels, and the gradient of the loss by them after `backward`.
    b, dLdb : ndarray (Cout,)
        The biases, and the gradient of the loss by them after `backward`.
    """

    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size

        if weight_init_fn is None:
            self.W = np.random.normal(0.0, 1.0, (out_channels, in_channels, kernel_size, kernel_size))
        else:
            self.W = weight_init_fn(out_channels, in_channels, kernel_size, kernel_size)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)

        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = np.zeros(self.b.shape)

    def forward(self, A):
        """Slide the kernels over the input.

        Parameters
        ----------
        A : ndarray (N, Cin, H, W)
            The input, at least K high and K wide.

        Returns
        -------
        Z : ndarray (N, Cout, H − K + 1, W − K + 1), float64
            ``Z[n, o, h, w] = b[o] + Σ_c Σ_i Σ_j A[n, c, h + i, w + j] · W[o, c, i, j]``: the kernel is not
            flipped.

        Raises
        ------
        ValueError
            The input is smaller than the kernel, or has another number of channels.
        """
        # Your code here: as Conv1d_stride1, with windows of K × K
        raise NotImplementedError("Conv2d_stride1.forward")

    def backward(self, dLdZ):
        """Find the gradients by the kernels, the biases and the input.

        Parameters
        ----------
        dLdZ : ndarray (N, Cout, H − K + 1, W − K + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, Cin, H, W)
            ``dLdA[n, c, y, x] = Σ_o Σ_i Σ_j dLdZ[n, o, y − i, x − j] · W[o, c, i, j]``, where dLdZ is
            zero outside its range.

        Notes
        -----
        Sets ``dLdW[o, c, i, j] = Σ_n Σ_h Σ_w dLdZ[n, o, h, w] · A[n, c, h + i, w + j]`` and
        ``dLdb[o] = Σ_n Σ_h Σ_w dLdZ[n, o, h, w]``: sums over the batch, no means, and nothing kept from an
        earlier call. All three follow from the formula of `forward` by the chain rule.
        """
        # Your code here: as Conv1d_stride1; pad dLdZ by K − 1 on all four sides and flip the kernels
        # along both axes
        raise NotImplementedError("Conv2d_stride1.backward")


class Conv2d:
    """Convolution with a stride and a zero padding: pad, convolve at stride 1, downsample.

    Parameters
    ----------
    in_channels, out_channels, kernel_size : int
        Cin, Cout and K, as in `Conv2d_stride1`.
    stride : int
        s ≥ 1, the distance between two neighbouring windows, the same along both axes.
    padding : int, optional
        p ≥ 0, the zeros that are put on each of the four sides of the input.
    weight_init_fn, bias_init_fn : callable, optional
        As in `Conv2d_stride1`.

    Attributes
    ----------
    conv2d_stride1 : Conv2d_stride1
        Holds the weights and their gradients.
    downsample2d : Downsample2d
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding=0,
        weight_init_fn=None,
        bias_init_fn=None,
    ):
        self.stride = stride
        self.padding = padding
        self.conv2d_stride1 = Conv2d_stride1(in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn)
        self.downsample2d = Downsample2d(stride)

    def forward(self, A):
        """Convolve.

        Parameters
        ----------
        A : ndarray (N, Cin, H, W)
            The input, with H + 2p ≥ K and W + 2p ≥ K.

        Returns
        -------
        Z : ndarray (N, Cout, ⌊(H + 2p − K)/s⌋ + 1, ⌊(W + 2p − K)/s⌋ + 1), float64
            Every s-th output, along both axes, of the convolution at stride 1. The size is relationship 6 of
            "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285).

        Raises
        ------
        ValueError
            The padded input is smaller than the kernel, or has another number of channels.
        """
        # Your code here: pad A with zeros on all four sides, then use the two layers that __init__
        # made
        raise NotImplementedError("Conv2d.forward")

    def backward(self, dLdZ):
        """Go back through the same steps in reverse order.

        Parameters
        ----------
        dLdZ : ndarray (N, Cout, ⌊(H + 2p − K)/s⌋ + 1, ⌊(W + 2p − K)/s⌋ + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, Cin, H, W)
            Gradient of the loss by the input, without the padding. ``dLdW`` and ``dLdb`` are set on
            ``conv2d_stride1``.
        """
        # Your code here: the two layers in reverse order, then cut the padding off; mind that padding
        # may be 0
        raise NotImplementedError("Conv2d.backward")
