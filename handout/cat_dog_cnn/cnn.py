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
    # Your code here: image_paths; Image.open(…).convert("RGB"); mind that Pillow's sizes are (width,
    # height)
    raise NotImplementedError("load_set")


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
    # Your code here: load_set for each part; count the cats and the dogs that there are for the
    # labels
    raise NotImplementedError("get_cat_set")


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
    # Your code here: nn.Sequential, then model.apply(init_weights)
    raise NotImplementedError("init_model")


def init_weights(module):
    """Draw the first weights of one module; what has none is left alone.

    Parameters
    ----------
    module : nn.Module
    """
    # Your code here: nn.init.xavier_normal_, nn.init.normal_, nn.init.zeros_
    raise NotImplementedError("init_weights")


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
    # Your code here: model.train(); for each epoch a torch.randperm; for each mini-batch zero_grad,
    # forward, backward, step
    raise NotImplementedError("train")


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
    # Your code here: model.eval(), torch.no_grad(), and model.train(mode) to put the mode back
    raise NotImplementedError("evaluate")
