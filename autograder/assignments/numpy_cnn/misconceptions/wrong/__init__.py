"""numpy_cnn's wrong ideas as changes to the reference, one module a part. Stays with the course."""

from __future__ import annotations

from autograder.assignments.misconceptions.wrong import Book

from . import activations, images, losses, unit

BOOK = Book()
for part in (activations, losses, images, unit):
    part.write(BOOK)
