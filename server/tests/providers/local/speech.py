"""Utterances for the tests: espeak-ng's voices through the telephone."""

from functools import cache

from bakame.audio.format import TELEPHONE
from bakame.audio.transcode import converter
from bakame.ports.speech import SpeechChunk, Synthesiser, Voice
from bakame.providers.local import espeak
from bakame.providers.local.synthesiser import VOICES, EspeakSynthesiser


async def chunks_of(synthesiser: Synthesiser, text: str, *, voice: Voice | None = None) -> list[SpeechChunk]:
    return [chunk async for chunk in synthesiser.speak(text, voice=voice or Voice())]


@cache
def spoken(text: str, *, language: str = "en") -> bytes:
    """`text` as the line carries it: mu-law at 8 kHz."""
    blocks = espeak.load().say(text, voice=VOICES[language], words_per_minute=120, volume=90, pause=True)
    line = converter(EspeakSynthesiser().format, TELEPHONE)
    return line.push(b"".join(block.audio for block in blocks)) + line.flush()
