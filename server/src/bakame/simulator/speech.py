"""Sound for the simulated line: text spoken by a synthesiser, WAV files in, recordings out."""

import io
import wave
from typing import Final

from bakame.audio import g711
from bakame.audio.format import SILENCE_BYTE, TELEPHONE, AudioFormat
from bakame.audio.transcode import converter
from bakame.errors import Invalid
from bakame.ports.speech import Synthesiser, Voice

DEFAULT_VOICE: Final = Voice()


async def speech_of(text: str, *, synthesiser: Synthesiser, voice: Voice = DEFAULT_VOICE) -> bytes:
    """Spoken words, mu-law at 8 kHz. Raises `Unavailable` when the synthesiser fails."""
    transcoder = converter(synthesiser.format, TELEPHONE)
    sound = bytearray()
    async for chunk in synthesiser.speak(text, voice=voice):
        sound += transcoder.push(chunk.audio)
    return bytes(sound + transcoder.flush())


def sound_of(wav: bytes) -> bytes:
    """A WAV file as mu-law at 8 kHz; of several channels the first. Raises `Invalid` for anything but 16-bit PCM."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise Invalid(f"not a WAV file that a phone can play: {error}") from error
    if width != 2:
        raise Invalid(f"the WAV file has {8 * width} bits a sample, not 16")
    mono = b"".join(frames[at : at + 2] for at in range(0, len(frames), 2 * channels)) if channels > 1 else frames
    transcoder = converter(AudioFormat("pcm16", rate), TELEPHONE)
    return transcoder.push(mono) + transcoder.flush()


def stereo_wav(*, left: bytes, right: bytes) -> bytes:
    """A WAV file, 16-bit at 8 kHz, of two mu-law time lines; the shorter one ends in silence."""
    length = max(len(left), len(right))
    silence = bytes([SILENCE_BYTE])
    samples = bytearray(4 * length)
    for offset, side in ((0, left), (2, right)):
        pcm = g711.decode(side.ljust(length, silence)).astype("<i2").tobytes()
        samples[offset::4] = pcm[0::2]
        samples[offset + 1 :: 4] = pcm[1::2]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(TELEPHONE.rate_hz)
        file.writeframes(samples)
    return out.getvalue()
