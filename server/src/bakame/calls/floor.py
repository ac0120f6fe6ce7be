"""Who owes what: whether the caller has finished, and how long the tutor has owed an answer.

For engines that hear far away we watch the caller's sound ourselves: an engine that stalls does not tell.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from bakame.calls.turns import Endpointer, Floor
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import VoiceActivity

GREETING_S: Final = 0.35
"""A caller hears something by then, with or without an engine."""
PHRASE_S: Final = 0.5
"""After the caller's half second of silence that ended their turn, so that no silence is longer than 1.2 s."""
STARVED_S: Final = 0.7
"""A gap in the tutor's own sound is longer than any pause between two sentences."""
AGAIN_S: Final = 1.0
"""Between two phrases."""
STALL_S: Final = 2.0
"""An engine that gives no sign of life for so long after the caller's turn is left."""
WORKING_S: Final = 4.0
"""One that does may take this long from its last sign of life."""
LEAST_SPEECH_MS: Final = 300
"""A shorter noise of the caller's asks for no answer."""
MOST_PHRASES: Final = 3
LOOK_EVERY: Final = 3
"""Frames."""

_TURN: Final = Expect(AnswerKind.YES_NO)
"""The shortest pause that ends a turn: the engine decides for itself, we only begin to count."""


class FloorWatch:
    """Tells from the caller's sound when they take the floor and when they give it back."""

    def __init__(self, activity: VoiceActivity) -> None:
        self._activity = activity
        self._endpointer = Endpointer()
        self._endpointer.expect(_TURN)
        self._frames = 0
        self._speech = False

    def feed(self, frame: bytes, *, tutor_speaks: bool) -> bool | None:
        """True when the caller began to speak, False when they finished something that wants an answer, else None."""
        if tutor_speaks and not self._endpointer.speaking:
            # Whoever speaks over the tutor is heard by the engine; watching would cost more than all else up here.
            return None
        # One frame of three says enough of whether somebody speaks.
        self._frames += 1
        if not self._frames % LOOK_EVERY:
            self._speech = self._activity.is_speech(frame)
        match self._endpointer.feed(frame, speech=self._speech, tutor_speaks=tutor_speaks):
            case Floor.TAKEN:
                return True
            case Floor.YIELDED:
                _, speech_ms = self._endpointer.take()
                return False if speech_ms >= LEAST_SPEECH_MS else None
            case _:
                return None


class Debt:
    """Counts how long the tutor has owed the caller something to hear, and says what to do about it.

    `phrase(name)` says a recorded phrase; `stalled()` gives the engine up; `playing()` tells whether something that
    was said is still to be heard.
    """

    def __init__(
        self, *, phrase: Callable[[str], None], stalled: Callable[[], None], playing: Callable[[], bool]
    ) -> None:
        self._phrase = phrase
        self._stalled = stalled
        self._playing = playing
        self._phrase_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._phrases = 0
        self._greeted = False
        self._owing = self._starved = False
        self._caller_has_floor = False
        self.patient = False
        """The engine is ours, in this process, and is never given up; it is only covered for."""

    def owe(self, *, greeting: bool = False, starved: bool = False) -> None:
        """From now on the tutor owes speech, unless it does already."""
        self._caller_has_floor = False
        if self._owing:
            return
        self._owing, self._starved, self._phrases = True, starved, 0
        self._greeted = self._greeted or not greeting
        self._arm_phrase(GREETING_S if greeting else STARVED_S if starved else PHRASE_S)
        self._arm_stall(STALL_S)

    def alive(self) -> None:
        """The engine works on it. While the caller speaks that tells only that it listens."""
        if self._caller_has_floor:
            return
        self.owe()
        self._arm_stall(WORKING_S)

    def waits(self) -> None:
        """The engine waits for the caller again."""
        self._cancel()

    def paid(self) -> None:
        """The tutor speaks."""
        self._cancel()

    def closed(self) -> None:
        """The engine ended its utterance: a gap in it was no gap."""
        if self._starved:
            self._cancel()

    def caller_speaks(self) -> None:
        """The caller has the floor: nothing is owed."""
        self._caller_has_floor = True
        self._cancel()

    def spoken_out(self) -> None:
        """All that was said was heard: a phrase that ran out covers nothing any more."""
        if self._owing:
            self._arm_phrase(AGAIN_S if self._phrases else PHRASE_S)

    def close(self) -> None:
        """Nothing is owed any more."""
        self._cancel()

    def _arm_phrase(self, delay_s: float) -> None:
        if self._phrase_timer is not None:
            self._phrase_timer.cancel()
        self._phrase_timer = asyncio.get_running_loop().call_later(delay_s, self._say)

    def _arm_stall(self, delay_s: float) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
        if not self.patient:
            self._stall_timer = asyncio.get_running_loop().call_later(delay_s, self._give_up)

    def _say(self) -> None:
        self._phrase_timer = None
        if self._phrases >= MOST_PHRASES or self._playing():
            return
        self._phrases += 1
        name = "bridge" if self._greeted else "greeting"
        self._greeted = True
        self._phrase(name)

    def _give_up(self) -> None:
        self._stall_timer = None
        self._owing = False
        self._stalled()

    def _cancel(self) -> None:
        self._owing = self._starved = False
        for timer in (self._phrase_timer, self._stall_timer):
            if timer is not None:
                timer.cancel()
        self._phrase_timer = self._stall_timer = None
