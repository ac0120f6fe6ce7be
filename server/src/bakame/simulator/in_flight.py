"""Bytes that were written to a loopback connection and have not arrived.

The kernel may take milliseconds on a busy machine, and 40 ms where it waits for an acknowledgement (Nagle). Both ends
of a connection are in one process, so what one end has written is compared with what the other has received.
Source: Linux, `struct tcp_info` in `include/uapi/linux/tcp.h` (since 4.19). Elsewhere nothing is ever seen.
"""

import socket
import struct
import sys
from contextlib import suppress
from typing import Final

_BYTES_RECEIVED: Final = 128
_BYTES_NOT_SENT: Final = 144
_BYTES_SENT: Final = 200
_SIZE: Final = 216
_Address = tuple[str, int]


class InFlight:
    """Watches connected TCP sockets by their descriptors, which stay their owners'."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._ends: dict[int, tuple[_Address, _Address]] = {}
        self._written: dict[tuple[_Address, _Address], int] = {}

    def watch(self, descriptor: int) -> None:
        """A descriptor that is waited for from now on; anything but a TCP socket is left alone."""
        with suppress(OSError):
            adopted = socket.socket(fileno=descriptor)
            if sys.platform == "linux" and adopted.type == socket.SOCK_STREAM and adopted.family == socket.AF_INET:
                self._sockets[descriptor] = adopted
            else:
                adopted.detach()

    def leave(self, descriptor: int) -> None:
        """A descriptor that nobody waits for now; what it has written is remembered for the other end."""
        adopted = self._sockets.pop(descriptor, None)
        if adopted is None:
            return
        ends = self._ends.pop(descriptor, None)
        if ends is not None:
            near, far = ends
            self._written[near, far] = _counts(adopted)[0]
        adopted.detach()

    def close(self) -> None:
        """Lets go of everything."""
        for descriptor in list(self._sockets):
            self.leave(descriptor)

    def __bool__(self) -> bool:
        """Whether any end still misses bytes that the other has written."""
        received: dict[tuple[_Address, _Address], int] = {}
        for descriptor, watched in self._sockets.items():
            ends = self._ends.get(descriptor) or self._connected(descriptor, watched)
            if ends is not None:
                near, far = ends
                self._written[near, far], received[far, near] = _counts(watched)
        return any(self._written.get(way, 0) > count for way, count in received.items())

    def _connected(self, descriptor: int, watched: socket.socket) -> tuple[_Address, _Address] | None:
        """Both addresses of a connection; None for a socket that listens or is not connected yet."""
        try:
            ends = (watched.getsockname(), watched.getpeername())
        except OSError:
            return None
        return self._ends.setdefault(descriptor, ends)


def _counts(watched: socket.socket) -> tuple[int, int]:
    """Bytes written, and bytes received."""
    info = watched.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
    (received,) = struct.unpack_from("Q", info, _BYTES_RECEIVED)
    (waiting,) = struct.unpack_from("I", info, _BYTES_NOT_SENT)
    sent, again = struct.unpack_from("QQ", info, _BYTES_SENT)
    return sent - again + waiting, received
