"""Weights filled in place, entry by entry; the layers in a generator's order."""


class CNN_SimpleScanningMLP:
    def __init__(self):
        self.conv1, self.conv2, self.conv3 = Conv1d(24, 8, 8, 4), Conv1d(8, 16, 1, 1), Conv1d(16, 4, 1, 1)
        self.layers = [self.conv1, ReLU(), self.conv2, ReLU(), self.conv3, Flatten()]

    def init_weights(self, weights):
        w1, w2, w3 = weights
        for conv, w in ((self.conv1, w1), (self.conv2, w2), (self.conv3, w3)):
            W = conv.conv1d_stride1.W
            for o in range(W.shape[0]):
                for c in range(W.shape[1]):
                    for k in range(W.shape[2]):
                        W[o, c, k] = w[k * W.shape[1] + c, o]

    def __call__(self, A):
        return self.forward(A)

    def forward(self, A):
        Z = A
        for layer in (layer for layer in self.layers):
            Z = layer.forward(Z)
        return Z

    def backward(self, dLdZ):
        for layer in self.layers[::-1]:
            dLdZ = layer.backward(dLdZ)
        return dLdZ


class CNN_DistributedScanningMLP(CNN_SimpleScanningMLP):
    def __init__(self):
        self.conv1, self.conv2, self.conv3 = Conv1d(24, 2, 2, 2), Conv1d(2, 8, 2, 2), Conv1d(8, 4, 2, 1)
        self.layers = [self.conv1, ReLU(), self.conv2, ReLU(), self.conv3, Flatten()]

    def init_weights(self, weights):
        w1, w2, w3 = weights
        super().init_weights([w1[:48, :2], w2[:4, :8], w3])
