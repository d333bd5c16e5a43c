"""Five questions. Each function returns the letter of the one right option: "a", "b", "c" or "d"."""


def question_1():
    """Which CNN computes the same as this scanning MLP?

    An MLP with the layers Linear(60, 10), ReLU, Linear(10, 3) sees 5 neighbouring frames of 12 features
    each, flattened. It scans a recording of shape (12, 21) from its start, moves on by 2 frames each
    time, and stops where its window would no longer fit. Which of these networks gives the same 3 outputs
    at each place, for suitable weights?

    a. Conv1d(12, 10, kernel_size=5, stride=2), ReLU, Conv1d(10, 3, kernel_size=5, stride=1)
    b. Conv1d(12, 10, kernel_size=5, stride=2), ReLU, Conv1d(10, 3, kernel_size=1, stride=1)
    c. Conv1d(12, 10, kernel_size=5, stride=2), ReLU, Conv1d(10, 3, kernel_size=1, stride=2)
    d. Conv1d(60, 10, kernel_size=1, stride=2), ReLU, Conv1d(10, 3, kernel_size=1, stride=1)
    """
    # Your code here: return one letter
    raise NotImplementedError("question_1")


def question_2():
    """How wide is the output of a padded and dilated convolution?

    A one-dimensional convolution has kernel size 5, stride 2, dilation 3 (the kernel's taps are 3
    positions apart) and a zero padding of 2 on each side. Its input is 32 wide. How wide is its output?

    a. 16
    b. 14
    c. 13
    d. 12
    """
    # Your code here: return one letter
    raise NotImplementedError("question_2")


def question_3():
    """Which shapes occur on the way through a strided Conv1d?

    A Conv1d(3, 7, kernel_size=4, stride=2) without padding consists of a convolution at stride 1 and a
    downsampling by 2. Its input has the shape (5, 3, 21). What are, in this order, the shapes of: the
    layer's output; the gradient that the downsampling's backward returns; the gradient that the layer's
    backward returns?

    a. (5, 7, 9), (5, 7, 17), (5, 3, 20)
    b. (5, 7, 9), (5, 7, 18), (5, 3, 21)
    c. (5, 7, 9), (5, 7, 18), (5, 3, 15)
    d. (5, 7, 10), (5, 7, 18), (5, 3, 21)
    """
    # Your code here: return one letter
    raise NotImplementedError("question_3")


def question_4():
    """What does this tensordot give?

    The array x has the shape (6, 3, 10, 4) and the array w the shape (8, 3, 4). What is
    numpy.tensordot(x, w, axes=([1, 3], [1, 2])).shape?

    a. (6, 10, 8)
    b. (6, 8, 10)
    c. (8, 6, 10)
    d. None: it raises a ValueError, since x and w have different numbers of axes.
    """
    # Your code here: return one letter
    raise NotImplementedError("question_4")


def question_5():
    """Which properties does a convolutional layer have?

    A layer convolves an image at stride 1 without padding, with kernels smaller than the image. Which of
    these statements hold for every choice of its weights?

    (i)   Each output value depends on a small region of the image only.
    (ii)  The same kernel weights are used at every position.
    (iii) If the image's content moves by one pixel, the outputs move by one pixel too (away from the borders).
    (iv)  If the image is rotated by 90 degrees, the outputs stay the same.

    a. (i) only
    b. (i) and (ii) only
    c. (ii), (iii) and (iv) only
    d. (i), (ii) and (iii) only
    """
    # Your code here: return one letter
    raise NotImplementedError("question_5")
