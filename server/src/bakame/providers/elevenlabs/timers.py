"""A conversation's timers, by name: setting one again moves it."""

import asyncio
from collections.abc import Callable


class Timers:
    """None is left once it is cleared, and none can be set from then on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._running: dict[str, asyncio.TimerHandle] = {}
        self._cleared = False

    def __contains__(self, name: str) -> bool:
        """Whether it runs; one that has gone off does not."""
        return name in self._running

    def after(self, seconds: float, name: str, then: Callable[[], None]) -> None:
        """Calls `then` once, unless the timer is moved or cancelled before."""
        self.cancel(name)
        if not self._cleared:
            self._running[name] = self._loop.call_later(seconds, self._gone_off, name, then)

    def cancel(self, name: str) -> None:
        timer = self._running.pop(name, None)
        if timer is not None:
            timer.cancel()

    def clear(self) -> None:
        self._cleared = True
        for name in list(self._running):
            self.cancel(name)

    def _gone_off(self, name: str, then: Callable[[], None]) -> None:
        del self._running[name]
        then()
