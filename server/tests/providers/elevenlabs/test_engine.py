"""Calls with an ElevenLabs agent, over loopback sockets and virtual time: what the caller and the tutor get."""

import asyncio
import json
from itertools import pairwise

import pytest

from bakame.audio.format import AudioFormat
from bakame.errors import Invalid, Unavailable
from bakame.ports.voice import (
    Alive,
    Briefing,
    CallerSaid,
    Finished,
    Interrupt,
    Speech,
    ToolAnswer,
    ToolCall,
    Wording,
)
from bakame.providers.elevenlabs.limits import Limits
from bakame.simulator.convai.settings import FORMATS, AgentSettings, ConvaiFaults
from fakes.speech import word_sound
from providers.elevenlabs.room import FIRST, FakeTeacher, Room, visit

RIGHT = "Right. Two plus two?"
LONG = "one two three four five six seven eight nine ten eleven twelve"


def sound_of(text: str) -> bytes:
    return b"".join(word_sound(word) for word in text.split())


def test_a_lesson_from_the_first_question_to_the_goodbye() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            assert room.teacher.told == [(FIRST, FIRST, True)]
            call.line.say("seven")
            await call.told(2)
            assert room.teacher.used == [ToolCall("submit_answer", {"answer": "seven"})]
            assert room.teacher.heard_of_caller == ["seven"]
            assert call.line.of(CallerSaid) == [CallerSaid("seven", "speech")]
            assert room.teacher.told[1] == (RIGHT, RIGHT, True)
            call.line.say("stop please")
            await call.until(Finished)
            await call.conversation
            assert call.finished == "goodbye"
            assert room.teacher.told[2] == ("Goodbye until tomorrow.", "Goodbye until tomorrow.", True)
        assert bytes(call.line.sound) == sound_of(f"{FIRST} {RIGHT} Goodbye until tomorrow.")

    visit(scene, hears=("seven", "stop please"))


def test_the_agent_is_told_what_the_tutor_briefs_and_nothing_else() -> None:
    async def scene(room: Room) -> None:
        async with room.call():
            begun = room.record.initiation
            assert begun is not None
            assert begun.overrides == {
                "agent.prompt.prompt": "Teach mathematics with your tools.",
                "agent.first_message": FIRST,
                "agent.language": "en",
            }
            assert begun.variables == {"grade": 4, "level": "easy"}

    visit(scene)


def test_a_language_that_the_vendor_does_not_know_is_left_to_the_agent() -> None:
    async def scene(room: Room) -> None:
        async with room.call():
            begun = room.record.initiation
            assert begun is not None
            assert dict(begun.overrides) == {"agent.first_message": "Muraho!"}

    visit(scene, teacher=FakeTeacher(briefing=Briefing(instructions="", first_message="Muraho!", language="rw")))


@pytest.mark.parametrize("text", ["before", "after"])
@pytest.mark.parametrize("alignment", [True, False])
def test_text_and_sound_come_together_in_either_order(text: str, alignment: bool) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("seven")
            await call.told(2)
            assert [said for said, _, _ in room.teacher.told] == [FIRST, RIGHT]
            words = [word.word for event in call.line.of(Speech) if isinstance(event, Speech) for word in event.words]
            assert words == (f"{FIRST} {RIGHT}".split() if alignment else [])
            assert call.line.of(Wording) == ([] if alignment else [Wording(1, FIRST), Wording(2, RIGHT)])

    settings = AgentSettings(alignment=alignment, text="before" if text == "before" else "after")
    visit(scene, settings=settings)


def test_a_word_before_the_tool_and_the_answer_after_it_are_two_utterances() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("seven")
            await call.told(3)
            assert [said for said, _, _ in room.teacher.told] == [FIRST, "Let me see.", RIGHT]

    for alignment in (True, False):
        visit(scene, settings=AgentSettings(announces_tools=True, alignment=alignment))


