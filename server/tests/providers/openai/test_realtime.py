"""Conversations by OpenAI Realtime over real sockets, as the learner hears them."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from bakame.audio.format import TELEPHONE
from bakame.errors import Unavailable
from bakame.ports.voice import Alive, CallerSaid, Finished, Interrupt, Speech, ToolAnswer
from bakame.providers.openai.realtime import MOST_EARLY, Pace
from bakame.simulator.openai import OpenAIStandIn
from bakame.simulator.openai.agent import Call, Move, Say, Situation
from bakame.simulator.openai.answer import RealtimeFaults
from fakes.speech import LETTER_MS
from providers.openai.vendor import CALL, Notes, Talk, Tutor, converse, engine_for, letters, timed, until, visit

FIRST = "what is six times nine"


def sent(openai: OpenAIStandIn, kind: str) -> list[dict[str, Any]]:
    """The client events of one type that the last session got."""
    return [event for event in openai.realtime.sessions[-1].events if event["type"] == kind]


def sound_ms(text: str) -> int:
    return (len(text) + 1) * LETTER_MS


@pytest.mark.parametrize("faults", [RealtimeFaults(), RealtimeFaults(beta=True)], ids=["current names", "older names"])
def test_a_lesson_from_the_greeting_to_the_goodbye(faults: RealtimeFaults) -> None:
    tutor = Tutor(replies=[ToolAnswer("right what is two plus two", "integer"), ToolAnswer("goodbye", "nothing", True)])

    async def lesson(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("fifty four")
        await talk.goes_on(quiet_s=2.5)
        talk.line.say("four")
        await talk.running
        await talk.line.until_quiet()
        assert await letters(bytes(talk.line.sound)) == f"{FIRST} right what is two plus two goodbye"
        assert list(talk.line.texts.values()) == [FIRST, "right what is two plus two", "goodbye"]
        assert talk.line.of(CallerSaid) == [CallerSaid("fifty four", "speech"), CallerSaid("four", "speech")]
        assert [speech.utterance for speech in talk.line.of(Speech) if speech.last] == [1, 2, 3]
        assert talk.line.of(Finished) == [Finished("goodbye")]
        assert not talk.line.of(Interrupt)

    _, openai = converse(lesson, tutor=tutor, realtime=faults)
    assert [dict(call.arguments) for call in tutor.used] == [{"answer": "fifty four"}, {"answer": "four"}]
    assert tutor.caller == ["fifty four", "four"]
    assert tutor.said[0] == (FIRST, FIRST, True)
    (session,) = openai.realtime.sessions
    assert session.errors == []
    assert session.lost_code == 1000


def test_the_session_is_set_up_for_the_telephone() -> None:
    async def greeting(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()

    _, openai = converse(greeting)
    (update,) = sent(openai, "session.update")
    session = update["session"]
    assert session["instructions"] == "You teach mathematics."
    assert session["audio"]["input"]["format"] == session["audio"]["output"]["format"] == {"type": "audio/pcmu"}
    assert session["audio"]["input"]["transcription"]["language"] == "en"
    (tool,) = session["tools"]
    assert tool["parameters"]["required"] == ["answer"]
    (first,) = sent(openai, "response.create")
    assert FIRST in first["response"]["instructions"]


def test_the_caller_s_sound_goes_out_in_larger_pieces_and_unchanged() -> None:
    async def speaking(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("abcdef")
        await talk.goes_on(quiet_s=3)

    _, openai = converse(speaking, pace=Pace(uplink_ms=60))
    sizes = {len(event["audio"]) for event in sent(openai, "input_audio_buffer.append")}
    assert sizes == {640}, "480 bytes as base64"
    assert openai.realtime.sessions[0].heard == ["abcdef"]


def test_speaking_over_the_tutor_stops_it_and_openai_learns_what_was_heard() -> None:
    async def barge_in(talk: Talk, openai: OpenAIStandIn) -> None:
        await asyncio.sleep(1.0)
        assert not talk.line.quiet
        talk.line.say("wait")
        at = asyncio.get_running_loop().time()
        await until(lambda: talk.line.of(Interrupt))
        assert asyncio.get_running_loop().time() - at < 0.2
        await talk.goes_on(quiet_s=2.5)
        (cut,) = talk.line.cuts
        (truncate,) = sent(openai, "conversation.item.truncate")
        assert truncate["audio_end_ms"] == cut.played_ms
        item = openai.realtime.sessions[0].items[truncate["item_id"]]
        assert item.truncated_ms == cut.played_ms
        assert 0 < cut.played_ms < sound_ms(FIRST)
        assert talk.caller_said == ["wait"]

    tutor = Tutor()
    _, openai = converse(barge_in, tutor=tutor)
    assert openai.realtime.sessions[0].errors == []
    assert tutor.said[0] == (FIRST, "some", False)


def test_after_an_interruption_nothing_of_the_old_answer_is_heard() -> None:
    async def barge_in(talk: Talk, openai: OpenAIStandIn) -> None:
        await asyncio.sleep(1.0)
        talk.line.say("wait")
        await talk.goes_on(quiet_s=2.5)
        (at,) = talk.line.when(Interrupt)
        later = [event for when, event in talk.line.events if when >= at and isinstance(event, Speech)]
        assert {speech.utterance for speech in later} == {2}

    # Sound that is made no faster than it is played: the response is active when the caller speaks.
    _, openai = converse(barge_in, realtime=RealtimeFaults(speed=1.0))
    assert openai.realtime.sessions[0].errors == []


def test_an_item_is_never_truncated_past_its_end() -> None:
    async def at_the_end(talk: Talk, openai: OpenAIStandIn) -> None:
        await asyncio.sleep(0.3 + sound_ms(FIRST) / 1000 - 0.15)
        talk.line.say("yes")
        await talk.goes_on(quiet_s=2.5)

    _, openai = converse(at_the_end)
    (session,) = openai.realtime.sessions
    assert session.errors == []
    for event in sent(openai, "conversation.item.truncate"):
        assert event["audio_end_ms"] <= session.items[event["item_id"]].audio_ms


def test_speech_that_nobody_understands_is_noted() -> None:
    async def mumble(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.hear(b"\x00" * 4_000)
        await talk.goes_on(quiet_s=2.5)
        assert talk.notes.misunderstood == 1
        assert talk.caller_said == []
        assert talk.line.texts[2] == "I did not hear you."

    converse(mumble)


def test_signs_of_life_while_an_answer_is_made() -> None:
    async def wait(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        before = len(talk.line.of(Alive))
        talk.line.say("seven")
        await talk.goes_on(quiet_s=2.5)
        assert len(talk.line.of(Alive)) >= before + 4, "finished speaking, answer begun, tool called, answer begun"

    converse(wait, tutor=Tutor(slow_s=1.0))


def test_keys_are_an_answer_and_stop_the_tutor() -> None:
    async def press(talk: Talk, openai: OpenAIStandIn) -> None:
        await asyncio.sleep(1.0)
        talk.session.send_key("5")
        assert len(talk.line.of(Interrupt)) == 1
        await asyncio.sleep(0.5)
        talk.session.send_key("4")
        await talk.goes_on(quiet_s=4)
        assert talk.line.of(CallerSaid) == [CallerSaid("54", "keys")]

    tutor = Tutor()
    _, openai = converse(press, tutor=tutor, realtime=RealtimeFaults(speed=1.0))
    (item,) = [event for event in sent(openai, "conversation.item.create") if event["item"]["type"] == "message"]
    assert item["item"]["content"][0]["text"] == "54"
    assert len(sent(openai, "response.cancel")) == 1
    assert tutor.caller == ["54"]
    assert openai.realtime.sessions[0].errors == []


def test_where_one_key_is_an_answer_it_is_taken_at_once() -> None:
    async def press(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("seven")
        await talk.goes_on(quiet_s=2.5)
        talk.session.send_key("1")
        assert talk.caller_said == ["seven", "1"]
        await talk.goes_on(quiet_s=2)

    converse(press, tutor=Tutor(replies=[ToolAnswer("yes or no", "yes_no")]))


def test_the_hash_key_ends_keying_at_once() -> None:
    async def press(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        for key in "54#":
            talk.session.send_key(key)
        assert talk.caller_said == ["54"]
        talk.session.send_key("#")
        assert talk.caller_said == ["54"], "pressed once too often"
        await talk.goes_on(quiet_s=2)
        talk.session.send_key("#")
        assert talk.caller_said == ["54", "#"]
        await talk.goes_on(quiet_s=2)
        assert len(talk.line.texts) == 3, "a lone hash is answered too"

    converse(press)


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.29, 0.31, 0.6], ids=str)
def test_a_key_while_an_answer_begins_is_answered(delay_s: float) -> None:
    tutor = Tutor()

    async def press(talk: Talk, openai: OpenAIStandIn) -> None:
        await asyncio.sleep(delay_s)
        talk.session.send_key("7")
        talk.session.send_key("#")
        await talk.goes_on(quiet_s=2)

    converse(press, tutor=tutor)
    if tutor.caller:
        assert len(tutor.used) == 1


def test_a_tool_that_fails_is_told_to_the_model() -> None:
    async def ask(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("seven")
        await talk.goes_on(quiet_s=2)
        (output,) = sent(openai, "conversation.item.create")
        assert "error" in json.loads(output["item"]["output"])

    converse(ask, tutor=Tutor(fails=Unavailable("no database")))


def test_a_tool_that_takes_too_long_is_given_up() -> None:
    tutor = Tutor(slow_s=60)

    async def ask(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("seven")
        await talk.goes_on(quiet_s=6)
        assert "Something went wrong." in talk.line.texts[2]

    converse(ask, tutor=tutor)
    assert tutor.given_up == 1


def test_a_tutor_that_never_answers_its_tools_fails_the_engine() -> None:
    async def ask(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        for _ in range(3):
            talk.line.say("seven")
            await talk.goes_on(quiet_s=2.5)
        with pytest.raises(Unavailable, match="tutor"):
            await talk.running

    converse(ask, tutor=Tutor(fails=Unavailable("no database")))


@pytest.mark.parametrize("arguments", ["{half of", "[]", '{"answer": {"deep": 1}}', ""])
def test_arguments_that_are_none_are_refused(arguments: str) -> None:
    def think(situation: Situation) -> list[Move]:
        if situation.outputs:
            return [Say(json.loads(situation.outputs[0]).get("error", "used"))]
        return [Call("submit_answer", arguments)] if situation.user else [Say("hello")]

    async def ask(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("seven")
        await talk.goes_on(quiet_s=2.5)
        assert ("arguments" in talk.line.texts[2]) == bool(arguments)

    converse(ask, think=think)


def test_two_tools_at_once_have_one_answer() -> None:
    def think(situation: Situation) -> list[Move]:
        if situation.outputs:
            return [Say(" ".join(json.loads(output)["say"] for output in situation.outputs))]
        calls: list[Move] = [Call("submit_answer", '{"answer":"a"}'), Call("submit_answer", '{"answer":"b"}')]
        return calls if situation.user else [Say("hello")]

    tutor = Tutor(replies=[ToolAnswer("one", ""), ToolAnswer("two", "")], slow_s=0.5)

    async def ask(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("seven")
        await talk.goes_on(quiet_s=2.5)
        assert talk.line.texts[2] == "one two"

    _, openai = converse(ask, tutor=tutor, think=think)
    assert len(sent(openai, "response.create")) == 2
    assert openai.realtime.sessions[0].errors == []


def test_speaking_while_a_tool_works_loses_neither() -> None:
    tutor = Tutor(slow_s=2.0)

    async def ask(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("seven")
        await until(lambda: tutor.used)
        talk.line.say("no eight")
        await talk.goes_on(quiet_s=4)
        assert talk.caller_said == ["seven", "no eight"]
        assert talk.line.texts[2] == "right right"

    _, openai = converse(ask, tutor=tutor)
    assert "conversation_already_has_active_response" not in openai.realtime.sessions[0].errors


def test_hanging_up_leaves_nothing() -> None:
    tutor = Tutor(slow_s=60)

    async def hang_up(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        talk.line.say("seven")
        await until(lambda: tutor.used)
        talk.running.cancel()
        await asyncio.wait([talk.running])
        await asyncio.sleep(0.1)
        assert talk.running.cancelled()
        assert openai.realtime.open_now == 0
        talk.session.send_audio(b"\xff" * 160)
        talk.session.send_key("1")

    _, openai = converse(hang_up, tutor=tutor)
    assert tutor.given_up == 1
    assert openai.realtime.sessions[0].lost_code == 1000


def test_the_line_is_open_before_the_call_is() -> None:
    async def ring(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        engine = engine_for(openai, Tutor())
        engine.expect_call(CALL.call_id)
        engine.expect_call(CALL.call_id)
        await asyncio.sleep(1)
        assert openai.realtime.opened == 1
        with timed(0.0):
            session = await engine.converse(CALL, notes=Notes())
        running = asyncio.create_task(session.run(lambda _: None))
        await asyncio.sleep(1)
        assert openai.realtime.opened == 1
        running.cancel()
        await asyncio.wait([running])

    visit(ring)


@pytest.mark.parametrize("close", [True, False], ids=["shut down", "nobody came"])
def test_a_line_for_a_call_that_never_comes_is_let_go(close: bool) -> None:
    async def ring(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        engine = engine_for(openai, Tutor())
        engine.expect_call("CA1")
        await asyncio.sleep(1)
        assert openai.realtime.open_now == 1
        if close:
            await engine.close()
        await asyncio.sleep(1 if close else 31)
        assert openai.realtime.open_now == 0
        session = await engine.converse(CALL, notes=Notes())
        assert openai.realtime.opened == 2, "a call that comes after all gets a new one"
        assert session.hears == session.speaks == TELEPHONE

    visit(ring)


def test_a_line_that_was_lost_while_the_telephone_rang_is_opened_again() -> None:
    async def ring(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        engine = engine_for(openai, Tutor())
        engine.expect_call(CALL.call_id)
        await asyncio.sleep(1)
        openai.realtime.drop()
        await asyncio.sleep(1)
        session = await engine.converse(CALL, notes=Notes())
        running = asyncio.create_task(session.run(lambda _: None))
        await asyncio.sleep(1)
        assert (openai.realtime.opened, openai.realtime.open_now, running.done()) == (2, 1, False)
        running.cancel()
        await asyncio.wait([running])

    visit(ring)


def test_a_call_that_ends_while_its_line_is_opened_leaves_nothing() -> None:
    async def ring(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        engine = engine_for(openai, Tutor())
        engine.expect_call(CALL.call_id)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await engine.converse(CALL, notes=Notes())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await engine.converse(CALL, notes=Notes())
        await asyncio.sleep(0.1)
        assert openai.realtime.open_now == 0

    visit(ring, realtime=RealtimeFaults(starts=False))


def test_no_more_lines_are_opened_early_than_may_be() -> None:
    async def ring(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        engine = engine_for(openai, Tutor())
        for number in range(MOST_EARLY + 10):
            engine.expect_call(f"CA{number}")
        await asyncio.sleep(1)
        assert openai.realtime.opened == MOST_EARLY
        await engine.close()

    visit(ring)
