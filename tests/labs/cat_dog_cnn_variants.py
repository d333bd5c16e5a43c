"""Correct solutions of cat_dog_cnn in other styles than the reference's."""

from __future__ import annotations

ARRAYS = """
import os
import numpy as np
import torch
import torch.nn as nn
from PIL import Image
from torch.utils.data import DataLoader, TensorDataset
try:
    import cv2
except ImportError:
    cv2 = None

def files(folder, n):
    names = sorted(f for f in os.listdir(folder) if f.endswith((".png", ".jpg")))
    return [os.path.join(folder, f) for f in names[:n]]

def read(path, img_shape):
    return np.array(Image.open(path).convert("RGB").resize(img_shape[::-1], Image.BILINEAR))

def load_set(data_path, cnt, img_shape):
    paths = [p for kind in ("cats", "dogs") for p in files(os.path.join(data_path, kind), cnt)]
    out = np.zeros((len(paths), *img_shape, 3), dtype=np.float32)
    for i, p in enumerate(paths):
        out[i] = read(p, img_shape) / 255.0
    return out

def get_cat_set(data_path, img_shape=(224, 224), train_size=1000, test_size=200):
    result = []
    for name, n in [("training_set", train_size), ("test_set", test_size)]:
        path = os.path.join(data_path, name)
        X = np.moveaxis(load_set(path, n, img_shape), -1, 1)
        cats = len(files(os.path.join(path, "cats"), n))
        Y = np.zeros((len(X), 1), dtype=np.int64)
        Y[:cats] = 1
        result.extend([X, Y])
    return result

def block(*layers):
    return nn.Sequential(*layers)

def init_model():
    net = nn.Sequential(
        block(nn.Conv2d(3, 16, kernel_size=11, stride=3), nn.BatchNorm2d(16), nn.ReLU(True), nn.MaxPool2d(2, 2)),
        block(nn.Conv2d(16, 32, 5), nn.BatchNorm2d(32), nn.ReLU(True), nn.MaxPool2d((2, 2))),
        block(nn.Conv2d(32, 64, 3, padding=(1, 1)), nn.BatchNorm2d(64), nn.ReLU(True)),
        block(nn.Conv2d(64, 64, (3, 3)), nn.BatchNorm2d(64), nn.ReLU(True), nn.MaxPool2d(kernel_size=2)),
        nn.Flatten(),
        block(nn.Linear(64 * 7 * 7, 2048), nn.ReLU(), nn.Linear(2048, 1), nn.Sigmoid()),
    )
    for m in net.modules():
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_normal_(m.weight)
            nn.init.constant_(m.bias, 0)
        elif isinstance(m, nn.BatchNorm2d):
            m.weight.data.normal_(1.0, 0.02)
            m.bias.data.fill_(0)
    return net

def train(model, train_X, train_Y, optimizer, loss_fn, batch_size, num_epoch):
    data = TensorDataset(torch.Tensor(train_X), torch.Tensor(train_Y))
    for epoch in range(num_epoch):
        model.train()
        total = 0
        for x, y in DataLoader(data, batch_size=batch_size, shuffle=True):
            loss = loss_fn(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        print("epoch", epoch, "loss", total / len(data))

def evaluate(model, test_X, test_Y):
    before = model.training
    model.eval()
    right = 0
    with torch.inference_mode():
        for x, y in DataLoader(TensorDataset(torch.Tensor(test_X), torch.Tensor(test_Y)), batch_size=16):
            right += ((model(x) >= 0.5) == y.bool()).sum().item()
    if before:
        model.train()
    return right / len(test_X)
"""

