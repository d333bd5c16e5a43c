"""One flat block: parts by other names, the shortcut first."""

import numpy as np


class ResBlock:
    def __init__(self, in_channels, out_channels, filter_size, stride=3, padding=1):
        self.Conv_BN = [Conv2d(in_channels, out_channels, filter_size, stride, padding), BatchNorm2d(out_channels)]
        self.Conv_BN_2 = [Conv2d(out_channels, out_channels, 1, 1, 0), BatchNorm2d(out_channels)]
        self.shortcut = []
        if not (stride == 1 and in_channels == out_channels and filter_size == 1 and padding == 0):
            self.shortcut = [Conv2d(in_channels, out_channels, filter_size, stride, padding), BatchNorm2d(out_channels)]

    def forward(self, A):
        side = main = A
        for layer in self.shortcut:
            side = layer.forward(side)
        for layer in self.Conv_BN:
            main = layer.forward(main)
        self.inner = main > 0
        main = main * self.inner
        for layer in self.Conv_BN_2:
            main = layer.forward(main)
        total = side + main
        self.outer = total > 0
        return np.where(self.outer, total, 0)

    def backward(self, dLdZ):
        main = side = dLdZ * self.outer
        for layer in self.shortcut[::-1]:
            side = layer.backward(side)
        for layer in self.Conv_BN_2[::-1]:
            main = layer.backward(main)
        main = main * self.inner
        for layer in self.Conv_BN[::-1]:
            main = layer.backward(main)
        return side + main
