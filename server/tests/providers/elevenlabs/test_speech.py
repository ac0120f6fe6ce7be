"""ElevenLabs' voice over a loopback socket: its sound, its words, and every way in which it fails."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import cast

import pytest

from bakame.audio.format import AudioFormat
from bakame.errors import Unavailable
from bakame.ports.speech import SpeechChunk, Voice
from bakame.providers.elevenlabs.speech import ElevenLabsSynthesiser
from bakame.simulator.convai.stand_in import ConvaiStandIn
from bakame.simulator.convai.voice import VoiceFaults
from bakame.simulator.virtual_time import run_virtual
from fakes.speech import LetterVoice, word_sound

KEY = "xi-test-key"
TEXT = "What is seven times eight?"


async def nothing(_: bytes) -> str:
    return ""


def visit(
    scene: Callable[[ElevenLabsSynthesiser, ConvaiStandIn], Awaitable[None]],
    *,
    faults: VoiceFaults | None = None,
    api_key: str = KEY,
    output_format: str = "ulaw_8000",
    voice_id: str = "voice",
) -> None:
    async def scenario() -> None:
        before = asyncio.all_tasks()
        async with ConvaiStandIn(
            synthesiser=LetterVoice(), understand=nothing, voice_faults=faults, api_key=KEY
        ) as stand_in:
            voice = ElevenLabsSynthesiser(
                api_key=api_key, voices={"en": voice_id}, base_url=stand_in.base_url, output_format=output_format
            )
            await scene(voice, stand_in)
            await asyncio.sleep(0.1)
            assert stand_in.open_sockets == 0
        await asyncio.sleep(0.1)
        assert asyncio.all_tasks() == before

    run_virtual(scenario())


async def said(voice: ElevenLabsSynthesiser, text: str = TEXT, how: Voice | None = None) -> list[SpeechChunk]:
    return [chunk async for chunk in voice.speak(text, voice=how or Voice())]


@pytest.mark.parametrize("faults", [None, VoiceFaults(no_alignment=True)])
@pytest.mark.parametrize("text", [TEXT, "word " * 50, "RWF 1,250 is 3/4.", "  Hello  there. "])
def test_the_text_is_said_and_its_words_are_its_own(text: str, faults: VoiceFaults | None) -> None:
    async def scene(voice: ElevenLabsSynthesiser, stand_in: ConvaiStandIn) -> None:
        chunks = await said(voice, text)
        assert b"".join(chunk.audio for chunk in chunks) == b"".join(map(word_sound, text.split()))
        words = [word for chunk in chunks for word in chunk.words]
        assert [word.word for word in words] == text.split()
        total_ms = voice.format.ms_for(sum(len(chunk.audio) for chunk in chunks))
        assert all(0 <= word.start_ms <= total_ms for word in words)
        if faults is None:
            starts = [word.start_ms for word in words]
            sizes = [60 * (len(word) + 1) for word in text.split()]
            assert starts == pytest.approx([sum(sizes[:index]) for index in range(len(sizes))], abs=3)

    visit(scene, faults=faults)


def test_the_format_is_what_was_asked_for() -> None:
    async def scene(voice: ElevenLabsSynthesiser, stand_in: ConvaiStandIn) -> None:
        assert voice.format == AudioFormat("pcm16", 16_000)
        sound = b"".join(chunk.audio for chunk in await said(voice))
        assert voice.format.ms_for(len(sound)) == pytest.approx(60 * (len(TEXT) + 1), abs=5)

    visit(scene, output_format="pcm_16000")


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_to_say_asks_nobody(text: str) -> None:
    async def scene(voice: ElevenLabsSynthesiser, stand_in: ConvaiStandIn) -> None:
        assert await said(voice, text) == []
        assert stand_in.refused == 0

    visit(scene, faults=VoiceFaults(refuse=500))


def test_a_language_without_a_voice_is_unavailable() -> None:
    async def scene(voice: ElevenLabsSynthesiser, stand_in: ConvaiStandIn) -> None:
        with pytest.raises(Unavailable, match="no voice") as caught:
            await said(voice, how=Voice(language="rw"))
        assert not caught.value.retryable

    visit(scene)


def test_it_may_be_closed_early_and_speaks_again() -> None:
    async def scene(voice: ElevenLabsSynthesiser, stand_in: ConvaiStandIn) -> None:
        stream = cast("AsyncGenerator[SpeechChunk]", voice.speak("A long story. " * 20, voice=Voice()))
        async with aclosing(stream):
            await anext(stream)
        assert await said(voice)

    visit(scene)


@pytest.mark.parametrize(
    ("faults", "says", "retryable"),
    [
        (VoiceFaults(refuse=401), "refused the key", False),
        (VoiceFaults(refuse=429), "too many requests", True),
        (VoiceFaults(refuse=500), "500", True),
        (VoiceFaults(refusal="quota_exceeded"), "quota_exceeded", False),
        (VoiceFaults(refusal="system_busy"), "system_busy", True),
        (VoiceFaults(error="voice_not_found"), "voice_not_found", False),
        (VoiceFaults(error="something said"), "unknown", True),
        (VoiceFaults(hang="socket"), "in time", True),
        (VoiceFaults(hang="first"), "in time", True),
        (VoiceFaults(hang="next"), "in time", True),
        (VoiceFaults(middle="drop"), "1006", True),
        (VoiceFaults(middle="close"), "1011", True),
        (VoiceFaults(middle="close", close_code=1008), "1008", False),
        (VoiceFaults(middle="garbage"), "cannot be read", True),
        (VoiceFaults(middle="not_base64"), "cannot be read", True),
        (VoiceFaults(silent=True), "said nothing", True),
    ],
)
def test_a_voice_that_fails_is_unavailable_in_time(faults: VoiceFaults, says: str, retryable: bool) -> None:
    async def scene(voice: ElevenLabsSynthesiser, stand_in: ConvaiStandIn) -> None:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable, match=says) as caught:
            await said(voice, "word " * 30)
        assert caught.value.retryable is retryable
        assert "something said" not in str(caught.value)
        limit_s = 3.5 if faults.hang == "next" else 1.6
        assert asyncio.get_running_loop().time() - began < limit_s

    visit(scene, faults=faults)


@pytest.mark.parametrize(("api_key", "voice_id"), [("wrong", "voice"), (KEY, "nobody")])
def test_a_wrong_key_or_voice_is_unavailable_for_good(api_key: str, voice_id: str) -> None:
    async def scene(voice: ElevenLabsSynthesiser, stand_in: ConvaiStandIn) -> None:
        with pytest.raises(Unavailable) as caught:
            await said(voice)
        assert not caught.value.retryable

    visit(scene, api_key=api_key, voice_id=voice_id)
