"""How many threads linear algebra has where a submission is graded: one, in the guest and beside it.

PyTorch's oracles, where a seed needs them, have one too: their arrays are as small.
"""

from __future__ import annotations

from collections.abc import Mapping

#: What says so to each library that NumPy may be built with. Homework's arrays are small, and threads that wait for
#: work take a core from those who have some.
ONE_THREAD: Mapping[str, str] = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
