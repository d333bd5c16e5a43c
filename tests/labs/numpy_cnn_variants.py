"""Correct solutions of numpy_cnn that look nothing like the reference, as scripts."""

LOOPS = """
import math
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))          # overflows with a warning, and is right all the same

def cross_entropy(y, y_hat):
    total = 0.0
    for label, p in zip(y.ravel(), y_hat.ravel()):
        p = min(max(p, 1e-12), 1 - 1e-12)
        total -= label * math.log(p) + (1 - label) * math.log(1 - p)
    return total / y.size

def relu(x):
    return x * (x > 0)

def max_pooling(x, kernel_size, stride):
    n, c, h, w = x.shape
    rows, cols = (h - kernel_size) // stride + 1, (w - kernel_size) // stride + 1
    out = np.full((n, c, rows, cols), -np.inf)
    for i in range(rows):
        for j in range(cols):
            for a in range(kernel_size):
                for b in range(kernel_size):
                    out[:, :, i, j] = np.maximum(out[:, :, i, j], x[:, :, i * stride + a, j * stride + b])
    return out

def conv(x, kernel, bias, stride=2, padding=1):
    n, c, h, w = x.shape
    k, _, kh, kw = kernel.shape
    big = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    big[:, :, padding:padding + h, padding:padding + w] = x
    rows, cols = (big.shape[2] - kh) // stride + 1, (big.shape[3] - kw) // stride + 1
    out = np.zeros((n, k, rows, cols))
    for s in range(n):
        for o in range(k):
            for i in range(rows):
                for j in range(cols):
                    seen = big[s, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
                    out[s, o, i, j] = (seen * kernel[o]).sum() + bias[o]
    return out

def forward(x, w, b):
    return np.dot(x, w) + b

def sigmoid_grad(z):
    return sigmoid(z) * sigmoid(-z)

def cross_entropy_grad(y, p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return (-y / p + (1 - y) / (1 - p)) / y.shape[0]

def backward(x, y, y_hat, w, b, lr):
    n = x.shape[0]
    error = (y_hat - y).reshape(n)
    w -= lr * (x.T @ error).reshape(w.shape) / n
    b -= lr * error.sum() / n
    return w, b
"""

LAMBDAS = """
import numpy as np
from functools import partial
from numpy.lib.stride_tricks import sliding_window_view as windows

EPS = 1e-12
sigmoid = lambda x: 0.5 * (1 + np.tanh(0.5 * x))
relu = np.vectorize(lambda value: max(value, 0.0))
forward = lambda x, w, b: np.add(np.matmul(x, w), b)
sigmoid_grad = lambda z: 0.25 * (1 - np.tanh(z / 2) ** 2)
limited = partial(np.clip, a_min=EPS, a_max=1 - EPS)

def cross_entropy(y, y_hat):
    return float(np.mean(-np.log(np.where(y == 1, limited(y_hat), 1 - limited(y_hat)))))

def max_pooling(x, kernel_size, stride):
    return windows(x, (kernel_size, kernel_size), (2, 3))[:, :, ::stride, ::stride].max(axis=(-1, -2))

def conv(x, kernel, bias, stride=2, padding=1):
    big = np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2)
    seen = windows(big, kernel.shape[2:], (2, 3))[:, :, ::stride, ::stride]
    return np.moveaxis(np.tensordot(seen, kernel, ([1, 4, 5], [1, 2, 3])) + bias, 3, 1)

def cross_entropy_grad(y, p):
    p = limited(p)
    return np.where(y == 1, -1 / p, 1 / (1 - p)) / y.size

def backward(x, y, y_hat, w, b, lr):
    chain = cross_entropy_grad(y, y_hat) * sigmoid_grad(forward(x, w, b))
    return [w - lr * np.dot(x.T, chain), b - lr * np.sum(chain, axis=0)]
"""

LOGARITHMS = '''
import numpy as np

class Images:
    """im2col and back, as a helper class between the functions."""
    def __init__(self, x, height, width, stride):
        self.rows, self.cols = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
        parts = [
            x[:, :, a:a + stride * (self.rows - 1) + 1:stride, b:b + stride * (self.cols - 1) + 1:stride]
            for a in range(height) for b in range(width)
        ]
        self.columns = np.stack(parts, axis=2)  # (N, C, height * width, rows, cols)

def sigmoid(x):
    x = np.asarray(x, dtype=np.float64)
    out = np.empty_like(x)
    up = x >= 0
    out[up] = 1 / (1 + np.exp(-x[up]))
    small = np.exp(x[~up])
    out[~up] = small / (1 + small)
    return out

def cross_entropy(y, y_hat, eps=1e-12):
    return -(y * np.log(y_hat + eps * (y_hat < eps)) + (1 - y) * np.log(1 - y_hat + eps * (1 - y_hat < eps))).mean()

def relu(x):
    out = x.copy()
    out[out < 0] = 0
    return out

def max_pooling(x, kernel_size, stride):
    return Images(x, kernel_size, kernel_size, stride).columns.max(axis=2)

def conv(x, kernel, bias, stride=2, padding=1):
    x = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2), "constant", constant_values=0)
    columns = Images(x, kernel.shape[2], kernel.shape[3], stride).columns
    out = np.einsum("ncprs,kcp->nkrs", columns, kernel.reshape(kernel.shape[0], kernel.shape[1], -1))
    out += bias[:, None, None]
    return out

def forward(x, w, b):
    return (x @ w) + b

def sigmoid_grad(z):
    return np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2

def cross_entropy_grad(y, p):
    p = np.maximum(np.minimum(p, 1 - 1e-12), 1e-12)
    return (p - y) / p / (1 - p) / np.size(y)

def backward(x, y, y_hat, w, b, lr):
    dz = y_hat - y
    dw, db = np.mean(x * dz.reshape(-1, 1), axis=0).reshape(w.shape), np.mean(dz, axis=0)
    return w - lr * dw, b - lr * db
'''

VARIANTS = {"loops": LOOPS, "lambdas": LAMBDAS, "logarithms": LOGARITHMS}
