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
    # <solution: find the four numbers first; for "same" a side needs (⌈side/stride⌉ − 1)·stride + the window's
    # size − side zeros in total>
    if isinstance(pad, str):
        if pad not in ("same", "valid"):
            raise ValueError(f"no padding is called {pad!r}")
        pad4 = (0, 0, 0, 0)
        if pad == "same":
            pad4 = ()
            for side, taps in zip(X.shape[1:3], kernel_shape, strict=True):
                window = (taps - 1) * dilation + 1
                total = max(0, (-(-side // stride) - 1) * stride + window - side)
                pad4 += (total // 2, total - total // 2)
    elif isinstance(pad, int):
        pad4 = (pad,) * 4
    elif len(pad) == 2:
        pad4 = (pad[0], pad[0], pad[1], pad[1])
    else:
        pad4 = tuple(pad)
    top, bottom, left, right = pad4
    return np.pad(X, ((0, 0), (top, bottom), (left, right), (0, 0))), pad4
    # </solution>


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
    # <solution: cut each window out of the padded X, then sum over its rows, columns and channels>
    X_pad, _ = Pad2D(X, pad, W.shape[:2], stride, dilation)
    fr, fc = W.shape[:2]
    rows, cols = out_sides(X_pad.shape[1:3], (fr, fc), stride, dilation)
    Z = np.empty((X.shape[0], rows, cols, W.shape[3]))
    for r in range(rows):
        for k in range(cols):
            top, left = r * stride, k * stride
            window = X_pad[:, top : top + fr * dilation : dilation, left : left + fc * dilation : dilation]
            Z[:, r, k] = np.tensordot(window, W, axes=3)
    return Z
    # </solution>


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
    # <solution: a loop over the kernel's taps is enough: each sees a strided slice of the padded X>
    X_pad, pad4 = Pad2D(X, pad, W_shape[:2], stride, dilation)
    N, C = X.shape[0], X.shape[3]
    fr, fc = W_shape[:2]
    rows, cols = out_sides(X_pad.shape[1:3], (fr, fc), stride, dilation)
    X_col = np.empty((C, fr, fc, rows, cols, N))
    for i, j in np.ndindex(fr, fc):
        X_col[:, i, j] = X_pad[:, seen(i, rows, stride, dilation), seen(j, cols, stride, dilation)].transpose(
            3, 1, 2, 0
        )
    return X_col.reshape(C * fr * fc, rows * cols * N), pad4
    # </solution>


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
    # <solution: as im2col, with += into a padded array of zeros; mind that `a[indices] += b` adds only once where
    # indices repeat>
    N, H, W, C = X_shape
    fr, fc = W_shape[:2]
    top, bottom, left, right = pad4
    X_pad = np.zeros((N, top + H + bottom, left + W + right, C))
    rows, cols = out_sides(X_pad.shape[1:3], (fr, fc), stride, dilation)
    taps = X_col.reshape(C, fr, fc, rows, cols, N)
    for i, j in np.ndindex(fr, fc):
        X_pad[:, seen(i, rows, stride, dilation), seen(j, cols, stride, dilation)] += taps[:, i, j].transpose(
            3, 1, 2, 0
        )
    return X_pad[:, top : top + H, left : left + W]
    # </solution>


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
    # <solution: W as a matrix (Cout, fr·fc·Cin) in the order of im2col's rows, times the columns; then undo the
    # columns' order>
    X_col, (top, bottom, left, right) = im2col(X, W.shape, pad, stride, dilation)
    padded = (top + X.shape[1] + bottom, left + X.shape[2] + right)
    rows, cols = out_sides(padded, W.shape[:2], stride, dilation)
    return (as_matrix(W) @ X_col).reshape(W.shape[3], rows, cols, X.shape[0]).transpose(3, 1, 2, 0)
    # </solution>


def as_matrix(W):
    """Write a kernel (fr, fc, Cin, Cout) as a matrix (Cout, Cin·fr·fc) that fits the rows of `im2col`."""
    # <solution>
    return W.transpose(3, 2, 0, 1).reshape(W.shape[3], -1)
    # </solution>


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
        # <solution: W by WeightInitializer, b of zeros>
        self.in_ch = in_ch
        self.params = {
            "W": WeightInitializer(self.init_w)((*self.kernel_shape, in_ch, self.out_ch)),
            "b": np.zeros((1, 1, 1, self.out_ch)),
        }
        self.gradients = {name: np.zeros_like(value) for name, value in self.params.items()}
        # </solution>

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
        # <solution: _init_params at the first call; append X and Z where they are to be kept>
        if not self.params:
            self._init_params(X.shape[3])
        Z = self._convolve(X) + self.params["b"]
        if retain_derived:
            self.X.append(X)
            self.derived_variables["Z"].append(Z)
        return self.acti_fn(Z)
        # </solution>

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
        # <solution: dLdZ = dLda times the activation's derivative at Z; then one backward pass for each retained X,
        # whose gradients add up>
        grads = dLda if isinstance(dLda, list) else [dLda]
        dX = []
        for X, Z, dA in zip(self.X, self.derived_variables["Z"], grads, strict=True):
            dx, dW, db = self._back(X, dA * self.acti_fn.grad(Z))
            dX.append(dx)
            if retain_grads:
                self.gradients["W"] = self.gradients["W"] + dW
                self.gradients["b"] = self.gradients["b"] + db
        return dX if isinstance(dLda, list) else dX[0]
        # </solution>

    def _convolve(self, X):
        """Convolve X with W, without bias and activation."""
        # <solution: Conv2d>
        return Conv2d(X, self.params["W"], self.stride, self.pad, self.dilation)
        # </solution>

    def _back(self, X, dZ):
        """Find dX, dW and db of one retained input, by loops.

        Parameters
        ----------
        X : ndarray (N, H, W, Cin)
        dZ : ndarray (N, rows, cols, Cout)
        """
        # <solution: for each position, the window that it saw gets dZ times W, and W gets the window times dZ; cut
        # the padding off at the end>
        W = self.params["W"]
        X_pad, (top, _, left, _) = Pad2D(X, self.pad, self.kernel_shape, self.stride, self.dilation)
        (fr, fc), s, d = self.kernel_shape, self.stride, self.dilation
        dX, dW = np.zeros_like(X_pad, dtype=float), np.zeros_like(W)
        for r, k in np.ndindex(*dZ.shape[1:3]):
            window = (
                slice(None),
                slice(r * s, r * s + fr * d, d),
                slice(k * s, k * s + fc * d, d),
            )
            dX[window] += np.tensordot(dZ[:, r, k], W, axes=(1, 3))
            dW += np.tensordot(X_pad[window], dZ[:, r, k], axes=(0, 0))
        db = dZ.sum(axis=(0, 1, 2)).reshape(1, 1, 1, -1)
        return dX[:, top : top + X.shape[1], left : left + X.shape[2]], dW, db
        # </solution>


class Conv2D_gemm(Conv2D):
    """The same layer by matrix products: `Conv2D` says what goes in and out."""

    def _convolve(self, X):
        """Convolve X with W, without bias and activation."""
        # <solution: conv2D_gemm>
        return conv2D_gemm(X, self.params["W"], self.stride, self.pad, self.dilation)
        # </solution>

    def _back(self, X, dZ):
        """Find dX, dW and db of one retained input, by two matrix products.

        Parameters
        ----------
        X : ndarray (N, H, W, Cin)
        dZ : ndarray (N, rows, cols, Cout)
        """
        # <solution: dZ as a matrix (Cout, rows·cols·N) in the order of im2col's columns; col2im gives dX>
        W = self.params["W"]
        X_col, pad4 = im2col(X, W.shape, self.pad, self.stride, self.dilation)
        dZ_col = dZ.transpose(3, 1, 2, 0).reshape(self.out_ch, -1)
        dX = col2im(as_matrix(W).T @ dZ_col, X.shape, W.shape, pad4, self.stride, self.dilation)
        fr, fc, C, out_ch = W.shape
        dW = (dZ_col @ X_col.T).reshape(out_ch, C, fr, fc).transpose(2, 3, 1, 0)
        return dX, dW, dZ_col.sum(axis=1).reshape(1, 1, 1, -1)
        # </solution>
