"""Chat completions as OpenAI, or a self-hosted LLaMA server, answers them, with the faults of both.

Source: OpenAI API reference, "Create chat completion"; the READMEs of vLLM, llama.cpp and Ollama.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bakame.simulator.openai.http import BREAK, Never, Poured, error, json_object, refused
from bakame.simulator.openai.sight import picture_problem

_ROLES: Final = frozenset({"system", "developer", "user", "assistant", "tool"})
_LIMITS: Final = {
    "x-request-id": "req_1",
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-remaining-requests": "499",
    "x-ratelimit-reset-requests": "120ms",
}

Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool that the model wants used."""

    name: str
    arguments: Mapping[str, Any]


Answer = str | tuple[ToolUse, ...]
Answerer = Callable[[Messages], Answer]


def echo(messages: Messages) -> Answer:
    """A model of few ideas."""
    return f"You said: {messages[-1].get('content') or 'nothing'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFaults:
    """How chat misbehaves. `after`: pieces of text before `then`; `split`: bytes of one write; times in seconds.

    `flavour` `llama`: no limits in headers, a template that wants one system message first and roles by turns,
    `finish_reason` as an empty string until the end, tool calls without ids.
    """

    flavour: Literal["openai", "llama"] = "openai"
    status: int | None = None
    code: str | None = None
    retry_after: str = ""
    hangs: bool = False
    loading: bool = False
    first_s: float = 0.05
    between_s: float = 0.01
    after: int | None = None
    then: Literal["break", "stall", "error", "garbage", "end"] = "break"
    refuses: bool = False
    finish: str = "stop"
    done: bool = True
    usage: bool = True
    comments: bool = False
    split: int | None = None
    thoughts: str = ""
    flagged: tuple[str, ...] = ()
    """Words for which moderation flags a text."""
    aloud: bool = False
    """Thoughts are part of the text, between `<think>` and `</think>`."""


_CATEGORIES: Final = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm"),
    *("self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic"),
)


