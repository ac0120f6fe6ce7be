"""The caller's sound on its way to the agent: a few frames a message."""

from bakame.providers.elevenlabs.messages import user_audio
from bakame.wire.sockets import Socket


class Uplink:
    """`size`: bytes of a message's sound. What the socket cannot take in time is worth nothing, and dropped."""

    __slots__ = ("_held", "_size", "_socket", "dropped")

    def __init__(self, socket: Socket, *, size: int) -> None:
        self._socket = socket
        self._size = size
        self._held = bytearray()
        self.dropped = 0
        """Bytes."""

    def push(self, audio: bytes) -> None:
        held = self._held
        held += audio
        if len(held) < self._size:
            return
        if self._socket.congested:
            self.dropped += len(held)
        else:
            self._socket.send(user_audio(held))
        held.clear()
