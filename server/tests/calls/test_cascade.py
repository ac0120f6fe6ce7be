"""The conversation of a cascade, on a bridge and a fake carrier: what is heard, what the tutor is told, and when."""

import asyncio
from dataclasses import replace

import pytest

from bakame.audio.format import PCM16_16K, SILENCE_FRAME
from bakame.calls.cascade import CascadeEngine
from bakame.errors import Invalid
from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.ports.speech import Hypothesis, Voice
from bakame.ports.voice import Alive, CallContext, CallerSaid, Hold, Interrupt, Resume
from bakame.text.commands import Command
from bakame.tutor.turn import Act, Reply, Said
from fakes.clock import LoopClock
from fakes.scene import Scene, Tutor, run
from fakes.speech import LetterVoice, LoudActivity, ScriptedEar, word_sound

ASK = Reply(("What is seven times eight?",), "", Expect(AnswerKind.INTEGER), turn_id=1)
PRAISE = Reply(("Yes.", "You used groups well."), "", NOTHING, ends=True, turn_id=2)
ASK_MS = 27 * 60
LONG = Reply(("First a very long sentence about counting.", "Then the question."), "", YES_NO, turn_id=1)


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

    run(scenario)


def test_an_answer_by_keys_over_the_tutors_voice_stops_it_at_once() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE))
        scene.presses(0.5, "56#")
        await scene.play()
        assert scene.tutor.said[1].text == "56"
        assert scene.tutor.said[1].by == "keys"
        assert abs(scene.carrier.clears[0] - 0.5) < 0.05
        assert scene.tutor.heard_of[1] == ("What is", False)

    run(scenario)


def test_a_hint_key_is_a_command() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE))
        scene.presses(3.0, "0")
        await scene.play()
        assert scene.tutor.said[1].act is Act.COMMAND
        assert scene.tutor.said[1].command is Command.HINT

    run(scenario)


def test_speech_over_the_voice_stops_it_and_is_the_answer() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar("no"))
        scene.speaks(1.0)
        await scene.play()
        assert scene.tutor.said[1].text == "no"
        assert 1.1 < scene.carrier.clears[0] < 1.2
        assert 1.38 < scene.at(Interrupt)[0] < 1.5
        heard, complete = scene.tutor.heard_of[1]
        assert heard.startswith("First a")
        assert "counting" not in heard
        assert not complete

    run(scenario)


@pytest.mark.parametrize("heard", ["", "mm", "uh huh", "yes", "yeah ok"])
def test_long_speech_over_a_statement_that_only_listens_lets_the_tutor_go_on_with_that_sentence(heard: str) -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar(heard))
        scene.speaks(1.0, 0.5)
        scene.presses(10.0, "1")
        await scene.play()
        assert [said.act for said in scene.tutor.said] == [Act.OPEN, Act.ANSWER]
        assert scene.tutor.said[1].by == "keys"
        assert scene.tutor.heard_of[1] == (" ".join(LONG.sentences), True)
        assert scene.hears("First") == 2
        assert scene.hears("question.") == 1

    run(scenario)


def test_a_yes_over_a_question_is_an_answer() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(Reply(("May we keep what you say?",), "", YES_NO), PRAISE), ScriptedEar("yes"))
        scene.speaks(1.0, 0.5)
        await scene.play()
        assert scene.tutor.said[1].text == "yes"
        assert scene.hears("say?") == 0

    run(scenario)


@pytest.mark.parametrize("ms", [160, 240, 320])
def test_an_mm_is_waited_out_and_the_tutor_goes_on_at_the_very_word(ms: int) -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar("mm"))
        scene.speaks(1.0, ms / 1000)
        scene.presses(10.0, "1")
        await scene.play()
        (held,), (resumed,) = scene.at(Hold), scene.at(Resume)
        assert 1.1 <= held <= 1.2
        assert 0.18 <= resumed - (1.0 + ms / 1000) <= 0.25
        assert scene.at(Interrupt) == [pytest.approx(10.0, abs=0.1)] or scene.at(Interrupt) == []
        assert scene.tutor.heard_of[1] == (" ".join(LONG.sentences), True)
        whole = b"".join(word_sound(word) for sentence in LONG.sentences for word in sentence.split())
        assert scene.carrier.ear.heard.replace(SILENCE_FRAME, b"").startswith(whole)

    run(scenario)


def test_two_noises_in_a_row_leave_the_tutor_its_place_both_times() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar("", ""))
        scene.speaks(1.0, 0.2)
        scene.speaks(1.6, 0.2)
        scene.presses(10.0, "1")
        await scene.play()
        assert len(scene.at(Hold)) == len(scene.at(Resume)) == 2
        assert scene.tutor.heard_of[1] == (" ".join(LONG.sentences), True)
        assert scene.hears("First") == scene.hears("counting.") == 1

    run(scenario)


