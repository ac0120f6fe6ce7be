"""How an agent of the vendor's hears turns: by how loud the caller is. The caller's sound is the clock."""

from typing import Final

from bakame.audio.format import FRAME_MS, TELEPHONE, AudioFormat
from bakame.audio.framing import Framer
from bakame.audio.level import level_of_mulaw
from bakame.audio.transcode import converter

LOUD_DB: Final = -42.0
_BEFORE_FRAMES: Final = 10
_LOUD_FRAMES: Final = 3


class Ear:
    """One caller's turns. `silence_ms` of silence end one."""

    def __init__(self, hears: AudioFormat, *, silence_ms: int) -> None:
        self._to_line = converter(hears, TELEPHONE)
        self._framer = Framer()
        self._silence_frames = silence_ms // FRAME_MS
        self._sound: list[bytes] = []
        self._loud = self._quiet = 0
        self._speaking = False
        self.voiced_ms = 0
        """How much of the turn so far was loud."""

    @property
    def speaking(self) -> bool:
        """Whether the caller has the floor."""
        return self._speaking

    def push(self, audio: bytes) -> list[bytes]:
        """More of the caller's sound; the turns that it ends, as mu-law at 8 kHz."""
        return [turn for frame in self._framer.push(self._to_line.push(audio)) if (turn := self._hear(frame))]

    def _hear(self, frame: bytes) -> bytes | None:
        loud = level_of_mulaw(frame).rms_db > LOUD_DB
        self._loud = self._loud + 1 if loud else 0
        self._quiet = 0 if loud else self._quiet + 1
        self._sound.append(frame)
        if not self._speaking:
            if self._loud < _LOUD_FRAMES:
                del self._sound[:-_BEFORE_FRAMES]
                return None
            self._speaking, self.voiced_ms = True, self._loud * FRAME_MS
            return None
        self.voiced_ms += FRAME_MS if loud else 0
        if self._quiet < self._silence_frames:
            return None
        turn, self._sound, self._speaking, self.voiced_ms = b"".join(self._sound), [], False, 0
        return turn
