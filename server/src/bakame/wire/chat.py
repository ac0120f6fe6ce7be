"""Chat completions by OpenAI's own client, with the impatience of a telephone call.

OpenAI, and whatever speaks like it (vLLM, llama.cpp, Ollama), through one package. Nothing is tried twice here: whoever
asks has other models, and a learner on the line. Failures of any kind are `Unavailable`; an error that the server
states is `Declined`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import orjson
from pydantic import BaseModel, ValidationError

from bakame.errors import BakameError, Unavailable
from bakame.wire.completions import Declined, Usage, error_code
from bakame.wire.streams import PATIENCE, TAIL_S, Patience

MOST_ROUNDS: Final = 3
"""Answers of one question, of which all but the last ask for a tool."""
_KEYLESS: Final = "none"
"""The client insists on a key; a server of one's own may want none."""

Tool = Callable[[Mapping[str, Any]], str]


@dataclass(slots=True)
class _Heard:
    """What came of one answer so far."""

    said: bool = False
    finished: bool = False
    usage: Usage | None = None
    calls: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    """By place: the id, the name and the arguments of a tool that is asked for."""


class Completions:
    """A server of chat completions. `who` names it in errors; `key` is None where none is needed."""

    def __init__(self, *, who: str, base_url: str, key: str | None, patience: Patience = PATIENCE) -> None:
        # The package takes most of a second to import, and not every installation has a model.
        import openai

        self._who = who
        self._patience = patience
        self._openai = openai
        self._client = openai.AsyncOpenAI(
            api_key=key or _KEYLESS,
            base_url=base_url,
            max_retries=0,
            timeout=openai.Timeout(None, connect=patience.connect_s),
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def stream(
        self,
        body: Mapping[str, Any],
        *,
        tools: Mapping[str, Tool] | None = None,
        spent: Callable[[Usage], None] | None = None,
        patience: Patience | None = None,
    ) -> AsyncGenerator[str]:
        """The text of a completion, in pieces; closing it early ends the request.

        `body` is that of the API without `stream`. `tools` are used when the model asks for them, and it goes on.
        Patience counts text: comments, thoughts and empty pieces do not show that an answer comes.

        Raises `Unavailable`.
        """
        patience = patience or self._patience
        messages: list[dict[str, Any]] = list(body["messages"])
        for _ in range(MOST_ROUNDS):
            heard = _Heard()
            async for text in self._round({**body, "messages": messages}, heard, patience):
                yield text
            if spent is not None and heard.usage is not None:
                spent(heard.usage)
            if heard.said or not heard.finished:
                break
            if not heard.calls:
                raise Unavailable(f"{self._who} said nothing", retryable=False)
            messages += self._used(heard, tools or {})
        else:
            raise Unavailable(f"{self._who} only asked for tools", retryable=False)
        if not heard.finished:
            raise Unavailable(f"{self._who} stopped in the middle")

    async def _round(self, body: Mapping[str, Any], heard: _Heard, patience: Patience) -> AsyncGenerator[str]:
        now = asyncio.get_running_loop().time
        due = now() + patience.first_s
        stream: Any = None
        try:
            async with asyncio.timeout_at(due):
                stream = await self._client.chat.completions.create(stream=True, **body)
            pieces = aiter(stream)
            while True:
                try:
                    async with asyncio.timeout_at(due):
                        chunk = await anext(pieces, None)
                except TimeoutError:
                    if heard.finished:
                        break
                    raise Unavailable(f"{self._who} stalled") from None
                if chunk is None:
                    break
                if text := self._take(chunk, heard):
                    heard.said = True
                    yield text
                    due = now() + patience.next_s
                if heard.finished:
                    # The usage may still come, and a connection that ends well is used again.
                    due = min(due, now() + TAIL_S)
        except TimeoutError:
            raise Unavailable(f"{self._who} did not answer in time") from None
        except BakameError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the client raises, the learner needs another answer
            if not heard.finished:
                raise self._failure(error, began=stream is not None) from None
        finally:
            if stream is not None:
                with suppress(Exception):
                    await stream.close()

    async def whole(self, body: Mapping[str, Any], *, within_s: float, spent: Callable[[Usage], None] | None) -> str:
        """The text of a completion that is not streamed. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(within_s):
                answer = await self._client.chat.completions.create(stream=False, **body)
        except TimeoutError:
            raise Unavailable(f"{self._who} did not answer in time") from None
        except Exception as error:  # noqa: BLE001 - as above
            raise self._failure(error, began=False) from None
        if spent is not None and answer.usage is not None:
            spent(Usage(answer.usage.prompt_tokens, answer.usage.completion_tokens))
        choice = answer.choices[0] if answer.choices else None
        if choice is None or choice.message.refusal or choice.finish_reason == "content_filter":
            raise Unavailable(f"{self._who} refused to answer", retryable=False)
        return choice.message.content or ""

    async def flagged(self, text: str, *, model: str, within_s: float) -> tuple[str, ...]:
        """The categories under which OpenAI's moderation finds a text. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(within_s):
                answer = await self._client.moderations.create(input=text, model=model)
        except TimeoutError:
            raise Unavailable(f"{self._who} did not answer in time") from None
        except Exception as error:  # noqa: BLE001 - as above
            raise self._failure(error, began=False) from None
        found = cast("dict[str, Any]", answer.results[0].categories.to_dict()) if answer.results else {}
        return tuple(sorted(name for name, is_so in found.items() if is_so))

    async def first_model(self, *, within_s: float) -> str:
        """The name of the first model that the server lists. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(within_s):
                listed = await self._client.models.list()
        except TimeoutError:
            raise Unavailable(f"{self._who} did not answer in time") from None
        except Exception as error:  # noqa: BLE001 - as above
            raise self._failure(error, began=False) from None
        names = [getattr(each, "id", None) for each in getattr(listed, "data", None) or ()]
        if not names or not isinstance(names[0], str) or not names[0]:
            raise Unavailable(f"{self._who} lists no model", retryable=False)
        return names[0]

    def _take(self, chunk: Any, heard: _Heard) -> str:
        if chunk.usage is not None:
            heard.usage = Usage(chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        delta = choice.delta
        if delta is not None and delta.refusal:
            raise Unavailable(f"{self._who} refused to answer", retryable=False)
        if choice.finish_reason == "content_filter":
            raise Unavailable(f"{self._who} filtered the answer", retryable=False)
        heard.finished = heard.finished or bool(choice.finish_reason)
        if delta is None:
            return ""
        for call in delta.tool_calls or ():
            kept = heard.calls.setdefault(call.index, ["", "", ""])
            kept[0] = call.id or kept[0]
            if call.function is not None:
                kept[1] += call.function.name or ""
                kept[2] += call.function.arguments or ""
        return delta.content if isinstance(delta.content, str) else ""

    def _used(self, heard: _Heard, tools: Mapping[str, Tool]) -> Sequence[dict[str, Any]]:
        """The tools' answers, as messages that go on with the conversation. Raises `Unavailable`."""
        asked: list[dict[str, Any]] = []
        answers: list[dict[str, Any]] = []
        for call_id, name, arguments in heard.calls.values():
            tool = tools.get(name)
            if tool is None:
                raise Unavailable(f"{self._who} called a tool that it does not have", retryable=False)
            asked.append({"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}})
            answers.append({"role": "tool", "tool_call_id": call_id, "content": _answer(tool, arguments)})
        return [{"role": "assistant", "content": None, "tool_calls": asked}, *answers]

    def _failure(self, error: Exception, *, began: bool) -> Unavailable:
        """What an error of the client's comes to, without the server's message: it may quote what it was asked."""
        openai = self._openai
        if isinstance(error, openai.APIStatusError):
            headers = error.response.headers
            again = {"true": True, "false": False}.get(headers.get("x-should-retry", "").lower())
            return Declined(
                self._who,
                status=error.status_code,
                code=error_code(error.body),
                retryable=again,
                retry_after_s=_seconds(headers.get("retry-after")),
            )
        if isinstance(error, openai.APIConnectionError):
            what = "was cut off" if began else "cannot be reached"
            return Unavailable(f"{self._who} {what}: {type(error.__cause__ or error).__name__}")
        if isinstance(error, openai.APIError):
            return Declined(self._who, code=error_code(error.body))
        if began and type(error).__module__.partition(".")[0] in ("httpx", "httpx2", "httpcore"):
            return Unavailable(f"{self._who} was cut off: {type(error).__name__}")
        return Unavailable(f"{self._who} sent what is no completion")


Form = TypeVar("Form", bound=BaseModel)


def tool_of(name: str, description: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A tool as the API takes it; `parameters` is a JSON Schema."""
    function = {"name": name, "description": description, "parameters": dict(parameters)}
    return {"type": "function", "function": function}


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """The `response_format` of a form. Strict schemas name every property and allow no other."""
    schema = shape.model_json_schema()
    schema["additionalProperties"] = False
    schema["required"] = list(schema.get("properties", {}))
    return {"type": "json_schema", "json_schema": {"name": shape.__name__, "schema": schema, "strict": True}}


def filled_in(text: str, shape: type[Form], *, who: str) -> Form:
    """The form in a model's text. Raises `Unavailable` for rubbish, half a JSON, and what does not fit."""
    try:
        return shape.model_validate_json(text)
    except ValidationError:
        raise Unavailable(f"{who} sent what does not fit the form", retryable=False) from None


def _answer(tool: Tool, arguments: str) -> str:
    try:
        given: object = orjson.loads(arguments or "{}")
    except ValueError:
        return "The arguments are not JSON."
    if not isinstance(given, dict):
        return "The arguments are not an object."
    try:
        return tool(cast("dict[str, Any]", given))
    except BakameError as error:
        return str(error)


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
