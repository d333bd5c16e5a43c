"""The same convolution twice, channels last: by loops and by a matrix product, which is timed."""
