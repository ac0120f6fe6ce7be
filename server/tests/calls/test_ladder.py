"""Never silent: what the caller hears when engines fail, stall or take long. Time is virtual."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bakame.audio.format import SILENCE_FRAME, TELEPHONE
from bakame.audio.pacing import Lead
from bakame.calls.bridge import Bridge, Outcome
from bakame.calls.clips import ClipCache, Recordings
from bakame.calls.ladder import LONGEST_S, WARN_S, Ladder, Rung
from bakame.calls.meters import StageClock
from bakame.calls.quality import LineQuality
from bakame.calls.ticker import Ticker
from bakame.errors import Unavailable
from bakame.ports.circuit import Circuit, CircuitState
from bakame.ports.voice import (
    Alive,
    CallContext,
    CallerSaid,
    CallNotes,
    Finished,
    Heard,
    Speech,
    VoiceEvent,
    VoiceSession,
    Wording,
)
from bakame.providers.twilio.media import TwilioMedia
from bakame.simulator.virtual_time import run_virtual
from fakes.carrier import FakeCarrier
from fakes.clock import LoopClock
from fakes.speech import LetterVoice, LoudActivity, word_sound

Emit = Callable[[VoiceEvent], None]
PHRASES = {"greeting": "welcome", "bridge": "onemoment", "time_warning": "oneminute", "time_up": "timeup"}
LOUD = bytes([0x20]) * 160


@dataclass
class Engine:
    """An engine whose sessions run `script(session, emit)`."""

    name: str
    script: Callable[["Session", Emit], Awaitable[None]]
    opens_after_s: float = 0.0
    refuses: bool = False
    conversations: int = 0
    expected: list[str] = field(default_factory=list[str])

    def expect_call(self, call_id: str) -> None:
        self.expected.append(call_id)

    async def converse(self, call: CallContext, *, notes: CallNotes) -> VoiceSession:
        self.conversations += 1
        await asyncio.sleep(self.opens_after_s)
        if self.refuses:
            raise Unavailable("refused", retryable=False)
        return Session(self.script)


class Session:
    hears = speaks = TELEPHONE

    def __init__(self, script: Callable[["Session", Emit], Awaitable[None]]) -> None:
        self._script = script
        self.heard: list[Heard] = []
        self.frames = 0
        self.keys = ""

    async def run(self, emit: Emit) -> None:
        await self._script(self, emit)

    def send_audio(self, audio: bytes) -> None:
        self.frames += 1

    def send_key(self, digit: str) -> None:
        self.keys += digit

    def ear_moved(self, heard: Heard) -> None:
        self.heard.append(heard)


class Notes:
    """The scribe's part: what was noted of a call, and its line."""

    line_is_poor = False

    def __init__(self) -> None:
        self.engines: list[str] = []
        self.heard_text: dict[int, str] = {}

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None: ...

    def engine_took(self, engine: str) -> None:
        self.engines.append(f"+{engine}")

    def engine_left(self, engine: str, why: str) -> None:
        self.engines.append(f"-{engine}")

    def not_understood(self) -> None: ...

    def heard(self, heard: Heard) -> None:
        self.heard_text[heard.utterance] = heard.text

    def said(self, said: CallerSaid) -> None: ...

    def malformed(self, reason: str) -> None: ...


@dataclass
class Told:
    """How a call went."""

    outcome: Outcome
    carrier: FakeCarrier
    notes: Notes

    @property
    def words(self) -> list[str]:
        return [self.notes.heard_text[number] for number in sorted(self.notes.heard_text)]

    def longest_silence_s(self, *, until_s: float) -> float:
        """In what the ear got before `until_s`."""
        longest = run = 0
        heard = self.carrier.ear.heard[: int(until_s * 8000)]
        for at in range(0, len(heard) - 159, 160):
            run = run + 1 if heard[at : at + 160] == SILENCE_FRAME else 0
            longest = max(longest, run)
        return longest * 0.02


def _says(*words: str, then: Callable[[Session, Emit], Awaitable[None]] | None = None):
    async def script(session: Session, emit: Emit) -> None:
        for number, word in enumerate(words, start=1):
            emit(Speech(number, word_sound(word), text=word, last=True))
        if then is not None:
            await then(session, emit)
        else:
            emit(Finished("goodbye"))

    return script


async def _never(session: Session, emit: Emit) -> None:
    await asyncio.sleep(3600)


async def _fails(session: Session, emit: Emit) -> None:
    raise Unavailable("the socket is gone")


