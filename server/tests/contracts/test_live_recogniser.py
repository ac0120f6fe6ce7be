"""What every live recogniser promises. Add yours to `RECOGNISERS`: it must hear clear numbers on the telephone.

Each runs against a stand-in of its vendor, over real sockets, with a real model behind it that knows numbers.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import pytest

from bakame.audio.format import FRAME_BYTES, SILENCE_FRAME
from bakame.errors import Unavailable
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import Hypothesis, LiveHearing, LiveRecogniser
from bakame.providers.deepgram.hearing import DeepgramRecogniser
from bakame.providers.local.recogniser import GrammarRecogniser
from bakame.providers.local.synthesiser import EspeakSynthesiser
from bakame.simulator.deepgram import DeepgramStandIn
from bakame.simulator.deepgram.stand_in import KEY
from bakame.simulator.virtual_time import run_virtual
from providers.local.speech import spoken

NUMBER: Final = Expect(AnswerKind.INTEGER)
EXPECTS: Final = (
    *(Expect(kind) for kind in AnswerKind),
    Expect(AnswerKind.CHOICE, options=("tea", "", "«»")),
    Expect(AnswerKind.NAME, options=("Ngabo", "字")),
)
HINTS: Final = ("Uwimana", "", "字", "a:b&c=d", "Jean Bosco", "q" * 500)


@asynccontextmanager
async def _numbers() -> AsyncGenerator[Callable[[bytes], Awaitable[list[tuple[str, float]]]]]:
    """A model that hears numbers."""
    sphinx = GrammarRecogniser()

    async def understand(sound: bytes) -> list[tuple[str, float]]:
        heard = await sphinx.recognise(sound, expect=NUMBER)
        return [(word, heard.confidence) for word in heard.text.split()]

    try:
        yield understand
    finally:
        await sphinx.close()


@asynccontextmanager
async def _deepgram() -> AsyncGenerator[LiveRecogniser]:
    async with (
        _numbers() as understand,
        DeepgramStandIn(understand=understand, synthesiser=EspeakSynthesiser(), rng=random.Random(1)) as stand_in,
    ):
        yield DeepgramRecogniser(api_key=KEY, base_url=stand_in.base_url, rng=random.Random(1))


Opened = Callable[[], AbstractAsyncContextManager[LiveRecogniser]]
RECOGNISERS: Final[dict[str, Opened]] = {"deepgram": _deepgram}


@pytest.fixture(params=RECOGNISERS.values(), ids=list(RECOGNISERS))
def opened(request: pytest.FixtureRequest) -> Opened:
    return request.param


def calling(opened: Opened, *calls: Callable[[LiveHearing], Awaitable[None]], hints: tuple[str, ...] = ()) -> None:
    """Runs calls at the same time, each with a hearing of its own."""

    async def call(recogniser: LiveRecogniser, what: Callable[[LiveHearing], Awaitable[None]]) -> None:
        hearing = recogniser.listen(language="en", hints=hints)
        try:
            await what(hearing)
        finally:
            await hearing.close()

    async def scenario() -> None:
        async with opened() as recogniser:
            assert recogniser.name
            await asyncio.gather(*(call(recogniser, each) for each in calls))

    run_virtual(scenario(), stall_s=60)


async def on_the_line(hearing: LiveHearing, sound: bytes, *, silence_ms: int = 800) -> None:
    """The sound and a silence, a frame each 20 ms."""
    sound = sound.ljust(-(-len(sound) // FRAME_BYTES) * FRAME_BYTES, b"\xff") + SILENCE_FRAME * (silence_ms // 20)
    for at in range(0, len(sound), FRAME_BYTES):
        hearing.hears(sound[at : at + FRAME_BYTES])
        await asyncio.sleep(0.02)


def _is_sound(heard: Hypothesis) -> bool:
    return 0 <= heard.confidence <= 1 and heard.text == " ".join(heard.text.lower().split())


def test_each_answer_is_what_was_said_since_the_last(opened: Opened) -> None:
    async def call(hearing: LiveHearing) -> None:
        await on_the_line(hearing, b"", silence_ms=500)
        for said, digits in (("twelve", "12"), ("seven", "7")):
            await on_the_line(hearing, spoken(said))
            heard = await hearing.finish(expect=NUMBER)
            assert _is_sound(heard)
            assert heard.text in {said, digits}
        assert (await hearing.finish(expect=NUMBER)).text == ""

    calling(opened, call)


def test_what_is_understood_so_far_can_be_read_until_it_is_taken(opened: Opened) -> None:
    async def call(hearing: LiveHearing) -> None:
        await on_the_line(hearing, b"", silence_ms=1_000)
        assert hearing.interim == ""
        await on_the_line(hearing, spoken("twelve"), silence_ms=1_000)
        assert hearing.interim in {"twelve", "12"}
        await hearing.finish(expect=NUMBER)
        assert hearing.interim == ""

    calling(opened, call)


def test_where_nothing_is_said_nothing_is_heard(opened: Opened) -> None:
    async def call(hearing: LiveHearing) -> None:
        await on_the_line(hearing, b"", silence_ms=5_000)
        assert await hearing.finish(expect=NUMBER) == Hypothesis("", 0.0)

    calling(opened, call)


def test_every_question_can_be_listened_to(opened: Opened) -> None:
    async def call(hearing: LiveHearing) -> None:
        for expect in EXPECTS:
            await on_the_line(hearing, spoken("seven"), silence_ms=500)
            assert _is_sound(await hearing.finish(expect=expect))

    calling(opened, call, hints=HINTS)


def test_what_is_said_before_the_connection_is_open_counts(opened: Opened) -> None:
    async def call(hearing: LiveHearing) -> None:
        sound = spoken("twelve")
        for at in range(0, len(sound), FRAME_BYTES):
            hearing.hears(sound[at : at + FRAME_BYTES])
        assert (await hearing.finish(expect=NUMBER)).text in {"twelve", "12"}

    calling(opened, call)


def test_a_long_silence_of_the_carrier_breaks_nothing(opened: Opened) -> None:
    async def call(hearing: LiveHearing) -> None:
        await on_the_line(hearing, b"", silence_ms=200)
        await asyncio.sleep(120)
        await on_the_line(hearing, spoken("seven"))
        assert (await hearing.finish(expect=NUMBER)).text in {"seven", "7"}

    calling(opened, call)


def test_two_callers_are_heard_apart(opened: Opened) -> None:
    async def one(hearing: LiveHearing) -> None:
        await on_the_line(hearing, spoken("twelve"))
        assert (await hearing.finish(expect=NUMBER)).text in {"twelve", "12"}

    async def other(hearing: LiveHearing) -> None:
        await on_the_line(hearing, spoken("seven"))
        assert (await hearing.finish(expect=NUMBER)).text in {"seven", "7"}

    calling(opened, one, other)


def test_after_the_end_nothing_is_heard_and_nothing_breaks(opened: Opened) -> None:
    async def call(hearing: LiveHearing) -> None:
        await on_the_line(hearing, spoken("twelve"), silence_ms=0)
        await hearing.close()
        await hearing.close()
        hearing.hears(SILENCE_FRAME)
        assert isinstance(hearing.interim, str)
        with pytest.raises(Unavailable):
            await hearing.finish(expect=NUMBER)

    calling(opened, call)