@pytest.mark.parametrize("hears", FORMATS)
@pytest.mark.parametrize("speaks", ["ulaw_8000", "pcm_16000", "pcm_44100"])
def test_the_formats_are_those_of_the_agent(hears: str, speaks: str) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            assert (call.line.session.hears, call.line.session.speaks) == (FORMATS[hears], FORMATS[speaks])
            await call.told(1)
            call.line.say("seven")
            await call.told(2)
            assert room.teacher.told[1][1] == RIGHT

    visit(scene, settings=AgentSettings(hears=hears, speaks=speaks))


# Interruptions


def test_the_caller_speaks_over_the_agent_and_late_sound_is_not_heard() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.when(lambda: len(call.line.sound) > 8000)
            call.line.say("seven")
            await call.until(Interrupt)
            played = bytes(call.line.sound)
            await call.told(2)
        (cut, answer) = room.teacher.told
        assert answer == (RIGHT, RIGHT, True)
        text, heard, complete = cut
        assert heard
        assert LONG.startswith(heard)
        assert not complete
        assert text != LONG, "the vendor's correction is kept as the text"
        assert LONG.startswith(text)
        assert sound_of(LONG).startswith(played)
        assert bytes(call.line.sound) == played + sound_of(RIGHT), "sound of the turn that was cut came back"
        assert room.record.interruptions == 1
        utterances = [event.utterance for event in call.line.of(Speech) if isinstance(event, Speech)]
        assert all(one <= other for one, other in pairwise(utterances))

    visit(scene, teacher=FakeTeacher(briefing=Briefing("", LONG)), faults=ConvaiFaults(late_sounds=3))


def test_without_a_correction_the_ear_alone_says_what_was_heard() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.when(lambda: len(call.line.sound) > 8000)
            call.line.say("hello there")
            await call.told(1)
            ((text, heard, complete),) = room.teacher.told
            assert LONG.startswith(text)
            assert heard
            assert LONG.startswith(heard)
            assert not complete

    faults = ConvaiFaults(no_correction=True, never_answers=True)
    visit(scene, teacher=FakeTeacher(briefing=Briefing("", LONG)), faults=faults)


def test_hanging_up_amid_a_word_tells_the_tutor_how_far_it_came() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.when(lambda: len(call.line.sound) > 8000)
            call.conversation.cancel()
            await asyncio.wait([call.conversation])
            call.line.emit(Interrupt())
            ((_, heard, complete),) = room.teacher.told
            assert LONG.startswith(heard)
            assert not complete
            await call.when(lambda: room.record.ended_at is not None)
            assert (room.record.ended_by, room.record.close_code) == ("client", 1000)
            assert room.stand_in.open_sockets == 0

    visit(scene, teacher=FakeTeacher(briefing=Briefing("", LONG)))


# Tools


@pytest.mark.parametrize(
    ("teacher", "result"),
    [
        (FakeTeacher(failure=Invalid("the answer cannot be read")), "the answer cannot be read"),
        (FakeTeacher(failure=Unavailable("the lesson cannot be had")), "the lesson cannot be had"),
        (FakeTeacher(slow_s=10), "The tool did not answer in time."),
    ],
)
def test_a_tool_that_fails_is_answered_and_the_agent_goes_on(teacher: FakeTeacher, result: str) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("seven")
            await call.told(2)
            assert room.record.tool_results == [(result, True)]
            assert room.teacher.told[1][0] == "Sorry, something went wrong. Please say that again."

    visit(scene, teacher=teacher)


def test_an_unknown_tool_is_answered_too() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("seven")
            await call.told(2)
            assert room.record.tool_results == [("there is no such tool", True)]

    visit(scene, settings=AgentSettings(answer_tool="sing"))


def test_a_tool_call_that_comes_twice_is_carried_out_once() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("seven")
            await call.told(2)
            assert len(room.teacher.used) == 1
            assert len(room.record.tool_results) == 1

    visit(scene, faults=ConvaiFaults(repeats_tool_calls=True))


def test_a_call_that_ends_while_a_tool_runs_leaves_nothing() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("seven")
            await call.when(lambda: bool(room.teacher.used))
        assert room.record.ended_by != "agent"

    visit(scene, teacher=FakeTeacher(slow_s=30), limits=Limits(tool_s=60))


