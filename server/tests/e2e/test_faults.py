"""What the caller hears when a vendor fails: real sockets, a stand-in with real faults, virtual time.

In none of these may the caller hear more than 1.2 s of silence while the tutor owes something, may an error be left to
nobody, or may a task, a socket or the lesson be lost.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bakame.audio.format import FRAME_BYTES, SILENCE_FRAME
from bakame.records.journal.schemas import CallRecord
from bakame.records.journal.service import Journal
from bakame.simulator.call import Call
from bakame.simulator.convai.settings import AgentSettings, ConvaiFaults
from bakame.simulator.convai.stand_in import ConvaiStandIn
from bakame.simulator.events import StreamOpened
from bakame.simulator.virtual_time import run_virtual
from bakame.store.database import Database
from e2e.town import LEARNER, TUTOR, Here, Town, heard
from fakes.speech import LetterVoice

MOST_SILENCE_S = 1.2


async def _yes(_: bytes) -> str:
    return "yes"


@asynccontextmanager
async def _house(tmp_path: Path, faults: ConvaiFaults, **settings: Any) -> AsyncGenerator[tuple[Here, ConvaiStandIn]]:
    """A server whose first engine is the vendor's, and the vendor."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    before = asyncio.all_tasks()
    async with ConvaiStandIn(
        synthesiser=LetterVoice(), understand=_yes, faults=faults, settings=AgentSettings(**settings)
    ) as vendor:
        town = Town(tmp_path)
        town.overrides = {
            "voice_engines": ("elevenlabs",),
            "elevenlabs_api_key": SecretStr("xi-stand-in"),
            "elevenlabs_agent_id": "agent_stand_in",
            "elevenlabs_base_url": vendor.base_url,
        }
        async with town.open() as here:
            await here.server.speech.ready()
            await asyncio.sleep(1)
            yield here, vendor
    assert unhandled == []
    assert asyncio.all_tasks() - before == set()
    assert vendor.open_sockets == 0


def _longest_silence_s(call: Call, *, from_s: float = 0.0) -> float:
    """In what the ear got from this moment of the call to the last sound."""
    sound = call.heard.heard[int(from_s * 8000) :].rstrip(b"\xff")
    longest = run = 0
    for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES):
        run = run + 1 if sound[at : at + FRAME_BYTES] == SILENCE_FRAME else 0
        longest = max(longest, run)
    return longest * 0.02


async def _record(here: Here, call: Call) -> CallRecord:
    await asyncio.sleep(1)  # what a call leaves is written behind its back
    async with Database(here.settings.database) as database, database.session(read_only=True) as session:
        record = await Journal(session).call(call.sid)
        assert record is not None
        return record


def _visit(
    tmp_path: Path, faults: ConvaiFaults, journey: Callable[[Here, ConvaiStandIn], Awaitable[None]], **settings: Any
) -> None:
    async def scenario() -> None:
        async with _house(tmp_path, faults, **settings) as (here, vendor):
            await journey(here, vendor)

    run_virtual(scenario(), limit_s=600)


def test_a_vendor_that_works_converses_and_its_words_are_kept(tmp_path: Path) -> None:
    async def journey(here: Here, vendor: ConvaiStandIn) -> None:
        call = await here.calls()
        assert "BAKAME" in heard(call) or heard(call)
        assert _longest_silence_s(call) <= MOST_SILENCE_S
        await call.hang_up()
        record = await _record(here, call)
        assert record.engines == ("elevenlabs",)
        assert record.quality is not None

    _visit(tmp_path, ConvaiFaults(), journey)


