"""The vendor's pings: messages of their own kind, beside those of the socket."""

import asyncio
from collections.abc import Callable

from bakame.simulator.convai import messages
from bakame.simulator.convai.messages import Refusal


class Pings:
    """One conversation's. `lost` is called when a ping stays unanswered for `patience_s`."""

    def __init__(
        self,
        *,
        every_s: float,
        patience_s: float,
        next_event: Callable[[], int],
        send: Callable[[bytes], None],
        lost: Callable[[], None],
    ) -> None:
        self._every_s = every_s
        self._patience_s = patience_s
        self._next_event = next_event
        self._send = send
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, float] = {}
        self._last_s: float | None = None

    async def run(self) -> None:
        """Pings with the latency of the last answer, which the first has not."""
        while True:
            await asyncio.sleep(self._every_s)
            now = self._loop.time()
            if any(now - sent_at > self._patience_s for sent_at in self._waiting.values()):
                return self._lost()
            number = self._next_event()
            self._waiting[number] = now
            estimate = None if self._last_s is None else round(self._last_s * 1000)
            self._send(messages.event("ping", "ping_event", event_id=number, ping_ms=estimate))

    def answered(self, number: int) -> float:
        """Seconds that the pong took. Raises `Refusal` for one that answers to nothing."""
        sent_at = self._waiting.pop(number, None)
        if sent_at is None:
            raise Refusal(1002, "invalid_message", "a pong to no ping")
        self._last_s = self._loop.time() - sent_at
        return self._last_s
