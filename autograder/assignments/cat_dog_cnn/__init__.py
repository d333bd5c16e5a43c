"""A small PyTorch classifier: data, network, training, evaluation. PyTorch runs in the guest here."""
