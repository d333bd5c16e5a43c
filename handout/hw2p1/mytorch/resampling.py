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
        # Your code here: start from zeros of the output's shape, then put A at every k-th position
        raise NotImplementedError("Upsample1d.forward")

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
        # Your code here: which entries of Z depend on A?
        raise NotImplementedError("Upsample1d.backward")


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
        # Your code here: several widths give the same output width, so remember what backward needs
        raise NotImplementedError("Downsample1d.forward")

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
        # Your code here: zeros of the input's own width, with the gradient at the kept positions
        raise NotImplementedError("Downsample1d.backward")


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
        # Your code here: as Upsample1d, along both axes; height and width may differ
        raise NotImplementedError("Upsample2d.forward")

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
        # Your code here: as Upsample1d, along both axes
        raise NotImplementedError("Upsample2d.backward")


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
        # Your code here: as Downsample1d, along both axes; remember the height and the width
        raise NotImplementedError("Downsample2d.forward")

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
        # Your code here: as Downsample1d, along both axes
        raise NotImplementedError("Downsample2d.backward")
