"""Convolution of one image as plain functions: channels last, forward and backward, NumPy only."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(input, weight, stride, padding, dilation, groups, bias=None):
    """Cross-correlate one image with C' square kernels.

    Parameters
    ----------
    input : ndarray (H, W, C)
        The image, channels last; H and W may differ.
    weight : ndarray (C', F, F, C / groups)
        One kernel for each output channel.
    stride : int
        Steps between two windows, the same for rows and columns. What is left over at the lower and right
        edge is not looked at.
    padding : int
        Rows and columns of zeros around the image, on each of the four sides.
    dilation : int
        Distance of two neighbouring kernel entries in the image: at 1 they touch, at 2 one pixel lies between
        them. A kernel then covers ``F + (F − 1)(dilation − 1)`` pixels a side.
    groups : int
        The input channels are cut into so many equal blocks, in order, and so are the output channels; an
        output channel sees only the input channels of its own block.
    bias : ndarray (C',), optional
        Added to every pixel of its output channel.

    Returns
    -------
    ndarray (H', W', C')
        ``out[y, x, o] = bias[o] + Σ_i Σ_j Σ_c padded[y·stride + i·dilation, x·stride + j·dilation, first + c]
        · weight[o, i, j, c]``, where ``first`` is the first channel of the block of ``o``, and
        ``H' = ⌊(H + 2·padding − side) / stride⌋ + 1``, ``W'`` likewise.

    Raises
    ------
    ValueError
        The kernels are not square, ``groups`` does not divide the input channels or the output channels, the
        last axis of ``weight`` is not ``C / groups``, or ``bias`` has not exactly one entry for each output
        channel. (An AssertionError is as good.)
    """
    # Your code here: check the arguments first; then pad, cut out the windows with every dilation-th
    # pixel, and sum over i, j and c for each block of channels. A bias that is an array has no truth
    # value: ask whether it `is None`
    raise NotImplementedError("conv2d")


def conv2d_forward(input, weight, bias, stride, padding):
    """Convolve without dilation and groups, and keep what `conv2d_backward` needs.

    Parameters
    ----------
    input : ndarray (H, W, C)
        The image.
    weight : ndarray (C', F, F, C)
        The kernels.
    bias : ndarray (C',)
        One for each output channel.
    stride, padding : int
        As for `conv2d`.

    Returns
    -------
    dict
        ``Z``, the output (H', W', C'), and the arguments: ``W``, the kernels, ``b``, the bias, and ``A_prev``, the
        image as it came, without padding.
    """
    # Your code here
    raise NotImplementedError("conv2d_forward")


def conv2d_backward(dZ, cache, stride, padding):
    """Find the gradients of a loss by the kernels, the bias and the image.

    Parameters
    ----------
    dZ : ndarray (H', W', C')
        Gradient of the loss by the output ``Z``.
    cache : dict
        What `conv2d_forward` returned.
    stride, padding : int
        As they were in the forward pass.

    Returns
    -------
    dW : ndarray (C', F, F, C)
        ``dW[o, i, j, c] = Σ_y Σ_x dZ[y, x, o] · padded[y·stride + i, x·stride + j, c]``.
    db : ndarray (C',)
        ``db[o] = Σ_y Σ_x dZ[y, x, o]``.
    dA_prev : ndarray (H, W, C)
        For each pixel of the image the sum of ``dZ[y, x, o] · W[o, i, j, c]`` over all windows and kernel
        entries that looked at it; the padding's share is dropped.
    """
    # Your code here: with one loop over the kernel's offsets (i, j), the pixels that an offset looked
    # at are padded[i : i + stride·H' : stride, j : j + stride·W' : stride]; add to the same places of
    # a gradient that is as large as the padded image, and cut the padding off at the end
    raise NotImplementedError("conv2d_backward")
