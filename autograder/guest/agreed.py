"""What host and guest both speak of: the host knows it without loading what a guest runs."""

from __future__ import annotations

#: Threads of a section, its first one and BLAS's included. Nothing in homework needs more than one.
THREADS = 32

#: What `Task.refuses` records of a call that was refused as it should be.
REFUSED = "refused"
