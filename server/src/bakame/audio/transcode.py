"""From the sound format of one party to that of another. Chosen once, when a stream starts."""

from typing import Final, Protocol

import numpy as np

from bakame.audio import g711
from bakame.audio.format import AudioFormat
from bakame.audio.g711 import Pcm
from bakame.audio.resample import Resampler

_PCM16: Final = np.dtype("<i2")


class Transcoder(Protocol):
    """A stream of sound from one format to another."""

    @property
    def delay_ms(self) -> float:
        """How much later the sound comes out than it went in, until `flush`."""
        ...

    def push(self, audio: bytes) -> bytes:
        """The sound of a chunk of any length, in the target format."""
        ...

    def flush(self) -> bytes:
        """What is still held at the end of an utterance; what is pushed next begins a new stream."""
        ...


class _Identity:
    """Equal formats: the very same bytes."""

    delay_ms: float = 0.0

    def push(self, audio: bytes) -> bytes:
        return audio

    def flush(self) -> bytes:
        return b""


class _Conversion:
    """Decode, resample where rates differ, encode. A sample that chunks cut in two is carried."""

    def __init__(self, source: AudioFormat, target: AudioFormat) -> None:
        self._source = source
        self._target = target
        self._resampler = None if source.rate_hz == target.rate_hz else Resampler(source.rate_hz, target.rate_hz)
        self._carried = b""
        self.delay_ms: float = self._resampler.delay_ms if self._resampler else 0.0

    def push(self, audio: bytes) -> bytes:
        pcm = self._decode(audio)
        return self._encode(self._resampler.push(pcm) if self._resampler else pcm)

    def flush(self) -> bytes:
        # Half a sample is no sound: the stream ended inside it.
        self._carried = b""
        return self._encode(self._resampler.flush()) if self._resampler else b""

    def _decode(self, audio: bytes) -> Pcm:
        if self._source.encoding == "mulaw":
            return g711.decode(audio)
        sound = self._carried + audio if self._carried else audio
        whole = len(sound) & ~1
        self._carried = sound[whole:]
        return np.frombuffer(sound, _PCM16, whole // 2).astype(np.int16, copy=False)

    def _encode(self, pcm: Pcm) -> bytes:
        if self._target.encoding == "mulaw":
            return g711.encode(pcm)
        return pcm.astype(_PCM16, copy=False).tobytes()


def converter(source: AudioFormat, target: AudioFormat) -> Transcoder:
    """A fresh transcoder; the identity when the formats are equal. Raises `Invalid` for rates we cannot resample."""
    return _Identity() if source == target else _Conversion(source, target)
