"""One call as the caller has it: speak, press keys, listen, hang up, or lose the line."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from bakame.simulator.alignment import HeardReport, heard_report
from bakame.simulator.events import CallEvent, CallState, Ended, EndReason, Warned
from bakame.simulator.exchange import CallEnd
from bakame.simulator.leg import Leg
from bakame.simulator.playout import Playout
from bakame.simulator.twiml import TwimlError
from bakame.simulator.webhook import WebhookError

LOOK_S: Final = 0.1
"""How often a wait for what the tutor does looks at the caller's ear."""


class Call:
    """One call. Made by `Carrier`, which also runs it."""

    def __init__(self, leg: Leg) -> None:
        self._leg = leg
        self._acted_at: float | None = None

    @property
    def sid(self) -> str:
        """The carrier's id of the call."""
        return self._leg.sid

    @property
    def from_(self) -> str:
        """Who calls."""
        return self._leg.from_

    @property
    def to(self) -> str:
        """Who is called."""
        return self._leg.to

    @property
    def state(self) -> CallState:
        """Where the call stands, in the carrier's words."""
        return self._leg.state

    @property
    def failure(self) -> WebhookError | TwimlError | None:
        """Why the carrier could not go on, when that ended the call."""
        return self._leg.failure

    @property
    def heard(self) -> Playout:
        """The caller's ear since the call was answered: `heard.heard` is the sound, `heard.gaps` the underruns."""
        return self._leg.ear

    @property
    def spoken(self) -> bytes:
        """What the caller sent since the call was answered, mu-law, on the same time line as `heard.heard`."""
        return self._leg.record.spoken

    @property
    def log(self) -> tuple[CallEvent, ...]:
        """All events so far."""
        return self._leg.record.events

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What the carrier's debugger reported so far."""
        return tuple(event for event in self.log if isinstance(event, Warned))

    def events(self) -> AsyncIterator[CallEvent]:
        """All events from the first one on, as they come; ends after `Ended`. Any number of readers."""
        return self._leg.record.follow()

    async def ended(self) -> Ended:
        """Waits for the end of the call."""
        async for event in self.events():
            if isinstance(event, Ended):
                return event
        raise AssertionError("a call's events end with Ended")

    async def until(self, kind: type[CallEvent]) -> bool:
        """Waits until an event of this kind has happened; False when the call ended without it."""
        async for event in self.events():
            if isinstance(event, kind):
                return True
        return False

    async def until_quiet(self, *, quiet_s: float = 1.0, patience_s: float = 30.0) -> bool:
        """Waits until the tutor has answered what the caller did last, and has then been quiet for `quiet_s`.

        False when the call ended, or when the tutor said nothing for `patience_s`.
        """

        def is_quiet() -> bool:
            ear = self._leg.ear
            return self._tutor_spoke() and ear.heard_ms - ear.sound_until_ms >= quiet_s * 1000

        return await self._until(is_quiet, patience_s)

    async def until_speaking(self, *, patience_s: float = 30.0) -> bool:
        """Waits until the tutor speaks, after what the caller did last. False as for `until_quiet`."""

        def is_speaking() -> bool:
            ear = self._leg.ear
            return self._tutor_spoke() and ear.heard_ms - ear.sound_until_ms <= LOOK_S * 1000

        return await self._until(is_speaking, patience_s)

    def speak_audio(self, audio: bytes) -> asyncio.Future[bool]:
        """Says something: mu-law at 8 kHz, after what is already queued.

        It is queued at once; the future says when all of it was sent (False: the call ended first).
        """
        return self._acting(self._leg.mouth.say(audio))

    def murmur(self, audio: bytes) -> asyncio.Future[bool]:
        """As `speak_audio`, for an "mm" to which the tutor owes no answer."""
        return self._leg.mouth.say(audio, asks=False)

    def press(self, keys: str) -> asyncio.Future[bool]:
        """Presses keys, one each 200 ms; the future as for `speak_audio`. Raises `Invalid` for what is no key."""
        return self._acting(self._leg.mouth.press(keys))

    def answer(self) -> None:
        """Picks up a phone that rings."""
        self._leg.pick_up()

    def put_down(self) -> None:
        """Puts the phone down, or refuses a call that rings."""
        if self._leg.answered_at is not None:
            state = CallState.COMPLETED
        else:
            state = CallState.NO_ANSWER if self._leg.direction == "inbound" else CallState.BUSY
        self._leg.leave(CallEnd(EndReason.CALLER, state))

    async def hang_up(self) -> Ended:
        """Puts the phone down and returns when the carrier is done with the call."""
        self.put_down()
        return await self.ended()

    def drop(self) -> None:
        """Pulls the cable: the socket is gone without a stop frame, and no status callback follows."""
        self._leg.pull_cable()

    def drop_socket(self) -> None:
        """The carrier's media socket breaks (31903) while the caller stays on the line: the action URL comes next."""
        self._leg.drop_socket()

    def stall(self, for_s: float) -> None:
        """No byte passes the media socket in either direction for so long; then all that waited comes at once."""
        self._leg.stall(for_s)

    def report(self) -> HeardReport:
        """What the caller heard so far, against what the server sent."""
        record, ear = self._leg.record, self._leg.ear
        return heard_report(sent=record.sent, heard=ear.heard, acts=record.acts)

    def _tutor_spoke(self) -> bool:
        """Whether the caller heard something after doing something."""
        leg = self._leg
        if leg.mouth.busy or leg.answered_at is None or not leg.ear.sound_until_ms:
            return False
        return self._acted_at is None or leg.answered_at + leg.ear.sound_until_ms / 1000 > self._acted_at

    def _acting(self, done: asyncio.Future[bool]) -> asyncio.Future[bool]:
        def acted(_: object = None) -> None:
            self._acted_at = self._leg.now()

        acted()
        done.add_done_callback(acted)
        return done

    async def _until(self, happens: Callable[[], bool], patience_s: float) -> bool:
        latest = self._leg.now() + patience_s
        sound_ms = self._leg.ear.sound_until_ms
        while not self.state.is_over:
            if happens():
                return True
            if self._leg.ear.sound_until_ms != sound_ms:
                sound_ms = self._leg.ear.sound_until_ms
                latest = self._leg.now() + patience_s
            if self._leg.now() >= latest:
                return False
            await asyncio.sleep(LOOK_S)
        return False
