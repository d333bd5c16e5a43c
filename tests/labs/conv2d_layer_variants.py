"""Correct solutions of conv2d_layer that look nothing like the reference."""

BASE = """
import numpy as np

class Layer:
    optimizable = True
    def forward(self, X): raise NotImplementedError
    def backward(self, grads): raise NotImplementedError
"""

LOOPS = (
    BASE
    + """
class conv2D(Layer):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0,
                 initialize_method=np.random.normal, weight_decay=False, weight_decay_lambda=1e-8):
        self.k, self.s, self.p = kernel_size, stride, padding
        self.filters = initialize_method(size=(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = initialize_method(size=out_channels)
        self.decay, self.lam = weight_decay, weight_decay_lambda
        self.params = dict(W=self.filters, b=self.bias)
        self.grads = dict(W=None, b=None)

    def __call__(self, X):
        return self.forward(X)

    def pad(self, X):
        n, c, h, w = X.shape
        big = np.zeros((n, c, h + 2 * self.p, w + 2 * self.p))
        big[:, :, self.p:self.p + h, self.p:self.p + w] = X
        return big

    def forward(self, X):
        self.params["W"], self.params["b"] = self.filters, self.bias
        self.input = X
        big = self.pad(X)
        rows = (big.shape[2] - self.k) // self.s + 1
        cols = (big.shape[3] - self.k) // self.s + 1
        out = np.zeros((len(X), len(self.filters), rows, cols))
        for n in range(len(X)):
            for o in range(len(self.filters)):
                for y in range(rows):
                    for x in range(cols):
                        a, b = y * self.s, x * self.s
                        out[n, o, y, x] = np.sum(big[n, :, a:a + self.k, b:b + self.k] * self.filters[o]) + self.bias[o]
        return out

    def backward(self, grads):
        big = self.pad(self.input)
        dX, dW, db = np.zeros(big.shape), np.zeros(self.filters.shape), np.zeros(self.bias.shape)
        for (n, o, y, x), g in np.ndenumerate(grads):
            where = np.s_[n, :, y * self.s:y * self.s + self.k, x * self.s:x * self.s + self.k]
            dW[o] += g * big[where]
            db[o] += g
            dX[where] += g * self.filters[o]
        self.grads["W"], self.grads["b"] = dW / len(grads), db / len(grads)
        if self.decay:
            self.grads["W"] += 2 * self.lam * self.filters
        h, w = self.input.shape[2:]
        return dX[:, :, self.p:self.p + h, self.p:self.p + w]

    def clear_grad(self):
        self.grads["W"] = self.grads["b"] = None
"""
)

COLUMNS = (
    BASE
    + """
class conv2D(Layer):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0,
                 initialize_method=np.random.normal, weight_decay=False, weight_decay_lambda=1e-8):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.filters, self.bias = initialize_method(size=shape), np.zeros((out_channels,))
        self.weight_decay_lambda = weight_decay_lambda if weight_decay else 0.0
        self.clear_grad()

    @property
    def params(self):
        return {"W": self.filters, "b": self.bias}

    def __call__(self, X):
        return self.forward(X)

    def indices(self):
        step = np.arange(self.kernel_size)
        y = self.stride * np.arange(self.rows)[:, None] + step
        x = self.stride * np.arange(self.cols)[:, None] + step
        return np.s_[:, :, y[:, None, :, None], x[None, :, None, :]]

    def forward(self, X):
        self.input, p = X, self.padding
        self.big = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
        self.rows, self.cols = [(side - self.kernel_size) // self.stride + 1 for side in self.big.shape[2:]]
        self.windows = self.big[self.indices()]
        out = np.tensordot(self.windows, self.filters, ((1, 4, 5), (1, 2, 3)))
        return (out + self.bias).transpose(0, 3, 1, 2)

    def backward(self, grads):
        dW = np.tensordot(grads, self.windows, ((0, 2, 3), (0, 2, 3))) / grads.shape[0]
        dW = dW + 2 * self.weight_decay_lambda * self.filters
        self.grads = {"W": dW, "b": np.mean(np.sum(grads, axis=(2, 3)), axis=0)}
        dX = np.zeros(self.big.shape)
        np.add.at(dX, self.indices(), np.tensordot(grads, self.filters, (1, 0)).transpose(0, 3, 1, 2, 4, 5))
        p, (h, w) = self.padding, self.input.shape[2:]
        return dX[..., p:h + p, p:w + p]

    def clear_grad(self):
        self.grads = {"W": None, "b": None}
"""
)

TURNED = (
    BASE
    + '''
def correlate(A, B):
    """Every window of A (N, C, H, W) with B (K, C, k, l)."""
    k, l = B.shape[2:]
    out = 0.0
    for i in range(k):
        for j in range(l):
            part = A[:, :, i:A.shape[2] - k + 1 + i, j:A.shape[3] - l + 1 + j]
            out = out + np.einsum("nchw,oc->nohw", part, B[:, :, i, j])
    return out

class conv2D(Layer):
    optimizable = True

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0,
                 initialize_method=np.random.normal, weight_decay=False, weight_decay_lambda=1e-8):
        self.stride, self.padding, self.kernel_size = stride, padding, kernel_size
        self.filters = np.asarray(initialize_method(size=(out_channels, in_channels, kernel_size, kernel_size)))
        self.bias = np.full(out_channels, 0.0)
        self.regular = (bool(weight_decay), float(weight_decay_lambda))
        self.params, self.grads, self.input = {"W": self.filters, "b": self.bias}, {"W": None, "b": None}, None

    def forward(self, X):
        self.params.update(W=self.filters, b=self.bias)
        self.input, p = X, self.padding
        self.padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p))).astype(np.float64)
        full = correlate(self.padded, self.filters)
        return full[:, :, ::self.stride, ::self.stride] + self.bias[None, :, None, None]

    __call__ = forward

    def backward(self, grads):
        """Zeros between the gradient's entries make every stride a stride of one."""
        n, (H, W), k = len(grads), self.padded.shape[2:], self.kernel_size
        spread = np.zeros((n, grads.shape[1], H - k + 1, W - k + 1))
        spread[:, :, ::self.stride, ::self.stride] = grads
        dW = correlate(self.padded.swapaxes(0, 1), spread.swapaxes(0, 1)).swapaxes(0, 1) / n
        on, rate = self.regular
        self.grads = {"W": dW + 2 * rate * self.filters if on else dW, "b": spread.sum((0, 2, 3)) / n}
        around = np.pad(spread, ((0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)))
        dX = correlate(around, self.filters[:, :, ::-1, ::-1].swapaxes(0, 1))
        p = self.padding
        return dX[:, :, p:H - p, p:W - p]

    def clear_grad(self):
        for name in self.grads:
            self.grads[name] = None
'''
)

VARIANTS = {"loops": LOOPS, "columns": COLUMNS, "turned kernels": TURNED}
