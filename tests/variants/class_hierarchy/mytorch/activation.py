import numpy as np
from module import Module


class Activation(Module):
    def run(self, Z):
        self.A = self.function(Z)
        return self.A

    def backward(self, dLdA):
        return dLdA * self.slope(self.A)


class Identity(Activation):
    function = staticmethod(lambda Z: Z)
    slope = staticmethod(np.ones_like)


class Sigmoid(Activation):
    function = staticmethod(lambda Z: 1 / (1 + np.exp(-Z)))
    slope = staticmethod(lambda A: A - A * A)


class Tanh(Activation):
    function = staticmethod(np.tanh)
    slope = staticmethod(lambda A: 1 - A * A)


class ReLU(Activation):
    function = staticmethod(lambda Z: (Z > 0) * Z)
    slope = staticmethod(lambda A: A > 0)