class Chat:
    """`POST /v1/chat/completions` and `GET /v1/models`.

    `asked` keeps the bodies, `cut_off` counts clients that left before the end.
    """

    def __init__(self, *, answer: Answerer, model: str, key: str | None, faults: ChatFaults) -> None:
        self._answer = answer
        self.served = model
        self._key = key
        self.faults = faults
        self.asked: list[dict[str, Any]] = []
        self.moderated: list[str] = []
        self.cut_off = 0

    async def models(self, request: Request) -> Response:
        if self.faults.loading:
            return _loading()
        listed = {"id": self.served, "object": "model", "created": 1, "owned_by": "stand-in"}
        return refused(request, self._key) or JSONResponse({"object": "list", "data": [listed]})

    async def complete(self, request: Request) -> Response:
        faults = self.faults
        if (no := refused(request, self._key)) is not None:
            return no
        if faults.hangs:
            return Never()
        if faults.loading:
            return _loading()
        if faults.status is not None:
            return error(
                faults.status, "No. You wrote: secret words.", code=faults.code, retry_after=faults.retry_after
            )
        body = await json_object(request)
        if isinstance(body, Response):
            return body
        if (problem := self._problem(body)) is not None:
            return problem
        self.asked.append(body)
        answer = self._answer(body["messages"])
        headers = _LIMITS if faults.flavour == "openai" else {}
        if not body.get("stream"):
            return JSONResponse(self._at_once(answer), headers=headers)
        return Poured(self._events(body, answer), media_type="text/event-stream", headers=headers, cut=self._left)

    async def moderate(self, request: Request) -> Response:
        """`POST /v1/moderations`: flags what holds one of `faults.flagged`."""
        if (no := refused(request, self._key)) is not None:
            return no
        if self.faults.hangs:
            return Never()
        body = await json_object(request)
        if isinstance(body, Response):
            return body
        text = str(body.get("input", "")).lower()
        self.moderated.append(text)
        violent = any(word in text for word in self.faults.flagged)
        categories = dict.fromkeys(_CATEGORIES, False) | {"violence": violent}
        result = {
            "flagged": violent,
            "categories": categories,
            "category_scores": dict.fromkeys(_CATEGORIES, 0.0) | {"violence": float(violent)},
            "category_applied_input_types": {name: ["text"] for name in _CATEGORIES},
        }
        return JSONResponse({"id": "modr-1", "model": body.get("model"), "results": [result]})

    def _left(self) -> None:
        self.cut_off += 1

    def _problem(self, body: Mapping[str, Any]) -> Response | None:
        listed = body.get("messages")
        messages = cast(Messages, listed) if isinstance(listed, list) else ()
        if not messages:
            return error(400, "Missing required parameter: 'messages'.", code="missing_required_parameter")
        if body.get("model") != self.served:
            return error(404, "The model does not exist.", code="model_not_found")
        if (picture := picture_problem(messages)) is not None:
            return error(400, picture, code="invalid_image_format")
        roles = [message.get("role") for message in messages]
        if not all(role in _ROLES for role in roles):
            return error(400, "Invalid value for 'role'.", code="invalid_value")
        if self.faults.flavour == "llama":
            turns = roles[1:] if roles[0] == "system" else roles
            by_turns = all(role == ("user", "assistant")[index % 2] for index, role in enumerate(turns))
            if not turns or not by_turns or "max_completion_tokens" in body:
                return error(400, "Conversation roles must alternate user/assistant/user/assistant/...")
        return None

    def _at_once(self, answer: Answer) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
        if isinstance(answer, str):
            message["content"] = answer
        else:
            message["tool_calls"] = [self._tool_call(index, use) for index, use in enumerate(answer)]
        finish = "stop" if isinstance(answer, str) else "tool_calls"
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        return {**self._head("chat.completion"), "choices": [choice], "usage": _usage(answer)}

    async def _events(self, body: Mapping[str, Any], answer: Answer) -> AsyncGenerator[bytes]:
        """The stream, in writes of `split` bytes when that is asked for."""
        size = self.faults.split
        async for event in self._stream(body, answer):
            if event == BREAK or size is None:
                yield event
                continue
            for start in range(0, len(event), size):
                yield event[start : start + size]
                await asyncio.sleep(0.0005)

    async def _stream(self, body: Mapping[str, Any], answer: Answer) -> AsyncGenerator[bytes]:
        faults = self.faults
        await asyncio.sleep(faults.first_s)
        yield self._chunk({"role": "assistant", "content": ""})
        if faults.thoughts and not faults.aloud:
            for word in faults.thoughts.split():
                yield self._chunk({"reasoning_content": f"{word} "})
                await asyncio.sleep(faults.between_s)
        for number, delta in enumerate(self._deltas(answer)):
            if number == faults.after:
                async for last in self._misbehave():
                    yield last
                return
            if faults.comments:
                yield b": keep-alive\r\n\r\n"
            yield self._chunk(delta)
            await asyncio.sleep(faults.between_s)
        yield self._chunk({}, finish=faults.finish if isinstance(answer, str) else "tool_calls")
        options: Mapping[str, Any] = body.get("stream_options") or {}
        if faults.usage and options.get("include_usage"):
            yield _event({**self._head("chat.completion.chunk"), "choices": [], "usage": _usage(answer)})
        if faults.done:
            yield b"data: [DONE]\n\n"

    async def _misbehave(self) -> AsyncGenerator[bytes]:
        match self.faults.then:
            case "break":
                yield BREAK
            case "stall":
                await asyncio.get_running_loop().create_future()
            case "error":
                yield _event({"error": {"message": "secret words", "type": "server_error", "code": None}})
            case "garbage":
                yield b"data: {half of\n\n"
            case "end":
                pass

    def _deltas(self, answer: Answer) -> list[dict[str, Any]]:
        if self.faults.refuses:
            return [{"refusal": "I cannot "}, {"refusal": "say that."}]
        if isinstance(answer, str):
            text = f"<think>{self.faults.thoughts}</think>\n\n{answer}" if self.faults.aloud else answer
            return [{"content": piece} for piece in _pieces(text)]
        deltas: list[dict[str, Any]] = []
        for index, use in enumerate(answer):
            call = self._tool_call(index, use)
            arguments = call["function"]["arguments"]
            first = {**call, "index": index, "function": {"name": use.name, "arguments": ""}}
            parts = [arguments[: len(arguments) // 2], arguments[len(arguments) // 2 :]]
            fragments = [first, *({"index": index, "function": {"arguments": part}} for part in parts)]
            deltas += [{"tool_calls": [fragment]} for fragment in fragments]
        return deltas

    def _tool_call(self, index: int, use: ToolUse) -> dict[str, Any]:
        call_id = "" if self.faults.flavour == "llama" else f"call_{index}"
        function = {"name": use.name, "arguments": json.dumps(use.arguments)}
        return {"id": call_id, "type": "function", "function": function}

    def _chunk(self, delta: Mapping[str, Any], *, finish: str | None = None) -> bytes:
        running = "" if self.faults.flavour == "llama" else None
        choice = {"index": 0, "delta": delta, "finish_reason": finish or running}
        return _event({**self._head("chat.completion.chunk"), "choices": [choice], "usage": None, "obfuscation": "x7"})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": self.served}


def _loading() -> JSONResponse:
    return error(503, "Loading model", kind="unavailable_error", code=None)


def _event(body: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def _usage(answer: Answer) -> dict[str, int]:
    tokens = len(answer.split()) if isinstance(answer, str) else 5 * len(answer)
    return {"prompt_tokens": 9, "completion_tokens": tokens, "total_tokens": 9 + tokens}


def _pieces(text: str) -> list[str]:
    """The text as a tokeniser might cut it: four characters each."""
    return [text[start : start + 4] for start in range(0, len(text), 4)]
