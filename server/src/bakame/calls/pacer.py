"""Sends the tutor's sound to the carrier, one frame per 20 ms deadline, and is the only writer on the wire.

One writer means that order is plain: what is handed to `now` (a clear, a mark) goes out before the next frame, and
after a clear no frame that was queued before it can follow.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from bakame.audio.pacing import Schedule
from bakame.audio.playout import Playout
from bakame.calls.heard import Ear
from bakame.ports.clock import Clock
from bakame.ports.telephony import MediaCodec


class Pacer:
    """Paces one stream. `late(seconds)` is told how far behind its deadline each batch went out."""

    def __init__(
        self,
        *,
        send: Callable[[str], Awaitable[None]],
        codec: MediaCodec,
        playout: Playout,
        ear: Ear,
        clock: Clock,
        lead_ms: int,
        late: Callable[[float], None],
    ) -> None:
        self._send = send
        self._codec = codec
        self._playout = playout
        self._ear = ear
        self._clock = clock
        self._schedule = Schedule(clock.monotonic(), lead_ms=lead_ms)
        self._idle = True
        self._late = late
        self._urgent: deque[str] = deque()
        self._sleeper: asyncio.Future[None] | None = None
        self.frames_sent = 0
        self.first_sent_at: float | None = None

    def cleared(self) -> None:
        """What was sent is dropped at the carrier too, so its cushion is gone and the next frame is due at once."""
        self._schedule.restart(self._clock.monotonic())
        self.now(self._codec.clear())

    def now(self, message: str) -> None:
        """Sends `message` before any further frame."""
        self._urgent.append(message)
        self.wake()

    def wake(self) -> None:
        """There is something new to send."""
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)

    async def run(self) -> None:
        """Paces until cancelled."""
        while True:
            await self._flush_urgent()
            await self._send_due()
            if not self._urgent:
                await self._sleep()

    async def _flush_urgent(self) -> None:
        while self._urgent:
            await self._send(self._urgent.popleft())

    async def _send_due(self) -> None:
        if not self._playout:
            return
        now = self._clock.monotonic()
        if self._idle:
            self._idle = False
            self._schedule.resume(now)
        else:
            self._late(max(0.0, now - self._schedule.wake_s))
        due = self._schedule.due(now)
        for _ in range(due):
            queued = self._playout.pop()
            if queued is None:
                break
            self._schedule.sent(1)
            self.frames_sent += 1
            if self.first_sent_at is None:
                self.first_sent_at = now
            mark = self._ear.sent(queued.utterance, now)
            await self._send(self._codec.media(queued.frame))
            if mark is not None:
                await self._send(self._codec.mark(mark))
            if self._urgent:
                break
        self._idle = not self._playout

    async def _sleep(self) -> None:
        """Until the next deadline, or for ever when nothing is queued; `wake` ends it early."""
        loop = asyncio.get_running_loop()
        self._sleeper = loop.create_future()
        timer = loop.call_at(self._schedule.wake_s, self.wake) if self._playout else None
        try:
            await self._sleeper
        finally:
            if timer is not None:
                timer.cancel()
