"""The same convolution twice, channels last: by loops, and as one matrix product.

Shapes everywhere: ``X (N, H, W, Cin)``, ``W (fr, fc, Cin, Cout)``. A window of a dilated kernel takes every
``dilation``-th row and column, so it is ``(fr − 1)·dilation + 1`` high.
"""

import numpy as np
from utils import ActivationInitializer, LayerBase, WeightInitializer


def Pad2D(X, pad, kernel_shape, stride=1, dilation=1):
    """Put zeros around the rows and columns of each image.

    Parameters
    ----------
    X : ndarray (N, H, W, C)
        The images.
    pad : int, (int, int), (int, int, int, int), "same" or "valid"
        On all sides; for rows and for columns, each on both sides; top, bottom, left, right; as much as makes
        the output ⌈H/stride⌉ by ⌈W/stride⌉ (never less than nothing; where the total is odd, one more at the
        bottom or the right); nothing.
    kernel_shape : (int, int)
        fr and fc, which "same" depends upon.
    stride, dilation : int
        The convolution's; "same" depends upon them.

    Returns
    -------
    X_pad : ndarray (N, top + H + bottom, left + W + right, C)
        The padded images.
    pad4 : (int, int, int, int)
        top, bottom, left, right.
    """
    # Your code here: find the four numbers first; for "same" a side needs (⌈side/stride⌉ − 1)·stride
    # + the window's size − side zeros in total
    raise NotImplementedError("Pad2D")


def out_sides(padded_sides, kernel_shape, stride, dilation=1):
    """Tell how many rows and columns a convolution's output has.

    Parameters
    ----------
    padded_sides, kernel_shape : (int, int)
        Height and width of the padded input, and of the kernel.

    Returns
    -------
    (int, int)
        ``(side − (taps − 1)·dilation − 1) // stride + 1`` for each.
    """
    return tuple(
        (side - (taps - 1) * dilation - 1) // stride + 1 for side, taps in zip(padded_sides, kernel_shape, strict=True)
    )


def Conv2d(X, W, stride, pad, dilation=1):
    """Convolve by loops over the output's rows and columns.

    Parameters
    ----------
    X : ndarray (N, H, W, Cin)
    W : ndarray (fr, fc, Cin, Cout)
    stride, dilation : int
    pad
        As in `Pad2D`.

    Returns
    -------
    Z : ndarray (N, rows, cols, Cout)
        ``Z[n, r, k, o] = Σ_i Σ_j Σ_c X_pad[n, r·stride + i·dilation, k·stride + j·dilation, c] · W[i, j, c, o]``.
    """
    # Your code here: cut each window out of the padded X, then sum over its rows, columns and
    # channels
    raise NotImplementedError("Conv2d")


def im2col(X, W_shape, pad, stride, dilation=1):
    """Write each window of each image as a column.

    Parameters
    ----------
    X : ndarray (N, H, W, Cin)
    W_shape : (fr, fc, Cin, Cout)
    pad
        As in `Pad2D`.
    stride, dilation : int

    Returns
    -------
    X_col : ndarray (fr·fc·Cin, rows·cols·N)
        Row ``c·fr·fc + i·fc + j`` holds what tap (i, j) of channel c sees; column ``position·N + n`` is the
        window at position ``r·cols + k`` of image n.
    pad4 : (int, int, int, int)
        top, bottom, left, right.
    """
    # Your code here: a loop over the kernel's taps is enough: each sees a strided slice of the padded
    # X
    raise NotImplementedError("im2col")


def seen(tap, count, stride, dilation):
    """Tell what one tap of the kernel sees of a side: a slice that gives `count` entries."""
    return slice(tap * dilation, tap * dilation + (count - 1) * stride + 1, stride)


def col2im(X_col, X_shape, W_shape, pad4, stride, dilation=1):
    """Add columns back to where `im2col` took them from: its adjoint.

    Parameters
    ----------
    X_col : ndarray (fr·fc·Cin, rows·cols·N)
        Laid out as `im2col` does.
    X_shape : (N, H, W, Cin)
        Of the images without padding.
    W_shape : (fr, fc, Cin, Cout)
    pad4 : (int, int, int, int)
        top, bottom, left, right.
    stride, dilation : int

    Returns
    -------
    ndarray (N, H, W, Cin)
        What several windows share is the sum over all of them; what fell on the padding is cut off.
    """
    # Your code here: as im2col, with += into a padded array of zeros; mind that `a[indices] += b`
    # adds only once where indices repeat
    raise NotImplementedError("col2im")


def conv2D_gemm(X, W, stride=1, pad="same", dilation=1):
    """Convolve by one matrix product.

    Parameters
    ----------
    X : ndarray (N, H, W, Cin)
    W : ndarray (fr, fc, Cin, Cout)
    stride, dilation : int
    pad
        As in `Pad2D`.

    Returns
    -------
    Z : ndarray (N, rows, cols, Cout)
        What `Conv2d` gives, a thousand times faster.
    """
    # Your code here: W as a matrix (Cout, fr·fc·Cin) in the order of im2col's rows, times the
    # columns; then undo the columns' order
    raise NotImplementedError("conv2D_gemm")


