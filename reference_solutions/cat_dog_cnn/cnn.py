"""Cats and dogs told apart by a small convolutional network in PyTorch."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

#: The folders of a data set, and their labels.
LABELS = {"cats": 1.0, "dogs": 0.0}


def image_paths(folder, cnt):
    """Name the first `cnt` images of a folder, by sorted name; all of them where there are fewer.

    Parameters
    ----------
    folder : str or Path
    cnt : int

    Returns
    -------
    list of Path
        Files that end in ``.png`` or ``.jpg``; others do not count.
    """
    paths = [path for path in Path(folder).iterdir() if path.suffix in (".png", ".jpg")]
    return sorted(paths, key=lambda path: path.name)[:cnt]


def load_set(data_path, cnt, img_shape):
    """Read images of cats, then of dogs.

    Parameters
    ----------
    data_path : str or Path
        A folder with the folders ``cats`` and ``dogs``.
    cnt : int
        How many of each, at most: the first ones by sorted name.
    img_shape : (int, int)
        Height and width that each image is resized to.

    Returns
    -------
    ndarray or Tensor (n, height, width, 3), float32
        Red, green and blue, from 0 to 1.
    """
    # <solution: image_paths; Image.open(…).convert("RGB"); mind that Pillow's sizes are (width, height)>
    height, width = img_shape
    images = []
    for kind in LABELS:
        for path in image_paths(Path(data_path) / kind, cnt):
            with Image.open(path) as image:
                resized = image.convert("RGB").resize((width, height))
            images.append(np.asarray(resized, dtype=np.float32) / 255)
    return np.stack(images)
    # </solution>


def get_cat_set(data_path, img_shape=(224, 224), train_size=1000, test_size=200):
    """Read a data set for training and one for testing, each with its labels.

    Parameters
    ----------
    data_path : str or Path
        A folder with the folders ``training_set`` and ``test_set``.
    img_shape : (int, int)
        Height and width.
    train_size, test_size : int
        How many images of each kind, at most: where there are fewer, as many as there are.

    Returns
    -------
    train_X, train_Y, test_X, test_Y : ndarray or Tensor
        Images ``(N, 3, height, width)``: the axes of `load_set` moved, not reshaped. Labels ``(N, 1)``: 1 for a
        cat, 0 for a dog.
    """
    # <solution: load_set for each part; count the cats and the dogs that there are for the labels>
    parts = []
    for part, cnt in (("training_set", train_size), ("test_set", test_size)):
        folder = Path(data_path) / part
        X = torch.as_tensor(load_set(folder, cnt, img_shape)).permute(0, 3, 1, 2).contiguous()
        counts = {kind: len(image_paths(folder / kind, cnt)) for kind in LABELS}
        Y = torch.cat([torch.full((counts[kind], 1), label) for kind, label in LABELS.items()])
        parts += [X, Y]
    return tuple(parts)
    # </solution>


def init_model():
    """Make the network, with its first weights.

    Returns
    -------
    nn.Sequential
        Conv 3 → 16, kernel 11, stride 3; BN, ReLU, MaxPool 2; Conv 16 → 32, kernel 5; BN, ReLU, MaxPool 2; Conv
        32 → 64, kernel 3, padding 1; BN, ReLU; Conv 64 → 64, kernel 3; BN, ReLU, MaxPool 2; Flatten;
        Linear 3136 → 2048; ReLU; Linear 2048 → 1; Sigmoid. Weights of Conv and Linear are Xavier-normal [1]_, their
        biases 0; weights of BN are N(1, 0.02²), its biases 0.

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
       AISTATS 2010.
    """
    # <solution: nn.Sequential, then model.apply(init_weights)>
    model = nn.Sequential(
        nn.Conv2d(3, 16, 11, stride=3),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 5),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.Conv2d(64, 64, 3),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(3136, 2048),
        nn.ReLU(),
        nn.Linear(2048, 1),
        nn.Sigmoid(),
    )
    model.apply(init_weights)
    return model
    # </solution>


def init_weights(module):
    """Draw the first weights of one module; what has none is left alone.

    Parameters
    ----------
    module : nn.Module
    """
    # <solution: nn.init.xavier_normal_, nn.init.normal_, nn.init.zeros_>
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.xavier_normal_(module.weight)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
    # </solution>


def train(model, train_X, train_Y, optimizer, loss_fn, batch_size, num_epoch):
    """Train a network.

    Parameters
    ----------
    model : nn.Module
    train_X, train_Y
        As `get_cat_set` gives them.
    optimizer : torch.optim.Optimizer
        Of the model's parameters.
    loss_fn : callable
        ``loss_fn(output, labels)``: the binary cross-entropy.
    batch_size, num_epoch : int
        Each epoch goes through all images once, in mini-batches of an order drawn anew; the last one of an epoch
        may be short.
    """
    # <solution: model.train(); for each epoch a torch.randperm; for each mini-batch zero_grad, forward, backward, step>
    X = torch.as_tensor(train_X, dtype=torch.float32)
    Y = torch.as_tensor(train_Y, dtype=torch.float32)
    model.train()
    for _ in range(num_epoch):
        order = torch.randperm(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            optimizer.zero_grad()
            loss = loss_fn(model(X[batch]), Y[batch])
            loss.backward()
            optimizer.step()
    # </solution>


def evaluate(model, test_X, test_Y):
    """Tell how many images a network gets right.

    Parameters
    ----------
    model : nn.Module
        Evaluated in eval mode and without gradients; afterwards it is in the mode that it was in before.
    test_X, test_Y
        As `get_cat_set` gives them.

    Returns
    -------
    float
        The part of the images, from 0 to 1, whose output lies on the side of 1/2 that their label does.
    """
    # <solution: model.eval(), torch.no_grad(), and model.train(mode) to put the mode back>
    X = torch.as_tensor(test_X, dtype=torch.float32)
    Y = torch.as_tensor(test_Y, dtype=torch.float32)
    mode = model.training
    model.eval()
    with torch.no_grad():
        output = torch.cat([model(part) for part in X.split(32)])
    model.train(mode)
    return ((output > 0.5) == (Y > 0.5)).float().mean().item()
    # </solution>
