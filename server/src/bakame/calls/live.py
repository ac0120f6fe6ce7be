"""Following a call while it goes on: what the ear heard, what the caller said, where the call stands.

The hub lives in one process, where the call is. It keeps the recent past of each call, so that a follower who comes a
moment late misses nothing.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

REMEMBERED: Final = 200
"""Events of a call that a late follower is given."""
MOST_CALLS: Final = 2_000
"""Calls that are kept; of an offered call whose stream never comes nobody says that it is over."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """`kind` is `heard`, `said` or `state`; `data` is JSON-able."""

    kind: str
    data: dict[str, object]


class LiveCall:
    """One call's events, for any number of followers."""

    def __init__(self) -> None:
        self._past: deque[LiveEvent] = deque(maxlen=REMEMBERED)
        self._followers: set[asyncio.Queue[LiveEvent | None]] = set()
        self._over = False

    def tell(self, kind: str, **data: object) -> None:
        """Publishes an event; never waits. A later `heard` of an utterance replaces the earlier one in memory."""
        event = LiveEvent(kind, data)
        last = self._past[-1] if self._past else None
        if last and kind == "heard" == last.kind and last.data["utterance"] == data["utterance"]:
            self._past.pop()
        self._past.append(event)
        for follower in self._followers:
            follower.put_nowait(event)

    def end(self) -> None:
        """No more will come; followers are let go."""
        self._over = True
        for follower in self._followers:
            follower.put_nowait(None)

    async def follow(self) -> AsyncIterator[LiveEvent]:
        """The recent past, then what comes, until the call ends."""
        queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue()
        for event in self._past:
            queue.put_nowait(event)
        if self._over:
            queue.put_nowait(None)
        self._followers.add(queue)
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._followers.discard(queue)


class LiveCalls:
    """The calls that are going on in this process, and those offered whose stream has not come yet."""

    def __init__(self) -> None:
        self._calls: dict[str, LiveCall] = {}

    def open(self, call_id: str) -> LiveCall:
        """The call's events, made when they are asked for first."""
        call = self._calls.setdefault(call_id, LiveCall())
        if len(self._calls) > MOST_CALLS:
            self.close(next(iter(self._calls)))
        return call

    def get(self, call_id: str) -> LiveCall | None:
        return self._calls.get(call_id)

    def close(self, call_id: str) -> None:
        if (call := self._calls.pop(call_id, None)) is not None:
            call.end()
