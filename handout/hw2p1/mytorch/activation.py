"""Activation functions (given: you may use them as they are).

Each has ``forward(Z)``, which returns ``A`` of Z's shape and remembers what ``backward(dLdA)`` needs, and
``backward(dLdA)``, which returns ``dLdZ`` of the same shape. All act on each element by itself, but
`Softmax`, which acts along the last axis.
"""

import numpy as np


class Identity:
    """``A = Z``."""

    def forward(self, Z):
        """Return the input."""
        self.A = Z
        return self.A

    def backward(self, dLdA):
        """Return ``dLdA``."""
        return dLdA


class Sigmoid:
    """``A = 1 / (1 + exp(−Z))``."""

    def forward(self, Z):
        """Apply the function, without an overflow for any finite input."""
        self.A = np.exp(-np.logaddexp(0.0, -Z))
        return self.A

    def backward(self, dLdA):
        """Return ``dLdA · A(1 − A)``."""
        return dLdA * self.A * (1.0 - self.A)


class Tanh:
    """``A = tanh(Z)``."""

    def forward(self, Z):
        """Apply the function."""
        self.A = np.tanh(Z)
        return self.A

    def backward(self, dLdA):
        """Return ``dLdA · (1 − A²)``."""
        return dLdA * (1.0 - self.A**2)


class ReLU:
    """``A = max(0, Z)``."""

    def forward(self, Z):
        """Apply the function."""
        self.A = np.maximum(Z, 0.0)
        return self.A

    def backward(self, dLdA):
        """Return ``dLdA`` where the output was positive, else 0, at Z = 0 too, where there is no slope."""
        return np.where(self.A > 0.0, dLdA, 0.0)


class GELU:
    """``A = Z · Φ(Z)`` with the normal distribution's Φ, exactly (arXiv:1606.08415, section 2)."""

    def forward(self, Z):
        """Apply the function."""
        from scipy.special import erf  # here, since only this class needs SciPy and its import is slow

        self.Z = Z
        self.distribution = 0.5 * (1.0 + erf(Z / np.sqrt(2.0)))
        return Z * self.distribution

    def backward(self, dLdA):
        """Return ``dLdA · (Φ(Z) + Z·φ(Z))``, where φ is the normal density."""
        density = np.exp(-0.5 * self.Z**2) / np.sqrt(2.0 * np.pi)
        return dLdA * (self.distribution + self.Z * density)


class Softmax:
    """``A = exp(Z) / Σ exp(Z)``, the sum along the last axis."""

    def forward(self, Z):
        """Apply the function, without an overflow for any finite input."""
        exponentials = np.exp(Z - Z.max(axis=-1, keepdims=True))
        self.A = exponentials / exponentials.sum(axis=-1, keepdims=True)
        return self.A

    def backward(self, dLdA):
        """Return ``A · (dLdA − Σ dLdA·A)``: the Jacobian diag(A) − A Aᵀ times ``dLdA``, sample by sample."""
        return self.A * (dLdA - (dLdA * self.A).sum(axis=-1, keepdims=True))
