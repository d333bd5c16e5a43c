"""conv2d_layer's wrong ideas as changes to the reference, one module a family. Stays with the course."""

from __future__ import annotations

from autograder.assignments.misconceptions.wrong import Book

from . import decay, forward, image, parameters

BOOK = Book()
for family in (forward, image, parameters, decay):
    family.write(BOOK)
