"""The computing time of another process, read from outside it: nothing that runs inside can change what is read.

Which process that is, the kernel says: with `SO_PASSCRED` every message of a socket carries its sender's number,
translated into the receiver's namespace, and a process without capabilities cannot write another one.
"""

from __future__ import annotations

import socket
import struct
import time

#: pid, uid, gid
_CREDENTIALS = struct.Struct("3i")
_ROOM = socket.CMSG_SPACE(_CREDENTIALS.size) if hasattr(socket, "CMSG_SPACE") else 0
_SCHEDULED = 2  # which of a process's clocks: the time that its threads were running


def ask_for_sender(channel: socket.socket) -> None:
    """Have the kernel say with each message who sent it, where it can."""
    if hasattr(socket, "SO_PASSCRED"):
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def receive(channel: socket.socket, size: int) -> tuple[bytes, int]:
    """At most that many bytes, and the sender's process; 0 where the kernel does not say."""
    if not hasattr(socket, "SCM_CREDENTIALS"):
        return channel.recv(size), 0
    data, said, _, _ = channel.recvmsg(size, _ROOM)
    for level, kind, value in said:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS) and len(value) == _CREDENTIALS.size:
            return data, int(_CREDENTIALS.unpack(value)[0])
    return data, 0


def cpu_seconds(pid: int) -> float | None:
    """Time that all threads of a process have computed so far; None where that cannot be had."""
    if not pid or not hasattr(time, "clock_gettime"):
        return None
    try:
        return time.clock_gettime((~pid << 3) | _SCHEDULED)
    except OSError:
        return None
