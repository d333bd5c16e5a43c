"""Two axes, one after the other."""


class Upsample2d:
    def __init__(self, upsampling_factor):
        self.wide, self.high = Upsample1d(upsampling_factor), Upsample1d(upsampling_factor)

    def forward(self, A):
        return rows(self.high.forward, rows(self.wide.forward, A).swapaxes(2, 3)).swapaxes(2, 3)

    def backward(self, dLdZ):
        return rows(self.wide.backward, rows(self.high.backward, dLdZ.swapaxes(2, 3)).swapaxes(2, 3))


class Downsample2d:
    def __init__(self, downsampling_factor):
        self.wide, self.high = Downsample1d(downsampling_factor), Downsample1d(downsampling_factor)

    def forward(self, A):
        return rows(self.high.forward, rows(self.wide.forward, A).swapaxes(2, 3)).swapaxes(2, 3)

    def backward(self, dLdZ):
        return rows(self.wide.backward, rows(self.high.backward, dLdZ.swapaxes(2, 3)).swapaxes(2, 3))


def rows(function, A):
    """Apply a function of (N, C, W) to each row of images."""
    N, C, H, W = A.shape
    out = function(A.reshape(N, C * H, W))
    return out.reshape(N, C, H, out.shape[-1])
