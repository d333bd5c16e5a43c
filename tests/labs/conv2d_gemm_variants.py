"""Correct solutions of conv2d_gemm in other styles than the reference's; two do without `utils.py`."""

from __future__ import annotations

SIDES = """
import numpy as np

def sides_of(X, pad, kernel_shape, stride, dilation):
    if pad == "valid":
        return 0, 0, 0, 0
    if pad == "same":
        found = []
        for n, k in zip(X.shape[1:3], kernel_shape):
            out = int(np.ceil(n / stride))
            need = max(0, (out - 1) * stride + dilation * (k - 1) + 1 - n)
            found.append((need // 2, need - need // 2))
        return (*found[0], *found[1])
    if np.isscalar(pad):
        return (pad,) * 4
    return tuple(pad) if len(pad) == 4 else (pad[0], pad[0], pad[1], pad[1])

def Pad2D(X, pad, kernel_shape, stride=1, dilation=1):
    t, b, l, r = sides_of(X, pad, kernel_shape, stride, dilation)
    out = np.zeros((X.shape[0], X.shape[1] + t + b, X.shape[2] + l + r, X.shape[3]))
    out[:, t:t + X.shape[1], l:l + X.shape[2]] = X
    return out, (t, b, l, r)

def indices(X_shape, W_shape, pad4, stride, dilation):
    (N, H, W, C), (fr, fc) = X_shape, W_shape[:2]
    t, b, l, r = pad4
    rows = (H + t + b - dilation * (fr - 1) - 1) // stride + 1
    cols = (W + l + r - dilation * (fc - 1) - 1) // stride + 1
    c, i, j = (a.reshape(-1, 1) for a in np.meshgrid(range(C), range(fr), range(fc), indexing="ij"))
    y, x = (a.reshape(1, -1) for a in np.meshgrid(range(rows), range(cols), indexing="ij"))
    return i * dilation + y * stride, j * dilation + x * stride, c, rows, cols

def im2col(X, W_shape, pad, stride, dilation=1):
    padded, pad4 = Pad2D(X, pad, W_shape[:2], stride, dilation)
    i, j, c, _, _ = indices(X.shape, W_shape, pad4, stride, dilation)
    return padded[:, i, j, c].transpose(1, 2, 0).reshape(i.shape[0], -1), pad4

def col2im(X_col, X_shape, W_shape, pad4, stride, dilation=1):
    N, H, W, C = X_shape
    t, b, l, r = pad4
    out = np.zeros((N, H + t + b, W + l + r, C))
    i, j, c, _, _ = indices(X_shape, W_shape, pad4, stride, dilation)
    np.add.at(out, (slice(None), i, j, c), X_col.reshape(i.shape[0], -1, N).transpose(2, 0, 1))
    return out[:, t:t + H, l:l + W]

def conv2D_gemm(X, W, stride=1, pad="same", dilation=1):
    X_col, pad4 = im2col(X, W.shape, pad, stride, dilation)
    *_, rows, cols = indices(X.shape, W.shape, pad4, stride, dilation)
    out = W.transpose(3, 2, 0, 1).reshape(W.shape[3], -1) @ X_col
    return out.reshape(W.shape[3], rows, cols, len(X)).transpose(3, 1, 2, 0)

def Conv2d(X, W, stride, pad, dilation=1):
    padded, pad4 = Pad2D(X, pad, W.shape[:2], stride, dilation)
    *_, rows, cols = indices(X.shape, W.shape, pad4, stride, dilation)
    Z = np.zeros((len(X), rows, cols, W.shape[3]))
    for n in range(len(X)):
        for y in range(rows):
            for x in range(cols):
                for i in range(W.shape[0]):
                    for j in range(W.shape[1]):
                        Z[n, y, x] += padded[n, y * stride + i * dilation, x * stride + j * dilation] @ W[i, j]
    return Z
"""

LAYERS = """
RULES = {
    None: (lambda z: z, lambda z: np.ones_like(z)),
    "relu": (lambda z: np.where(z > 0, z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
}

class Conv2D:
    forward_by = staticmethod(Conv2d)

    def __init__(self, out_ch, kernel_shape, pad=0, stride=1, dilation=1, acti_fn=None, optimizer=None,
                 init_w="glorot_uniform"):
        self.hyperparams = dict(layer="Conv2D", pad=pad, init_w=init_w, in_ch=None, out_ch=out_ch, stride=stride,
                                dilation=dilation, acti_fn=str(acti_fn), kernel_shape=kernel_shape,
                                optimizer=optimizer)
        self.rule = RULES[acti_fn]
        self.params, self.gradients, self.kept = {}, {}, []

    def forward(self, X, retain_derived=True):
        h = self.hyperparams
        if not self.params:
            h["in_ch"] = X.shape[-1]
            shape = (*h["kernel_shape"], X.shape[-1], h["out_ch"])
            self.params["W"] = np.random.randn(*shape) * np.sqrt(2 / np.prod(shape[:3]))
            self.params["b"] = np.zeros((1, 1, 1, h["out_ch"]))
        Z = self.forward_by(X, self.params["W"], h["stride"], h["pad"], h["dilation"]) + self.params["b"]
        if retain_derived:
            self.kept.append((X, Z))
        return self.rule[0](Z)

    def backward(self, dLda, retain_grads=True):
        if isinstance(dLda, list):
            return [self.one(X, Z, g) for (X, Z), g in zip(self.kept, dLda)]
        return self.one(*self.kept[-1], dLda)

    def one(self, X, Z, g):
        h, W = self.hyperparams, self.params["W"]
        dZ = g * self.rule[1](Z)
        X_col, pad4 = im2col(X, W.shape, h["pad"], h["stride"], h["dilation"])
        flat = dZ.transpose(3, 1, 2, 0).reshape(W.shape[3], -1)
        dW = (X_col @ flat.T).reshape(W.shape[2], *W.shape[:2], W.shape[3]).transpose(1, 2, 0, 3)
        for name, value in (("W", dW), ("b", dZ.sum(axis=(0, 1, 2), keepdims=True))):
            self.gradients[name] = self.gradients.get(name, 0) + value
        dX_col = W.transpose(2, 0, 1, 3).reshape(-1, W.shape[3]) @ flat
        return col2im(dX_col, X.shape, W.shape, pad4, h["stride"], h["dilation"])

class Conv2D_gemm(Conv2D):
    forward_by = staticmethod(conv2D_gemm)
"""

