"""Carrying out the server's documents, verb after verb, as the carrier does.

Source: Twilio, "TwiML for Programmable Voice". A document is fetched, its verbs are done in order; a redirect, or the
action of a stream that the server closed, brings the next document; at the end of a document the call ends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from urllib.parse import urljoin

from bakame.simulator.twiml import (
    Connect,
    Document,
    Hangup,
    Message,
    Method,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    TwimlError,
    Verb,
    parse_twiml,
)
from bakame.simulator.webhook import Webhooks

MAX_DOCUMENTS: Final = 100
"""Documents that one call may go through; a server that redirects in a circle is stopped here."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document is fetched."""

    url: str
    method: Method = "POST"


class ScriptEnd(Enum):
    """How the documents left the call."""

    FINISHED = auto()
    REJECTED = auto()
    BUSY = auto()


@dataclass(frozen=True, slots=True)
class Stage:
    """What a script can do to a call."""

    answer: Callable[[], Awaitable[None]]
    """Picks up, if that was not done; any verb but a refusal or a redirect needs it."""
    voice: Callable[[str], Awaitable[None]]
    """Words in the carrier's own voice; returns when they were heard."""
    sound: Callable[[str], Awaitable[None]]
    """A sound file; returns when it was heard."""
    stream: Callable[[Connect], Awaitable[None]]
    """A media stream; returns when the server closed it, or when it could not be opened."""
    warned: Callable[[int, str], None]


class Script:
    """The documents of one call. `form`: the fields of a webhook at this moment."""

    def __init__(self, *, webhooks: Webhooks, form: Callable[[], Mapping[str, str]], stage: Stage) -> None:
        self._webhooks = webhooks
        self._form = form
        self._stage = stage

    async def run(self, first: Source | Document, *, base: str) -> ScriptEnd:
        """Until the documents end the call. `base` resolves relative URLs. Raises `WebhookError` and `TwimlError`."""
        source = first
        for _ in range(MAX_DOCUMENTS):
            if isinstance(source, Source):
                answer = await self._webhooks.ask(urljoin(base, source.url), self._form(), method=source.method)
                document, base = parse_twiml(answer.body), answer.url
            else:
                document = source
            for warning in document.warnings:
                self._stage.warned(warning.code, warning.message)
            outcome = await self._perform(document)
            if isinstance(outcome, ScriptEnd):
                return outcome
            source = outcome
        raise TwimlError(12100, f"more than {MAX_DOCUMENTS} documents in one call")

    async def _perform(self, document: Document) -> ScriptEnd | Source:
        for verb in document.verbs:
            outcome = await self._do(verb)
            if outcome is not None:
                return outcome
        await self._stage.answer()
        return ScriptEnd.FINISHED

    async def _do(self, verb: Verb) -> ScriptEnd | Source | None:
        """One verb; None when the next one follows."""
        match verb:
            case Redirect(url, method):
                return Source(url, method)
            case Reject(reason):
                return ScriptEnd.BUSY if reason == "busy" else ScriptEnd.REJECTED
            case _:
                await self._stage.answer()
        match verb:
            case Say(text, _, loop):
                for _ in range(max(loop, 1)):
                    await self._stage.voice(text)
            case Play(url, loop):
                for _ in range(max(loop, 1)):
                    await self._stage.sound(url)
            case Pause(length_s):
                await asyncio.sleep(length_s)
            case Connect(action=action, method=method):
                await self._stage.stream(verb)
                return Source(action, method) if action else None
            case Hangup():
                return ScriptEnd.FINISHED
            case Message():
                self._stage.warned(12200, "<Message> has no place in a call")
        return None
