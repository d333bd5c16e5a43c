"""conv2d_gemm's wrong ideas as changes to the reference, one module a part. Stays with the course."""

from __future__ import annotations

from autograder.assignments.misconceptions.wrong import Book

from . import back, columns, convolution, layers, padding

BOOK = Book()
for part in (padding, convolution, columns, layers, back):
    part.write(BOOK)
