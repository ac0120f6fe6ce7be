"""Models that chat, as the tutor needs them: a few sentences, streamed; or a small form, filled in."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. No name and no number of a learner's is ever in it."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ChatTool:
    """Something that a model may ask for while it answers.

    `parameters` is a JSON Schema of an object. `use` gets what the model filled in, unchecked, and gives text back; it
    must not wait, and raises `Invalid` for what it cannot use.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    use: Callable[[Mapping[str, Any]], str]


Shape = TypeVar("Shape", bound=BaseModel)


class ChatModel(Protocol):
    """A model that answers in text."""

    @property
    def name(self) -> str: ...

    def reply(
        self, messages: Sequence[Message], *, most_tokens: int = 200, tools: Sequence[ChatTool] = ()
    ) -> AsyncIterator[str]:
        """The answer in pieces, as they come. The iterator may be closed early, which ends the request.

        Raises `Unavailable` (retryable or not) when the model does not answer, stops in the middle, or refuses.
        """
        ...

    async def fill_in(self, messages: Sequence[Message], shape: type[Shape], *, most_tokens: int = 300) -> Shape:
        """The answer as a form of this shape, checked. Raises `Unavailable`, also for what does not fit the form."""
        ...


class Moderator(Protocol):
    """Says what is not fit for a child."""

    @property
    def name(self) -> str: ...

    async def flags(self, text: str) -> tuple[str, ...]:
        """The categories that a text falls under; empty when it is fit. Raises `Unavailable`."""
        ...