BEFORE_A_WORD = {
    "refuses by REST": ConvaiFaults(refuse_rest=401),
    "is over its limit": ConvaiFaults(refuse_rest=429),
    "answers REST with nonsense": ConvaiFaults(refuse_rest=200),
    "refuses the socket": ConvaiFaults(refuse_socket=503),
    "hangs at REST": ConvaiFaults(hang="rest"),
    "hangs at the upgrade": ConvaiFaults(hang="socket"),
    "hangs at the start": ConvaiFaults(hang="start"),
    "names an unknown format": ConvaiFaults(formats=("ulaw_8000", "opus_48000")),
    "closes after its first sound": ConvaiFaults(after_sounds=1, middle="close"),
}
AMID_A_WORD = {
    **{
        f"closes with {code}": ConvaiFaults(after_sounds=2, middle="close", close_code=code)
        for code in (1000, 1002, 1008, 1011)
    },
    "drops the connection": ConvaiFaults(after_sounds=2, middle="drop"),
    "says nothing more": ConvaiFaults(after_sounds=2, middle="hang"),
    "freezes": ConvaiFaults(after_sounds=2, middle="freeze"),
    "sends an error": ConvaiFaults(after_sounds=2, middle="error"),
}


@pytest.mark.parametrize("fault", [*BEFORE_A_WORD, *AMID_A_WORD])
def test_a_vendor_that_fails_is_covered_and_the_lesson_goes_on(tmp_path: Path, fault: str) -> None:
    async def journey(here: Here, vendor: ConvaiStandIn) -> None:
        call = await here.carrier.place_call(LEARNER, TUTOR)
        await call.until_quiet(quiet_s=4.0, patience_s=15.0)
        assert _longest_silence_s(call) <= MOST_SILENCE_S
        if "embedded" not in (await _record(here, call)).engines:
            # It fell silent where a caller may well be thinking: it is found out when the caller has said something.
            await here.says(call, "fifty six")
            await call.until_quiet(quiet_s=4.0, patience_s=15.0)
        assert not call.state.is_over
        assert "?" in heard(call)[-200:]
        assert len([event for event in call.log if isinstance(event, StreamOpened)]) == 1
        await call.press("1")
        assert await call.until_speaking(patience_s=5.0)
        await call.hang_up()
        assert (await _record(here, call)).engines[-1] == "embedded"

    _visit(tmp_path, {**BEFORE_A_WORD, **AMID_A_WORD}[fault], journey)


@pytest.mark.parametrize("middle", ["garbage", "binary", "empty", "huge", "not_base64"])
def test_what_makes_no_sense_is_survived(tmp_path: Path, middle: Any) -> None:
    async def journey(here: Here, vendor: ConvaiStandIn) -> None:
        call = await here.carrier.place_call(LEARNER, TUTOR)
        await call.until_quiet(quiet_s=4.0, patience_s=30.0)
        assert not call.state.is_over
        assert _longest_silence_s(call) <= MOST_SILENCE_S
        await call.hang_up()

    _visit(tmp_path, ConvaiFaults(after_sounds=2, middle=middle), journey)


@pytest.mark.parametrize("speaks", ["pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_44100", "pcm_48000"])
def test_whatever_format_the_vendor_declares_is_heard_as_speech(tmp_path: Path, speaks: str) -> None:
    async def journey(here: Here, vendor: ConvaiStandIn) -> None:
        call = await here.calls()
        assert heard(call)
        assert _longest_silence_s(call) <= MOST_SILENCE_S
        await call.hang_up()
        assert (await _record(here, call)).engines == ("elevenlabs",)

    _visit(tmp_path, ConvaiFaults(), journey, speaks=speaks, hears="pcm_16000")


def test_a_vendor_that_never_answers_the_caller_is_left(tmp_path: Path) -> None:
    async def journey(here: Here, vendor: ConvaiStandIn) -> None:
        call = await here.calls()
        await here.says(call, "the answer is fifty six")
        ended_s = len(call.spoken.rstrip(b"\xff")) / 8000
        assert (await _record(here, call)).engines == ("elevenlabs", "embedded")
        assert _longest_silence_s(call, from_s=ended_s) <= MOST_SILENCE_S
        await call.hang_up()

    _visit(tmp_path, ConvaiFaults(never_answers=True), journey)
