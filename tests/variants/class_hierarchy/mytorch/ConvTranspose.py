from convolution import Conv1d_stride1, Conv2d_stride1
from module import Chain
from resampling import Upsample1d, Upsample2d


class ConvTranspose1d(Chain):
    def __init__(self, in_channels, out_channels, kernel_size, upsampling_factor, **init):
        self.upsample1d = Upsample1d(upsampling_factor)
        self.conv1d_stride1 = Conv1d_stride1(in_channels, out_channels, kernel_size, **init)

    steps = property(lambda self: (self.upsample1d, self.conv1d_stride1))


class ConvTranspose2d(Chain):
    def __init__(self, in_channels, out_channels, kernel_size, upsampling_factor, **init):
        self.upsample2d = Upsample2d(upsampling_factor)
        self.conv2d_stride1 = Conv2d_stride1(in_channels, out_channels, kernel_size, **init)

    steps = property(lambda self: (self.upsample2d, self.conv2d_stride1))
