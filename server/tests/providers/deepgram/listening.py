"""A caller whose sound spells what they say, and a recogniser's model that reads it."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import groupby

from bakame.audio.format import FRAME_BYTES, SILENCE_BYTE, SILENCE_FRAME, TELEPHONE
from bakame.ports.speech import LiveHearing
from bakame.providers.deepgram.hearing import DeepgramRecogniser
from bakame.simulator.deepgram import DeepgramStandIn, Faults
from bakame.simulator.deepgram.stand_in import KEY
from fakes.speech import LETTER_MS, LetterVoice, word_sound

LETTERS = {0x10 + ord(letter) % 96: letter for letter in "abcdefghijklmnopqrstuvwxyz "}
LETTER_BYTES = TELEPHONE.bytes_for(LETTER_MS)


async def spelled(sound: bytes) -> list[tuple[str, float]]:
    """The words that the sound spells; a letter that is cut in two is read where most of it is."""
    text = ""
    for byte, run in groupby(sound):
        if byte == SILENCE_BYTE:
            text += " "
        else:
            text += LETTERS[byte] * round(len(list(run)) / LETTER_BYTES)
    return [(word, 0.8 if len(word) < 4 else 1.0) for word in text.split()]


def saying(text: str) -> bytes:
    return b"".join(map(word_sound, text.split()))


def silence(ms: int) -> bytes:
    return SILENCE_FRAME * (ms // 20)


async def on_the_line(hearing: LiveHearing, *sounds: bytes) -> None:
    """The sounds as the telephone brings them: a frame each 20 ms."""
    sound = b"".join(sounds)
    for at in range(0, len(sound), FRAME_BYTES):
        hearing.hears(sound[at : at + FRAME_BYTES])
        await asyncio.sleep(0.02)


@asynccontextmanager
async def deepgram(*, faults: Faults | None = None) -> AsyncGenerator[DeepgramStandIn]:
    """A stand-in; when it is gone, no task of anybody's is left."""
    before = asyncio.all_tasks()
    async with DeepgramStandIn(
        understand=spelled, synthesiser=LetterVoice(), faults=faults or Faults(), rng=random.Random(7)
    ) as stand_in:
        yield stand_in
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == before


@asynccontextmanager
async def listening(stand_in: DeepgramStandIn, *, hints: tuple[str, ...] = ()) -> AsyncGenerator[LiveHearing]:
    """A hearing that is let go at the end."""
    recogniser = DeepgramRecogniser(api_key=KEY, base_url=stand_in.base_url, rng=random.Random(7))
    hearing = recogniser.listen(language="en", hints=hints)
    try:
        yield hearing
    finally:
        await hearing.close()
