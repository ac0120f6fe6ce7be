"""Models in an order: the first that begins to answer in time is the one that answers.

A model is replaced only as long as nothing of its answer was given; after that a failure ends the answer, because half
of one model's words and half of another's make no sense to the ear.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final

import structlog

from bakame.errors import BakameError, Unavailable
from bakame.ports.chat import ChatModel, ChatTool, Message, Shape
from bakame.ports.circuit import Circuit
from bakame.ports.clock import Clock

FIRST_TOKEN_S: Final = 2.0
FIRST_OF_ANY_S: Final = 4.0
GAP_S: Final = 2.0
WHOLE_S: Final = 20.0

_log = structlog.get_logger(__name__)


class ModelChain:
    """Several models as one `ports.chat.ChatModel`. One that fails often is rested, then tried again by one question.

    `first_token_s`: how long each model may take to its first text, and `first_of_any_s` all of them together.
    `gap_s`: the longest pause inside an answer, and `whole_s` the longest answer. `clock` runs on the loop's time.
    """

    def __init__(
        self,
        models: Sequence[ChatModel],
        *,
        clock: Clock,
        first_token_s: float = FIRST_TOKEN_S,
        first_of_any_s: float = FIRST_OF_ANY_S,
        gap_s: float = GAP_S,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._models = tuple((model, Circuit()) for model in models)
        self._clock = clock
        self._first_token_s = first_token_s
        self._first_of_any_s = first_of_any_s
        self._gap_s = gap_s
        self._whole_s = whole_s

    @property
    def name(self) -> str:
        return "chain"

    async def reply(
        self, messages: Sequence[Message], *, most_tokens: int = 200, tools: Sequence[ChatTool] = ()
    ) -> AsyncGenerator[str]:
        """The answer of the first model that begins one. The first piece has text in it.

        Raises `Unavailable` when none begins in time, and when the one that began stops in the middle.
        """
        began = self._clock.monotonic()
        for model, circuit in self._models:
            now = self._clock.monotonic()
            left_s = began + self._first_of_any_s - now
            if left_s < self._first_token_s / 2:
                # Too short to be fair to a model.
                break
            if not circuit.allows(now):
                continue
            async with aclosing(_Answer(model, messages, most_tokens=most_tokens, tools=tools)) as answer:
                piece = await self._begin(answer, circuit, within_s=min(self._first_token_s, left_s))
                if piece is None:
                    continue
                try:
                    while piece is not None:
                        yield piece
                        piece = await self._next(answer, circuit, until=began + self._whole_s)
                except GeneratorExit:
                    # Enough was heard.
                    circuit.succeeded()
                    raise
                return
        raise Unavailable("no model answers")

    async def fill_in(
        self, messages: Sequence[Message], shape: type[Shape], *, most_tokens: int = 300, within_s: float | None = None
    ) -> Shape:
        """The form as the first model fills it in that can, all of them within `within_s`. Raises `Unavailable`."""
        until = self._clock.monotonic() + (within_s or self._whole_s)
        for model, circuit in self._models:
            now = self._clock.monotonic()
            if now >= until or not circuit.allows(now):
                continue
            try:
                async with asyncio.timeout(until - now):
                    filled = await model.fill_in(messages, shape, most_tokens=most_tokens)
            except (TimeoutError, BakameError) as error:
                failed = self._clock.monotonic()
                circuit.failed(failed)
                _log.warning("model.failed", model=model.name, kind=type(error).__name__, error=str(error))
                continue
            circuit.succeeded()
            return filled
        raise Unavailable("no model fills in the form")

    async def _begin(self, answer: "_Answer", circuit: Circuit, *, within_s: float) -> str | None:
        """The first text, with what came before it; None when there is none."""
        text = ""
        try:
            async with asyncio.timeout(within_s):
                while not text.strip():
                    piece = await answer.next()
                    if piece is None:
                        raise Unavailable("it said nothing")
                    text += piece
        except (TimeoutError, BakameError) as error:
            self._failed(answer, circuit, error)
            return None
        return text

    async def _next(self, answer: "_Answer", circuit: Circuit, *, until: float) -> str | None:
        """The next piece; None when the answer is complete. Raises `Unavailable` when it stops before that."""
        try:
            async with asyncio.timeout(max(0.0, min(self._gap_s, until - self._clock.monotonic()))):
                piece = await answer.next()
        except (TimeoutError, BakameError) as error:
            self._failed(answer, circuit, error)
            raise Unavailable("the model stopped in the middle of its answer") from error
        if piece is None:
            circuit.succeeded()
        return piece

    def _failed(self, answer: "_Answer", circuit: Circuit, error: Exception) -> None:
        now = self._clock.monotonic()
        circuit.failed(now)
        _log.warning(
            "model.failed", model=answer.model, kind=type(error).__name__, error=str(error), circuit=circuit.state(now)
        )


class _Answer:
    """One model's answer on its way."""

    def __init__(
        self, model: ChatModel, messages: Sequence[Message], *, most_tokens: int, tools: Sequence[ChatTool]
    ) -> None:
        self.model = model.name
        self._pieces = model.reply(messages, most_tokens=most_tokens, tools=tools)

    async def next(self) -> str | None:
        """The next piece; None when the answer is complete. Raises what the model raises."""
        return await anext(self._pieces, None)

    async def aclose(self) -> None:
        if isinstance(self._pieces, AsyncGenerator):
            await self._pieces.aclose()