def test_the_answer_of_a_tool_travels_as_json() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("seven")
            await call.told(2)
            ((result, is_error),) = room.record.tool_results
            assert not is_error
            assert json.loads(result) == {"say": RIGHT, "expects": "integer", "ends": False}
            assert Alive() in call.line.of(Alive)

    visit(scene)


def test_dots_are_no_answer() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("hm")
            await call.when(lambda: room.notes.missed == 1)
            assert room.teacher.heard_of_caller == []
            assert not call.line.of(CallerSaid)

    visit(scene, hears=("...",))


def test_on_a_bad_line_the_agent_is_told_once_to_be_short_and_offer_keys() -> None:
    async def scene(room: Room) -> None:
        room.notes.line_is_poor = True
        async with room.call() as call:
            for turn in range(2):
                await call.told(turn + 1)
                call.line.say("seven")
            await call.told(3)
            assert len(room.record.updates) == 1
            assert "keys" in room.record.updates[0]

    visit(scene, hears=("seven", "seven"))


# Keys


def test_a_typed_number_is_an_answer_when_the_hash_comes() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            for key in "7#":
                call.line.session.send_key(key)
            await call.told(2)
            assert room.teacher.used == [ToolCall("submit_answer", {"answer": "7"})]
            assert call.line.of(CallerSaid) == [CallerSaid("7", "keys")]
            assert room.teacher.heard_of_caller == ["7"]
            kinds = [kind for kind in room.record.received if kind not in ("pong", "client_tool_result")]
            assert kinds[1:] == ["user_activity", "user_activity", "contextual_update", "user_message"]

    visit(scene, hears=())


def test_a_typed_number_is_an_answer_after_a_pause() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            for key in "12":
                call.line.session.send_key(key)
                await asyncio.sleep(1.0)
            await call.told(2)
            assert room.teacher.used == [ToolCall("submit_answer", {"answer": "12"})]

    visit(scene, hears=())


def test_where_a_choice_is_asked_one_key_is_enough_and_the_agent_falls_silent_at_once() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            for key in "7#":
                call.line.session.send_key(key)
            await call.when(lambda: len(call.line.sound) > len(sound_of(FIRST)) + 4000)
            call.line.session.send_key("2")
            assert call.line.of(Interrupt) == [Interrupt()]
            await call.told(3)
            assert room.teacher.used[1] == ToolCall("submit_answer", {"answer": "2"})
            text, heard, complete = room.teacher.told[1]
            assert RIGHT.startswith(text)
            assert RIGHT.startswith(heard)
            assert not complete
            assert room.teacher.told[2] == ("Not quite. Try again.", "Not quite. Try again.", True)

    visit(scene, hears=(), teacher=FakeTeacher(expects="choice"))


# Beginning


def test_a_call_that_was_expected_finds_its_connection_open() -> None:
    async def scene(room: Room) -> None:
        room.engine.expect_call("CA1")
        room.engine.expect_call("CA1")
        await asyncio.sleep(1.0)
        assert room.stand_in.open_sockets == 1
        async with room.call() as call:
            assert room.stand_in.requests == 1
            await call.told(1)

    visit(scene)


def test_a_connection_for_a_call_that_never_comes_is_let_go() -> None:
    async def scene(room: Room) -> None:
        room.engine.expect_call("CA2")
        await asyncio.sleep(14.0)
        assert room.stand_in.open_sockets == 1
        await asyncio.sleep(2.0)
        assert room.stand_in.open_sockets == 0
        assert room.record.close_code == 1000

    visit(scene, settings=AgentSettings(initiation_patience_s=60))


def test_a_connection_that_the_vendor_closed_meanwhile_is_made_again() -> None:
    async def scene(room: Room) -> None:
        room.engine.expect_call("CA1")
        await asyncio.sleep(8.0)
        assert room.stand_in.open_sockets == 0
        async with room.call() as call:
            assert room.stand_in.requests == 2
            await call.told(1)

    visit(scene, settings=AgentSettings(initiation_patience_s=5))


def test_a_connection_that_failed_while_nobody_waited_is_tried_again() -> None:
    async def scene(room: Room) -> None:
        room.stand_in.faults = ConvaiFaults(refuse_rest=503)
        room.engine.expect_call("CA1")
        await asyncio.sleep(1.0)
        room.stand_in.faults = ConvaiFaults()
        async with room.call() as call:
            await call.told(1)

    visit(scene)


