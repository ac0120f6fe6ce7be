"""How an agent speaks: one turn behind the other, faster than real time, until somebody cuts it.

What the caller can have heard is reckoned by the clock, as the vendor must.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bakame.ports.speech import Voice
from bakame.simulator.convai import messages
from bakame.simulator.convai.settings import FORMATS, AgentSettings
from bakame.simulator.convai.speech import Mouth, Spoken

_ALIGNMENT: Final = ("chars", "char_start_times_ms", "char_durations_ms")


@dataclass(frozen=True, slots=True)
class Cut:
    """A turn that was interrupted. `late` are messages of it that were on their way."""

    said: str
    heard: str
    late: list[bytes]


class Talker:
    """One conversation's voice. `send` takes a piece of sound and says whether to go on; `tell` takes text."""

    def __init__(
        self,
        *,
        settings: AgentSettings,
        mouth: Mouth,
        rng: random.Random,
        next_event: Callable[[], int],
        send: Callable[[bytes], bool],
        tell: Callable[[bytes], None],
        said: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._mouth = mouth
        self._rng = rng
        self._next_event = next_event
        self._send = send
        self._tell = tell
        self._said = said
        self._loop = asyncio.get_running_loop()
        self._turn = asyncio.Lock()
        self._cuts = 0
        self._spoken: Spoken | None = None
        self._event = 0
        self._unsent: list[tuple[bytes, float]] = []
        self._began_playing = 0.0
        self.plays_until = 0.0
        """When the caller will have heard all that was sent or is being sent, on the loop's clock."""

    async def say(self, text: str, voice: Voice) -> bool:
        """Says something, behind what is being said; False when it was cut. Raises `Unavailable`."""
        cuts = self._cuts
        async with self._turn:
            if not text.strip():
                return True
            spoken = await self._mouth.say(text, FORMATS[self._settings.speaks], voice)
            if cuts != self._cuts:
                return False
            self._begin(spoken)
            event_id = self._event
            response = messages.event("agent_response", "agent_response_event", agent_response=text, event_id=event_id)
            if self._settings.text == "before":
                self._tell(response)
            while self._unsent:
                piece, ms = self._unsent.pop(0)
                if not self._send(piece):
                    return False
                await asyncio.sleep(ms / 1000 / self._settings.times_real)
                if cuts != self._cuts:
                    return False
            if self._settings.text == "after":
                self._tell(response)
            return True

    def cut(self, late: int) -> Cut | None:
        """Stops; None when nothing of it can still be playing. `late` pieces have left already."""
        if self._loop.time() >= self.plays_until or self._spoken is None:
            return None
        spoken, self._spoken = self._spoken, None
        left = [message for message, _ in self._unsent[:late]]
        if late and not left:
            left = [messages.sound(spoken.audio[-160:], self._event, None)]
        heard = spoken.heard((self._loop.time() - self._began_playing) * 1000)
        self._cuts += 1
        self._unsent = []
        self.plays_until = self._loop.time()
        return Cut(spoken.text, heard, left)

    def _begin(self, spoken: Spoken) -> None:
        self._spoken = spoken
        self._event = self._next_event()
        self._said(spoken.text)
        self._began_playing = max(self._loop.time(), self.plays_until)
        self.plays_until = self._began_playing + spoken.ms / 1000
        self._unsent = [
            (messages.sound(audio, self._event, self._alignment(spoken, begin_ms, end_ms)), end_ms - begin_ms)
            for audio, begin_ms, end_ms in spoken.pieces(self._rng)
        ]

    def _alignment(self, spoken: Spoken, begin_ms: float, end_ms: float) -> Mapping[str, object] | None:
        return spoken.alignment(begin_ms, end_ms, names=_ALIGNMENT) if self._settings.alignment else None
