"""Models that chat, as the tutor needs them: a few sentences, streamed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. No name and no number of a learner's is ever in it."""

    role: Literal["system", "user", "assistant"]
    text: str


class ChatModel(Protocol):
    """A model that answers in text."""

    @property
    def name(self) -> str: ...

    def reply(self, messages: Sequence[Message], *, most_tokens: int = 200) -> AsyncIterator[str]:
        """The answer in pieces, as they come. The iterator may be closed early, which ends the request.

        Raises `Unavailable` (retryable or not) when the model does not answer, stops in the middle, or refuses.
        """
        ...