async def _call(
    *rungs: Rung,
    seconds: float = 30.0,
    say: Callable[[float], bytes] = lambda _: SILENCE_FRAME,
    elapsed_s: float = 0.0,
    press_at_s: float | None = None,
) -> Told:
    recordings = Recordings(ClipCache(LetterVoice()))
    await recordings.record(PHRASES, "en")
    ladder = Ladder(rungs, recordings=recordings, activity=LoudActivity, clock=LoopClock(), stages=StageClock())
    carrier, notes, codec = FakeCarrier(), Notes(), TwilioMedia()
    codec.decode(carrier.stream.connected())
    codec.decode(carrier.stream.start({}))
    bridge = Bridge(
        wire=carrier,
        codec=codec,
        session=await ladder.converse(CallContext("CA1", 1, "en", elapsed_s), notes=notes),
        watch=notes,
        clock=LoopClock(),
        ticker=Ticker(),
        lead=Lead(ms=160),
        quality=LineQuality(),
        stages=StageClock(),
    )
    if press_at_s is not None:
        asyncio.get_running_loop().call_later(press_at_s, carrier.press, "5")
    async with asyncio.TaskGroup() as tasks:
        line = tasks.create_task(carrier.run(until_s=seconds, say=say))
        line.add_done_callback(lambda _: carrier.inject(carrier.stream.stop()))
        outcome = await bridge.run()
        line.cancel()
    assert carrier.refused == []
    assert {task.get_name() for task in asyncio.all_tasks()} <= {asyncio.current_task().get_name()}  # type: ignore[union-attr]
    return Told(outcome, carrier, notes)


def test_an_engine_that_works_is_all_that_is_heard() -> None:
    async def scenario() -> None:
        told = await _call(Rung(Engine("a", _says("hello", "there")), Circuit()))
        assert told.words == ["hello", "there"]
        assert told.outcome.reason == "finished:goodbye"
        assert told.notes.engines == ["+a"]

    run_virtual(scenario())


def test_an_engine_that_refuses_is_not_noticed() -> None:
    async def scenario() -> None:
        told = await _call(
            Rung(Engine("a", _never, refuses=True), Circuit()), Rung(Engine("b", _says("hello")), Circuit())
        )
        assert told.words == ["hello"]
        assert told.notes.engines == ["-a", "+b"]
        assert told.longest_silence_s(until_s=0.6) < 0.2

    run_virtual(scenario())


def test_an_engine_that_hangs_while_it_connects_is_covered_by_the_greeting_and_left() -> None:
    async def scenario() -> None:
        told = await _call(
            Rung(Engine("a", _never, opens_after_s=3600), Circuit()), Rung(Engine("b", _says("hello")), Circuit())
        )
        assert told.words[0] == "welcome"
        assert told.words[-1] == "hello"
        assert told.longest_silence_s(until_s=3.5) <= 1.2
        assert told.outcome.reason == "finished:goodbye"

    run_virtual(scenario())


def test_an_engine_that_dies_in_mid_word_is_played_out_and_the_next_one_goes_on_within_three_seconds() -> None:
    async def dies(session: Session, emit: Emit) -> None:
        emit(Speech(1, word_sound("explanation")))
        emit(Wording(1, "explanation of everything"))
        await asyncio.sleep(0.3)
        raise Unavailable("closed with 1011")

    async def scenario() -> None:
        told = await _call(Rung(Engine("a", dies), Circuit()), Rung(Engine("b", _says("hello")), Circuit()))
        assert told.words[-1] == "hello"
        assert told.longest_silence_s(until_s=3.0) <= 1.2
        assert told.notes.engines == ["+a", "-a", "+b"]

    run_virtual(scenario())


def test_an_engine_that_stalls_in_mid_word_is_covered_and_left() -> None:
    async def stalls(session: Session, emit: Emit) -> None:
        emit(Speech(1, word_sound("explanation")))
        await asyncio.sleep(3600)

    async def scenario() -> None:
        told = await _call(Rung(Engine("a", stalls), Circuit()), Rung(Engine("b", _says("hello")), Circuit()))
        assert "onemoment" in told.words
        assert told.words[-1] == "hello"
        assert told.longest_silence_s(until_s=5.0) <= 1.2

    run_virtual(scenario())


def _speaks_between(began_s: float, ended_s: float) -> Callable[[float], bytes]:
    return lambda now: LOUD if began_s <= now < ended_s else SILENCE_FRAME


def test_an_engine_that_does_not_answer_the_caller_is_covered_and_left() -> None:
    async def scenario() -> None:
        told = await _call(
            Rung(Engine("a", _says("question", then=_never)), Circuit()),
            Rung(Engine("b", _says("hello")), Circuit()),
            say=_speaks_between(2.0, 3.0),
        )
        assert told.words[0] == "question"
        assert "onemoment" in told.words
        assert told.words[-1] == "hello"
        # From the caller's last word on: half a second ends the turn, another half is waited.
        assert told.carrier.ear.heard[int(4.2 * 8000) : int(4.3 * 8000)] != SILENCE_FRAME * 5

    run_virtual(scenario())