def test_in_a_noisy_room_the_tutor_soon_minds_short_noises_no_more() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(Reply((LONG.sentences[0] * 4,), "", YES_NO, turn_id=1), PRAISE))
        for number in range(12):
            scene.speaks(1.5 + 0.7 * number, 0.2)
        await scene.play()
        assert 2 <= len(scene.at(Hold)) == len(scene.at(Resume)) <= 4
        assert scene.at(Interrupt) == []

    run(scenario)


def test_a_key_that_means_nothing_does_not_lose_the_tutors_sentence() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE))
        scene.presses(1.0, "#")
        scene.presses(8.0, "1")
        await scene.play()
        assert scene.tutor.heard_of[1] == (" ".join(LONG.sentences), True)
        assert [said.text for said in scene.tutor.said[1:]] == ["1"]

    run(scenario)


def test_a_click_does_not_even_pause_the_tutor() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE))
        for at in range(6):
            scene.speaks(0.8 + 0.4 * at, 0.04)
        scene.presses(10.0, "1")
        await scene.play()
        assert scene.at(Hold) == []
        assert len(scene.carrier.clears) <= 1

    run(scenario)


def test_a_short_answer_over_the_voice_is_not_lost() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar(Hypothesis("no", 0.9)))
        scene.speaks(1.0, 0.3)
        await scene.play()
        assert [said.text for said in scene.tutor.said] == ["", "no"]
        assert scene.at(Resume)[0] <= scene.at(Interrupt)[0] <= scene.at(Resume)[0] + 0.1
        assert scene.hears("question.") == 0

    run(scenario)


def test_a_short_noise_that_was_taken_for_a_word_without_certainty_changes_nothing() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE), ScriptedEar(Hypothesis("no", 0.5)))
        scene.speaks(1.0, 0.3)
        scene.presses(7.0, "1")
        await scene.play()
        assert [said.by for said in scene.tutor.said[1:]] == ["keys"]

    run(scenario)


def test_keys_stop_the_tutor_at_once_even_while_it_waits_for_an_mm_to_end() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(LONG, PRAISE))
        scene.speaks(1.0, 0.3)
        scene.presses(1.2, "2")
        await scene.play()
        assert scene.at(Interrupt) == [pytest.approx(1.2, abs=0.03)]
        assert scene.at(Resume) == []
        assert (scene.tutor.said[1].text, scene.tutor.said[1].by) == ("2", "keys")

    run(scenario)


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

    run(scenario)


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

    run(scenario)


def test_a_cough_is_not_an_answer_and_a_mumble_is_an_unclear_one() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar("", ""))
        scene.speaks(3.0, 0.2)
        scene.speaks(5.0, 0.8)
        await scene.play()
        assert len(scene.ear.asked) == 2
        assert (scene.tutor.said[1].act, scene.tutor.said[1].text) == (Act.ANSWER, "")

    run(scenario)


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

    run(scenario)


def test_when_the_tutor_cannot_answer_an_apology_is_heard_and_the_call_ends() -> None:
    async def scenario() -> None:
        tutor = Tutor(ASK)
        tutor.broken = True
        scene = Scene(tutor)
        outcome = await scene.play()
        assert word_sound("Sorry.") in scene.carrier.ear.heard
        assert outcome.reason == "finished:goodbye"

    run(scenario)


def test_when_the_voice_fails_the_engine_has_failed() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK))
        scene.letters.broken = True
        assert (await scene.play()).reason == "engine_failed"

    run(scenario)


def test_a_caller_who_hangs_up_in_mid_question_is_noted_to_have_heard_only_that_much() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK))
        outcome = await scene.play(seconds=1.0)
        assert outcome.reason == "caller_hung_up"
        assert scene.tutor.heard_of == {1: ("What is seven", False)}

    run(scenario)


def test_goodbye_is_not_cut_by_noise() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(PRAISE))
        scene.speaks(0.2, 1.0)
        scene.presses(0.4, "5")
        await scene.play()
        assert scene.carrier.clears == []
        assert scene.tutor.heard_of == {2: ("Yes. You used groups well.", True)}

    run(scenario)


def test_a_sentence_said_before_is_not_synthesised_again() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, ASK, PRAISE))
        await scene.play()
        assert [text for text, _ in scene.letters.said] == ["What is seven times eight?", *PRAISE.sentences]

    run(scenario)


