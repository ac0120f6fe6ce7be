"""What sound looks like on a wire: encodings, rates and the telephone frame."""

from dataclasses import dataclass
from typing import Final, Literal

Encoding = Literal["mulaw", "pcm16"]

FRAME_MS: Final = 20
"""Length of one telephone frame in milliseconds."""
FRAME_BYTES: Final = 160
"""Bytes of one telephone frame: 20 ms of mu-law at 8 kHz."""
SILENCE_BYTE: Final = 0xFF
"""The mu-law byte that decodes to zero. 0x00 is a full-scale click, never silence."""
SILENCE_FRAME: Final = bytes([SILENCE_BYTE]) * FRAME_BYTES


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Mono sound: `mulaw` is one byte a sample (G.711), `pcm16` two, little endian, signed."""

    encoding: Encoding
    rate_hz: int

    @property
    def sample_bytes(self) -> int:
        return 1 if self.encoding == "mulaw" else 2

    def bytes_for(self, ms: float) -> int:
        """Bytes that hold `ms` milliseconds, in whole samples."""
        return round(self.rate_hz * ms / 1000) * self.sample_bytes

    def ms_for(self, size: int) -> float:
        """Milliseconds of sound in `size` bytes."""
        return size / self.sample_bytes / self.rate_hz * 1000


TELEPHONE: Final = AudioFormat("mulaw", 8000)
"""The format of the telephone line and of every gateway's media socket."""
PCM16_16K: Final = AudioFormat("pcm16", 16000)
