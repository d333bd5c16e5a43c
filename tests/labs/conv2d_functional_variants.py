"""Correct solutions of conv2d_functional that look nothing like the reference."""

LOOPS = """
import numpy as np

def conv2d(input, weight, stride, padding, dilation, groups, bias=None):
    h, w, c = input.shape
    n, f, f2, d = weight.shape
    assert f == f2 and c % groups == 0 and n % groups == 0 and d == c // groups
    assert bias is None or (bias.ndim == 1 and len(bias) == n)
    big = np.zeros((h + 2 * padding, w + 2 * padding, c))
    big[padding:padding + h, padding:padding + w] = input
    side = f + (f - 1) * (dilation - 1)
    rows, cols = (big.shape[0] - side) // stride + 1, (big.shape[1] - side) // stride + 1
    out = np.zeros((rows, cols, n))
    for y in range(rows):
        for x in range(cols):
            seen = big[y * stride:y * stride + side:dilation, x * stride:x * stride + side:dilation]
            for o in range(n):
                g = o // (n // groups)
                out[y, x, o] = np.sum(seen[:, :, g * d:(g + 1) * d] * weight[o])
    if bias is not None:
        for o in range(n):
            out[:, :, o] += bias[o]
    return out

def conv2d_forward(input, weight, bias, stride, padding):
    return dict(Z=conv2d(input, weight, stride, padding, 1, 1, bias), W=weight, b=bias, A_prev=input)

def conv2d_backward(dZ, cache, stride, padding):
    A, W = cache["A_prev"], cache["W"]
    h, w, c = A.shape
    n, f = W.shape[:2]
    big = np.zeros((h + 2 * padding, w + 2 * padding, c))
    big[padding:padding + h, padding:padding + w] = A
    dW, db, grad = np.zeros_like(W), np.zeros_like(cache["b"]), np.zeros_like(big)
    for y in range(dZ.shape[0]):
        for x in range(dZ.shape[1]):
            for o in range(n):
                window = np.s_[y * stride:y * stride + f, x * stride:x * stride + f]
                dW[o] += dZ[y, x, o] * big[window]
                grad[window] += dZ[y, x, o] * W[o]
                db[o] += dZ[y, x, o]
    return [dW, db, grad[padding:padding + h, padding:padding + w, :]]
"""

COLUMNS = """
import numpy as np

def patches(image, side, stride, dilation, far):
    rows, cols = (image.shape[0] - far) // stride + 1, (image.shape[1] - far) // stride + 1
    step = dilation * np.arange(side)
    y = stride * np.arange(rows)[:, None] + step
    x = stride * np.arange(cols)[:, None] + step
    return y[:, None, :, None], x[None, :, None, :]

def conv2d(input, weight, stride, padding, dilation, groups, bias=None):
    c, (n, f, f2, d) = input.shape[2], weight.shape
    if f != f2 or c % groups or n % groups or d * groups != c:
        raise ValueError("bad shapes")
    if bias is not None and np.shape(bias) != (n,):
        raise ValueError("bad bias")
    big = np.pad(input, [(padding, padding), (padding, padding), (0, 0)])
    cols = big[patches(big, f, stride, dilation, dilation * (f - 1) + 1)]
    out = [
        np.tensordot(part, kernel, ([2, 3, 4], [1, 2, 3]))
        for part, kernel in zip(np.split(cols, groups, axis=4), np.split(weight, groups, axis=0))
    ]
    out = np.concatenate(out, axis=2)
    if bias is not None:
        out += bias
    return out

class Cache(dict):
    pass

def conv2d_forward(input, weight, bias, stride, padding):
    Z = conv2d(input, weight, stride, padding, 1, 1, bias)
    return Cache(A_prev=input.copy(), W=weight.copy(), b=bias.copy(), Z=Z)

def conv2d_backward(dZ, cache, stride, padding):
    A, W, b, Z = (cache[k] for k in ("A_prev", "W", "b", "Z"))
    assert Z.shape == dZ.shape
    big = np.pad(A, [(padding, padding), (padding, padding), (0, 0)])
    where = patches(big, W.shape[1], stride, 1, W.shape[1])
    dW = np.einsum("yxo,yxijc->oijc", dZ, big[where])
    grad = np.zeros(big.shape)
    np.add.at(grad, where, np.einsum("yxo,oijc->yxijc", dZ, W))
    return dW, np.einsum("yxo->o", dZ), grad[padding:grad.shape[0] - padding, padding:grad.shape[1] - padding]
"""

ONE_OFFSET_AT_A_TIME = """
import numpy as np

def conv2d(input, weight, stride, padding, dilation, groups, bias=None):
    n, f, f2, d = weight.shape
    h, w, c = input.shape
    if f != f2: raise AssertionError("square kernels only")
    if c % groups != 0 or n % groups != 0: raise AssertionError("groups")
    if d != c // groups: raise AssertionError("depth")
    if bias is not None and bias.shape[0] != n: raise AssertionError("bias")
    # A grouped convolution is a plain one whose kernels are zero outside their group.
    full = np.zeros((n, f, f, c))
    for o in range(n):
        start = o // (n // groups) * d
        full[o, ..., start:start + d] = weight[o]
    p, side = padding, (f - 1) * dilation + 1
    rows, cols = (h + 2 * p - side) // stride + 1, (w + 2 * p - side) // stride + 1
    big = np.concatenate([np.zeros((p, w, c)), input, np.zeros((p, w, c))], axis=0)
    big = np.concatenate([np.zeros((h + 2 * p, p, c)), big, np.zeros((h + 2 * p, p, c))], axis=1)
    out = np.zeros((rows, cols, n)) if bias is None else np.tile(np.asarray(bias, float), (rows, cols, 1))
    for i in reversed(range(f)):
        for j in reversed(range(f)):
            y, x = i * dilation, j * dilation
            down, right = stride * (rows - 1) + 1, stride * (cols - 1) + 1
            out = out + big[y:y + down:stride, x:x + right:stride] @ full[:, i, j].T
    return out

def conv2d_forward(input, weight, bias, stride, padding):
    cache = {}
    cache["A_prev"], cache["W"], cache["b"] = input, weight, bias
    cache["Z"] = conv2d(input, weight, stride, padding, dilation=1, groups=1, bias=bias)
    cache["extra"] = "kept for me"
    return cache

def conv2d_backward(dZ, cache, stride, padding):
    A, W = cache["A_prev"], cache["W"]
    f, p = W.shape[1], padding
    # Both gradients as convolutions of the gradient with zeros between its entries.
    spread = np.zeros(((dZ.shape[0] - 1) * stride + 1, (dZ.shape[1] - 1) * stride + 1, dZ.shape[2]))
    spread[::stride, ::stride] = dZ
    big = np.pad(A, ((p, p), (p, p), (0, 0)))
    dW = np.zeros(W.shape)
    for i in range(f):
        for j in range(f):
            dW[:, i, j] = np.einsum("yxo,yxc->oc", spread, big[i:i + spread.shape[0], j:j + spread.shape[1]])
    turned = W[:, ::-1, ::-1].transpose(3, 1, 2, 0)
    grad = np.zeros(big.shape)
    back = conv2d(spread, turned, 1, f - 1, 1, 1)
    grad[:back.shape[0], :back.shape[1]] = back
    return dW, dZ.reshape(-1, dZ.shape[2]).sum(axis=0), grad[p:p + A.shape[0], p:p + A.shape[1]]
"""
VARIANTS = {"loops": LOOPS, "columns": COLUMNS, "one offset at a time": ONE_OFFSET_AT_A_TIME}
