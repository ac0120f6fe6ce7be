"""OpenAI's voice and ear, against a stand-in that speaks and understands."""

import io
import wave
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import pairwise
from typing import Any, cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import SILENCE_FRAME, TELEPHONE
from bakame.audio.transcode import converter
from bakame.errors import Unavailable
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.ports.speech import Hypothesis, SpeechChunk, Voice
from bakame.providers.openai.speech import (
    CONFIDENCE,
    PCM_24K,
    OpenAIRecogniser,
    OpenAISynthesiser,
    prompt_for,
    wav_of,
)
from bakame.simulator.openai import OpenAIStandIn
from bakame.simulator.openai.speech import SpeechFaults
from bakame.wire.completions import Declined
from fakes.speech import word_sound
from providers.openai.vendor import letters, timed, visit

TEXT = "what is six times nine. take your time."
SAID = b"".join(map(word_sound, ("fifty", "four")))


def voice(openai: OpenAIStandIn, http: httpx.AsyncClient, **options: Any) -> OpenAISynthesiser:
    return OpenAISynthesiser(key=openai.key, model="tts", http=http, base_url=openai.url, **options)


def ear(openai: OpenAIStandIn, http: httpx.AsyncClient, **options: Any) -> OpenAIRecogniser:
    return OpenAIRecogniser(key=openai.key, model="ear", http=http, base_url=openai.url, **options)


def speak(
    text: str = TEXT, *, asked: Voice | None = None, times: int = 1, **faults: Any
) -> tuple[list[SpeechChunk], OpenAIStandIn]:
    async def speaking(openai: OpenAIStandIn, http: httpx.AsyncClient) -> list[SpeechChunk]:
        synthesiser = voice(openai, http)
        chunks: list[SpeechChunk] = []
        for _ in range(times):
            chunks = [chunk async for chunk in synthesiser.speak(text, voice=asked or Voice())]
        return chunks

    return visit(speaking, speech=SpeechFaults(**faults))


def fails_to_speak(*, within_s: float = 5.0, **faults: Any) -> Unavailable:
    async def speaking(openai: OpenAIStandIn, http: httpx.AsyncClient) -> Unavailable:
        with timed(within_s), pytest.raises(Unavailable) as raised:
            [chunk async for chunk in voice(openai, http).speak(TEXT, voice=Voice())]
        return raised.value

    return visit(speaking, speech=SpeechFaults(**faults))[0]


def hear(audio: bytes = SAID, expect: Expect = YES_NO, **options: Any) -> tuple[Hypothesis, OpenAIStandIn]:
    faults = SpeechFaults(**options.pop("faults", {}))

    async def hearing(openai: OpenAIStandIn, http: httpx.AsyncClient) -> Hypothesis:
        return await ear(openai, http, **options).recognise(audio, expect=expect)

    return visit(hearing, speech=faults)


def test_speech_comes_in_whole_samples_and_at_its_pace() -> None:
    chunks, openai = speak()
    assert all(len(chunk.audio) % 2 == 0 for chunk in chunks)
    assert len(chunks) > 5
    line = converter(PCM_24K, TELEPHONE)
    sound = b"".join(line.push(chunk.audio) for chunk in chunks)
    assert len(sound) == pytest.approx(len(b"".join(map(word_sound, TEXT.split()))), rel=0.01)
    (asked,) = openai.speech.spoken
    assert (asked["response_format"], asked["input"]) == ("pcm", TEXT)
    assert asked["speed"] < 1, "beginners are spoken to slowly"


@pytest.mark.parametrize("times", [1, 4])
def test_the_words_are_placed_over_the_sound(times: int) -> None:
    chunks, _ = speak(times=times)
    words = [word for chunk in chunks for word in chunk.words]
    assert [word.word for word in words] == TEXT.split()
    assert all(one.start_ms <= other.start_ms for one, other in pairwise(words))
    true_ms = 0.0
    for word in words:
        # An unknown voice is guessed at; one that has spoken is known.
        assert word.start_ms == pytest.approx(true_ms, abs=700 if times == 1 else 250)
        true_ms += TELEPHONE.ms_for(len(word_sound(word.word)))


