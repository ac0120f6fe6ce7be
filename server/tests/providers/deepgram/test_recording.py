"""A whole utterance heard by one request."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest

from bakame.errors import Unavailable
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import Hypothesis
from bakame.providers.deepgram.recording import DeepgramBatch
from bakame.simulator.deepgram import DeepgramStandIn, Faults
from bakame.simulator.deepgram.stand_in import KEY
from bakame.simulator.virtual_time import run_virtual
from providers.deepgram.listening import deepgram, saying, silence

T = TypeVar("T")
TLS = ssl.create_default_context()
OPEN = Expect(AnswerKind.OPEN)


def with_ear(
    listen: Callable[[DeepgramStandIn, DeepgramBatch], Awaitable[T]], *, faults: Faults | None = None, key: str = KEY
) -> T:
    async def scenario() -> T:
        async with deepgram(faults=faults) as stand_in, httpx.AsyncClient(verify=TLS, trust_env=False) as http:
            return await listen(stand_in, DeepgramBatch(api_key=key, http=http, base_url=stand_in.base_url))

    return run_virtual(scenario())


def test_what_was_said_is_heard() -> None:
    async def listen(stand_in: DeepgramStandIn, ear: DeepgramBatch) -> Hypothesis:
        heard = await ear.recognise(silence(200) + saying("seven and nine") + silence(300), expect=OPEN)
        assert stand_in.requests[0].headers["content-type"] == "audio/wav"
        return heard

    heard = with_ear(listen)
    assert heard.text == "seven and nine"
    assert heard.confidence == pytest.approx(2.8 / 3)


def test_in_silence_nothing_is_heard_and_of_nothing_nobody_is_asked() -> None:
    async def listen(stand_in: DeepgramStandIn, ear: DeepgramBatch) -> list[Hypothesis]:
        heard = [await ear.recognise(audio, expect=OPEN) for audio in (silence(1_000), b"", b"\xff")]
        assert len(stand_in.requests) == 1
        return heard

    assert with_ear(listen) == [Hypothesis("", 0.0)] * 3


def test_the_words_of_a_choice_are_told_but_no_learners_name() -> None:
    async def listen(stand_in: DeepgramStandIn, ear: DeepgramBatch) -> None:
        for kind in (AnswerKind.CHOICE, AnswerKind.NAME):
            await ear.recognise(saying("tea"), expect=Expect(kind, options=("tea", "coffee")))
        assert [request.query.get("keyterm") for request in stand_in.requests] == [["tea", "coffee"], None]

    with_ear(listen)


@pytest.mark.parametrize(
    ("faults", "retryable", "within_s"),
    [
        (Faults(refuse=402), False, 0),
        (Faults(refuse=429), True, 0),
        (Faults(refuse=503), True, 0),
        (Faults(hangs=True), True, 4),
        (Faults(late_s=60), True, 4),
        (Faults(garbage=True), True, 0),
    ],
    ids=["no credit", "too many", "away", "hangs", "slow", "garbage"],
)
def test_an_ear_that_fails_is_unavailable_in_time(faults: Faults, retryable: bool, within_s: float) -> None:
    async def listen(_: DeepgramStandIn, ear: DeepgramBatch) -> None:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable) as failed:
            await ear.recognise(saying("seven"), expect=OPEN)
        assert failed.value.retryable is retryable
        assert asyncio.get_running_loop().time() - began <= within_s + 1e-6
        assert KEY not in str(failed.value)

    with_ear(listen, faults=faults)


def test_a_wrong_key_is_refused() -> None:
    async def listen(_: DeepgramStandIn, ear: DeepgramBatch) -> None:
        with pytest.raises(Unavailable, match="401") as refused:
            await ear.recognise(saying("seven"), expect=OPEN)
        assert not refused.value.retryable

    with_ear(listen, key="wrong")
