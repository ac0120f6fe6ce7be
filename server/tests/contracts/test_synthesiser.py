"""What every synthesiser promises. Add yours to `SYNTHESISERS`."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from itertools import pairwise
from typing import Final, cast

import pytest

from bakame.errors import Unavailable
from bakame.ports.speech import SpeechChunk, Synthesiser, Voice
from bakame.providers.local.synthesiser import EspeakSynthesiser
from providers.openai.contracts import OpenAIVoice

SYNTHESISERS: Final[dict[str, Callable[[], Synthesiser]]] = {
    "espeak-ng": EspeakSynthesiser,
    "openai": OpenAIVoice,
}
TEXTS: Final = (
    "What is 7 times 8?",
    "",
    "   ",
    "RWF 1,250 is 3/4.",
    "😀",
    "<speak>&amp;</speak>",
    "word " * 1000,
    "x" * 400,
)


@pytest.fixture(params=SYNTHESISERS.values(), ids=list(SYNTHESISERS))
def synthesiser(request: pytest.FixtureRequest) -> Synthesiser:
    return request.param()


def speak(synthesiser: Synthesiser, text: str, voice: Voice | None = None) -> list[SpeechChunk]:
    async def collect() -> list[SpeechChunk]:
        return [chunk async for chunk in synthesiser.speak(text, voice=voice or Voice())]

    return asyncio.run(collect())


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_are_those_of_the_text_in_order_of_time(synthesiser: Synthesiser, text: str) -> None:
    words = [word for chunk in speak(synthesiser, text) for word in chunk.words]
    assert [word.word for word in words] == text.split()
    assert all(one.start_ms <= other.start_ms for one, other in pairwise(words))


def test_sound_comes_in_whole_samples_and_covers_its_words(synthesiser: Synthesiser) -> None:
    chunks = speak(synthesiser, "What is 7 times 8? Take your time.")
    assert all(len(chunk.audio) % synthesiser.format.sample_bytes == 0 for chunk in chunks)
    total_ms = synthesiser.format.ms_for(sum(len(chunk.audio) for chunk in chunks))
    assert total_ms > 1_000
    assert all(word.start_ms <= total_ms for chunk in chunks for word in chunk.words)


def test_a_slower_voice_takes_longer(synthesiser: Synthesiser) -> None:
    slow, fast = (
        sum(len(chunk.audio) for chunk in speak(synthesiser, "Read the sentence again.", Voice(words_per_minute=rate)))
        for rate in (95, 150)
    )
    assert slow > fast


def test_an_unknown_language_is_unavailable(synthesiser: Synthesiser) -> None:
    with pytest.raises(Unavailable):
        speak(synthesiser, "hello", Voice(language="zz"))


def test_it_may_be_closed_early_and_speaks_again(synthesiser: Synthesiser) -> None:
    async def twice() -> bool:
        stream = cast("AsyncGenerator[SpeechChunk]", synthesiser.speak("A long story. " * 50, voice=Voice()))
        async with aclosing(stream):
            await anext(stream)
        return bool([chunk async for chunk in synthesiser.speak("Hello.", voice=Voice())])

    assert asyncio.run(twice())


def test_two_speakers_at_once_do_not_mix(synthesiser: Synthesiser) -> None:
    async def words(text: str) -> list[str]:
        return [word.word async for chunk in synthesiser.speak(text, voice=Voice()) for word in chunk.words]

    texts = ["Seven times eight. " * 20, "The cow is in the field. " * 20]

    async def both() -> list[list[str]]:
        return list(await asyncio.gather(*map(words, texts)))

    assert asyncio.run(both()) == [text.split() for text in texts]
