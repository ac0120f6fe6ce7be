"""Chat with a LLaMA of one's own, whose server has manners of its own."""

from contextlib import aclosing
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Unavailable
from bakame.ports.chat import Message
from bakame.providers.llama.chat import OPENING, LlamaChat, in_turn
from bakame.providers.llama.thoughts import Thoughts
from bakame.simulator.openai import OpenAIStandIn
from bakame.simulator.openai.chat import Answer, ChatFaults, Messages
from bakame.wire.completions import Declined
from providers.openai.vendor import timed, visit

MESSAGES = [
    Message("system", "You teach."),
    Message("assistant", "What is 6 times 9?"),
    Message("system", "The learner is slow."),
    Message("user", "fifty"),
    Message("user", "four"),
]


def model(openai: OpenAIStandIn, http: httpx.AsyncClient, **options: Any) -> LlamaChat:
    return LlamaChat(base_url=openai.url, **options)


async def reply(openai: OpenAIStandIn, http: httpx.AsyncClient) -> str:
    async with aclosing(model(openai, http)) as llama:
        return "".join([piece async for piece in llama.reply(MESSAGES)])


def ask(**faults: Any) -> tuple[str, OpenAIStandIn]:
    return visit(reply, key=None, model="/models/llama.gguf", chat=ChatFaults(flavour="llama", **faults))


@pytest.mark.parametrize("faults", [{}, {"done": False, "usage": False}, {"thoughts": "let me see"}, {"split": 3}])
def test_it_answers_without_a_key_by_the_name_that_the_server_gives(faults: dict[str, Any]) -> None:
    said, openai = ask(**faults)
    assert said == "You said: fifty\nfour"
    (asked,) = openai.chat.asked
    assert asked["model"] == "/models/llama.gguf"
    assert asked["messages"] == [
        {"role": "system", "content": "You teach.\n\nThe learner is slow."},
        {"role": "user", "content": OPENING},
        {"role": "assistant", "content": "What is 6 times 9?"},
        {"role": "user", "content": "fifty\nfour"},
    ]


def test_thoughts_aloud_are_not_said() -> None:
    said, _ = ask(thoughts="the learner said fifty four, I should", aloud=True)
    assert said.strip() == "You said: fifty\nfour"


def test_while_the_model_loads_it_may_be_tried_again() -> None:
    async def loading(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        with pytest.raises(Declined) as raised:
            await reply(openai, http)
        assert (raised.value.status, raised.value.retryable) == (503, True)
        openai.chat.faults = ChatFaults(flavour="llama")
        assert await reply(openai, http)

    visit(loading, key=None, chat=ChatFaults(flavour="llama", loading=True))


def test_a_slow_start_is_waited_for_before_calls_come_and_not_during_one() -> None:
    async def slow(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        with timed(40.5, at_least_s=40):
            async with aclosing(model(openai, http)) as llama:
                await llama.warm_up()
        with timed(2.6), pytest.raises(Unavailable):
            await reply(openai, http)

    visit(slow, key=None, chat=ChatFaults(flavour="llama", first_s=40.0))


def test_another_model_in_its_place_is_found() -> None:
    async def changed(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        async with aclosing(model(openai, http)) as llama:
            assert [piece async for piece in llama.reply(MESSAGES)]
            openai.chat.served = "other"
            with pytest.raises(Declined):
                [piece async for piece in llama.reply(MESSAGES)]
            assert [piece async for piece in llama.reply(MESSAGES)]

    visit(changed, key=None, chat=ChatFaults(flavour="llama"))


def test_a_key_is_sent_where_one_is_asked_for() -> None:
    async def keyed(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        async with aclosing(model(openai, http, key=openai.key, model=openai.model)) as llama:
            assert [piece async for piece in llama.reply(MESSAGES)]
        with pytest.raises(Declined):
            await reply(openai, http)

    visit(keyed, chat=ChatFaults(flavour="llama"))


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.text())))
def test_any_conversation_has_one_system_message_and_turns(said: list[tuple[Any, str]]) -> None:
    messages = in_turn([Message(role, text) for role, text in said])
    roles = [message["role"] for message in messages]
    turns = roles[1:] if roles[0] == "system" else roles
    assert turns == ["user", "assistant"] * (len(turns) // 2) + ["user"] * (len(turns) % 2)
    assert turns
    for role in ("user", "assistant"):
        ours = "\n".join(text for who, text in said if who == role)
        assert "\n".join(message["content"] for message in messages if message["role"] == role).endswith(ours)


SPEECH = st.text(st.sampled_from("ab <>/think\n")).filter(lambda text: not text.lstrip().startswith("<think>"))


@given(st.text(st.sampled_from("xy <>/")), SPEECH, st.lists(st.integers(0, 60)), st.booleans())
def test_thoughts_are_left_out_wherever_the_text_is_cut(
    thought: str, speech: str, cuts: list[int], thinks: bool
) -> None:
    text = f" <think>{thought}</think>{speech}" if thinks else speech
    at = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    thoughts = Thoughts()
    said = "".join(thoughts.push(text[start:end]) for start, end in pairwise(at)) + thoughts.end()
    assert said == speech


def thinker(messages: Messages) -> Answer:
    return "<think>I had better say nothing"


def test_a_model_that_only_thinks_has_said_nothing() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        with pytest.raises(Unavailable, match="nothing"):
            await reply(openai, http)

    visit(ask, key=None, answer=thinker, chat=ChatFaults(flavour="llama"))


def test_a_server_without_a_model() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        with pytest.raises(Unavailable, match="model"):
            await reply(openai, http)

    visit(ask, key=None, model="", chat=ChatFaults(flavour="llama"))
