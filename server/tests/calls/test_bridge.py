"""The bridge between a carrier and an engine: what the caller hears, and what goes over the wire."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bakame.audio.format import PCM16_16K, TELEPHONE, AudioFormat
from bakame.audio.pacing import Lead
from bakame.calls.bridge import MOST_MALFORMED, Bridge, Outcome
from bakame.calls.formats import in_telephone_format
from bakame.calls.quality import LineQuality
from bakame.calls.state import Stage
from bakame.calls.ticker import Ticker
from bakame.errors import Unavailable
from bakame.ports.speech import WordTime
from bakame.ports.voice import CallerSaid, Finished, Heard, Hold, Interrupt, Resume, Speech, VoiceEvent, Wording
from bakame.providers.twilio.media import TwilioMedia
from bakame.simulator.virtual_time import run_virtual
from fakes.carrier import FakeCarrier
from fakes.clock import LoopClock

Emit = Callable[[VoiceEvent], None]
LEAD_MS = 160


def _sound(ms: int) -> bytes:
    """Sound in which each 20 ms differ, so that loss, doubling and disorder show."""
    return b"".join(bytes([0x10 + frame % 96]) * 160 for frame in range(ms // 20))


class Session:
    """An engine's session that follows a script."""

    def __init__(self, script: Callable[["Session", Emit], Coroutine[Any, Any, None]], speaks: AudioFormat = TELEPHONE):
        self._script = script
        self.speaks = speaks
        self.hears = TELEPHONE
        self.heard: list[Heard] = []
        self.audio = bytearray()
        self.keys = ""

    async def run(self, emit: Emit) -> None:
        await self._script(self, emit)

    def send_audio(self, audio: bytes) -> None:
        self.audio += audio

    def send_key(self, digit: str) -> None:
        self.keys += digit

    def ear_moved(self, heard: Heard) -> None:
        self.heard.append(heard)


class Watcher:
    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.lateness: list[float] = []
        self.stages: set[Stage] = set()

    def heard(self, heard: Heard) -> None: ...

    def said(self, said: CallerSaid) -> None: ...

    def malformed(self, reason: str) -> None:
        self.reasons.append(reason)

    def took(self, stage: Stage, seconds: float) -> None:
        self.stages.add(stage)
        if stage is Stage.PACING:
            self.lateness.append(seconds)


async def _bridge(
    session: Session, *, seconds: float = 10.0, carrier: FakeCarrier | None = None, hang_up: bool = True
) -> tuple[Outcome, FakeCarrier, Watcher]:
    carrier = carrier or FakeCarrier()
    codec = TwilioMedia()
    codec.decode(carrier.stream.connected())
    codec.decode(carrier.stream.start({}))
    watcher = Watcher()
    bridge = Bridge(
        wire=carrier,
        codec=codec,
        session=in_telephone_format(session, stages=watcher),
        watch=watcher,
        clock=LoopClock(),
        ticker=Ticker(),
        lead=Lead(ms=LEAD_MS),
        quality=LineQuality(),
        stages=watcher,
    )
    async with asyncio.TaskGroup() as tasks:
        line = tasks.create_task(carrier.run(until_s=seconds))
        if hang_up:
            line.add_done_callback(lambda _: carrier.inject(carrier.stream.stop()))
        outcome = await bridge.run()
        line.cancel()
    return outcome, carrier, watcher


def test_what_the_engine_says_is_heard_without_a_gap_and_the_line_closes_after_the_last_word() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(3000), words=(WordTime("hello", 0),)))
        emit(Speech(1, b"", last=True))
        emit(Finished("goodbye"))

    async def scenario() -> None:
        session = Session(script)
        outcome, carrier, _ = await _bridge(session)
        assert outcome.reason == "finished:goodbye"
        assert outcome.counts.frames_out == outcome.counts.frames_played == 150
        assert carrier.ear.gaps == ()
        assert carrier.ear.heard.strip(b"\xff") == _sound(3000)
        assert session.heard[-1] == Heard(1, 3000, "hello", complete=True)
        assert carrier.refused == []

    run_virtual(scenario())


def test_sound_goes_out_at_its_pace_and_never_further_ahead_than_the_lead() -> None:
    ahead: list[float] = []

    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(4000), last=True))
        for _ in range(200):
            await asyncio.sleep(0.02)
            ahead.append(carrier.ear.queued_ms)
        emit(Finished("done"))

    async def scenario() -> None:
        nonlocal carrier
        carrier = FakeCarrier()
        _, _, watcher = await _bridge(Session(script), carrier=carrier)
        assert max(ahead) <= LEAD_MS + 20
        assert max(watcher.lateness) < 0.001

    carrier: FakeCarrier
    run_virtual(scenario())


