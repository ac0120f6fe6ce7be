"""Sends the tutor's sound to the carrier at absolute deadlines, and is the only writer on the wire.

Nothing waits here: a call is ticked, sends what is due in one write, and returns. The lead is stretched by less than a
tick so that a frame falls due in the middle between two ticks: at their border a little jitter would make it now none,
now two.
"""

from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from bakame.audio.format import FRAME_MS
from bakame.audio.pacing import Lead, Schedule
from bakame.audio.playout import Playout
from bakame.calls.heard import Ear
from bakame.calls.state import Stage, Stages
from bakame.calls.ticker import TICK_S, Ticker
from bakame.ports.clock import Clock
from bakame.ports.telephony import MediaCodec


class Outlet(Protocol):
    """The sending side of a carrier's socket."""

    @property
    def congested(self) -> bool:
        """The other side does not read; what can wait should."""
        ...

    def send_together(self, messages: Sequence[bytes]) -> None:
        """Sends at once, or does nothing when the peer is gone."""
        ...


class Pacer:
    """Paces one stream."""

    def __init__(
        self,
        *,
        outlet: Outlet,
        codec: MediaCodec,
        playout: Playout,
        ear: Ear,
        clock: Clock,
        ticker: Ticker,
        lead: Lead,
        stages: Stages,
    ) -> None:
        self._outlet = outlet
        self._codec = codec
        self._playout = playout
        self._ear = ear
        self._clock = clock
        self._ticker = ticker
        self._lead = lead
        self._schedule = Schedule(clock.monotonic(), lead_ms=lead.ms)
        self._stages = stages
        self._asked_ms = lead.ms
        self._idle = True
        self._held = False
        self.frames_sent = 0
        self.first_sent_at: float | None = None

    def wake(self) -> bool:
        """There is something new to send; whether it began to leave at once, because the line was idle."""
        if self._idle and not self._held and self._playout:
            now = self._clock.monotonic()
            self._idle = False
            if self.frames_sent and now > self._schedule.deadline_s:
                self._stages.took(Stage.SILENCE, now - self._schedule.deadline_s)
            self._schedule.resume(now)
            self._ticker.add(self.tick)
            self._align()
            self._send_due(now)
            return True
        return False

    def tick(self, now: float) -> None:
        """One tick of the process's clock."""
        if abs(self._lead.ms - self._asked_ms) >= FRAME_MS:
            self._align()
        self._send_due(now)

    def _align(self) -> None:
        """Takes over the lead that the line asks for, so that frames fall due between ticks."""
        self._asked_ms = self._schedule.lead_ms = self._lead.ms
        if (next_s := self._ticker.next_s) is not None:
            early_s = (next_s - self._schedule.wake_s) % TICK_S
            self._schedule.lead_ms += ((TICK_S / 2 - early_s) % TICK_S) * 1000

    def now(self, message: bytes) -> None:
        """Sends `message` before any further frame."""
        self._outlet.send_together([message])

    def cleared(self) -> None:
        """What was sent is dropped at the carrier too, so its cushion is gone and the next frame is due at once."""
        self._held = False
        self._asked_ms = 0.0
        self._schedule.restart(self._clock.monotonic())
        self.now(self._codec.clear())

    def hold(self) -> None:
        """Sends nothing more until `resume`, and has the carrier drop what it was sent."""
        self.cleared()
        self._held = True
        self.stop()

    def resume(self) -> None:
        """Goes on."""
        self._held = False
        self.wake()

    def stop(self) -> None:
        """No longer ticked; `wake` begins again."""
        self._idle = True
        self._ticker.remove(self.tick)

    def _send_due(self, now: float) -> None:
        if self._outlet.congested:
            return
        due = self._schedule.due(now)
        waiting = len(self._playout)
        if not due and waiting:
            return
        deadline_s = self._schedule.deadline_s
        self._stages.took(Stage.PACING, max(0.0, now - deadline_s))
        messages: list[bytes] = []
        media, pop, sent = self._codec.media, self._playout.pop, self._ear.sent
        frames = min(due, waiting)
        for number in range(1, frames + 1):
            queued = pop()
            if queued is None:
                break
            messages.append(media(queued.frame))
            mark = sent(queued.utterance, now, ends_s=deadline_s + number * TICK_S)
            if mark is not None:
                messages.append(self._codec.mark(mark))
        if not self._playout and (mark := self._ear.ran_dry(now)) is not None:
            messages.append(self._codec.mark(mark))
        self._schedule.sent(frames)
        self.frames_sent += frames
        if frames:
            if self.first_sent_at is None:
                self.first_sent_at = now
            began = perf_counter()
            self._outlet.send_together(messages)
            self._stages.took(Stage.SENDING, perf_counter() - began)
        if not self._playout:
            self.stop()
