"""HW2P1's wrong ideas as changes to the references, one module a family. Stays with the course."""

from __future__ import annotations

from autograder.assignments.misconceptions.wrong import Book

from . import bonus, composed, convolution, models, parameters, pooling, resampling, state

BOOK = Book()
for family in (resampling, convolution, parameters, composed, pooling, models, bonus, state):
    family.write(BOOK)
