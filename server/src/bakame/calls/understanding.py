"""One call's understanding of its caller: a recogniser that listens all the time, where there is one, and one that is
asked about each utterance.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from bakame.errors import Unavailable
from bakame.learning.expect import Expect
from bakame.ports.speech import Hypothesis, LiveHearing, Recogniser

LIVE_S: Final = 1.5
"""The live recogniser has heard everything already, so it need not think long."""
RECOGNISE_S: Final = 8.0
LIVE_FAILURES: Final = 2
"""After so many in a row the live recogniser is not waited for again in this call."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the caller said in one go, in telephone format.

    `aside`: it was so short that the tutor, whom it made fall silent, went on. `over_statement`: the tutor was telling
    something meanwhile, not asking.
    """

    audio: bytes
    speech_ms: int
    longest_pause_ms: int = 0
    aside: bool = False
    over_statement: bool = False


class Understanding:
    """Words for utterances. The live recogniser comes first; what it does not answer the other one is asked."""

    def __init__(self, recogniser: Recogniser, hearing: LiveHearing | None, *, call_id: str) -> None:
        self._recogniser = recogniser
        self._hearing = hearing
        self._call_id = call_id
        self._failures = 0
        self._asking = asyncio.Lock()

    @property
    def live(self) -> bool:
        """Whether words come while the caller speaks."""
        return self._hearing is not None and self._failures < LIVE_FAILURES

    @property
    def words(self) -> str:
        """The words understood so far of what the caller is saying."""
        return self._hearing.interim if self._hearing is not None and self.live else ""

    def hears(self, frame: bytes) -> None:
        """One frame of the caller's, without the tutor's echo."""
        if self._hearing is not None and self.live:
            self._hearing.hears(frame)

    async def understand(self, utterance: Utterance, *, expect: Expect) -> Hypothesis:
        """What was said. Raises `Unavailable` when nobody can tell."""
        async with self._asking:
            if self._hearing is not None and self.live:
                heard = await self._finish(self._hearing, expect)
                if heard is not None:
                    return heard
            try:
                async with asyncio.timeout(RECOGNISE_S):
                    return await self._recogniser.recognise(utterance.audio, expect=expect)
            except TimeoutError:
                raise Unavailable("the recogniser does not answer") from None

    async def forget(self, *, expect: Expect) -> None:
        """What was said until now belongs to nothing that will be asked."""
        async with self._asking:
            if self._hearing is not None and self.live:
                await self._finish(self._hearing, expect)

    async def close(self) -> None:
        """Lets the live recogniser go."""
        if self._hearing is not None:
            await self._hearing.close()

    async def _finish(self, hearing: LiveHearing, expect: Expect) -> Hypothesis | None:
        try:
            async with asyncio.timeout(LIVE_S):
                heard = await hearing.finish(expect=expect)
        except (Unavailable, TimeoutError) as error:
            self._failures += 1
            _log.warning(
                "call.live_recogniser_failed",
                call=self._call_id,
                error=str(error) or "it does not answer",
                given_up=not self.live,
            )
            return None
        self._failures = 0
        return heard
