"""conv2d_functional's wrong ideas as changes to the reference, one module a family. Stays with the course."""

from __future__ import annotations

from autograder.assignments.misconceptions.wrong import Book

from . import backward, bias, forward, windows

BOOK = Book()
for family in (forward, windows, bias, backward):
    family.write(BOOK)
