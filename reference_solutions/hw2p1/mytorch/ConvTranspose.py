"""Transposed convolution: upsample, then convolve at stride 1.

Here the kernel is not flipped and nothing is cut off the ends, so a layer equals the usual transposed
convolution of the same stride, with a flipped kernel, after K − 1 positions are cut off each end (see "A
guide to convolution arithmetic for deep learning", arXiv:1603.07285, chapter 4).
"""

from Conv1d import Conv1d_stride1
from Conv2d import Conv2d_stride1
from resampling import Upsample1d, Upsample2d


class ConvTranspose1d:
    """Upsample by k, then convolve at stride 1.

    Parameters
    ----------
    in_channels, out_channels, kernel_size : int
        Cin, Cout and K, as in `Conv1d_stride1`.
    upsampling_factor : int
        k ≥ 1, as in `Upsample1d`.
    weight_init_fn, bias_init_fn : callable, optional
        As in `Conv1d_stride1`.

    Attributes
    ----------
    upsample1d : Upsample1d
    conv1d_stride1 : Conv1d_stride1
        Holds the weights and their gradients.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        upsampling_factor,
        weight_init_fn=None,
        bias_init_fn=None,
    ):
        self.upsampling_factor = upsampling_factor
        self.upsample1d = Upsample1d(upsampling_factor)
        self.conv1d_stride1 = Conv1d_stride1(in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn)

    def forward(self, A):
        """Upsample, then convolve.

        Parameters
        ----------
        A : ndarray (N, Cin, W)
            The input, with k(W − 1) + 1 ≥ K.

        Returns
        -------
        Z : ndarray (N, Cout, k(W − 1) + 2 − K), float64

        Raises
        ------
        ValueError
            The upsampled input is narrower than the kernel, or has another number of channels.
        """
        # <solution: use the two layers that __init__ made>
        return self.conv1d_stride1.forward(self.upsample1d.forward(A))
        # </solution>

    def backward(self, dLdZ):
        """Go back through the same steps in reverse order.

        Parameters
        ----------
        dLdZ : ndarray (N, Cout, k(W − 1) + 2 − K)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, Cin, W)
            Gradient of the loss by the input. ``dLdW`` and ``dLdb`` are set on ``conv1d_stride1``.
        """
        # <solution: the two layers in reverse order>
        return self.upsample1d.backward(self.conv1d_stride1.backward(dLdZ))
        # </solution>


class ConvTranspose2d:
    """Upsample by k along both axes, then convolve at stride 1.

    Parameters
    ----------
    in_channels, out_channels, kernel_size : int
        Cin, Cout and K, as in `Conv2d_stride1`.
    upsampling_factor : int
        k ≥ 1, as in `Upsample2d`.
    weight_init_fn, bias_init_fn : callable, optional
        As in `Conv2d_stride1`.

    Attributes
    ----------
    upsample2d : Upsample2d
    conv2d_stride1 : Conv2d_stride1
        Holds the weights and their gradients.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        upsampling_factor,
        weight_init_fn=None,
        bias_init_fn=None,
    ):
        self.upsampling_factor = upsampling_factor
        self.upsample2d = Upsample2d(upsampling_factor)
        self.conv2d_stride1 = Conv2d_stride1(in_channels, out_channels, kernel_size, weight_init_fn, bias_init_fn)

    def forward(self, A):
        """Upsample, then convolve.

        Parameters
        ----------
        A : ndarray (N, Cin, H, W)
            The input, with k(H − 1) + 1 ≥ K and k(W − 1) + 1 ≥ K.

        Returns
        -------
        Z : ndarray (N, Cout, k(H − 1) + 2 − K, k(W − 1) + 2 − K), float64

        Raises
        ------
        ValueError
            The upsampled input is smaller than the kernel, or has another number of channels.
        """
        # <solution: use the two layers that __init__ made>
        return self.conv2d_stride1.forward(self.upsample2d.forward(A))
        # </solution>

    def backward(self, dLdZ):
        """Go back through the same steps in reverse order.

        Parameters
        ----------
        dLdZ : ndarray (N, Cout, k(H − 1) + 2 − K, k(W − 1) + 2 − K)
            Gradient of the loss by the last output.

        Returns
        -------
        dLdA : ndarray (N, Cin, H, W)
            Gradient of the loss by the input. ``dLdW`` and ``dLdb`` are set on ``conv2d_stride1``.
        """
        # <solution: the two layers in reverse order>
        return self.upsample2d.backward(self.conv2d_stride1.backward(dLdZ))
        # </solution>
