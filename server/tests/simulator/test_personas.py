"""People on the phone, with a tutor that speaks a second after each thing they do."""

import asyncio
import base64
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import numpy as np
import pytest

from bakame.audio import g711
from bakame.audio.format import PCM16_16K, AudioFormat
from bakame.audio.level import level_of_mulaw
from bakame.ports.speech import SpeechChunk, Voice
from bakame.simulator.alignment import HeardReport
from bakame.simulator.call import Call
from bakame.simulator.carrier import Carrier
from bakame.simulator.degrade import to_mulaw
from bakame.simulator.events import AudioCleared, KeyPressed
from bakame.simulator.hosting import hosted
from bakame.simulator.network import MOBILE_2G
from bakame.simulator.personas import PERSONAS, Answer, Persona, in_turn, lives, murmur
from bakame.simulator.virtual_time import run_virtual
from simulator.fake_server import TOKEN, FakeServer, Stream
from simulator.test_carrier import LEARNER, OPEN, TUTOR, payload

T = TypeVar("T")
TALK = to_mulaw(np.random.default_rng(3).normal(0, 3000, 32_000))


class Speaker:
    """Says everything as half a second of noise."""

    name = "speaker"
    format: AudioFormat = PCM16_16K

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        assert text
        yield SpeechChunk(np.random.default_rng(5).normal(0, 4000, 8000).astype("<i2").tobytes())


async def tutor(stream: Stream) -> None:
    """Speaks four seconds at first and after each key or half a second of sound; a key stops it."""
    await stream.until("start")
    await stream.send("media", media=payload(TALK))
    loud = 0
    while (frame := await stream.receive()) is not None:
        if frame["event"] == "media":
            sound = level_of_mulaw(sound_in(frame)).rms_db > -45
            loud = loud + 1 if sound else 0
        if frame["event"] == "dtmf" or loud == 20:
            await stream.send("clear")
            await stream.send("media", media=payload(TALK))


def sound_in(frame: dict[str, dict[str, str]]) -> bytes:
    return base64.b64decode(frame["media"]["payload"])


def with_call(persona: Persona, story: Callable[[Call], Awaitable[T]]) -> T:
    async def main() -> T:
        server = FakeServer(documents={"/call": [OPEN]}, talk=tutor)
        async with hosted(server.app()) as url, Carrier(url, auth_token=TOKEN, rng=random.Random(1)) as carrier:
            return await story(await carrier.place_call(LEARNER, TUTOR, room=persona.room))

    return run_virtual(main(), limit_s=900)


def live(name: str, answers: list[Answer]) -> tuple[int, Call, HeardReport]:
    async def story(call: Call) -> tuple[int, Call, HeardReport]:
        answer = in_turn(answers)
        answered = await lives(PERSONAS[name], call, voice=Speaker(), answer=answer, rng=random.Random(7))
        report = call.report()
        await call.hang_up()
        return answered, call, report

    return with_call(PERSONAS[name], story)


@pytest.mark.parametrize("name", sorted(set(PERSONAS) - {"silent"}))
def test_everybody_answers_each_time_it_is_their_turn(name: str) -> None:
    answered, call, report = live(name, [Answer(words="twelve", keys="1")] * 3)
    assert answered == 3
    assert report.talk_ms > 6000
    keys = [event.key for event in call.log if isinstance(event, KeyPressed)]
    assert keys == (["1", "1", "1"] if name == "keypad" else [])


def test_who_is_silent_says_nothing_and_stays_until_the_end() -> None:
    async def story(call: Call) -> tuple[int, bytes]:
        async with asyncio.timeout(60):
            living = asyncio.create_task(
                lives(PERSONAS["silent"], call, voice=Speaker(), answer=in_turn([Answer("no")]), rng=random.Random(7))
            )
            await asyncio.sleep(30)
            assert not living.done()
            await call.hang_up()
            return await living, call.spoken

    answered, spoken = with_call(PERSONAS["silent"], story)
    assert answered == 0
    assert spoken.strip(b"\xff") == b""


def test_a_slow_child_thinks_for_seconds_and_says_um_before_it_answers() -> None:
    _, call, report = live("slow_child", [Answer("twelve")])
    assert report.silences[0].length_ms >= 4000
    assert level_of_mulaw(call.spoken.replace(b"\xff", b"")).rms_db < -24


def test_an_interrupter_stops_the_tutor_every_second_time() -> None:
    _, call, report = live("interrupter", [Answer("twelve")] * 4)
    dropped = [event for event in call.log if isinstance(event, AudioCleared) and event.dropped_ms]
    assert len(dropped) == 2
    assert [one.silent_after_ms is not None for one in report.barge_ins] == [True, True]


def test_mm_is_too_short_and_soft_to_stop_anybody_and_wants_no_answer() -> None:
    sound = murmur()
    assert len(sound) == 220 * 8
    assert level_of_mulaw(sound).rms_db < -26
    _, call, report = live("backchanneller", [Answer("twelve")])
    assert report.barge_ins == ()
    assert np.abs(g711.decode(call.spoken[: 8000 * 4]).astype(int)).max() > 1000, "it murmured while the tutor spoke"
    assert not [event for event in call.log if isinstance(event, AudioCleared) and event.dropped_ms][:-1]


def test_a_noisy_room_is_heard_while_nobody_speaks_and_an_echo_only_while_the_tutor_does() -> None:
    _, noisy, _ = live("noisy_room", [])
    assert level_of_mulaw(noisy.spoken[8000:]).rms_db == pytest.approx(-41, abs=2)
    _, echoing, _ = live("echoing_handset", [])
    tutor_db = level_of_mulaw(TALK).rms_db
    assert level_of_mulaw(echoing.spoken[8000:24_000]).rms_db == pytest.approx(tutor_db - 14, abs=1)
    assert echoing.spoken[-2000:].strip(b"\xff") == b""


def test_the_same_call_is_the_same_twice() -> None:
    async def story(call: Call) -> bytes:
        answer = in_turn([Answer(keys="1")])
        await lives(PERSONAS["keypad"], call, voice=Speaker(), answer=answer, rng=random.Random(7))
        await call.hang_up()
        return call.heard.heard

    async def main() -> bytes:
        server = FakeServer(documents={"/call": [OPEN]}, talk=tutor)
        async with hosted(server.app()) as url, Carrier(url, auth_token=TOKEN, rng=random.Random(1)) as carrier:
            return await story(await carrier.place_call(LEARNER, TUTOR, network=MOBILE_2G))

    assert run_virtual(main())[:80_000] == run_virtual(main())[:80_000]
