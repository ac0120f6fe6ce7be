"""Telephone frames out of a stream of any chunking."""

from bakame.audio.format import FRAME_BYTES, SILENCE_BYTE


class Framer:
    """Cuts one stream of mu-law into frames of 20 ms; what does not fill a frame is carried."""

    def __init__(self) -> None:
        self._carried = b""

    def push(self, audio: bytes) -> list[bytes]:
        """The frames that `audio` (mu-law, any length) completes, in order."""
        sound = self._carried + audio if self._carried else audio
        whole = len(sound) - len(sound) % FRAME_BYTES
        self._carried = sound[whole:]
        return [sound[start : start + FRAME_BYTES] for start in range(0, whole, FRAME_BYTES)]

    def flush(self) -> bytes | None:
        """The last frame of an utterance, padded with silence; None when nothing is carried."""
        if not self._carried:
            return None
        frame = self._carried.ljust(FRAME_BYTES, bytes([SILENCE_BYTE]))
        self._carried = b""
        return frame