TENSORS = """
from pathlib import Path
import math
import random
import numpy as np
import torch
from PIL import Image
from torch import nn

def load_set(data_path, cnt, img_shape):
    def images(kind):
        found = sorted(Path(data_path, kind).glob("*.*g"), key=lambda p: p.name)
        return [p for p in found if p.suffix in {".png", ".jpg"}][:cnt]
    tensors = []
    for path in images("cats") + images("dogs"):
        picture = Image.open(path).convert("RGB").resize((img_shape[1], img_shape[0]), Image.NEAREST)
        tensors.append(torch.from_numpy(np.array(picture)).float().div(255))
    return torch.stack(tensors)

def part(folder, size, img_shape):
    X = torch.einsum("nhwc->nchw", load_set(folder, size, img_shape))
    cats = min(size, sum(p.suffix in {".png", ".jpg"} for p in (Path(folder) / "cats").iterdir()))
    Y = (torch.arange(len(X)) < cats).float().unsqueeze(1)
    return X, Y

def get_cat_set(data_path, img_shape=(224, 224), train_size=1000, test_size=200):
    return (*part(Path(data_path) / "training_set", train_size, img_shape),
            *part(Path(data_path) / "test_set", test_size, img_shape))

def xavier(weight):
    fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(weight)
    weight.normal_(0, math.sqrt(2 / (fan_in + fan_out)))

@torch.no_grad()
def init_model():
    layers = []
    table = [(3, 16, 11, 3, 0, 1), (16, 32, 5, 1, 0, 1), (32, 64, 3, 1, 1, 0), (64, 64, 3, 1, 0, 1)]
    for cin, cout, k, s, p, pool in table:
        layers += [nn.Conv2d(cin, cout, k, s, p), nn.BatchNorm2d(cout), nn.ReLU()] + [nn.MaxPool2d(2)] * pool
    layers += [nn.Flatten(), nn.Linear(3136, 2048), nn.ReLU(), nn.Linear(2048, 1), nn.Sigmoid()]
    for layer in layers:
        if hasattr(layer, "weight") and isinstance(layer, nn.BatchNorm2d):
            layer.weight.normal_(1, 0.02)
        elif hasattr(layer, "weight"):
            xavier(layer.weight)
            layer.bias.zero_()
    return nn.Sequential(*layers)

def train(model, train_X, train_Y, optimizer, loss_fn, batch_size, num_epoch):
    model.train()
    numbers = list(range(len(train_X)))
    for _ in range(num_epoch):
        random.shuffle(numbers)
        for i in range(math.ceil(len(numbers) / batch_size)):
            which = numbers[i * batch_size:(i + 1) * batch_size]
            model.zero_grad()
            loss_fn(model(train_X[which]), train_Y[which]).backward()
            optimizer.step()
    model.eval()

@torch.no_grad()
def evaluate(model, test_X, test_Y):
    mode, _ = model.training, model.eval()
    try:
        return float(torch.eq(model(test_X).round(), test_Y).double().mean())
    finally:
        model.train(mode)
"""

MIXED = """
import os, numpy as np, torch
from PIL import Image
from torch import nn

class Pictures(list):
    pass

def load_set(data_path, cnt, img_shape):
    rows = Pictures()
    for kind in ["cats", "dogs"]:
        folder = os.path.join(str(data_path), kind)
        taken = 0
        for name in sorted(os.listdir(folder)):
            if os.path.splitext(name)[1] not in (".png", ".jpg") or taken == cnt:
                continue
            taken += 1
            img = Image.open(os.path.join(folder, name)).convert("RGB")
            rows.append(np.asarray(img.resize((img_shape[1], img_shape[0]))))
    return (np.stack(rows) / 255).astype("float32")

def get_cat_set(data_path, img_shape=(224, 224), train_size=1000, test_size=200):
    def one(name, size):
        path = os.path.join(str(data_path), name)
        X = load_set(path, size, img_shape).transpose(0, 3, 1, 2)
        there = {k: min(size, len([f for f in os.listdir(os.path.join(path, k)) if f[-4:] in (".png", ".jpg")]))
                 for k in ("cats", "dogs")}
        return X, np.r_[np.ones((there["cats"], 1)), np.zeros((there["dogs"], 1))]
    return sum((one(*pair) for pair in (("training_set", train_size), ("test_set", test_size))), ())

def init_model():
    conv = nn.Sequential()
    for i, (a, b, k, kw, pool) in enumerate([(3, 16, 11, {"stride": 3}, True), (16, 32, 5, {}, True),
                                             (32, 64, 3, {"padding": 1}, False), (64, 64, 3, {}, True)]):
        conv.add_module(f"conv{i}", nn.Conv2d(a, b, k, **kw))
        conv.add_module(f"norm{i}", nn.BatchNorm2d(b))
        conv.add_module(f"relu{i}", nn.ReLU(inplace=True))
        if pool:
            conv.add_module(f"pool{i}", nn.MaxPool2d(2))
    model = nn.Sequential(conv, nn.Sequential(nn.Flatten(), nn.Linear(3136, 2048), nn.ReLU(), nn.Linear(2048, 1)),
                          nn.Sigmoid())
    for name, p in model.named_parameters():
        with torch.no_grad():
            if name.endswith("bias"):
                p.zero_()
            elif p.ndim > 1:
                nn.init.xavier_normal_(p)
            else:
                p.copy_(1 + 0.02 * torch.randn_like(p))
    return model

def train(model, X, Y, optimizer, loss_fn, batch_size, num_epoch):
    model.train(True)
    for epoch in range(num_epoch):
        order = np.random.permutation(len(X))
        while len(order):
            now, order = order[:batch_size], order[batch_size:]
            x, y = (torch.tensor(np.asarray(v)[now], dtype=torch.float) for v in (X, Y))
            optimizer.zero_grad(set_to_none=False)
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()

def evaluate(model, test_X, test_Y):
    modes = model.training
    model.train(False)
    with torch.no_grad():
        p = model(torch.as_tensor(np.asarray(test_X), dtype=torch.float32)).numpy()
    model.train(modes)
    return np.mean((p > 0.5).astype(int) == np.asarray(test_Y).astype(int))
"""

VARIANTS = {"arrays and DataLoader": ARRAYS, "tensors": TENSORS, "arrays and tensors": MIXED}