def test_closing_the_engine_lets_go_of_what_it_expects() -> None:
    async def scene(room: Room) -> None:
        room.engine.expect_call("CA3")
        room.stand_in.faults = ConvaiFaults(hang="rest")
        room.engine.expect_call("CA4")
        await asyncio.sleep(0.5)
        await room.engine.close()
        await asyncio.sleep(0.1)
        assert room.stand_in.open_sockets == 0

    visit(scene)


@pytest.mark.parametrize("at_s", [0.0, 0.5, 1.5])
@pytest.mark.parametrize("hang", ["rest", "socket", "start"])
@pytest.mark.parametrize("expected", [True, False])
def test_a_caller_who_hangs_up_while_we_connect_leaves_nothing(at_s: float, hang: str, expected: bool) -> None:
    async def scene(room: Room) -> None:
        if expected:
            room.engine.expect_call("CA1")
        beginning = asyncio.create_task(room.converse())
        await asyncio.sleep(at_s)
        beginning.cancel()
        await asyncio.wait([beginning])
        assert beginning.cancelled()
        await asyncio.sleep(6.0)
        assert room.stand_in.open_sockets == 0

    faults = {"rest": ConvaiFaults(hang="rest"), "socket": ConvaiFaults(hang="socket")}
    visit(scene, faults=faults.get(hang, ConvaiFaults(hang="start")))


@pytest.mark.parametrize(
    ("faults", "says", "retryable"),
    [
        (ConvaiFaults(refuse_rest=401), "refused the key", False),
        (ConvaiFaults(refuse_rest=403), "refused the key", False),
        (ConvaiFaults(refuse_rest=404), "knows no such agent", False),
        (ConvaiFaults(refuse_rest=422), "does not understand", False),
        (ConvaiFaults(refuse_rest=429), "too many requests", True),
        (ConvaiFaults(refuse_rest=500), "500", True),
        (ConvaiFaults(refuse_rest=200), "no address", True),
        (ConvaiFaults(refuse_socket=403), "refused the key", False),
        (ConvaiFaults(refuse_socket=429), "too many requests", True),
        (ConvaiFaults(refuse_socket=503), "503", True),
        (ConvaiFaults(hang="rest"), "in time", True),
        (ConvaiFaults(hang="socket"), "in time", True),
        (ConvaiFaults(hang="start"), "in time", True),
        (ConvaiFaults(formats=("mp3_44100", "")), "in time", True),
        (ConvaiFaults(formats=("", "opus_48000")), "in time", True),
    ],
)
def test_an_agent_that_cannot_be_reached_is_unavailable_within_seconds(
    faults: ConvaiFaults, says: str, retryable: bool
) -> None:
    async def scene(room: Room) -> None:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable, match=says) as caught:
            await room.converse()
        assert caught.value.retryable is retryable
        assert asyncio.get_running_loop().time() - began < 6.5
        assert "xi-test-key" not in str(caught.value)
        assert "conversation_signature" not in str(caught.value)
        await asyncio.sleep(1.0)
        assert room.stand_in.open_sockets == 0

    visit(scene, faults=faults)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (AgentSettings(overridable=frozenset()), "override_error"),
        (AgentSettings(required_variables=frozenset({"class"})), "missing_dynamic_variable"),
    ],
)
def test_an_agent_that_is_not_set_up_for_us_says_why(settings: AgentSettings, says: str) -> None:
    async def scene(room: Room) -> None:
        with pytest.raises(Unavailable, match=says) as caught:
            await room.converse()
        assert not caught.value.retryable

    visit(scene, settings=settings)


def test_a_vendor_that_is_not_there_is_unavailable_at_once() -> None:
    async def scene(room: Room) -> None:
        await room.stand_in.__aexit__()
        with pytest.raises(Unavailable, match="cannot be reached"):
            await room.converse()
        assert asyncio.get_running_loop().time() < 0.1

    visit(scene)


