"""OpenAI's voice and ear for the contract suites, each with a stand-in of its own."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from bakame.audio.format import AudioFormat
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import Recogniser, SpeechChunk, Voice
from bakame.providers.local.recogniser import GrammarRecogniser
from bakame.providers.local.synthesiser import EspeakSynthesiser
from bakame.providers.openai.speech import PCM_24K, OpenAIRecogniser, OpenAISynthesiser
from bakame.simulator.openai import OpenAIStandIn, SpeechFaults
from fakes.speech import LetterVoice
from providers.openai.vendor import client, letters

_PATIENT_S = 60.0
"""The embedded recogniser behind the stand-in takes one utterance at a time."""


class OpenAIVoice:
    """A `ports.speech.Synthesiser`: OpenAI's, with espeak-ng for a voice."""

    name = "openai"
    format: AudioFormat = PCM_24K

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        espeak, quick = EspeakSynthesiser(), SpeechFaults(between_s=0.0)
        async with OpenAIStandIn(synthesiser=espeak, understand=letters, speech=quick) as openai, client() as http:
            ours = OpenAISynthesiser(key=openai.key, model="tts", http=http, base_url=openai.url)
            try:
                async for chunk in ours.speak(text, voice=voice):
                    yield chunk
            finally:
                await espeak.close()


@asynccontextmanager
async def openai_ear() -> AsyncGenerator[Recogniser]:
    """OpenAI's, with PocketSphinx for an ear."""
    sphinx = GrammarRecogniser(timeout_s=_PATIENT_S)

    async def understand(audio: bytes) -> str:
        return (await sphinx.recognise(audio, expect=Expect(AnswerKind.INTEGER))).text

    try:
        async with OpenAIStandIn(synthesiser=LetterVoice(), understand=understand) as openai, client() as http:
            yield OpenAIRecogniser(key=openai.key, model="ear", http=http, base_url=openai.url, timeout_s=_PATIENT_S)
    finally:
        await sphinx.close()
