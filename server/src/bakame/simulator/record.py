"""The record of one call: what happened, for any number of readers, and what the caller said."""

import asyncio
from collections.abc import AsyncIterator, Callable

from bakame.audio.format import SILENCE_BYTE
from bakame.simulator.events import (
    AudioCleared,
    CallEvent,
    Ended,
    KeyPressed,
    MarkEchoed,
    Warned,
)
from bakame.simulator.playout import BYTES_PER_S


class CallRecord:
    """Keeps events in order. `now`: seconds of the loop's clock. Is a `LineWatch`."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self._start = now()
        self._events: list[CallEvent] = []
        self._news = asyncio.Event()
        self._spoken = bytearray()
        self._spoken_from = self._start

    @property
    def at_ms(self) -> int:
        """Milliseconds since the call was placed."""
        return round((self._now() - self._start) * 1000)

    @property
    def events(self) -> tuple[CallEvent, ...]:
        """All that happened so far."""
        return tuple(self._events)

    @property
    def spoken(self) -> bytes:
        """All that the caller sent since the call was answered, mu-law, silence included."""
        return bytes(self._spoken)

    def add(self, event: CallEvent) -> None:
        """Keeps an event and wakes the readers."""
        self._events.append(event)
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self) -> AsyncIterator[CallEvent]:
        """All events from the first one on, as they come, until the call has ended."""
        read = 0
        while True:
            news = self._news
            while read < len(self._events):
                event = self._events[read]
                read += 1
                yield event
                if isinstance(event, Ended):
                    return
            if news is self._news:
                await news.wait()

    def answered(self) -> None:
        """From now on the caller is on the line."""
        self._spoken_from = self._now()

    def stream_opened(self) -> None:
        """Fills the caller's side with silence until now, so that both sides of a recording stay together."""
        elapsed = round((self._now() - self._spoken_from) * BYTES_PER_S)
        self._spoken += bytes([SILENCE_BYTE]) * (elapsed - len(self._spoken))

    def warned(self, code: int, message: str) -> None:
        self.add(Warned(at_ms=self.at_ms, code=code, message=message))

    def echoed(self, name: str, *, cleared: bool) -> None:
        self.add(MarkEchoed(at_ms=self.at_ms, name=name, cleared=cleared))

    def cleared(self, dropped_ms: float) -> None:
        self.add(AudioCleared(at_ms=self.at_ms, dropped_ms=dropped_ms))

    def spoke(self, frame: bytes) -> None:
        self._spoken += frame

    def pressed(self, key: str) -> None:
        self.add(KeyPressed(at_ms=self.at_ms, key=key))
