"""One-dimensional convolution, first at stride 1, then at any stride."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from resampling import Downsample1d


class Conv1d_stride1:
    """Cross-correlate every channel with a kernel, add up the channels, add a bias.

    Parameters
    ----------
    in_channels, out_channels : int
        Cin and Cout.
    kernel_size : int
        K, the width of the window that one output sees.
    weight_init_fn : callable, optional
        ``weight_init_fn(Cout, Cin, K)`` gives the first ``W``; standard normal values without it.
    bias_init_fn : callable, optional
        ``bias_init_fn(Cout)`` gives the first ``b``; zeros without it.

    Attributes
    ----------
    W, dLdW : ndarray (Cout, Cin, K)
        The kernels, and the gradient of the loss by them after `backward`.
    b, dLdb : ndarray (Cout,)
        The biases, and the gradient of the loss by them after `backward`.
    """

    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size

        if weight_init_fn is None:
            self.W = np.random.normal(0.0, 1.0, (out_channels, in_channels, kernel_size))
        else:
            self.W = weight_init_fn(out_channels, in_channels, kernel_size)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)

        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = np.zeros(self.b.shape)

    def forward(self, A):
        """Slide the kernels over the input.

        Parameters
        ----------
        A : ndarray (N, Cin, W)
            The input, at least K wide.

        Returns
        -------
        Z : ndarray (N, Cout, W − K + 1), float64
            ``Z[n, o, w] = b[o] + Σ_c Σ_k A[n, c, w + k] · W[o, c, k]``: the kernel is not flipped.

        Raises
        ------
        ValueError
            The input is narrower than the kernel, or has another number of channels.
        """
        # Your code here: remember A; take its windows of width K; sum over the channels and the
        # offsets in the window, for example by numpy.tensordot; add b to each output channel
        raise NotImplementedError("Conv1d_stride1.forward")

    def backward(self, dLdZ):
        """Find the gradients by the kernels, the biases and the input.

        Parameters
        ----------
        dLdZ : ndarray (N, Cout, W − K + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, Cin, W)
            ``dLdA[n, c, i] = Σ_o Σ_k dLdZ[n, o, i − k] · W[o, c, k]``, where dLdZ is zero outside its range.

        Notes
        -----
        Sets ``dLdW[o, c, k] = Σ_n Σ_w dLdZ[n, o, w] · A[n, c, w + k]`` and
        ``dLdb[o] = Σ_n Σ_w dLdZ[n, o, w]``: sums over the batch, no means, and nothing kept from an earlier
        call. All three follow from the formula of `forward` by the chain rule.
        """
        # Your code here: dLdW convolves A with dLdZ; dLdb is a sum; for dLdA pad dLdZ by K − 1 zeros
        # on both sides and convolve it with the flipped kernels
        raise NotImplementedError("Conv1d_stride1.backward")


class Conv1d:
    """Convolution with a stride and a zero padding: pad, convolve at stride 1, downsample.

    Parameters
    ----------
    in_channels, out_channels, kernel_size : int
        Cin, Cout and K, as in `Conv1d_stride1`.
    stride : int
        s ≥ 1, the distance between two neighbouring windows.
    padding : int, optional
        p ≥ 0, the zeros that are put on each side of the input.
    weight_init_fn, bias_init_fn : callable, optional
        As in `Conv1d_stride1`.

    Attributes
    ----------
    conv1d_stride1 : Conv1d_stride1
        Holds the weights and their gradients.
    downsample1d : Downsample1d
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
        self.conv1d_stride1 = Conv1d_stride1(in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn)
        self.downsample1d = Downsample1d(stride)

    def forward(self, A):
        """Convolve.

        Parameters
        ----------
        A : ndarray (N, Cin, W)
            The input, with W + 2p ≥ K.

        Returns
        -------
        Z : ndarray (N, Cout, ⌊(W + 2p − K)/s⌋ + 1), float64
            Every s-th output of the convolution at stride 1. The width is relationship 6 of "A guide to
            convolution arithmetic for deep learning" (arXiv:1603.07285).

        Raises
        ------
        ValueError
            The padded input is narrower than the kernel, or has another number of channels.
        """
        # Your code here: pad A with zeros on both sides, then use the two layers that __init__ made
        raise NotImplementedError("Conv1d.forward")

    def backward(self, dLdZ):
        """Go back through the same steps in reverse order.

        Parameters
        ----------
        dLdZ : ndarray (N, Cout, ⌊(W + 2p − K)/s⌋ + 1)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, Cin, W)
            Gradient of the loss by the input, without the padding. ``dLdW`` and ``dLdb`` are set on
            ``conv1d_stride1``.
        """
        # Your code here: the two layers in reverse order, then cut the padding off; mind that padding
        # may be 0
        raise NotImplementedError("Conv1d.backward")