def test_what_is_said_while_the_tutor_thinks_does_not_answer_the_next_question() -> None:
    class Slow(Tutor):
        async def turn(self, call: CallContext, said: Said) -> Reply:
            reply = await super().turn(call, said)
            await asyncio.sleep(1.5 if len(self.said) == 2 else 0)
            return reply

    async def scenario() -> None:
        scene = Scene(Slow(ASK, ASK, PRAISE), ScriptedEar("seven", "seven eight"))
        scene.speaks(3.0, 0.5)
        scene.speaks(4.5, 0.3)
        scene.presses(10.0, "56#")
        await scene.play()
        assert [(said.text, said.by) for said in scene.tutor.said[1:]] == [("seven", "speech"), ("56", "keys")]

    run(scenario)


@pytest.mark.parametrize(
    ("heard", "answer", "by_s"), [(("fifty", "six"), "fifty six", 6.0), (("forty two",), "forty two", 4.3)]
)
def test_a_number_in_progress_waits_for_its_rest_and_a_complete_one_does_not(
    heard: tuple[str, ...], answer: str, by_s: float
) -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar(*heard))
        for index in range(len(heard)):
            scene.speaks(3.0 + 1.6 * index, 0.4)
        await scene.play()
        assert scene.tutor.said[1].text == answer
        assert scene.tutor.said_at[1] < by_s

    run(scenario)


def test_a_ten_alone_is_an_answer_after_a_moment() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar("fifty"))
        scene.speaks(3.0, 0.4)
        await scene.play()
        assert scene.tutor.said[1].text == "fifty"
        assert 4.8 < scene.tutor.said_at[1] < 5.1

    run(scenario)


def test_an_um_earns_the_whole_patience_again() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar("um"))
        scene.speaks(5.0, 0.4)
        await scene.play()
        assert scene.tutor.said[1].act is Act.SILENCE
        assert scene.tutor.said_at[1] > 5.4 + 5.0

    run(scenario)


def test_let_me_think_is_followed_by_twenty_seconds_of_quiet() -> None:
    async def scenario() -> None:
        waiting = Reply(("Take your time.",), "", replace(ASK.expect, patience_ms=20_000))
        scene = Scene(Tutor(ASK, waiting, PRAISE), ScriptedEar("let me think", "fifty six"))
        scene.speaks(3.0, 0.6)
        scene.speaks(21.0, 0.8)
        await scene.play()
        assert [said.text for said in scene.tutor.said[1:]] == ["let me think", "fifty six"]

    run(scenario)


def test_who_does_not_answer_in_time_is_given_more_time_the_next_time() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, ASK, ASK, ASK, PRAISE))
        await scene.play()
        waits = [
            after - before for before, after in zip(scene.tutor.said_at[1:], scene.tutor.said_at[2:], strict=False)
        ]
        assert waits == sorted(waits)
        assert waits[-1] > waits[0]
        assert scene.tutor.misses == 4

    run(scenario)


def test_keys_are_taken_while_a_slow_recogniser_still_thinks() -> None:
    class Slow(ScriptedEar):
        async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
            await asyncio.sleep(5.0)
            return await super().recognise(audio, expect=expect)

    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), Slow("fifty"))
        scene.speaks(3.0, 0.5)
        scene.presses(5.0, "56#")
        await scene.play()
        assert (scene.tutor.said[1].text, scene.tutor.said[1].by) == ("56", "keys")
        assert scene.tutor.said_at[1] < 6.0
        # Whoever covers for the silence knew at once that an answer was being worked on.
        assert 4.2 < scene.at(Alive)[0] < 4.5

    run(scenario)


def test_a_recogniser_that_never_answers_ends_in_an_unclear_answer() -> None:
    class Hung(ScriptedEar):
        async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
            await asyncio.Event().wait()
            raise AssertionError

    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), Hung())
        scene.speaks(3.0, 0.5)
        await scene.play()
        assert (scene.tutor.said[1].act, scene.tutor.said[1].text) == (Act.ANSWER, "")
        assert scene.tutor.misses == 1

    run(scenario)


def test_on_a_poor_line_the_tutor_speaks_slowly_and_knows_why() -> None:
    async def scenario() -> None:
        tutor = Tutor(ASK, PRAISE)
        tutor.line_is_poor = True
        scene = Scene(tutor)
        scene.presses(3.0, "56#")
        await scene.play()
        assert {voice for _, voice in scene.letters.said} == {Voice("en", 110)}
        assert all(said.line_poor for said in tutor.said)

    run(scenario)


def test_a_voice_in_another_format_is_refused_at_the_start() -> None:
    class Wide(LetterVoice):
        format = PCM16_16K

    with pytest.raises(Invalid):
        CascadeEngine(
            teach=Tutor(ASK).turn,
            voice=Wide(),
            recogniser=ScriptedEar(),
            activity=LoudActivity,
            clock=LoopClock(),
            apology="Sorry.",
        )
