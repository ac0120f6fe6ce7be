"""What every recogniser promises. Add yours to `RECOGNISERS`: it must hear a clear "twelve" on the telephone."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import httpx
import pytest

from bakame.audio.format import SILENCE_FRAME
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import Hypothesis, Recogniser
from bakame.providers.deepgram.recording import DeepgramBatch
from bakame.providers.local.recogniser import GrammarRecogniser
from bakame.providers.local.synthesiser import EspeakSynthesiser
from bakame.simulator.deepgram import DeepgramStandIn
from bakame.simulator.deepgram.stand_in import KEY
from providers.local.speech import spoken
from providers.openai.contracts import openai_ear


@asynccontextmanager
async def _pocketsphinx() -> AsyncGenerator[Recogniser]:
    recogniser = GrammarRecogniser()
    try:
        yield recogniser
    finally:
        await recogniser.close()


@asynccontextmanager
async def _deepgram() -> AsyncGenerator[Recogniser]:
    """Over HTTP to a stand-in, with PocketSphinx for a model."""
    async with _pocketsphinx() as sphinx, httpx.AsyncClient(trust_env=False) as http:

        async def understand(sound: bytes) -> list[tuple[str, float]]:
            heard = await sphinx.recognise(sound, expect=Expect(AnswerKind.INTEGER))
            return [(word, heard.confidence) for word in heard.text.split()]

        async with DeepgramStandIn(understand=understand, synthesiser=EspeakSynthesiser()) as stand_in:
            yield DeepgramBatch(api_key=KEY, http=http, base_url=stand_in.base_url, timeout_s=30)


Opened = Callable[[], AbstractAsyncContextManager[Recogniser]]
RECOGNISERS: Final[dict[str, Opened]] = {"pocketsphinx": _pocketsphinx, "deepgram": _deepgram, "openai": openai_ear}
EXPECTS: Final = (
    *(Expect(kind) for kind in AnswerKind),
    Expect(AnswerKind.INTEGER, digits=9, signed=True),
    Expect(AnswerKind.CHOICE, options=("tea", "3/4", "", "«»", "x; public <y> = z", "3.5 kg")),
    Expect(AnswerKind.NAME, options=("Ngabo", "O'Brien", "Jean-Pierre", "字", "q" * 60)),
)


@pytest.fixture(params=RECOGNISERS.values(), ids=list(RECOGNISERS))
def opened(request: pytest.FixtureRequest) -> Opened:
    return request.param


def hear(opened: Opened, *asked: tuple[bytes, Expect]) -> list[Hypothesis]:
    async def run() -> list[Hypothesis]:
        async with opened() as recogniser:
            return list(await asyncio.gather(*(recogniser.recognise(audio, expect=expect) for audio, expect in asked)))

    return asyncio.run(run())


def test_every_question_can_be_listened_to(opened: Opened) -> None:
    for answer in hear(opened, *((spoken("twelve"), expect) for expect in EXPECTS)):
        assert 0 <= answer.confidence <= 1
        assert answer.text == " ".join(answer.text.lower().split())


def test_a_clear_number_is_heard(opened: Opened) -> None:
    (answer,) = hear(opened, (spoken("twelve"), Expect(AnswerKind.INTEGER)))
    assert answer.text in {"twelve", "12"}


@pytest.mark.parametrize("audio", [b"", b"\\xff", SILENCE_FRAME * 50], ids=["nothing", "a sample", "silence"])
def test_where_nothing_is_said_nothing_is_heard(opened: Opened, audio: bytes) -> None:
    (answer,) = hear(opened, (audio, Expect(AnswerKind.INTEGER)))
    assert answer.text == ""


def test_twenty_seconds_are_no_trouble(opened: Opened) -> None:
    (answer,) = hear(opened, (SILENCE_FRAME * 1_000 + spoken("twelve"), Expect(AnswerKind.INTEGER)))
    assert answer.text in {"", "twelve", "12"}