def test_a_long_text_is_asked_for_in_parts_that_end_with_sentences() -> None:
    text = "a b. " * 1_500
    chunks, openai = speak(text)
    assert [word.word for chunk in chunks for word in chunk.words] == text.split()
    parts = [asked["input"] for asked in openai.speech.spoken]
    assert len(parts) == 2
    assert all(part.endswith("b.") for part in parts)


def test_nothing_is_said_without_asking() -> None:
    chunks, openai = speak("  ")
    assert (chunks, openai.speech.spoken) == ([], [])


def test_a_language_that_it_cannot_speak() -> None:
    with pytest.raises(Unavailable, match="rw"):
        speak("Muraho", asked=Voice(language="rw"))


def test_a_voice_that_does_not_begin_and_one_that_stalls() -> None:
    assert fails_to_speak(hangs=True, within_s=1.5).retryable
    assert fails_to_speak(first_s=20.0, within_s=1.5).retryable
    assert fails_to_speak(after=20_000, then="stall", within_s=3.5).retryable


def test_sound_that_breaks_off_or_never_comes() -> None:
    assert fails_to_speak(after=20_000, then="break").retryable
    assert fails_to_speak(sound="none").retryable


@pytest.mark.parametrize("sound", ["wav", "page", "endless"])
def test_what_is_no_speech_is_not_played(sound: str) -> None:
    assert not fails_to_speak(sound=sound).retryable


def test_a_voice_over_its_limit() -> None:
    error = fails_to_speak(status=429, code="rate_limit_exceeded", retry_after="3")
    assert isinstance(error, Declined)
    assert (error.retryable, error.retry_after_s) == (True, 3.0)


def test_closing_early_ends_the_request() -> None:
    async def leave(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        stream = cast("AsyncGenerator[SpeechChunk]", voice(openai, http).speak(TEXT * 20, voice=Voice()))
        async with aclosing(stream):
            await anext(stream)

    assert visit(leave)[1].speech.cut_off == 1


def test_an_utterance_is_understood() -> None:
    hypothesis, openai = hear(expect=Expect(AnswerKind.INTEGER))
    assert hypothesis == Hypothesis("fifty four", CONFIDENCE)
    (fields,) = openai.speech.fields
    assert (fields["model"], fields["language"], fields["response_format"]) == ("ear", "en", "json")
    assert "number" in fields["prompt"]


def test_with_probabilities_confidence_is_theirs() -> None:
    hypothesis, _ = hear(logprobs=True)
    assert hypothesis.confidence == pytest.approx(0.905, abs=0.001)


@pytest.mark.parametrize("audio", [b"", b"\x10", SILENCE_FRAME * 100])
def test_silence_is_not_asked_about(audio: bytes) -> None:
    hypothesis, openai = hear(audio)
    assert hypothesis == Hypothesis("", 0.0)
    assert openai.speech.fields == []


@pytest.mark.parametrize(
    "faults",
    [
        {"hangs": True},
        {"status": 500},
        {"status": 401},
        {"transcript": "nothing"},
        {"transcript": "garbage"},
        {"transcript": "huge"},
    ],
    ids=str,
)
def test_an_ear_that_fails_says_so_in_time(faults: dict[str, Any]) -> None:
    async def hearing(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        with timed(4.0), pytest.raises(Unavailable):
            await ear(openai, http).recognise(SAID, expect=YES_NO)

    visit(hearing, speech=SpeechFaults(**faults))


def test_what_may_be_said_is_told() -> None:
    assert prompt_for(YES_NO) == "The answer is one of these: yes, no."
    assert prompt_for(Expect(AnswerKind.NAME, options=("Ngabo", " Keza "))) == "My name is one of these: Ngabo, Keza."
    assert prompt_for(Expect(AnswerKind.OPEN)) == ""


@given(st.binary(max_size=400))
def test_a_wav_file_holds_the_very_sound(audio: bytes) -> None:
    with wave.open(io.BytesIO(wav_of(audio))) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        assert file.getnframes() == len(audio)


def test_the_stand_in_hears_what_was_sent() -> None:
    async def hearing(openai: OpenAIStandIn, http: httpx.AsyncClient) -> str:
        return await letters(SAID)

    assert visit(hearing)[0] == "fifty four"
