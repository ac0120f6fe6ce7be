"""What a failing OpenAI Realtime does to a call: a clear end, soon, so that another engine can take over."""

import asyncio
from typing import Any

import httpx
import pytest

from bakame.errors import Unavailable
from bakame.ports.voice import Finished, Speech
from bakame.providers.openai.realtime_link import Limits
from bakame.simulator.openai import OpenAIStandIn
from bakame.simulator.openai.answer import RealtimeFaults
from bakame.wire.sockets import Refused
from providers.openai.vendor import CALL, Notes, Talk, Tutor, converse, engine_for, timed, until, visit


def does_not_begin(*, within_s: float, key: str | None = "sk-stand-in", **faults: Any) -> Unavailable:
    """Why no call can begin."""

    async def call(openai: OpenAIStandIn, http: httpx.AsyncClient) -> Unavailable:
        engine = engine_for(openai, Tutor())
        with timed(within_s), pytest.raises(Unavailable) as raised:
            await engine.converse(CALL, notes=Notes())
        engine.expect_call("CA2")
        await asyncio.sleep(4)
        await engine.close()
        await until(lambda: openai.realtime.open_now == 0)
        return raised.value

    return visit(call, realtime=RealtimeFaults(**faults))[0]


def breaks_off(*, after_s: float = 0.0, within_s: float = 8.0, **faults: Any) -> tuple[Unavailable, Talk]:
    """Why a conversation ended, and what was heard of it."""

    async def call(talk: Talk, openai: OpenAIStandIn) -> tuple[Unavailable, Talk]:
        if after_s:
            await asyncio.sleep(after_s)
            talk.line.say("seven")
        with timed(within_s), pytest.raises(Unavailable) as raised:
            await talk.running
        assert not talk.line.of(Finished)
        assert "secret" not in str(raised.value)
        return raised.value, talk

    return converse(call, realtime=RealtimeFaults(**faults))[0]


@pytest.mark.parametrize(("status", "retryable"), [(401, False), (403, False), (404, False), (429, True), (503, True)])
def test_refused_at_the_door(status: int, retryable: bool) -> None:
    error = does_not_begin(within_s=0.5, refuse=status)
    assert isinstance(error, Refused)
    assert error.retryable is retryable


def test_a_door_that_does_not_open_and_a_session_that_does_not_begin() -> None:
    assert does_not_begin(within_s=3.0, hangs_at_connect=True).retryable
    assert does_not_begin(within_s=3.0, starts=False).retryable


def test_a_server_that_closes_instead_of_beginning() -> None:
    assert "1013" in str(does_not_begin(within_s=0.5, after=0, then="close", close_code=1013))


def test_nobody_is_there() -> None:
    async def call(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        openai.realtime.url = "ws://127.0.0.1:1/v1/realtime"
        with pytest.raises(Unavailable):
            await engine_for(openai, Tutor()).converse(CALL, notes=Notes())

    visit(call)


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 1012, 3000, 4001])
def test_closing_in_the_middle_of_a_word_is_told_with_its_code(code: int) -> None:
    error, talk = breaks_off(after=12, then="close", close_code=code, within_s=2.0)
    assert str(code) in str(error)
    assert error.retryable is (code not in (1008, 3000))
    assert talk.line.of(Speech)


def test_a_connection_that_is_cut() -> None:
    error, _ = breaks_off(after=12, then="drop", within_s=2.0)
    assert "1006" in str(error)


def test_a_server_that_falls_silent_amid_its_answer() -> None:
    error, _ = breaks_off(after=12, then="stall", within_s=6.0)
    assert "silent" in str(error)


def test_a_server_that_takes_the_settings_and_says_nothing() -> None:
    breaks_off(after=1, then="stall", within_s=4.1)


def test_a_server_that_does_not_answer_the_caller() -> None:
    error, _ = breaks_off(after_s=3.0, answer="never", good_answers=1, within_s=8.0)
    assert "silent" in str(error)


def test_a_peer_that_answers_no_ping() -> None:
    breaks_off(deaf=True, within_s=6.0)


@pytest.mark.parametrize("then", ["garbage", "binary"])
def test_a_server_that_talks_nonsense(then: Any) -> None:
    assert "no event" in str(breaks_off(after=8, then=then)[0])


def test_sound_that_is_none() -> None:
    breaks_off(voice="garbled")
    breaks_off(voice="none")
    breaks_off(voice="empty")


def test_a_sentence_without_an_end() -> None:
    async def call(talk: Talk, openai: OpenAIStandIn) -> None:
        with pytest.raises(Unavailable, match="end"):
            await talk.running

    converse(call, realtime=RealtimeFaults(voice="endless", speed=100.0))


def test_another_format_is_not_played_into_an_ear() -> None:
    error, talk = breaks_off(taken="audio/pcm")
    assert not error.retryable
    assert not talk.line.of(Speech)


@pytest.mark.parametrize(
    ("reason", "answer", "retryable"),
    [
        ("server_error", "failed", True),
        ("rate_limit_exceeded", "failed", True),
        ("insufficient_quota", "failed", False),
        ("content_filter", "incomplete", False),
        ("max_output_tokens", "incomplete", True),
    ],
)
def test_an_answer_that_fails(reason: str, answer: Any, retryable: bool) -> None:
    error, _ = breaks_off(after_s=3.0, answer=answer, reason=reason, good_answers=1)
    assert reason in str(error)
    assert error.retryable is retryable


def test_settings_that_are_refused() -> None:
    assert not breaks_off(error="invalid_value")[0].retryable


@pytest.mark.parametrize("code", ["session_expired", "insufficient_quota"])
def test_errors_that_end_a_session(code: str) -> None:
    async def call(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        openai.realtime.sessions[0].tell_error(code)
        with pytest.raises(Unavailable, match=code):
            await talk.running

    converse(call)


def test_other_errors_are_passed_over() -> None:
    async def call(talk: Talk, openai: OpenAIStandIn) -> None:
        await talk.goes_on()
        for code in ("item_truncate_invalid_item_id", "response_cancel_not_active", "server_error"):
            openai.realtime.sessions[0].tell_error(code)
        talk.line.say("seven")
        await talk.goes_on(quiet_s=2.5)
        assert talk.line.texts[2] == "right"

    converse(call)


def test_a_server_that_reads_nothing_is_left() -> None:
    async def call(talk: Talk, openai: OpenAIStandIn) -> None:
        with pytest.raises(Unavailable):
            await talk.running

    converse(call, limits=Limits(most_unsent=-1))


def test_a_lesson_that_cannot_be_opened_closes_the_socket() -> None:
    class Absent(Tutor):
        async def brief(self) -> Any:
            raise Unavailable("no database")

    async def call(talk: Talk, openai: OpenAIStandIn) -> None:
        with pytest.raises(Unavailable, match="database"):
            await talk.running
        await until(lambda: openai.realtime.open_now == 0)

    converse(call, tutor=Absent())


def test_after_a_failure_the_next_call_is_well() -> None:
    async def calls(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        engine = engine_for(openai, Tutor())
        with pytest.raises(Unavailable):
            await engine.converse(CALL, notes=Notes())
        openai.realtime.faults = RealtimeFaults()
        session = await engine.converse(CALL, notes=Notes())
        running = asyncio.create_task(session.run(lambda _: None))
        await asyncio.sleep(1)
        assert not running.done()
        running.cancel()
        await asyncio.wait([running])

    visit(calls, realtime=RealtimeFaults(refuse=503))
