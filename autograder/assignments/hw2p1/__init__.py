"""HW2P1: convolutional networks in NumPy, with the bonus."""