def test_a_lesson_that_cannot_be_had_costs_no_connection() -> None:
    async def scene(room: Room) -> None:
        with pytest.raises(Unavailable, match="database"):
            await room.converse()
        await asyncio.sleep(0.1)
        assert room.stand_in.open_sockets == 0

    visit(scene, teacher=FakeTeacher(brief_failure=Unavailable("the database is away")))
    visit(scene, teacher=FakeTeacher(brief_failure=Unavailable("the database is away"), brief_s=1.0))


def test_a_lesson_that_takes_too_long_is_unavailable() -> None:
    async def scene(room: Room) -> None:
        with pytest.raises(Unavailable, match="not ready in time"):
            await room.converse()

    visit(scene, teacher=FakeTeacher(brief_s=30))


@pytest.mark.parametrize("variables", [{"system__caller_id": "x"}, {"": 1}, {"big": 2**70}, {"odd": float("nan")}])
def test_a_briefing_that_the_vendor_would_refuse_is_not_sent(variables: dict[str, float | str]) -> None:
    async def scene(room: Room) -> None:
        with pytest.raises(Unavailable, match="briefing cannot be sent") as caught:
            await room.converse()
        assert not caught.value.retryable

    visit(scene, teacher=FakeTeacher(briefing=Briefing("", "Hello.", variables=variables)))


# Failing


@pytest.mark.parametrize(
    ("code", "retryable"),
    [(1000, True), (1001, True), (1002, False), (1003, False), (1008, False), (1011, True), (1012, True), (4321, True)],
)
def test_a_conversation_that_the_vendor_closes_is_unavailable(code: int, retryable: bool) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            with pytest.raises(Unavailable, match=str(code)) as caught:
                await call.conversation
            assert caught.value.retryable is retryable
            assert not call.line.of(Finished)

    visit(scene, faults=ConvaiFaults(middle="close", close_code=code))


@pytest.mark.parametrize(("kind", "retryable"), [("llm_timeout", True), ("safety_violation", False), ("x", True)])
def test_an_error_event_is_unavailable_and_quotes_nothing(kind: str, retryable: bool) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            with pytest.raises(Unavailable) as caught:
                await call.conversation
            assert caught.value.retryable is retryable
            assert "stand-in" not in str(caught.value)

    visit(scene, faults=ConvaiFaults(middle="error", error_type=kind))


def test_a_connection_that_breaks_amid_a_word_is_noticed_at_once() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            began = asyncio.get_running_loop().time()
            with pytest.raises(Unavailable, match="1006"):
                await call.conversation
            assert asyncio.get_running_loop().time() - began < 0.1

    visit(scene, faults=ConvaiFaults(middle="drop"))


def test_a_vendor_that_falls_silent_without_closing_is_given_up() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await asyncio.sleep(3.0)
            call.line.say("seven")
            with pytest.raises(Unavailable, match="silent"):
                await call.conversation
            assert asyncio.get_running_loop().time() < 16

    visit(scene, settings=AgentSettings(), faults=ConvaiFaults(middle="hang", after_sounds=4), hears=("seven",))


def test_a_vendor_that_is_gone_without_a_word_is_noticed_within_seconds() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            with pytest.raises(Unavailable, match="1006"):
                await call.conversation
            assert asyncio.get_running_loop().time() < 6

    visit(scene, faults=ConvaiFaults(middle="freeze"))


@pytest.mark.parametrize("middle", ["garbage", "binary"])
def test_a_vendor_that_talks_garbage_is_given_up(middle: str) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            with pytest.raises(Unavailable, match="cannot be read"):
                await call.conversation

    visit(scene, faults=ConvaiFaults(middle="garbage" if middle == "garbage" else "binary"))


@pytest.mark.parametrize("middle", ["empty", "not_base64"])
def test_a_piece_of_sound_without_sound_is_passed_over(middle: str) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            assert bytes(call.line.sound) == sound_of(FIRST)

    visit(scene, faults=ConvaiFaults(middle="empty" if middle == "empty" else "not_base64"))


def test_a_huge_piece_of_sound_is_played_and_can_be_interrupted() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.when(lambda: len(call.line.sound) > 6000)
            call.line.session.send_key("7")
            call.line.session.send_key("#")
            await call.told(2)
            assert room.teacher.told[1] == (RIGHT, RIGHT, True)

    visit(scene, faults=ConvaiFaults(middle="huge"), hears=())


