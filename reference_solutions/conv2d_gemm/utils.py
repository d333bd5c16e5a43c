"""What the layers of this assignment stand upon: complete, nothing to be done here."""

from abc import ABC, abstractmethod

import numpy as np


class LayerBase(ABC):
    """A layer that keeps what its backward pass needs.

    Attributes
    ----------
    X : list of ndarray
        The inputs of the forward passes whose backward pass is still due.
    params, gradients : dict
        ``W`` and ``b``, and the gradients of the loss by them.
    derived_variables : dict
        What else a forward pass computed and its backward pass wants.
    """

    def __init__(self, optimizer=None):
        self.X = []
        self.optimizer = optimizer
        self.params = {}
        self.gradients = {}
        self.derived_variables = {}

    @abstractmethod
    def forward(self, X, retain_derived=True):
        """Compute the layer's output."""

    @abstractmethod
    def backward(self, dLda, retain_grads=True):
        """Compute the gradient by the input."""


class WeightInitializer:
    """Draw a layer's first weights: ``WeightInitializer("glorot_uniform")((3, 3, 2, 4))``.

    Parameters
    ----------
    mode : str
        ``glorot_uniform``, ``glorot_normal``, ``he_uniform``, ``he_normal`` or ``std_normal``. Glorot's variance
        is 2 / (fan in + fan out) [1]_, He's is 2 / (fan in) [2]_.

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
       AISTATS 2010.
    .. [2] K. He et al., "Delving deep into rectifiers", ICCV 2015.
    """

    MODES = ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "std_normal")

    def __init__(self, mode="glorot_uniform"):
        if mode not in self.MODES:
            raise ValueError(f"no way to draw weights is called {mode!r}; there are {', '.join(self.MODES)}")
        self.mode = mode

    def __call__(self, shape):
        """Weights of that shape, whose last two axes are the channels in and out."""
        *window, fan_in, fan_out = shape
        cells = int(np.prod(window))
        if self.mode == "std_normal":
            variance = 1.0
        elif self.mode.startswith("glorot"):
            variance = 2 / (cells * (fan_in + fan_out))
        else:
            variance = 2 / (cells * fan_in)
        if self.mode.endswith("uniform"):
            side = np.sqrt(3 * variance)
            return np.random.uniform(-side, side, shape)
        return np.random.normal(0.0, np.sqrt(variance), shape)


class ActivationInitializer:
    """Make an activation by its name: ``ActivationInitializer("relu")()``.

    Parameters
    ----------
    name : {None, "relu", "sigmoid", "tanh"}
        None is the identity.
    """

    def __init__(self, name=None):
        if name is not None and name not in ACTIVATIONS:
            raise ValueError(f"no activation is called {name!r}; there are {', '.join(ACTIVATIONS)}")
        self.name = name

    def __call__(self):
        """The activation: call it on Z, and its `grad` on the same Z."""
        return Identity() if self.name is None else ACTIVATIONS[self.name]()


class Activation:
    """A function that is applied to each number by itself."""

    def __str__(self):
        return type(self).__name__


class Identity(Activation):
    """Z as it is."""

    def __call__(self, Z):
        """Z."""
        return Z

    def grad(self, Z):
        """The derivative at Z: one."""
        return np.ones_like(Z)


class ReLU(Activation):
    """max(Z, 0)."""

    def __call__(self, Z):
        """The positive part of Z."""
        return np.maximum(Z, 0.0)

    def grad(self, Z):
        """The derivative at Z: one where Z is positive, zero elsewhere."""
        return (Z > 0).astype(float)


class Sigmoid(Activation):
    """1 / (1 + exp(−Z)), written with tanh, which never overflows."""

    def __call__(self, Z):
        """Between zero and one."""
        return 0.5 * (1.0 + np.tanh(0.5 * Z))

    def grad(self, Z):
        """The derivative at Z."""
        A = self(Z)
        return A * (1.0 - A)


class Tanh(Activation):
    """The hyperbolic tangent of Z."""

    def __call__(self, Z):
        """Between minus one and one."""
        return np.tanh(Z)

    def grad(self, Z):
        """The derivative at Z."""
        return 1.0 - np.tanh(Z) ** 2


ACTIVATIONS = {"relu": ReLU, "sigmoid": Sigmoid, "tanh": Tanh}
