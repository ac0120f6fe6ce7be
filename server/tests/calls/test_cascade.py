"""The conversation of a cascade, on a bridge and a fake carrier: what is heard, what the tutor is told, and when."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bakame.audio.format import SILENCE_FRAME
from bakame.calls.bridge import Bridge, Outcome
from bakame.calls.cascade import CascadeEngine
from bakame.calls.clips import ClipCache
from bakame.errors import Unavailable
from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.ports.voice import CallContext, CallerSaid, Heard
from bakame.providers.twilio.media import TwilioMedia
from bakame.simulator.virtual_time import run_virtual
from bakame.text.commands import Command
from bakame.tutor.turn import Act, Reply, Said
from fakes.carrier import FakeCarrier
from fakes.clock import LoopClock
from fakes.speech import LetterVoice, LoudActivity, ScriptedEar, word_sound

ASK = Reply(("What is seven times eight?",), "", Expect(AnswerKind.INTEGER), turn_id=1)
PRAISE = Reply(("Yes.", "You used groups well."), "", NOTHING, ends=True, turn_id=2)
ASK_MS = 27 * 60
LONG = Reply(("First a very long sentence about counting.", "Then the question."), "", YES_NO, turn_id=1)


class Tutor:
    """Answers with the replies it was given; the last one repeats."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.said: list[Said] = []
        self.heard_of: dict[int, tuple[str, bool]] = {}
        self.broken = False

    async def turn(self, call: CallContext, said: Said) -> Reply:
        if self.broken:
            raise Unavailable("the database is locked")
        self.said.append(said)
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None:
        self.heard_of[turn_id] = (text, complete)


class Watcher:
    def __init__(self) -> None:
        self.caller: list[CallerSaid] = []

    def heard(self, heard: Heard) -> None: ...

    def said(self, said: CallerSaid) -> None:
        self.caller.append(said)

    def malformed(self, reason: str) -> None: ...

    def late(self, seconds: float) -> None: ...


class Scene:
    """One call: a tutor, an ear, and a caller who does things at times."""

    def __init__(self, tutor: Tutor, ear: ScriptedEar | None = None) -> None:
        self.tutor = tutor
        self.ear = ear or ScriptedEar()
        self.voice = LetterVoice()
        self.carrier = FakeCarrier()
        self.watcher = Watcher()
        self._speech: list[tuple[float, float]] = []

    def speaks(self, at_s: float, for_s: float = 0.6) -> None:
        self._speech.append((at_s, at_s + for_s))

    def presses(self, at_s: float, keys: str) -> None:
        for index, key in enumerate(keys):
            asyncio.get_running_loop().call_later(at_s + index * 0.3, self.carrier.press, key)

    async def play(self, *, seconds: float = 120.0) -> Outcome:
        codec = TwilioMedia()
        codec.decode(self.carrier.stream.connected())
        codec.decode(self.carrier.stream.start({}))
        engine = CascadeEngine(
            teach=self.tutor.turn,
            voice=ClipCache(self.voice),
            recogniser=self.ear,
            activity=LoudActivity,
            clock=LoopClock(),
            apology="Sorry.",
        )
        session = await engine.converse(CallContext("CA1", 1, "en"), notes=self.tutor)
        bridge = Bridge(
            wire=self.carrier, codec=codec, session=session, watch=self.watcher, clock=LoopClock(), lead_ms=160
        )
        async with asyncio.TaskGroup() as tasks:
            line = tasks.create_task(self.carrier.run(until_s=seconds, say=self._sound))
            line.add_done_callback(lambda _: self.carrier.inject(self.carrier.stream.stop()))
            outcome = await bridge.run()
            line.cancel()
        return outcome

    def _sound(self, now: float) -> bytes:
        return b"\x20" * 160 if any(start <= now < end for start, end in self._speech) else SILENCE_FRAME


def _run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_virtual(scenario())


def test_a_question_is_asked_answered_by_voice_and_praised() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar("fifty six"))
        scene.speaks(3.0)
        outcome = await scene.play()
        assert outcome.reason == "finished:goodbye"
        opening, answer = scene.tutor.said
        assert opening.act is Act.OPEN
        assert (answer.text, answer.by, answer.confidence) == ("fifty six", "speech", 0.9)
        assert answer.took_ms is not None
        assert 900 <= answer.took_ms <= 1500
        assert scene.tutor.heard_of == {
            1: ("What is seven times eight?", True),
            2: ("Yes. You used groups well.", True),
        }
        heard = scene.carrier.ear.heard
        assert heard.index(word_sound("What")) < heard.index(word_sound("Yes.")) < heard.index(word_sound("well."))
        assert scene.watcher.caller == [CallerSaid("fifty six", "speech")]
        assert scene.ear.asked[0][1] == ASK.expect

    _run(scenario)


