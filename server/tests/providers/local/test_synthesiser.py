import asyncio
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.errors import Unavailable
from bakame.ports.speech import Voice
from bakame.providers.local import espeak
from bakame.providers.local.synthesiser import EspeakSynthesiser
from providers.local.speech import chunks_of


def sound_of(text: str, *, voice: Voice | None = None) -> np.ndarray:
    async def speak() -> np.ndarray:
        synthesiser = EspeakSynthesiser()
        chunks = await chunks_of(synthesiser, text, voice=voice)
        await synthesiser.close()
        return np.frombuffer(b"".join(chunk.audio for chunk in chunks), np.int16)

    return asyncio.run(speak())


def test_a_number_of_several_spoken_words_is_one_word_of_the_text() -> None:
    async def words() -> list[tuple[str, int]]:
        synthesiser = EspeakSynthesiser()
        chunks = await chunks_of(synthesiser, "It costs RWF 1,250 today, 3/4 of it.")
        await synthesiser.close()
        return [(word.word, word.start_ms) for chunk in chunks for word in chunk.words]

    times = asyncio.run(words())
    assert [word for word, _ in times] == ["It", "costs", "RWF", "1,250", "today,", "3/4", "of", "it."]
    starts = dict(times)
    assert starts["today,"] - starts["1,250"] > 1500, "one thousand two hundred and fifty francs takes its time"


def test_words_of_a_later_sentence_are_placed_after_the_sound_before_them() -> None:
    async def speak() -> list[tuple[int, int]]:
        synthesiser = EspeakSynthesiser()
        bounds: list[tuple[int, int]] = []
        played = 0
        long_text = " ".join(
            f"This is sentence number {n}, and it is long enough to stand alone here." for n in range(6)
        )
        for chunk in await chunks_of(synthesiser, long_text):
            bounds += [(word.start_ms, played) for word in chunk.words]
            played += round(synthesiser.format.ms_for(len(chunk.audio)))
        await synthesiser.close()
        return bounds

    for start_ms, played_ms in asyncio.run(speak()):
        assert played_ms - 10 <= start_ms <= played_ms + 110, "a word comes with the chunk in which it begins"


def test_slower_is_slower_and_the_rate_is_that_of_a_person() -> None:
    text = (
        "The farmer has twelve goats and he sells four of them at the market, so how many goats are left with him now?"
    )
    fast, slow = sound_of(text), sound_of(text, voice=Voice(words_per_minute=95))
    assert len(slow) > 1.2 * len(fast)
    heard = len(text.split()) / (len(fast) / 22_050) * 60
    assert 115 < heard < 160


@pytest.mark.parametrize("language", ["en", "fr", "sw", "en-GB", "fr_FR"])
def test_every_voice_is_loud_and_never_clips(language: str) -> None:
    loudest = int(
        np.abs(
            sound_of("Seven hundred and ninety, all right, Kigali.", voice=Voice(language=language)).astype(int)
        ).max()
    )
    assert 6_000 < loudest < 32_000


def test_kinyarwanda_is_refused_unless_an_approximation_is_allowed() -> None:
    async def speak(synthesiser: EspeakSynthesiser) -> int:
        try:
            return sum(
                len(chunk.audio) for chunk in await chunks_of(synthesiser, "Muraho neza", voice=Voice(language="rw"))
            )
        finally:
            await synthesiser.close()

    with pytest.raises(Unavailable, match="rw"):
        asyncio.run(speak(EspeakSynthesiser()))
    assert asyncio.run(speak(EspeakSynthesiser(approximations={"rw": "sw"}))) > 20_000


def test_markup_and_commands_to_the_library_are_text() -> None:
    plain = sound_of("hello")
    assert len(sound_of("hello <break time='20s'/>")) < len(plain) + 22_050 * 8
    assert len(sound_of("\x01150P hello")) == pytest.approx(len(sound_of("150P hello")), rel=0.01)
    assert len(sound_of("\x00hello\x01")) == pytest.approx(len(plain), rel=0.01)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_spoken_with_each_of_its_words_once_and_in_order(text: str) -> None:
    async def speak() -> list[tuple[str, int]]:
        synthesiser = EspeakSynthesiser()
        chunks = await chunks_of(synthesiser, text)
        await synthesiser.close()
        return [(word.word, word.start_ms) for chunk in chunks for word in chunk.words]

    times = asyncio.run(speak())
    assert [word for word, _ in times] == text.split()
    assert all(one[1] <= other[1] for one, other in pairwise(times))


def test_a_library_that_fails_is_tried_again() -> None:
    answers: list[Callable[[], espeak.Espeak]] = [_missing, espeak.load]

    async def speak() -> int:
        synthesiser = EspeakSynthesiser(load=lambda: answers.pop(0)())
        with pytest.raises(Unavailable, match="not installed"):
            await synthesiser.warm_up()
        chunks = await chunks_of(synthesiser, "hello")
        await synthesiser.close()
        return sum(len(chunk.audio) for chunk in chunks)

    assert asyncio.run(speak()) > 0


def _missing() -> espeak.Espeak:
    raise Unavailable("espeak-ng is not installed")


def test_the_loop_turns_while_a_long_text_is_made_and_closing_early_ends_it() -> None:
    async def speak() -> tuple[int, int]:
        synthesiser = EspeakSynthesiser()
        await synthesiser.warm_up()
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        turning = asyncio.create_task(turn())
        stream = synthesiser.speak(
            "A story goes on and on, and on, until somebody tells it to stop. " * 75, voice=Voice()
        )
        taken = 0
        async for _ in stream:
            taken += 1
            if taken == 200:
                break
        await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]  the port promises an iterator, this is a generator
        turning.cancel()
        await synthesiser.close()
        return turns, taken

    turns, taken = asyncio.run(speak())
    assert taken == 200
    assert turns > 10, "the loop goes round while espeak-ng works in its thread"
