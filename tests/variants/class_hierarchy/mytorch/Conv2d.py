from convolution import Conv2d_stride1, Padding, Strided
from resampling import Downsample2d


class Conv2d(Strided):
    def __init__(self, in_channels, out_channels, kernel_size, stride, *, padding=0, **init):
        self.conv2d_stride1 = Conv2d_stride1(in_channels, out_channels, kernel_size, **init)
        self.ends = Padding(padding), Downsample2d(stride)

    @property
    def steps(self):
        return self.ends[0], self.conv2d_stride1, self.ends[1]
