from activation import Identity, ReLU
from batchnorm2d import BatchNorm2d
from Conv2d import Conv2d
from module import Chain


class ConvBlock(Chain):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        convolution = Conv2d(in_channels, out_channels, kernel_size, stride, padding=padding)
        self.layers = [convolution, BatchNorm2d(out_channels)]

    steps = property(lambda self: self.layers)


class ResBlock(Chain):
    def __init__(self, in_channels, out_channels, filter_size, stride=3, padding=1):
        given = in_channels, out_channels, filter_size, stride, padding
        plain = given == (in_channels, in_channels, 1, 1, 0)
        self.convolution_layers = [ConvBlock(*given), ReLU(), ConvBlock(out_channels, out_channels, 1, 1, 0)]
        self.residual_connection = Identity() if plain else ConvBlock(*given)
        self.final_activation = ReLU()

    steps = property(lambda self: self.convolution_layers)

    def run(self, A):
        return self.final_activation(super().run(A) + self.residual_connection(A))

    def backward(self, dLdZ):
        dLdZ = self.final_activation.backward(dLdZ)
        return super().backward(dLdZ) + self.residual_connection.backward(dLdZ)
