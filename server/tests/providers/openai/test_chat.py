"""Chat against a stand-in of OpenAI on the loopback: what a learner would be told, and what failures become."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import httpx
import pytest

from bakame.errors import Unavailable
from bakame.ports.chat import Message
from bakame.providers.openai.chat import OpenAIChat
from bakame.simulator.openai import OpenAIStandIn
from bakame.simulator.openai.chat import Answer, ChatFaults, Messages, ToolUse
from bakame.wire.completions import Declined, Usage
from providers.openai.vendor import timed, visit

ASKED = [Message("system", "You teach."), Message("user", "amasaha y’ubu 😀")]


def model(openai: OpenAIStandIn, http: httpx.AsyncClient, **options: Any) -> OpenAIChat:
    return OpenAIChat(key=openai.key, model=openai.model, base_url=openai.url, **options)


async def reply(openai: OpenAIStandIn, http: httpx.AsyncClient) -> list[str]:
    async with aclosing(model(openai, http)) as chat:
        return [piece async for piece in chat.reply(ASKED)]


def failure(*, within_s: float = 10.0, **faults: Any) -> tuple[Unavailable, str]:
    """What becomes of a faulty answer, and what was said before."""

    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> tuple[Unavailable, str]:
        said: list[str] = []

        async def listen() -> None:
            async with aclosing(model(openai, http)) as chat:
                async for piece in chat.reply(ASKED):
                    said.append(piece)  # noqa: PERF401  # what was said before it failed counts

        with timed(within_s), pytest.raises(Unavailable) as raised:
            await listen()
        return raised.value, "".join(said)

    (error, text), _ = visit(ask, chat=ChatFaults(**faults))
    assert "secret" not in str(error), "a vendor's message may quote the learner"
    return error, text


@pytest.mark.parametrize(
    "faults",
    [{}, {"split": 1}, {"split": 7, "comments": True}, {"done": False}, {"usage": False}, {"finish": "length"}],
    ids=str,
)
def test_the_answer_comes_in_pieces_however_the_bytes_are_cut(faults: dict[str, Any]) -> None:
    pieces, openai = visit(reply, chat=ChatFaults(**faults))
    assert "".join(pieces) == "You said: amasaha y’ubu 😀"
    assert len(pieces) > 3
    (asked,) = openai.chat.asked
    assert asked["messages"][1] == {"role": "user", "content": "amasaha y’ubu 😀"}
    assert asked["max_completion_tokens"] == 200
    assert asked["store"] is False


def test_what_it_cost_is_told() -> None:
    spent: list[Usage] = []

    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        async with aclosing(model(openai, http, spent=spent.append)) as chat:
            async for _ in chat.reply(ASKED):
                pass

    visit(ask)
    assert spent == [Usage(9, 5)]


def test_two_replies_share_one_connection() -> None:
    async def twice(openai: OpenAIStandIn, http: httpx.AsyncClient) -> int:
        async with aclosing(model(openai, http)) as chat:
            for _ in range(2):
                assert [piece async for piece in chat.reply(ASKED)]
            return len(cast(Any, chat)._completions._client._client._transport._pool.connections)

    assert visit(twice)[0] == 1


@pytest.mark.parametrize("then", ["break", "end"])
def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(then: str) -> None:
    error, said = failure(after=3, then=then)
    assert error.retryable
    assert said == "You said: am"


def test_an_error_in_the_middle_is_one() -> None:
    error, said = failure(after=2, then="error")
    assert said == "You said"
    assert isinstance(error, Declined)
    assert (error.code, error.retryable) == ("server_error", True)


def test_garbage_is_no_answer() -> None:
    assert failure(after=0, then="garbage")[1] == ""


def test_a_model_that_does_not_begin_is_left_after_two_and_a_half_seconds() -> None:
    assert "stalled" in str(failure(first_s=30.0, within_s=2.5)[0])
    assert "in time" in str(failure(hangs=True, within_s=2.5)[0])


def test_a_model_that_only_thinks_is_left_too() -> None:
    error, _ = failure(thoughts="hmm " * 500, between_s=0.05, within_s=2.6)
    assert error.retryable


def test_a_model_that_stalls_is_left_after_three_seconds() -> None:
    error, said = failure(after=3, then="stall", within_s=3.3)
    assert said
    assert error.retryable


@pytest.mark.parametrize(
    ("faults", "retryable", "retry_after_s"),
    [
        ({"status": 429, "code": "rate_limit_exceeded", "retry_after": "7"}, True, 7.0),
        ({"status": 429, "code": "rate_limit_exceeded", "retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"}, True, None),
        ({"status": 429, "code": "insufficient_quota"}, False, None),
        ({"status": 401, "code": "invalid_api_key"}, False, None),
        ({"status": 404, "code": "model_not_found"}, False, None),
        ({"status": 400, "code": "context_length_exceeded"}, False, None),
        ({"status": 500, "code": None}, True, None),
        ({"status": 503, "code": "overloaded"}, True, None),
    ],
)
def test_errors_say_whether_later_may_work(faults: Any, retryable: bool, retry_after_s: float | None) -> None:
    error, _ = failure(**faults)
    assert isinstance(error, Declined)
    assert (error.status, error.retryable, error.retry_after_s) == (faults["status"], retryable, retry_after_s)
    assert str(faults["status"]) in str(error)


def test_a_refusal_is_not_read_to_the_learner() -> None:
    error, said = failure(refuses=True)
    assert (said, error.retryable) == ("", False)
    assert not failure(finish="content_filter")[0].retryable


def test_a_tool_that_it_does_not_have_is_no_answer() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        with pytest.raises(Unavailable, match="tool"):
            await reply(openai, http)

    def answer(messages: Messages) -> Answer:
        return ToolUse("a", {"x": 1}), ToolUse("b", {})

    visit(ask, answer=answer)


def test_closing_early_ends_the_request() -> None:
    async def leave(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        async with (
            aclosing(model(openai, http)) as chat,
            aclosing(cast("AsyncGenerator[str]", chat.reply(ASKED))) as stream,
        ):
            assert await anext(stream) == "You "

    _, openai = visit(leave, chat=ChatFaults(between_s=0.5))
    assert openai.chat.cut_off == 1


def test_a_server_that_is_not_there() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        with pytest.raises(Unavailable, match="cannot be reached") as raised:
            async with aclosing(OpenAIChat(key="sk-secret", model="m", base_url="http://127.0.0.1:1")) as chat:
                [piece async for piece in chat.reply(ASKED)]
        assert raised.value.retryable
        assert "secret" not in str(raised.value)

    visit(ask)
