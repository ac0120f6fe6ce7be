"""The embedded speech parts, together: what a call needs to be heard and answered without any network."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from bakame.errors import Unavailable
from bakame.ports.speech import VoiceActivity
from bakame.providers.local.activity import TelephoneActivity
from bakame.providers.local.recogniser import GrammarRecogniser
from bakame.providers.local.synthesiser import EspeakSynthesiser


class LocalSpeech:
    """espeak-ng, our recogniser and WebRTC's detector. `start` warms them up in the background; `stop` leaves nothing.

    A part that fails to warm up is not fatal: it says `Unavailable` when it is used, and tries again.
    """

    def __init__(self, *, workers: int = 1, approximations: Mapping[str, str] | None = None) -> None:
        self.synthesiser = EspeakSynthesiser(approximations=approximations)
        self.recogniser = GrammarRecogniser(workers=workers)
        self._warming: asyncio.Task[None] | None = None

    def activity(self) -> VoiceActivity:
        """A fresh detector, for one call."""
        return TelephoneActivity()

    async def start(self) -> None:
        """Begins to warm up; returns at once. Safe to call twice."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm_up(), name="local speech warm-up")

    async def ready(self) -> None:
        """Waits until the warm-up is over, well or badly."""
        if self._warming is not None:
            await asyncio.wait({self._warming})

    async def stop(self) -> None:
        """Ends the thread and the worker processes. Safe to call twice."""
        warming, self._warming = self._warming, None
        if warming is not None:
            warming.cancel()
            with suppress(asyncio.CancelledError):
                await warming
        await self.recogniser.close()
        await self.synthesiser.close()

    async def _warm_up(self) -> None:
        for part in (self.synthesiser, self.recogniser):
            with suppress(Unavailable):
                await part.warm_up()