def test_a_key_that_is_not_answered_is_covered_too() -> None:
    async def scenario() -> None:
        told = await _call(
            Rung(Engine("a", _says("question", then=_never)), Circuit()),
            Rung(Engine("b", _says("hello")), Circuit()),
            press_at_s=2.0,
        )
        assert told.words == ["question", "onemoment", "hello"]

    run_virtual(scenario())


def test_an_engine_that_is_slow_but_alive_is_covered_and_kept() -> None:
    async def slow(session: Session, emit: Emit) -> None:
        emit(Speech(1, word_sound("question"), text="question", last=True))
        await asyncio.sleep(4.0)
        emit(Alive())
        await asyncio.sleep(2.5)
        emit(Speech(2, word_sound("answer"), text="answer", last=True))
        emit(Finished("goodbye"))

    async def scenario() -> None:
        engine = Engine("a", slow)
        told = await _call(
            Rung(engine, Circuit()), Rung(Engine("b", _says("hello")), Circuit()), say=_speaks_between(2.0, 3.4)
        )
        assert told.words[0] == "question"
        assert told.words[-1] == "answer"
        assert "hello" not in told.words

    run_virtual(scenario())


def test_a_caller_who_thinks_in_silence_is_owed_nothing() -> None:
    async def scenario() -> None:
        told = await _call(Rung(Engine("a", _says("question", then=_never)), Circuit()), seconds=20.0)
        assert told.words == ["question"]
        assert told.outcome.reason == "caller_hung_up"

    run_virtual(scenario())


def test_a_cough_asks_for_no_answer() -> None:
    async def scenario() -> None:
        told = await _call(
            Rung(Engine("a", _says("question", then=_never)), Circuit()), seconds=15.0, say=_speaks_between(2.0, 2.2)
        )
        assert told.words == ["question"]

    run_virtual(scenario())


def test_a_dropped_connection_of_a_proven_engine_is_opened_again_once() -> None:
    async def drops(session: Session, emit: Emit) -> None:
        emit(Speech(1, word_sound("hello"), text="hello", last=True))
        await asyncio.sleep(30)
        raise Unavailable("closed with 1006")

    async def scenario() -> None:
        first, second = Engine("a", drops), Engine("b", _says("fallback"))
        told = await _call(Rung(first, Circuit()), Rung(second, Circuit()), seconds=120.0)
        assert first.conversations == 2
        assert told.words == ["hello", "hello", "fallback"]

    run_virtual(scenario(), limit_s=300)


def test_a_vendor_that_keeps_failing_is_rested_and_calls_do_not_wait_for_it() -> None:
    async def scenario() -> None:
        bad, circuit = Engine("a", _never, refuses=True), Circuit()
        for _ in range(5):
            await _call(Rung(bad, circuit), Rung(Engine("b", _says("hello")), Circuit()))
        assert bad.conversations == 3
        assert circuit.state(LoopClock().monotonic()) is CircuitState.OPEN

    run_virtual(scenario())


def test_when_the_last_engine_fails_the_call_ends_with_that_reason() -> None:
    async def scenario() -> None:
        told = await _call(Rung(Engine("a", _fails), Circuit()), Rung(Engine("b", _fails), Circuit()))
        assert told.outcome.reason == "engine_failed"

    run_virtual(scenario())


def test_the_last_engine_is_tried_even_while_it_rests() -> None:
    async def scenario() -> None:
        circuit = Circuit()
        for _ in range(3):
            circuit.failed(LoopClock().monotonic())
        assert (await _call(Rung(Engine("a", _says("hello")), circuit))).words == ["hello"]

    run_virtual(scenario())


def test_a_call_that_lasts_too_long_is_warned_and_ended_with_a_goodbye() -> None:
    async def scenario() -> None:
        told = await _call(
            Rung(Engine("a", _says("hello", then=_never)), Circuit()), seconds=1000.0, elapsed_s=WARN_S - 10
        )
        assert told.words == ["hello", "oneminute", "timeup"]
        assert told.outcome.reason == "finished:too_long"
        assert LoopClock().monotonic() == pytest.approx(LONGEST_S - WARN_S + 10, abs=3)

    run_virtual(scenario())


def test_what_is_expected_is_begun_with_the_first_engine_that_is_not_rested() -> None:
    async def scenario() -> None:
        first, second = Engine("a", _never), Engine("b", _never)
        rested = Circuit()
        for _ in range(3):
            rested.failed(LoopClock().monotonic())
        ladder = Ladder(
            [Rung(first, rested), Rung(second, Circuit())],
            recordings=Recordings(ClipCache(LetterVoice())),
            activity=LoudActivity,
            clock=LoopClock(),
            stages=StageClock(),
        )
        ladder.expect_call("CA1")
        assert (first.expected, second.expected) == ([], ["CA1"])

    run_virtual(scenario())