def test_an_interruption_silences_the_line_at_once_and_tells_where_the_ear_was() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(5000), words=(WordTime("one", 0), WordTime("two", 1000), WordTime("three", 3000))))
        await asyncio.sleep(2.5)
        emit(Interrupt())
        emit(Speech(2, _sound(1000), last=True))
        emit(Finished("done"))

    async def scenario() -> None:
        session = Session(script)
        outcome, carrier, _ = await _bridge(session)
        (cut,) = [heard for heard in session.heard if heard.cut]
        assert cut.text == "one two"
        assert abs(cut.played_ms - 2500) <= 40
        assert carrier.clears == [pytest.approx(2.5)]
        assert session.heard[-1] == Heard(2, 1000, "", complete=True)
        assert carrier.ear.heard.strip(b"\xff").endswith(_sound(1000))
        assert outcome.counts.barge_ins == 1
        assert outcome.reason == "finished:done"

    run_virtual(scenario())


def test_an_interruption_with_nothing_queued_still_clears_the_carrier() -> None:
    async def script(session: Session, emit: Emit) -> None:
        await asyncio.sleep(1)
        emit(Interrupt())
        emit(Finished("done"))

    async def scenario() -> None:
        _, carrier, _ = await _bridge(Session(script))
        assert len(carrier.clears) == 1

    run_virtual(scenario())


def test_the_caller_is_heard_and_keys_are_passed_on_until_the_caller_hangs_up() -> None:
    async def script(session: Session, emit: Emit) -> None:
        await asyncio.sleep(3600)

    async def scenario() -> None:
        session = Session(script)
        carrier = FakeCarrier()
        for key in "56#":
            carrier.press(key)
        outcome, _, _ = await _bridge(session, seconds=2.0, carrier=carrier)
        assert outcome.reason == "caller_hung_up"
        assert session.keys == "56#"
        assert len(session.audio) == outcome.counts.frames_in * 160 == 100 * 160

    run_virtual(scenario())


def test_frames_of_odd_sizes_reach_the_engine_whole_and_in_order() -> None:
    async def script(session: Session, emit: Emit) -> None:
        await asyncio.sleep(3600)

    async def scenario() -> None:
        session = Session(script)
        carrier = FakeCarrier()
        sound = _sound(1000)
        for start in range(0, len(sound), 333):
            carrier.inject(carrier.stream.media(sound[start : start + 333], timestamp_ms=0))
        carrier.inject(carrier.stream.stop())
        await _bridge(session, seconds=0.0, carrier=carrier, hang_up=False)
        assert bytes(session.audio) == sound

    run_virtual(scenario())


def test_an_engine_of_another_format_is_converted() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, b"\x00\x10" * 16000, text="four words for testing", last=True))
        emit(Finished("done"))

    async def scenario() -> None:
        session = Session(script, speaks=PCM16_16K)
        outcome, _, _ = await _bridge(session)
        assert 50 <= outcome.counts.frames_out <= 51
        assert session.heard[-1].text == "four words for testing"

    run_virtual(scenario())


def test_lost_marks_do_not_hold_the_line_for_ever() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(1000), last=True))
        emit(Finished("done"))

    async def scenario() -> None:
        carrier = FakeCarrier(echoing=False)
        outcome, _, _ = await _bridge(Session(script), seconds=60.0, carrier=carrier)
        assert outcome.reason == "finished:done"
        assert asyncio.get_running_loop().time() < 30

    run_virtual(scenario())


def test_an_engine_that_spoke_far_ahead_and_left_is_heard_to_the_end() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(90_000), last=True))
        emit(Finished("done"))

    async def scenario() -> None:
        outcome, carrier, _ = await _bridge(Session(script), seconds=200.0)
        assert outcome.counts.frames_played == 90_000 // 20
        assert carrier.ear.gaps == ()

    run_virtual(scenario())


def test_an_engine_that_fails_ends_the_call_with_that_reason() -> None:
    async def script(session: Session, emit: Emit) -> None:
        await asyncio.sleep(1)
        raise Unavailable("the engine is gone")

    async def scenario() -> None:
        outcome, _, _ = await _bridge(Session(script))
        assert outcome.reason == "engine_failed"

    run_virtual(scenario())


def test_broken_messages_are_survived_and_a_flood_of_them_is_not() -> None:
    async def script(session: Session, emit: Emit) -> None:
        await asyncio.sleep(3600)

    async def scenario() -> None:
        carrier = FakeCarrier()
        for message in ("", "{", "[]", b"\x00\x01", '{"event":"media"}', "x" * 100_000, '{"event":"weather"}'):
            carrier.inject(message)
        carrier.press("5")
        carrier.inject(carrier.stream.stop())
        session = Session(script)
        outcome, _, watcher = await _bridge(session, seconds=0.0, carrier=carrier, hang_up=False)
        assert outcome.reason == "caller_hung_up"
        assert session.keys == "5"
        assert outcome.counts.malformed == len(watcher.reasons) == 6

        carrier = FakeCarrier()
        for _ in range(MOST_MALFORMED + 1):
            carrier.inject("{")
        outcome, _, _ = await _bridge(Session(script), carrier=carrier)
        assert outcome.reason == "protocol"

    run_virtual(scenario())


