"""HW2P1's wrong ideas as changes to the references, one module a family. Stays with the course."""

from __future__ import annotations

from autograder.assignments.misconceptions.wrong import Book

from . import (
    activations,
    blocks,
    bonus,
    cells,
    composed,
    convolution,
    indices,
    integers,
    models,
    networks,
    norms,
    orders,
    parameters,
    pooling,
    positions,
    resampling,
    sliding,
    slips,
    state,
)

BOOK = Book()
for family in (
    resampling, positions, convolution, indices, integers, parameters, composed, orders, sliding, slips, cells,
    pooling, models, networks, bonus, norms, blocks, state, activations,
):  # fmt: skip
    family.write(BOOK)
