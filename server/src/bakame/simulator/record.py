"""The record of one call: what happened, for any number of readers, what the caller said and what the server sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from bakame.audio.format import FRAME_MS, SILENCE_BYTE
from bakame.simulator.alignment import Act
from bakame.simulator.events import (
    AudioCleared,
    CallEvent,
    Ended,
    KeyPressed,
    MarkEchoed,
    Warned,
)
from bakame.simulator.playout import BYTES_PER_S
from bakame.simulator.tracking import SentSound

ONE_ACT_MS: Final = 600
"""Keys and words of a caller that are no further apart are one act."""


class CallRecord:
    """Keeps events in order. `now`: seconds of the loop's clock. Is a `LineWatch`."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self._start = now()
        self._events: list[CallEvent] = []
        self._news = asyncio.Event()
        self._spoken = bytearray()
        self._spoken_from = self._start
        self._acts: list[Act] = []
        self._sent = bytearray()
        self._cuts: list[int] = []

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

    @property
    def sent(self) -> SentSound:
        """All that was sent to be played since the call was answered."""
        return SentSound(bytes(self._sent), tuple(self._cuts))

    @property
    def acts(self) -> tuple[Act, ...]:
        """What the caller did that wants an answer, in milliseconds since the call was answered."""
        return tuple(self._acts)

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

    def received(self, audio: bytes) -> None:
        self._sent += audio

    def cut(self) -> None:
        """What was sent and not played is dropped."""
        if not self._cuts or self._cuts[-1] != len(self._sent):
            self._cuts.append(len(self._sent))

    def cleared(self, dropped_ms: float) -> None:
        self.cut()
        self.add(AudioCleared(at_ms=self.at_ms, dropped_ms=dropped_ms))

    def spoke(self, frame: bytes) -> None:
        self._spoken += frame

    def acted(self) -> None:
        now_ms = (self._now() - self._spoken_from) * 1000
        began_ms = max(0.0, now_ms - FRAME_MS)
        if self._acts and began_ms - self._acts[-1].to_ms <= ONE_ACT_MS:
            began_ms = self._acts.pop().from_ms
        self._acts.append(Act(began_ms, now_ms))

    def pressed(self, key: str) -> None:
        self.add(KeyPressed(at_ms=self.at_ms, key=key))