def test_an_answer_by_keys_over_the_tutors_voice_stops_it_at_once() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE))
        scene.presses(0.5, "56#")
        await scene.play()
        assert scene.tutor.said[1].text == "56"
        assert scene.tutor.said[1].by == "keys"
        assert abs(scene.carrier.clears[0] - 0.5) < 0.05
        assert scene.tutor.heard_of[1] == ("What is", False)

    _run(scenario)


def test_a_hint_key_is_a_command() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE))
        scene.presses(3.0, "0")
        await scene.play()
        assert scene.tutor.said[1].act is Act.COMMAND
        assert scene.tutor.said[1].command is Command.HINT

    _run(scenario)


def test_speech_over_the_voice_stops_it_and_is_the_answer() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar("yes"))
        scene.speaks(1.0)
        await scene.play()
        assert scene.tutor.said[1].text == "yes"
        assert 1.1 < scene.carrier.clears[0] < 1.4
        heard, complete = scene.tutor.heard_of[1]
        assert heard.startswith("First a")
        assert "counting" not in heard
        assert not complete

    _run(scenario)


def test_a_noise_that_means_nothing_stops_the_tutor_who_then_goes_on_with_that_sentence() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar(""))
        scene.speaks(1.0, 0.3)
        scene.presses(10.0, "1")
        await scene.play()
        assert [act.act for act in scene.tutor.said] == [Act.OPEN, Act.ANSWER]
        assert scene.tutor.heard_of[1] == (" ".join(LONG.sentences), True)
        assert len(scene.carrier.clears) == 1
        assert scene.carrier.ear.heard.count(word_sound("First")) == 2
        assert scene.carrier.ear.heard.count(word_sound("question.")) == 1

    _run(scenario)


def test_silence_is_told_to_the_tutor_each_time_longer_in_a_row() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, ASK, ASK, PRAISE))
        outcome = await scene.play()
        assert [(said.act, said.silences) for said in scene.tutor.said[1:]] == [
            (Act.SILENCE, 1),
            (Act.SILENCE, 2),
            (Act.SILENCE, 3),
        ]
        assert outcome.reason == "finished:goodbye"

    _run(scenario)


def test_patience_is_counted_from_when_the_question_was_heard_not_from_when_it_was_sent() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        times: list[float] = []

        class Timed(Tutor):
            async def turn(self, call: CallContext, said: Said) -> Reply:
                times.append(loop.time())
                return await super().turn(call, said)

        await Scene(Timed(ASK, PRAISE)).play()
        heard_at = ASK_MS / 1000
        assert heard_at + 4.99 <= times[1] <= heard_at + 5.3

    _run(scenario)


def test_a_cough_is_not_an_answer_and_a_mumble_is_an_unclear_one() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar("", ""))
        scene.speaks(3.0, 0.2)
        scene.speaks(5.0, 0.8)
        await scene.play()
        assert len(scene.ear.asked) == 2
        assert (scene.tutor.said[1].act, scene.tutor.said[1].text) == (Act.ANSWER, "")

    _run(scenario)


def test_when_the_recogniser_fails_the_call_goes_on_and_keys_work() -> None:
    async def scenario() -> None:
        ear = ScriptedEar()
        ear.broken = True
        scene = Scene(Tutor(ASK, ASK, PRAISE), ear)
        scene.speaks(3.0)
        scene.presses(8.0, "56#")
        outcome = await scene.play()
        assert [said.text for said in scene.tutor.said] == ["", "", "56"]
        assert outcome.reason == "finished:goodbye"

    _run(scenario)


def test_when_the_tutor_cannot_answer_an_apology_is_heard_and_the_call_ends() -> None:
    async def scenario() -> None:
        tutor = Tutor(ASK)
        tutor.broken = True
        scene = Scene(tutor)
        outcome = await scene.play()
        assert word_sound("Sorry.") in scene.carrier.ear.heard
        assert outcome.reason == "finished:goodbye"

    _run(scenario)


def test_when_the_voice_fails_the_engine_has_failed() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK))
        scene.voice.broken = True
        assert (await scene.play()).reason == "engine_failed"

    _run(scenario)


def test_a_caller_who_hangs_up_in_mid_question_is_noted_to_have_heard_only_that_much() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK))
        outcome = await scene.play(seconds=1.0)
        assert outcome.reason == "caller_hung_up"
        assert scene.tutor.heard_of == {1: ("What is seven", False)}

    _run(scenario)


def test_goodbye_is_not_cut_by_noise() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(PRAISE))
        scene.speaks(0.2, 1.0)
        scene.presses(0.4, "5")
        await scene.play()
        assert scene.carrier.clears == []
        assert scene.tutor.heard_of == {2: ("Yes. You used groups well.", True)}

    _run(scenario)


def test_a_sentence_said_before_is_not_synthesised_again() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, ASK, PRAISE))
        await scene.play()
        assert [text for text, _ in scene.voice.said] == ["What is seven times eight?", *PRAISE.sentences]

    _run(scenario)