WINDOWS = """
from numpy.lib.stride_tricks import sliding_window_view

def windows(X, kernel, pad, stride, dilation):
    padded, pad4 = Pad2D(X, pad, kernel, stride, dilation)
    reach = [dilation * (k - 1) + 1 for k in kernel]
    seen = sliding_window_view(padded, reach, axis=(1, 2))[:, ::stride, ::stride]
    return seen[..., ::dilation, ::dilation], pad4

def im2col(X, W_shape, pad, stride, dilation=1):
    seen, pad4 = windows(X, W_shape[:2], pad, stride, dilation)
    return np.ascontiguousarray(seen.transpose(3, 4, 5, 1, 2, 0)).reshape(np.prod(W_shape[:3]), -1), pad4

def conv2D_gemm(X, W, stride=1, pad="same", dilation=1):
    seen, _ = windows(X, W.shape[:2], pad, stride, dilation)
    return np.tensordot(seen, W, axes=((3, 4, 5), (2, 0, 1)))

def Conv2d(X, W, stride, pad, dilation=1):
    seen, _ = windows(X, W.shape[:2], pad, stride, dilation)
    return np.einsum("nyxcij,ijco->nyxo", seen, W)
"""

UTILS = """
from utils import ActivationInitializer, LayerBase, WeightInitializer

class Conv2D(LayerBase):
    def __init__(self, out_ch, kernel_shape, pad=0, stride=1, dilation=1, acti_fn=None, optimizer=None,
                 init_w="glorot_uniform"):
        super().__init__(optimizer)
        self.given = dict(out_ch=out_ch, kernel_shape=kernel_shape, pad=pad, stride=stride, dilation=dilation)
        self.acti, self.init_w = ActivationInitializer(acti_fn)(), init_w

    @property
    def hyperparams(self):
        return {"layer": "Conv2D", "init_w": self.init_w, "acti_fn": str(self.acti), "optimizer": self.optimizer,
                "in_ch": self.params["W"].shape[2], **self.given}

    def convolve(self, X):
        return Conv2d(X, self.params["W"], self.given["stride"], self.given["pad"], self.given["dilation"])

    def forward(self, X, retain_derived=True):
        if not self.params:
            shape = (*self.given["kernel_shape"], X.shape[3], self.given["out_ch"])
            self.params = {"W": WeightInitializer(self.init_w)(shape), "b": np.zeros((1, 1, 1, shape[3]))}
        Z = self.convolve(X) + self.params["b"]
        if retain_derived:
            self.X.append(X)
            self.derived_variables.setdefault("Z", []).append(Z)
        return self.acti(Z)

    def backward(self, dLda, retain_grads=True):
        alone = not isinstance(dLda, list)
        W, out = self.params["W"], []
        totals = {name: np.zeros_like(value) for name, value in self.params.items()}
        for X, Z, g in zip(self.X, self.derived_variables["Z"], [dLda] if alone else dLda):
            dZ = g * self.acti.grad(Z)
            args = self.given["stride"], self.given["dilation"]
            X_col, pad4 = im2col(X, W.shape, self.given["pad"], *args)
            rows = dZ.transpose(1, 2, 0, 3).reshape(-1, W.shape[3])
            totals["W"] += (X_col @ rows).reshape(W.shape[2], *W.shape[:2], -1).transpose(1, 2, 0, 3)
            totals["b"] += rows.sum(axis=0)
            out.append(col2im(W.transpose(2, 0, 1, 3).reshape(-1, W.shape[3]) @ rows.T, X.shape, W.shape, pad4, *args))
        if retain_grads:
            self.gradients.update(totals)
        return out[0] if alone else out

class Conv2D_gemm(Conv2D):
    def convolve(self, X):
        return conv2D_gemm(X, self.params["W"], self.given["stride"], self.given["pad"], self.given["dilation"])
"""

VARIANTS = {
    "indices and np.add.at, five loops": SIDES + LAYERS,
    "strided windows": SIDES + WINDOWS + LAYERS,
    "strided windows, layers on utils.py": SIDES + WINDOWS + UTILS,
}
