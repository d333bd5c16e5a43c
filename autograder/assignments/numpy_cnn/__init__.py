"""numpy_cnn: a CNN's parts as functions of a notebook."""
