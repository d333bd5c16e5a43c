"""A submission's process in the guest, as the host sees it: whoever wants one of its sections run asks there."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Mapping
from typing import Any


class Holder:
    """The process in the guest that holds a submission.

    Parameters
    ----------
    guest
        The guest's control socket.
    work
        The submission's frame, encoded.
    folder
        Where its files lie in every section; None where that differs, or where nothing is to be compiled ahead.
    """

    def __init__(
        self, guest: socket.socket, name: str, work: bytes, folder: str | None, limits: Mapping[str, int]
    ) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # No request is large, so that one which cannot be sent at once says that nobody listens.
        self.control.settimeout(5.0)
        source = os.memfd_create("submission")
        try:
            with open(source, "wb", closefd=False) as file:
                file.write(work)
            os.lseek(source, 0, os.SEEK_SET)
            request: dict[str, Any] = {"name": name, "folder": folder, "limits": dict(limits)}
            # A guest that is gone, or does not listen, is found out by the first section.
            with contextlib.suppress(OSError):
                socket.send_fds(guest, [json.dumps(request).encode()], [theirs.fileno(), source])
        finally:
            os.close(source)
            theirs.close()

    def close(self) -> None:
        """Let the process end."""
        self.control.close()
