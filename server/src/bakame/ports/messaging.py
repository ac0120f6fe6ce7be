"""Gateways that carry texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

MOST_MEDIA: Final = 3
"""Pictures and voice notes of one text that are looked at."""


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A picture or a voice note that came with a text: where the gateway keeps it, and what it says it is."""

    url: str = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that somebody sent us. `line` is the sender's number as the gateway gave it.

    `media`: the first `MOST_MEDIA` of what came with it; `media_left_out`: how many more there were.
    """

    message_id: str
    line: str
    to: str
    body: str
    opted: str | None = None
    """`STOP`, `START` or `HELP` when the gateway has already answered such a keyword itself."""
    media: tuple[MediaItem, ...] = ()
    media_left_out: int = 0


@dataclass(frozen=True, slots=True)
class SentText:
    """A text the gateway took over. `parts` as it will be billed, when the gateway says so."""

    message_id: str
    status: str
    parts: int | None = None


class TextGateway(Protocol):
    """A carrier of texts."""

    @property
    def name(self) -> str: ...

    def is_authentic(self, *, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether the carrier itself sent this request. `url` is the public one. Constant time in the secret."""
        ...

    def inbound_text(self, form: Mapping[str, str]) -> InboundText:
        """The text that a webhook delivers. Raises `Invalid` when a field that must be there is not."""
        ...

    def reply(self, text: str | None) -> str:
        """The document that answers a webhook, with a text or with nothing."""
        ...

    async def send_text(self, *, to: str, body: str) -> SentText:
        """Sends a text by the carrier's REST side. Raises `Unavailable` (retryable or not) or `Invalid`."""
        ...