def test_kinds_of_message_that_nobody_knows_are_passed_over() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)

    visit(scene, faults=ConvaiFaults(unknown_events=True))


def test_a_vendor_that_ends_before_the_goodbye_is_unavailable_and_after_it_is_not() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            with pytest.raises(Unavailable, match="1000"):
                await call.conversation

    visit(scene, settings=AgentSettings(max_duration_s=5.0))


@pytest.mark.parametrize("alignment", [True, False])
def test_a_vendor_that_hangs_up_behind_its_goodbye_lets_it_be_heard(alignment: bool) -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("stop")
            await call.conversation
            assert call.finished == "goodbye"
            assert len(room.teacher.told) == 1
            await call.told(2)
            assert room.teacher.told[1] == ("Goodbye until tomorrow.", "Goodbye until tomorrow.", True)
        assert bytes(call.line.sound) == sound_of(f"{FIRST} Goodbye until tomorrow.")

    visit(scene, hears=("stop",), settings=AgentSettings(hangs_up_after_s=-60, alignment=alignment))


def test_a_goodbye_whose_end_nobody_vouches_for_ends_the_call_all_the_same() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.marks = False
            call.line.say("stop")
            await call.conversation
            assert call.finished == "goodbye"
            assert asyncio.get_running_loop().time() < 15

    visit(scene, hears=("stop",), settings=AgentSettings(hangs_up=False))


def test_sound_that_comes_while_the_caller_types_is_not_heard() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.when(lambda: len(call.line.sound) > 4000)
            call.line.session.send_key("7")
            played = bytes(call.line.sound)
            await asyncio.sleep(1.0)
            assert bytes(call.line.sound) == played
            call.line.session.send_key("#")
            await call.told(2)
            assert bytes(call.line.sound) == played + sound_of(RIGHT)

    visit(scene, hears=(), teacher=FakeTeacher(briefing=Briefing("", LONG)), settings=AgentSettings(times_real=1.5))


def test_a_goodbye_that_never_comes_is_unavailable() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await call.told(1)
            call.line.say("stop")
            with pytest.raises(Unavailable, match="goodbye"):
                await call.conversation

    visit(scene, hears=("stop",), teacher=_Silent(), settings=AgentSettings(hangs_up=False))


class _Silent(FakeTeacher):
    """Its goodbye has no words, so the agent says nothing."""

    async def use(self, call: ToolCall) -> ToolAnswer:
        return ToolAnswer("", "nothing", ends=True)


def test_pings_are_answered_at_once_and_a_quiet_caller_is_waited_for() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await asyncio.sleep(60.0)
            assert not call.conversation.done()
            latencies = room.record.pong_latencies_s
            assert len(latencies) >= 29
            assert max(latencies) == 0.0

    visit(scene)


def test_a_vendor_that_never_pings_is_not_taken_for_dead() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as call:
            await asyncio.sleep(60.0)
            assert not call.conversation.done()

    visit(scene, faults=ConvaiFaults(no_pings=True))


@pytest.mark.parametrize(("uplink_ms", "chunks"), [(20, 500), (60, 167), (100, 100)])
def test_all_that_the_caller_says_goes_up_in_few_messages(uplink_ms: int, chunks: int) -> None:
    async def scene(room: Room) -> None:
        async with room.call():
            await asyncio.sleep(10.0)
            assert room.record.chunks == pytest.approx(chunks, abs=3)
            assert AudioFormat("mulaw", 8000).ms_for(len(room.record.audio)) == pytest.approx(10_000, abs=120)

    visit(scene, limits=Limits(uplink_ms=uplink_ms))


def test_many_calls_share_an_engine() -> None:
    async def scene(room: Room) -> None:
        async with room.call() as one, room.call() as other:
            await one.when(lambda: len(room.teacher.told) >= 2)
            assert bytes(one.line.sound) == bytes(other.line.sound) == sound_of(FIRST)
        await asyncio.sleep(0.1)
        assert room.stand_in.open_sockets == 0

    visit(scene)
