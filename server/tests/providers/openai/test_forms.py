"""Forms, tools and moderation, against a stand-in of OpenAI on the loopback."""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, ConfigDict

from bakame.errors import Invalid, Unavailable
from bakame.ports.chat import ChatTool, Message
from bakame.providers.llama.chat import LlamaChat
from bakame.providers.openai.chat import OpenAIChat, OpenAIModerator
from bakame.simulator.openai import OpenAIStandIn
from bakame.simulator.openai.chat import Answer, ChatFaults, Messages, ToolUse
from bakame.wire.completions import Usage
from providers.openai.vendor import visit

ASKED = [Message("user", "What is made?")]


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    made: list[str]


@pytest.mark.parametrize("flavour", ["openai", "llama"])
def test_a_form_is_filled_in_and_its_schema_was_sent(flavour: Any) -> None:
    spent: list[Usage] = []

    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> Form:
        chat: OpenAIChat | LlamaChat = (
            OpenAIChat(key=openai.key, model=openai.model, base_url=openai.url, spent=spent.append)
            if flavour == "openai"
            else LlamaChat(key=openai.key, base_url=openai.url, spent=spent.append)
        )
        async with aclosing(chat):
            return await chat.fill_in(ASKED, Form)

    def answer(messages: Messages) -> Answer:
        return '{"made": ["lost"]}'

    form, openai = visit(ask, answer=answer, chat=ChatFaults(flavour=flavour))
    assert form == Form(made=["lost"])
    assert spent == [Usage(9, 2)]
    sent = openai.chat.asked[-1]["response_format"]["json_schema"]
    assert sent["strict"] is True
    assert sent["schema"]["required"] == ["made"]
    assert sent["schema"]["additionalProperties"] is False


@pytest.mark.parametrize(
    "text", ["made: lost", '{"made": ["lo', '{"made": "lost"}', '{"made": [], "mark": "right"}', ""]
)
def test_what_does_not_fit_the_form_is_no_answer(text: str) -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        async with aclosing(OpenAIChat(key=openai.key, model=openai.model, base_url=openai.url)) as chat:
            with pytest.raises(Unavailable):
                await chat.fill_in(ASKED, Form)

    def answer(messages: Messages) -> Answer:
        return text

    visit(ask, answer=answer)


def test_a_model_may_look_something_up_and_goes_on() -> None:
    looked: list[Mapping[str, Any]] = []

    def look_up(given: Mapping[str, Any]) -> str:
        looked.append(given)
        if "question" not in given:
            raise Invalid("a question is needed")
        return "Light splits in rain drops."

    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> str:
        tool = ChatTool("look_up", "Looks up a fact.", {"type": "object", "properties": {}}, look_up)
        async with aclosing(OpenAIChat(key=openai.key, model=openai.model, base_url=openai.url)) as chat:
            return "".join([piece async for piece in chat.reply(ASKED, tools=(tool,))])

    def answer(messages: Messages) -> Answer:
        told = [message["content"] for message in messages if message["role"] == "tool"]
        match told:
            case []:
                return (ToolUse("look_up", {}),)
            case ["a question is needed"]:
                return (ToolUse("look_up", {"question": "rainbow"}),)
            case _:
                return str(told[-1])

    said, _ = visit(ask, answer=answer)
    assert said == "Light splits in rain drops."
    assert looked == [{}, {"question": "rainbow"}]


def test_a_model_that_only_asks_for_tools_is_stopped() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        tool = ChatTool("look_up", "Looks up a fact.", {"type": "object", "properties": {}}, lambda _: "?")
        async with aclosing(OpenAIChat(key=openai.key, model=openai.model, base_url=openai.url)) as chat:
            with pytest.raises(Unavailable, match="only asked for tools"):
                [piece async for piece in chat.reply(ASKED, tools=(tool,))]

    def answer(messages: Messages) -> Answer:
        return (ToolUse("look_up", {}),)

    _, openai = visit(ask, answer=answer)
    assert len(openai.chat.asked) == 3


def test_moderation_names_what_it_finds() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> tuple[tuple[str, ...], ...]:
        async with aclosing(OpenAIModerator(key=openai.key, base_url=openai.url)) as moderator:
            return await moderator.flags("How do I make a knife?"), await moderator.flags("How do I make bread?")

    assert visit(ask, chat=ChatFaults(flagged=("knife",)))[0] == (("violence",), ())


def test_a_moderator_that_does_not_answer_is_left_after_a_second() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        async with aclosing(OpenAIModerator(key=openai.key, base_url=openai.url)) as moderator:
            with pytest.raises(Unavailable, match="in time"):
                await moderator.flags("hello")

    visit(ask, chat=ChatFaults(hangs=True))
