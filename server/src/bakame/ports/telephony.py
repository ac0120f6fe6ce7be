"""Gateways that carry calls: webhooks in, documents out, media streams and the REST side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from bakame.errors import Invalid


@dataclass(frozen=True, slots=True)
class InboundCall:
    """A call that a gateway offers.

    `line` is the learner's end, whoever called whom, as the gateway gave it; empty when withheld. `called` is ours.
    """

    call_id: str
    line: str
    called: str
    direction: str
    status: str


@dataclass(frozen=True, slots=True)
class CallProgress:
    """A status callback about a call. `duration_s` only at the end."""

    call_id: str
    status: str
    duration_s: int | None = None

    @property
    def is_over(self) -> bool:
        """Nothing more will come of this call."""
        return self.status in ("completed", "busy", "failed", "no-answer", "canceled")


@dataclass(frozen=True, slots=True)
class Connected:
    """The gateway's socket is open; nothing may be sent yet."""


@dataclass(frozen=True, slots=True)
class Started:
    """The stream is ready: from here on media may flow both ways."""

    stream_id: str
    call_id: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


class Media(NamedTuple):
    """Sound from the caller in telephone format, of any length; usually one frame."""

    audio: bytes
    sequence: int
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Key:
    """One key was pressed: 0 to 9, `*` or `#`."""

    digit: str


@dataclass(frozen=True, slots=True)
class MarkEcho:
    """A mark was reached in the caller's ear, or was dropped by a clear."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The call is over on the gateway's side."""


StreamEvent = Connected | Started | Media | Key | MarkEcho | Stopped


class Malformed(Invalid):
    """A stream message that breaks the protocol; the message says how, without its content."""


class MediaCodec(Protocol):
    """One media stream's protocol, sans-I/O: messages in, events out, and the reverse."""

    def decode(self, message: str | bytes) -> StreamEvent | None:
        """The event in a text message, bytes being UTF-8; None for one that is valid and means nothing to us.

        Raises `Malformed`.
        """
        ...

    def media(self, audio: bytes) -> bytes:
        """A message that queues `audio` (telephone format). Only after `Started` was decoded."""
        ...

    def mark(self, name: str) -> bytes:
        """A message whose echo says that everything sent before it was played."""
        ...

    def clear(self) -> bytes:
        """A message that drops all that is queued at the gateway."""
        ...


class CallGateway(Protocol):
    """A carrier of calls."""

    @property
    def name(self) -> str: ...

    def is_authentic(self, *, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether the carrier itself sent this request. `url` is the public one. Constant time in the secret."""
        ...

    def is_authentic_stream(self, *, url: str, headers: Mapping[str, str]) -> bool:
        """The same for the upgrade of a media socket; `url` has the ws or wss scheme."""
        ...

    def inbound_call(self, form: Mapping[str, str]) -> InboundCall:
        """The call that a webhook offers. Raises `Invalid` when a field that must be there is not."""
        ...

    def call_progress(self, form: Mapping[str, str]) -> CallProgress:
        """What a status callback says. Raises `Invalid`."""
        ...

    def open_stream(self, *, stream_url: str, parameters: Mapping[str, str], after_url: str) -> str:
        """The document that connects the call to our media socket, and asks `after_url` when it closes."""
        ...

    def say(self, text: str, *, hang_up: bool = True) -> str:
        """The document that speaks one line with the carrier's own voice."""
        ...

    def hang_up(self) -> str:
        """The document that ends the call."""
        ...

    def codec(self) -> MediaCodec:
        """A fresh codec for one stream."""
        ...

    async def place_call(self, *, to: str, answer_url: str, status_url: str) -> str:
        """Calls a number; the call's id. Raises `Unavailable` or `Invalid`."""
        ...

    async def move_call(self, call_id: str, *, answer_url: str) -> None:
        """Has a live call go on with the document of `answer_url`; its stream is closed by the carrier.

        Raises `Unavailable` or `Missing`.
        """
        ...

    async def end_call(self, call_id: str) -> None:
        """Hangs up a live call. Raises `Unavailable` or `Missing`."""
        ...