def as_matrix(W):
    """Write a kernel (fr, fc, Cin, Cout) as a matrix (Cout, Cin·fr·fc) that fits the rows of `im2col`."""
    # Your code here
    raise NotImplementedError("as_matrix")


class Conv2D(LayerBase):
    """A convolution with a bias and an activation, by loops.

    Parameters
    ----------
    out_ch : int
    kernel_shape : (int, int)
        fr and fc.
    pad, stride, dilation
        As in `Pad2D` and `Conv2d`.
    acti_fn : {None, "relu", "sigmoid", "tanh"}
    optimizer
        Kept, not used.
    init_w : str
        How `WeightInitializer` draws W.

    Attributes
    ----------
    params : dict
        ``W (fr, fc, Cin, Cout)`` and ``b (1, 1, 1, Cout)``, made at the first forward pass. Whoever puts others in
        their place means them to count.
    gradients : dict
        The gradients of the loss by ``W`` and ``b`` after `backward`: sums over images and positions.
    """

    def __init__(
        self,
        out_ch,
        kernel_shape,
        pad=0,
        stride=1,
        dilation=1,
        acti_fn=None,
        optimizer=None,
        init_w="glorot_uniform",
    ):
        super().__init__(optimizer)
        self.out_ch = out_ch
        self.in_ch = None
        self.kernel_shape = kernel_shape
        self.pad = pad
        self.stride = stride
        self.dilation = dilation
        self.acti_fn = ActivationInitializer(acti_fn)()
        self.init_w = init_w
        self.derived_variables = {"Z": []}

    @property
    def hyperparams(self):
        """What the layer was built with: a dict; `acti_fn` is a text."""
        return {
            "layer": type(self).__name__,
            "pad": self.pad,
            "init_w": self.init_w,
            "in_ch": self.in_ch,
            "out_ch": self.out_ch,
            "stride": self.stride,
            "dilation": self.dilation,
            "acti_fn": str(self.acti_fn),
            "kernel_shape": self.kernel_shape,
            "optimizer": self.optimizer,
        }

    def _init_params(self, in_ch):
        """Draw W and make b, once the number of channels is known."""
        # Your code here: W by WeightInitializer, b of zeros
        raise NotImplementedError("Conv2D._init_params")

    def forward(self, X, retain_derived=True):
        """Convolve, add the bias, activate.

        Parameters
        ----------
        X : ndarray (N, H, W, Cin)
        retain_derived : bool
            Whether a backward pass will follow; without it nothing of this call is kept but the parameters that
            the first one makes.

        Returns
        -------
        ndarray (N, rows, cols, Cout)
        """
        # Your code here: _init_params at the first call; append X and Z where they are to be kept
        raise NotImplementedError("Conv2D.forward")

    def backward(self, dLda, retain_grads=True):
        """Find the gradients by the input, the kernel and the bias.

        Parameters
        ----------
        dLda : ndarray (N, rows, cols, Cout), or list of them
            Gradient of the loss by each retained output, in their order.
        retain_grads : bool
            Whether to add the gradients by W and b to `gradients`.

        Returns
        -------
        dX : ndarray (N, H, W, Cin), or list of them
            A list where a list came in.
        """
        # Your code here: dLdZ = dLda times the activation's derivative at Z; then one backward pass
        # for each retained X, whose gradients add up
        raise NotImplementedError("Conv2D.backward")

    def _convolve(self, X):
        """Convolve X with W, without bias and activation."""
        # Your code here: Conv2d
        raise NotImplementedError("Conv2D._convolve")

    def _back(self, X, dZ):
        """Find dX, dW and db of one retained input, by loops.

        Parameters
        ----------
        X : ndarray (N, H, W, Cin)
        dZ : ndarray (N, rows, cols, Cout)
        """
        # Your code here: for each position, the window that it saw gets dZ times W, and W gets the
        # window times dZ; cut the padding off at the end
        raise NotImplementedError("Conv2D._back")


class Conv2D_gemm(Conv2D):
    """The same layer by matrix products: `Conv2D` says what goes in and out."""

    def _convolve(self, X):
        """Convolve X with W, without bias and activation."""
        # Your code here: conv2D_gemm
        raise NotImplementedError("Conv2D_gemm._convolve")

    def _back(self, X, dZ):
        """Find dX, dW and db of one retained input, by two matrix products.

        Parameters
        ----------
        X : ndarray (N, H, W, Cin)
        dZ : ndarray (N, rows, cols, Cout)
        """
        # Your code here: dZ as a matrix (Cout, rows·cols·N) in the order of im2col's columns; col2im
        # gives dX
        raise NotImplementedError("Conv2D_gemm._back")
