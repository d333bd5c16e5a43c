"""Resampling: the layers that turn a stride into a separate step."""

import numpy as np


class Upsample1d:
    """Put zeros between neighbouring positions.

    Parameters
    ----------
    upsampling_factor : int
        k ≥ 1: an input's neighbours end up k positions apart. 1 changes nothing.
    """

    def __init__(self, upsampling_factor):
        self.upsampling_factor = upsampling_factor

    def forward(self, A):
        """Spread the input out.

        Parameters
        ----------
        A : ndarray (N, C, W)
            The input, of any numeric type.

        Returns
        -------
        Z : ndarray (N, C, k(W − 1) + 1), float64
            ``Z[..., k·i] = A[..., i]`` and zero everywhere else. No zeros follow the last value.
        """
        # <solution: start from zeros of the output's shape, then put A at every k-th position>
        k = self.upsampling_factor
        batch, channels, width = A.shape
        Z = np.zeros((batch, channels, k * (width - 1) + 1))
        Z[:, :, ::k] = A
        return Z
        # </solution>

    def backward(self, dLdZ):
        """Keep the gradient where the input's values went.

        Parameters
        ----------
        dLdZ : ndarray (N, C, k(W − 1) + 1)
            Gradient of the loss by the output.

        Returns
        -------
        dLdA : ndarray (N, C, W)
            Gradient of the loss by the input; the inserted zeros depend on no input.
        """
        # <solution: which entries of Z depend on A?>
        return dLdZ[:, :, :: self.upsampling_factor].copy()
        # </solution>


class Downsample1d:
    """Keep the positions 0, k, 2k, … and drop the others.

    Parameters
    ----------
    downsampling_factor : int
        k ≥ 1. 1 changes nothing.
    """

    def __init__(self, downsampling_factor):
        self.downsampling_factor = downsampling_factor

    def forward(self, A):
        """Thin the input out.

        Parameters
        ----------
        A : ndarray (N, C, W)
            The input.

        Returns
        -------
        Z : ndarray (N, C, ⌈W/k⌉)
            ``Z[..., i] = A[..., k·i]``, a copy.
        """
        # <solution: several widths give the same output width, so remember what backward needs>
        self.input_width = A.shape[2]
        return A[:, :, :: self.downsampling_factor].copy()
        # </solution>

    def backward(self, dLdZ):
        """Put the gradient back where the kept values came from.

        Parameters
        ----------
        dLdZ : ndarray (N, C, ⌈W/k⌉)
            Gradient of the loss by the output.

        Returns
        -------
        dLdA : ndarray (N, C, W), float64
            Zero at the dropped positions. As wide as the last input was, which ⌈W/k⌉ alone does not tell:
            with k = 2, widths 7 and 8 both give 4.
        """
        # <solution: zeros of the input's own width, with the gradient at the kept positions>
        dLdA = np.zeros((*dLdZ.shape[:2], self.input_width))
        dLdA[:, :, :: self.downsampling_factor] = dLdZ
        return dLdA
        # </solution>


class Upsample2d:
    """Put zeros between neighbouring rows and between neighbouring columns.

    Parameters
    ----------
    upsampling_factor : int
        k ≥ 1, the same for height and width. 1 changes nothing.
    """

    def __init__(self, upsampling_factor):
        self.upsampling_factor = upsampling_factor

    def forward(self, A):
        """Spread the input out.

        Parameters
        ----------
        A : ndarray (N, C, H, W)
            The input, of any numeric type.

        Returns
        -------
        Z : ndarray (N, C, k(H − 1) + 1, k(W − 1) + 1), float64
            ``Z[..., k·i, k·j] = A[..., i, j]`` and zero everywhere else.
        """
        # <solution: as Upsample1d, along both axes; height and width may differ>
        k = self.upsampling_factor
        batch, channels, height, width = A.shape
        Z = np.zeros((batch, channels, k * (height - 1) + 1, k * (width - 1) + 1))
        Z[:, :, ::k, ::k] = A
        return Z
        # </solution>

    def backward(self, dLdZ):
        """Keep the gradient where the input's values went.

        Parameters
        ----------
        dLdZ : ndarray (N, C, k(H − 1) + 1, k(W − 1) + 1)
            Gradient of the loss by the output.

        Returns
        -------
        dLdA : ndarray (N, C, H, W)
            Gradient of the loss by the input.
        """
        # <solution: as Upsample1d, along both axes>
        k = self.upsampling_factor
        return dLdZ[:, :, ::k, ::k].copy()
        # </solution>


class Downsample2d:
    """Keep the rows and the columns 0, k, 2k, … and drop the others.

    Parameters
    ----------
    downsampling_factor : int
        k ≥ 1, the same for height and width. 1 changes nothing.
    """

    def __init__(self, downsampling_factor):
        self.downsampling_factor = downsampling_factor

    def forward(self, A):
        """Thin the input out.

        Parameters
        ----------
        A : ndarray (N, C, H, W)
            The input.

        Returns
        -------
        Z : ndarray (N, C, ⌈H/k⌉, ⌈W/k⌉)
            ``Z[..., i, j] = A[..., k·i, k·j]``, a copy.
        """
        # <solution: as Downsample1d, along both axes; remember the height and the width>
        k = self.downsampling_factor
        self.input_size = A.shape[2:]
        return A[:, :, ::k, ::k].copy()
        # </solution>

    def backward(self, dLdZ):
        """Put the gradient back where the kept values came from.

        Parameters
        ----------
        dLdZ : ndarray (N, C, ⌈H/k⌉, ⌈W/k⌉)
            Gradient of the loss by the output.

        Returns
        -------
        dLdA : ndarray (N, C, H, W), float64
            Zero at the dropped positions; as high and as wide as the last input was.
        """
        # <solution: as Downsample1d, along both axes>
        k = self.downsampling_factor
        dLdA = np.zeros((*dLdZ.shape[:2], *self.input_size))
        dLdA[:, :, ::k, ::k] = dLdZ
        return dLdA
        # </solution>
