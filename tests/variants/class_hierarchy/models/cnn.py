from itertools import chain

import numpy as np
from Conv1d import Conv1d
from flatten import Flatten
from linear import Linear
from module import Chain


class CNN(Chain):
    def __init__(self, width, channels, num_channels, kernel_sizes, strides, neurons, activations, *init, **rest):
        *_, self.criterion, self.lr = init
        self.convolutional_layers, self.flatten = [], Flatten()
        for out, K, s in zip(num_channels, kernel_sizes, strides, strict=True):
            self.convolutional_layers.append(Conv1d(channels, out, K, s))
            channels, width = out, (width - K) // s + 1
        self.linear_layer = Linear(channels * width, neurons)
        pairs = zip(self.convolutional_layers, activations, strict=True)
        self.layers = [*chain.from_iterable(pairs), self.flatten, self.linear_layer]

    steps = property(lambda self: self.layers)
    parts = property(lambda self: [*(c.conv1d_stride1 for c in self.convolutional_layers), self.linear_layer])

    def run(self, A):
        self.Z = super().run(A)
        return self.Z

    def backward(self, labels):
        self.loss = self.criterion.forward(self.Z, labels)
        return super().backward(self.criterion.backward())

    def zero_grads(self):
        for part in self.parts:
            part.dLdW, part.dLdb = np.zeros_like(part.dLdW), np.zeros_like(part.dLdb)

    def step(self):
        for part in self.parts:
            part.W -= self.lr * part.dLdW
            part.b -= self.lr * part.dLdb
