"""The section's end of its channel to the host, who is woken only when there is nothing left for the section to do.

A process that waits for another one costs both of them far more than the bytes that cross. So the host does not listen
to the channel itself: answers gather in the kernel, which keeps them whatever becomes of the section, and the host
looks when the bell rings, or when the section has ended.
"""

from __future__ import annotations

import io
import os
import socket

#: Bytes that are sent at once where the host has to make room first.
PIECE = 1 << 16


class Line(io.RawIOBase):
    """A channel to the host, to be read through a buffer.

    Parameters
    ----------
    connection
        The channel.
    bell
        The end of a pipe; the host waits at its other one.
    """

    def __init__(self, connection: socket.socket, bell: int) -> None:
        self.connection, self.bell = connection, bell

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """What the host sent; where that is nothing yet, ring before waiting."""
        try:
            return self.connection.recv_into(buffer, 0, socket.MSG_DONTWAIT)
        except BlockingIOError:
            self.ring()
            return self.connection.recv_into(buffer)

    def send(self, data: bytes) -> None:
        """Send all of it; where the channel is full, ring and wait for room."""
        rest = memoryview(data)
        while rest:
            try:
                sent = self.connection.send(rest, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self.ring()
                sent = self.connection.send(rest[:PIECE])
            rest = rest[sent:]

    def ring(self) -> None:
        """Have the host look."""
        os.write(self.bell, b"!")