def test_a_lost_connection_ends_the_call() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(5000), words=(WordTime("never", 0), WordTime("heard", 4000))))
        await asyncio.sleep(3600)

    async def scenario() -> None:
        session = Session(script)
        carrier = FakeCarrier()
        asyncio.get_running_loop().call_later(1.0, carrier.inject, None)
        outcome, _, _ = await _bridge(session, carrier=carrier)
        assert outcome.reason == "connection_lost"
        assert session.heard[-1].cut

    run_virtual(scenario())


def test_a_hold_falls_silent_at_once_and_a_resume_goes_on_at_the_very_place() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(3000), words=(WordTime("all", 0),), last=True))
        await asyncio.sleep(1.01)
        emit(Hold())
        await asyncio.sleep(0.5)
        emit(Resume())
        await asyncio.sleep(5)
        emit(Finished("done"))

    async def scenario() -> None:
        session = Session(script)
        _, carrier, _ = await _bridge(session)
        heard = carrier.ear.heard.strip(b"\xff")
        silence = heard.index(b"\xff" * 160)
        before, after = heard[:silence], heard[silence:].lstrip(b"\xff")
        assert carrier.clears == [pytest.approx(1.01)]
        assert 1000 <= len(before) // 8 <= 1040
        # No word is lost; of the frame that was cut in two, no more than that frame is heard twice.
        assert after.endswith(_sound(3000)[len(before) :])
        assert len(before) + len(after) <= len(_sound(3000)) + 2 * 160
        assert session.heard[-1] == Heard(1, 3000, "all", complete=True)
        assert not any(heard.cut for heard in session.heard)

    run_virtual(scenario())


def test_an_interruption_while_the_tutor_holds_drops_the_rest() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(3000), words=(WordTime("one", 0), WordTime("two", 1500)), last=True))
        await asyncio.sleep(1)
        emit(Hold())
        await asyncio.sleep(0.3)
        emit(Interrupt())
        emit(Speech(2, _sound(400), last=True))
        emit(Finished("done"))

    async def scenario() -> None:
        session = Session(script)
        _, carrier, _ = await _bridge(session)
        (cut,) = [heard for heard in session.heard if heard.cut]
        assert cut.text == "one"
        assert carrier.ear.heard.strip(b"\xff").endswith(_sound(400))

    run_virtual(scenario())


def test_words_that_come_apart_from_their_sound_are_spread_over_all_of_it() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(2000)))
        await asyncio.sleep(0.1)
        emit(Wording(1, "one two three four"))
        emit(Speech(1, _sound(2000)))
        await asyncio.sleep(1.9)
        emit(Interrupt())
        emit(Finished("done"))

    async def scenario() -> None:
        session = Session(script)
        await _bridge(session)
        (cut,) = [heard for heard in session.heard if heard.cut]
        assert cut.text == "one two"

    run_virtual(scenario())


def test_after_the_lead_one_frame_leaves_each_tick() -> None:
    """A frame that fell due at the border between two ticks would leave now not at all, now in twos."""
    sent: list[int] = []

    async def script(session: Session, emit: Emit) -> None:
        await asyncio.sleep(0.0137)
        emit(Speech(1, _sound(10_000), last=True))
        await asyncio.sleep(1.005)
        for _ in range(100):
            before = len(carrier.arrived)
            await asyncio.sleep(0.02)
            sent.append(len(carrier.arrived) - before)
        emit(Finished("done"))

    async def scenario() -> None:
        nonlocal carrier
        carrier = FakeCarrier()
        outcome, _, _ = await _bridge(Session(script), carrier=carrier, seconds=20.0)
        assert outcome.counts.frames_played == 500
        assert sent == [1] * 100
        assert carrier.ear.gaps == ()

    carrier: FakeCarrier
    run_virtual(scenario())


def test_a_carrier_that_does_not_read_is_not_flooded() -> None:
    async def script(session: Session, emit: Emit) -> None:
        emit(Speech(1, _sound(4000), last=True))
        await asyncio.sleep(1)
        carrier.congested = True
        sent = carrier.writes
        await asyncio.sleep(1)
        assert carrier.writes == sent
        carrier.congested = False
        emit(Finished("done"))

    async def scenario() -> None:
        nonlocal carrier
        carrier = FakeCarrier()
        outcome, _, _ = await _bridge(Session(script), carrier=carrier, seconds=20.0)
        assert outcome.counts.frames_played == 200

    carrier: FakeCarrier
    run_virtual(scenario())


def test_every_stage_of_sound_is_timed() -> None:
    async def script(session: Session, emit: Emit) -> None:
        for number in (1, 2):
            emit(Speech(number, b"\x00\x10" * 16_010, text="four words for testing", last=True))
            await asyncio.sleep(3)
        emit(Finished("done"))

    async def scenario() -> None:
        _, _, watcher = await _bridge(Session(script, speaks=PCM16_16K), seconds=20.0)
        assert watcher.stages == set(Stage)

    run_virtual(scenario())
