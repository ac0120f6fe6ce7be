"""What the caller hears of Deepgram's voice, over real connections in virtual time, whatever becomes of the answer."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from itertools import pairwise
from typing import TypeVar, cast

import httpx
import pytest

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.errors import Invalid, Unavailable
from bakame.ports.speech import SpeechChunk, Voice
from bakame.providers.deepgram.speech import LONGEST_CHARS, DeepgramSynthesiser
from bakame.simulator.deepgram import DeepgramStandIn, Faults
from bakame.simulator.deepgram.stand_in import KEY
from bakame.simulator.virtual_time import run_virtual
from fakes.speech import LetterVoice, word_sound
from providers.deepgram.listening import deepgram, saying, spelled

T = TypeVar("T")
TLS = ssl.create_default_context()
"""Unused on the loopback, and slow to make for every client."""
ENGLISH = Voice()


def with_voice(
    talk: Callable[[DeepgramStandIn, DeepgramSynthesiser], Awaitable[T]],
    *,
    faults: Faults | None = None,
    sound: AudioFormat = TELEPHONE,
    key: str = KEY,
) -> T:
    async def scenario() -> T:
        async with deepgram(faults=faults) as stand_in, httpx.AsyncClient(verify=TLS, trust_env=False) as http:
            voice = DeepgramSynthesiser(api_key=key, http=http, base_url=stand_in.base_url, sound=sound)
            return await talk(stand_in, voice)

    return run_virtual(scenario())


async def chunks_of(voice: DeepgramSynthesiser, text: str, how: Voice = ENGLISH) -> list[SpeechChunk]:
    return [chunk async for chunk in voice.speak(text, voice=how)]


def failing(faults: Faults, *, text: str = "seven and nine", key: str = KEY) -> tuple[Unavailable, float, bytes]:
    """How speaking fails, after how long, and what was heard until then."""

    async def talk(_: DeepgramStandIn, voice: DeepgramSynthesiser) -> tuple[Unavailable, float, bytes]:
        began, heard = asyncio.get_running_loop().time(), b""
        try:
            async for chunk in voice.speak(text, voice=ENGLISH):
                heard += chunk.audio
        except Unavailable as failed:
            return failed, asyncio.get_running_loop().time() - began, heard
        raise AssertionError("it spoke")

    return with_voice(talk, faults=faults, key=key)


def test_a_sentence_is_heard_whole_in_the_format_of_the_line() -> None:
    async def talk(stand_in: DeepgramStandIn, voice: DeepgramSynthesiser) -> bytes:
        assert voice.format == TELEPHONE
        sound = b"".join(chunk.audio for chunk in await chunks_of(voice, "seven and nine"))
        assert stand_in.requests[0].query["container"] == ["none"]
        return sound

    assert with_voice(talk) == saying("seven and nine")


@pytest.mark.parametrize("text", ["seven and nine", "one", " seven\n and  nine ", "( seven ) and", "a " * 3_000])
def test_each_word_begins_once_in_order_and_within_the_sound(text: str) -> None:
    async def talk(_: DeepgramStandIn, voice: DeepgramSynthesiser) -> list[SpeechChunk]:
        return await chunks_of(voice, text)

    chunks = with_voice(talk)
    words = [word for chunk in chunks for word in chunk.words]
    assert [word.word for word in words] == text.split()
    assert all(one.start_ms <= other.start_ms for one, other in pairwise(words))
    at_ms = 0.0
    for chunk in chunks:
        at_ms += TELEPHONE.ms_for(len(chunk.audio))
        assert all(word.start_ms <= at_ms for word in chunk.words)


def test_word_times_come_nearer_to_the_voice_as_it_is_heard() -> None:
    text = "there are seven apples and nine pears in the basket"

    async def talk(_: DeepgramStandIn, voice: DeepgramSynthesiser) -> list[int]:
        natural = Voice(words_per_minute=100)
        for _earlier in range(12):
            await chunks_of(voice, text, natural)
        return [word.start_ms for chunk in await chunks_of(voice, text, natural) for word in chunk.words]

    starts = [60 * text.index(f" {word}") + 60 if at else 0 for at, word in enumerate(text.split())]
    assert with_voice(talk) == pytest.approx(starts, abs=120)


def test_sound_comes_before_all_of_it_is_made() -> None:
    class SlowVoice(LetterVoice):
        async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
            for word in text.split():
                yield SpeechChunk(word_sound(word))
                await asyncio.sleep(1)

    async def scenario() -> list[float]:
        stand_in = DeepgramStandIn(understand=spelled, synthesiser=SlowVoice())
        async with stand_in, httpx.AsyncClient(verify=TLS, trust_env=False) as http:
            voice = DeepgramSynthesiser(api_key=KEY, http=http, base_url=stand_in.base_url)
            now = asyncio.get_running_loop().time
            return [now() async for chunk in voice.speak("one two three", voice=ENGLISH) if chunk.audio]

    assert run_virtual(scenario()) == pytest.approx([0, 1, 2], abs=0.01)


def test_a_beginner_is_spoken_to_slowly_within_what_the_voice_can() -> None:
    async def talk(stand_in: DeepgramStandIn, voice: DeepgramSynthesiser) -> list[str]:
        for pace in (130, 95, 400):
            await chunks_of(voice, "seven", Voice(words_per_minute=pace))
        return [request.query["speed"][0] for request in stand_in.requests]

    assert with_voice(talk) == ["0.81", "0.70", "1.50"]


def test_a_long_text_is_asked_for_in_parts_that_deepgram_takes() -> None:
    text = "seven and nine make sixteen. " * 150

    async def talk(stand_in: DeepgramStandIn, voice: DeepgramSynthesiser) -> bytes:
        sound = b"".join(chunk.audio for chunk in await chunks_of(voice, text.replace(".", "")))
        assert len(stand_in.requests) == -(-len(text.replace(".", "")) // LONGEST_CHARS)
        return sound

    assert with_voice(talk) == saying(text.replace(".", ""))


@pytest.mark.parametrize("text", ["", "   ", "😀", "... - !"])
def test_a_text_without_a_letter_makes_no_sound_and_no_request(text: str) -> None:
    async def talk(stand_in: DeepgramStandIn, voice: DeepgramSynthesiser) -> list[SpeechChunk]:
        chunks = await chunks_of(voice, text)
        assert not stand_in.requests
        return chunks

    chunks = with_voice(talk)
    assert [word.word for chunk in chunks for word in chunk.words] == text.split()
    assert not any(chunk.audio for chunk in chunks)


@pytest.mark.parametrize("rate_hz", [8_000, 24_000, 48_000])
def test_wider_sound_comes_in_whole_samples(rate_hz: int) -> None:
    async def talk(_: DeepgramStandIn, voice: DeepgramSynthesiser) -> list[SpeechChunk]:
        return await chunks_of(voice, "seven and nine")

    sound = AudioFormat("pcm16", rate_hz)
    chunks = with_voice(talk, sound=sound)
    assert all(len(chunk.audio) % 2 == 0 for chunk in chunks)
    assert sound.ms_for(sum(len(chunk.audio) for chunk in chunks)) == pytest.approx(60 * 15, abs=20)


def test_a_language_without_a_voice_is_unavailable() -> None:
    async def talk(stand_in: DeepgramStandIn, voice: DeepgramSynthesiser) -> bool:
        with pytest.raises(Unavailable) as refused:
            await chunks_of(voice, "muraho", Voice(language="rw"))
        assert not stand_in.requests
        return refused.value.retryable

    assert not with_voice(talk)


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (402, False), (403, False), (413, False), (429, True), (500, True), (503, True)],
)
def test_a_refusal_says_whether_to_ask_again(status: int, retryable: bool) -> None:
    error, after_s, heard = failing(Faults(refuse=status))
    assert error.retryable is retryable
    assert str(status) in str(error)
    assert (after_s, heard) == (0, b"")


def test_a_wrong_key_is_refused_and_not_shown() -> None:
    error, _, _ = failing(Faults(), key="sk_wrong")
    assert "401" in str(error)
    assert "sk_wrong" not in str(error)
    assert not error.retryable


@pytest.mark.parametrize(
    ("faults", "within_s"),
    [
        (Faults(hangs=True), 2.5),
        (Faults(late_s=30), 2.5),
        (Faults(garbage=True), 0),
        (Faults(silent=True), 0),
        (Faults(endless=True), 0),
    ],
    ids=["hangs", "late", "no sound", "empty", "endless"],
)
def test_a_voice_that_does_not_speak_is_unavailable_in_time(faults: Faults, within_s: float) -> None:
    error, after_s, _ = failing(faults)
    assert error.retryable
    assert after_s <= within_s + 1e-6
    assert "seven" not in str(error)


@pytest.mark.parametrize(
    ("faults", "within_s"), [(Faults(dies_after_s=0.3), 0), (Faults(mute_after_s=0.3), 2.5)], ids=["dies", "stalls"]
)
def test_a_voice_that_stops_in_mid_sentence_is_unavailable_after_what_was_heard(
    faults: Faults, within_s: float
) -> None:
    error, after_s, heard = failing(faults)
    assert error.retryable
    assert after_s <= within_s + 1e-6
    assert saying("seven and nine").startswith(heard)
    if within_s:
        assert heard == saying("seven")


def test_a_slow_voice_is_waited_for() -> None:
    async def talk(_: DeepgramStandIn, voice: DeepgramSynthesiser) -> bytes:
        return b"".join(chunk.audio for chunk in await chunks_of(voice, "seven"))

    assert with_voice(talk, faults=Faults(late_s=2)) == saying("seven")


def test_nobody_at_the_address_is_unavailable() -> None:
    async def scenario() -> None:
        async with httpx.AsyncClient(verify=TLS, trust_env=False) as http:
            voice = DeepgramSynthesiser(api_key=KEY, http=http, base_url="http://127.0.0.1:1")
            with pytest.raises(Unavailable):
                await chunks_of(voice, "seven")

    run_virtual(scenario())


def test_it_may_be_interrupted_and_speaks_again() -> None:
    async def talk(stand_in: DeepgramStandIn, voice: DeepgramSynthesiser) -> bytes:
        stream = cast("AsyncGenerator[SpeechChunk]", voice.speak("seven and nine " * 100, voice=ENGLISH))
        async with aclosing(stream):
            await anext(stream)
        await asyncio.sleep(0.1)
        assert stand_in.connections == 0
        return b"".join(chunk.audio for chunk in await chunks_of(voice, "one"))

    assert with_voice(talk) == saying("one")


def test_one_connection_serves_sentence_after_sentence() -> None:
    async def talk(stand_in: DeepgramStandIn, voice: DeepgramSynthesiser) -> int:
        for _ in range(5):
            await chunks_of(voice, "seven")
        return stand_in.connections

    assert with_voice(talk) == 1


def test_two_calls_at_once_do_not_mix() -> None:
    async def talk(_: DeepgramStandIn, voice: DeepgramSynthesiser) -> list[bytes]:
        texts = ("seven and nine", "the first is twelve")
        both = await asyncio.gather(*(chunks_of(voice, text) for text in texts))
        return [b"".join(chunk.audio for chunk in chunks) for chunks in both]

    assert with_voice(talk) == [saying("seven and nine"), saying("the first is twelve")]


def test_an_address_that_cannot_be_one_is_refused_at_once() -> None:
    async def scenario() -> None:
        async with httpx.AsyncClient(verify=TLS) as http:
            with pytest.raises(Invalid):
                DeepgramSynthesiser(api_key=KEY, http=http, base_url="deepgram")

    asyncio.run(scenario())
