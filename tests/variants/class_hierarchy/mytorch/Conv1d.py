from convolution import Conv1d_stride1, Padding, Strided
from resampling import Downsample1d


class Conv1d(Strided):
    def __init__(self, in_channels, out_channels, kernel_size, stride, *, padding=0, **init):
        self.conv1d_stride1 = Conv1d_stride1(in_channels, out_channels, kernel_size, **init)
        self.ends = Padding(padding), Downsample1d(stride)

    @property
    def steps(self):
        return self.ends[0], self.conv1d_stride1, self.ends[1]
