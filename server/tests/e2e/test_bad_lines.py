"""Lessons over bad lines: what the caller hears of what was sent, on networks, with people and with faults."""

import asyncio
import random
from dataclasses import replace

import pytest

from bakame.learning.lesson import Phase
from bakame.simulator.alignment import HeardReport
from bakame.simulator.call import Call
from bakame.simulator.degrade import NoiseKind, Room
from bakame.simulator.events import AudioCleared, EndReason, MarkEchoed, StreamOpened
from bakame.simulator.network import (
    GOOD,
    IDEAL,
    MOBILE_2G,
    RURAL,
    TERRIBLE,
    Drop,
    GilbertElliott,
    Marks,
    Network,
    Stall,
)
from bakame.simulator.personas import PERSONAS, Answer, AnswerTo, Persona, lives
from e2e.town import LEARNER, TUTOR, Here, Town, exercise_of, heard, keys_for, lesson_of, understood

LOSSLESS = replace(GOOD, name="lossless", down=replace(GOOD.down, loss=GilbertElliott()))
"""A good network whose air loses nothing on the way to the ear: what is missing there is ours."""
OWED_MS = 1200
"""The longest that a caller may wait for an answer in silence."""


async def _dials(here: Here, persona: Persona, network: Network) -> Call:
    return await here.carrier.place_call(LEARNER, TUTOR, network=network, room=persona.room)


def _right_answers(here: Here, questions: int) -> tuple[AnswerTo, list[str]]:
    """Says yes until there are exercises, then answers so many of them rightly, by keys; and which ones these were."""
    done: list[str] = []

    async def answer(_: Call) -> Answer | None:
        if await here.phase() not in (Phase.PLACEMENT, Phase.PRACTICE):
            return Answer(keys="1")
        lesson = await lesson_of(here)
        if lesson.heard is not None:
            return Answer(keys="1")
        if len(done) == questions:
            return None
        exercise = await exercise_of(here)
        done.append(exercise.say)
        return Answer(keys=keys_for(exercise))

    return answer, done


async def _lesson(here: Here, persona: Persona, network: Network, *, questions: int) -> tuple[Call, HeardReport]:
    """A call in which so many questions are answered rightly; it has not ended by itself."""
    call = await _dials(here, persona, network)
    answer, done = _right_answers(here, questions)
    voice = here.server.speech.synthesiser
    await lives(persona, call, voice=voice, answer=answer, rng=random.Random(7), quiet_s=1.5)
    assert len(done) == questions
    assert not call.state.is_over
    report = call.report()
    assert (await call.hang_up()).reason is EndReason.CALLER
    return call, report


def test_on_a_good_network_nothing_that_was_said_is_missing_late_or_broken(town: Town) -> None:
    async def journey(here: Here) -> None:
        call, report = await _lesson(here, PERSONAS["keypad"], LOSSLESS, questions=5)
        assert report.talk_ms > 60_000
        assert report.gaps == report.skipped == report.repeated == report.clipped_starts == ()
        assert report.lost == ()
        assert report.longest_wait_ms <= OWED_MS
        assert call.warnings == ()

    town.visit(journey)


def test_a_lesson_by_keys_over_a_mobile_network_has_no_gaps_of_ours(town: Town) -> None:
    async def journey(here: Here) -> None:
        _, report = await _lesson(here, PERSONAS["keypad"], MOBILE_2G, questions=5)
        assert report.gap_share < 0.001
        assert report.lost_share < 2 * MOBILE_2G.down.loss.mean_loss
        assert report.longest_wait_ms <= OWED_MS

    town.visit(journey)


def test_a_lesson_by_keys_goes_on_at_the_edge_of_a_cell(town: Town) -> None:
    async def journey(here: Here) -> None:
        _, report = await _lesson(here, PERSONAS["keypad"], RURAL, questions=5)
        assert report.gap_share < 0.005, "more than segments that were sent again can explain"
        assert report.lost_share < 2 * RURAL.down.loss.mean_loss
        assert report.longest_wait_ms <= OWED_MS

    town.visit(journey)


def test_a_lesson_by_keys_goes_on_over_the_worst_line_with_lost_marks_and_a_stall(town: Town) -> None:
    async def journey(here: Here) -> None:
        call, report = await _lesson(here, PERSONAS["keypad"], TERRIBLE, questions=5)
        assert report.longest_wait_ms <= OWED_MS + 1500, "longer than the network itself stood still"
        assert len([event for event in call.log if isinstance(event, StreamOpened)]) == 1

    town.visit(journey)


def test_a_lesson_goes_on_when_no_mark_ever_comes_back(town: Town) -> None:
    async def journey(here: Here) -> None:
        network = replace(IDEAL, name="no marks", marks=Marks(lost=1.0))
        call, report = await _lesson(here, PERSONAS["keypad"], network, questions=3)
        assert not any(isinstance(event, MarkEchoed) for event in call.log)
        assert report.gaps == report.lost == report.clipped_starts == ()

    town.visit(journey)


def test_marks_that_come_a_second_late_cost_no_sound(town: Town) -> None:
    async def journey(here: Here) -> None:
        network = replace(IDEAL, name="late marks", marks=Marks(delay_ms=1000))
        _, report = await _lesson(here, PERSONAS["keypad"], network, questions=3)
        assert report.gaps == report.lost == report.clipped_starts == report.skipped == ()

    town.visit(journey)


