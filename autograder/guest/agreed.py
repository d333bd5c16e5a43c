"""What host and guest both speak of: the host knows it without loading what a guest runs."""

from __future__ import annotations

#: Threads of a section, its first one and BLAS's included. Nothing in homework needs more than one.
THREADS = 32

#: What `Task.refuses` records of a call that was refused as it should be.
REFUSED = "refused"

#: How the guest says that something is not there. Where none of these stands, it is there, and not as it is due.
ABSENT = ("does not define", "is not there", "is missing", "has no `", "takes no `", "there is no module")

#: What the guest says of a debugger's use.
DEBUGGING = ("a breakpoint was left in", "is a debugger")
