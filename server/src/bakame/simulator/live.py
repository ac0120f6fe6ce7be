"""The tutor's words as the caller hears them, from the server's live view of a call (server-sent events).

`GET /calls/{CallSid}/live`, signed like any webhook. Events: `heard` {"utterance", "text"}, `said` {"text", "by"},
`state` {"state"}. A server that shows nothing (404, 403) is no error: the call goes on without words.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from bakame.errors import Unavailable
from bakame.simulator.signing import Signer


@dataclass(frozen=True, slots=True)
class WordsHeard:
    """The words of an utterance that were heard so far."""

    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class WordsSaid:
    """What the server understood the caller to say."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the conversation stands."""

    state: str


LiveEvent = WordsHeard | WordsSaid | Moved


@dataclass(slots=True)
class EventReader:
    """Server-sent events, sans-I/O: a line in, an event out when one is complete. Source: WHATWG HTML, 9.2.6."""

    _kind: str = ""
    _data: list[str] = field(default_factory=list[str])

    def line(self, line: str) -> LiveEvent | None:
        """One line without its end. Unknown events, comments and broken data mean nothing."""
        name, _, value = line.partition(":")
        match name:
            case "" if not line:
                kind, data = self._kind, "\n".join(self._data)
                self._kind, self._data = "", []
                return _read(kind, data)
            case "event":
                self._kind = value.removeprefix(" ")
            case "data":
                self._data.append(value.removeprefix(" "))
            case _:
                pass
        return None


def _read(kind: str, data: str) -> LiveEvent | None:
    try:
        content = json.loads(data)
    except ValueError:
        return None
    match kind, content:
        case "heard", {"utterance": int(utterance), "text": str(text)}:
            return WordsHeard(utterance, text)
        case "said", {"text": str(text), "by": str(by)}:
            return WordsSaid(text, by)
        case "state", {"state": str(state)}:
            return Moved(state)
        case _:
            return None


async def live_events(url: str, *, client: httpx.AsyncClient, signer: Signer) -> AsyncIterator[LiveEvent]:
    """Follows a call until the server ends it. Raises `Unavailable` when the server shows nothing or breaks off."""
    reader = EventReader()
    patient = httpx.Timeout(15, read=None)
    try:
        async with client.stream("GET", url, headers=signer.headers(url), timeout=patient) as answer:
            if not answer.is_success:
                raise Unavailable(f"the server shows no words ({answer.status_code})", retryable=False)
            async for line in answer.aiter_lines():
                event = reader.line(line)
                if event is not None:
                    yield event
    except httpx.HTTPError as error:
        raise Unavailable(f"the server's words broke off: {type(error).__name__}") from error