def test_after_a_stall_the_tutor_goes_on_and_nothing_is_left_out(town: Town) -> None:
    async def journey(here: Here) -> None:
        network = replace(IDEAL, name="stall", faults=(Stall(at_s=4.0, for_s=2.0),))
        call = await _dials(here, PERSONAS["keypad"], network)
        assert await call.until_quiet(quiet_s=2.5)
        report = call.report()
        assert "What is your first name?" in heard(call)
        assert report.lost == report.skipped == report.clipped_starts == report.repeated == ()
        assert report.longest_silence_ms < 2400
        assert not call.state.is_over
        await call.hang_up()

    town.visit(journey)


def test_a_socket_that_breaks_in_mid_word_is_opened_again_and_the_lesson_goes_on(town: Town) -> None:
    async def journey(here: Here) -> None:
        network = replace(IDEAL, name="drop", faults=(Drop(at_s=60.0),))
        call, report = await _lesson(here, PERSONAS["keypad"], network, questions=4)
        assert len([event for event in call.log if isinstance(event, StreamOpened)]) == 2
        assert [warning.code for warning in call.warnings] == [31903]
        assert report.clipped_starts == ()

    town.visit(journey)


def test_a_voice_that_was_cut_off_by_a_broken_socket_is_back_soon_and_asks_again(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.calls()
        await here.presses(call, "1")
        await here.presses(call, "1")
        question = await exercise_of(here)
        call.press("*")
        await call.until_speaking()
        await asyncio.sleep(1.0)
        silent_from_ms = call.heard.sound_until_ms
        call.drop_socket()
        await call.until_quiet(quiet_s=1.5)
        report = call.report()
        assert next(one for one in report.silences if one.at_ms >= silent_from_ms - 200).length_ms <= OWED_MS
        assert report.clipped_starts == report.gaps == ()
        assert await exercise_of(here) == question
        await call.press(keys_for(question))
        await call.until_quiet(quiet_s=1.5)
        assert await exercise_of(here) != question
        await call.hang_up()

    town.visit(journey)


def test_the_tutors_own_echo_does_not_interrupt_it(town: Town) -> None:
    async def journey(here: Here) -> None:
        call, report = await _lesson(here, PERSONAS["echoing_handset"], LOSSLESS, questions=3)
        assert not [event for event in call.log if isinstance(event, AudioCleared) and event.dropped_ms]
        assert report.gaps == report.skipped == report.clipped_starts == ()

    town.visit(journey)


def test_a_listener_who_says_mm_hears_every_question_to_its_end(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.carrier.place_call(LEARNER, TUTOR)
        asked: list[str] = []
        answer, _ = _right_answers(here, 3)

        async def hears_first(called: Call) -> Answer | None:
            if await here.phase() in (Phase.PLACEMENT, Phase.PRACTICE) and (await lesson_of(here)).heard is None:
                asked.append((await exercise_of(here)).say)
                assert asked[-1] in heard(called)
            return await answer(called)

        voice = here.server.speech.synthesiser
        await lives(PERSONAS["backchanneller"], call, voice=voice, answer=hears_first, rng=random.Random(7))
        assert len(asked) >= 3
        assert not call.state.is_over
        await call.hang_up()

    town.visit(journey)


def test_who_presses_keys_over_the_tutor_hears_it_stop(town: Town) -> None:
    async def journey(here: Here) -> None:
        _, report = await _lesson(here, PERSONAS["interrupter"], LOSSLESS, questions=4)
        stopped = [one.silent_after_ms for one in report.barge_ins if one.silent_after_ms is not None]
        assert stopped
        assert all(after_ms <= 400 for after_ms in stopped), "both ways of the network are 200 ms together"
        assert report.gaps == report.clipped_starts == ()

    town.visit(journey)


def test_a_child_who_thinks_long_and_speaks_softly_is_waited_for(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await _dials(here, PERSONAS["slow_child"], MOBILE_2G)
        answers = iter([Answer(words="yes"), Answer(words="yes")])

        async def answer(_: Call) -> Answer | None:
            return next(answers, None)

        voice = here.server.speech.synthesiser
        await lives(PERSONAS["slow_child"], call, voice=voice, answer=answer, rng=random.Random(7))
        assert not call.state.is_over
        assert await here.phase() is not None
        assert call.report().longest_wait_ms <= 2 * OWED_MS
        await call.hang_up()

    town.visit(journey)


@pytest.mark.parametrize("noise", [NoiseKind.HUM, NoiseKind.TRAFFIC])
def test_who_says_nothing_beside_a_road_or_a_machine_is_let_go_as_in_a_quiet_room(town: Town, noise: NoiseKind) -> None:
    async def journey(here: Here) -> None:
        room = Room(noise=noise, noise_db=15)
        call = await here.carrier.place_call(LEARNER, TUTOR, network=MOBILE_2G, room=room)
        ended = await call.ended()
        assert ended.reason is EndReason.SERVER
        assert heard(call).count("first name") >= 2
        # A loud road makes a word now and then; it must not make an answer that leads anywhere.
        assert noise is not NoiseKind.HUM or understood(call) == []
        assert "I heard" not in heard(call)

    town.visit(journey)
