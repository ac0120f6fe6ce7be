"""A phone in a caller's hand: steps that were written down before the call, or lines that are typed during it.

A step waits until the tutor has finished speaking and the line was quiet for a second; a step that is `over` the voice
acts as soon as the tutor speaks.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bakame.errors import BakameError
from bakame.ports.speech import Synthesiser
from bakame.simulator.call import Call
from bakame.simulator.events import StreamOpened
from bakame.simulator.mouth import KEYS
from bakame.simulator.screen import Screen
from bakame.simulator.speech import speech_of

QUIET_S: Final = 1.0
OVER_S: Final = 0.6
"""How far into the tutor's speech somebody who speaks over it begins."""
HELP: Final = (
    "Type words and Enter to say them, digits, * and # to press keys. /hangup ends the call, /drop pulls the cable, "
    "Ctrl-C or Ctrl-D hang up."
)


class StepKind(StrEnum):
    """What a caller can do."""

    SAY = "say"
    KEYS = "keys"
    SOUND = "sound"
    WAIT = "wait"
    HANG_UP = "hang_up"
    DROP = "drop"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a caller does. `words`: what is said, the keys, or the seconds to wait; `sound`: mu-law."""

    kind: StepKind
    words: str = ""
    sound: bytes = b""
    over: bool = False


_COMMANDS: Final = {
    "/hangup": StepKind.HANG_UP,
    "/drop": StepKind.DROP,
    "/help": StepKind.HELP,
}


def typed_step(line: str) -> Step | None:
    """What a typed line means; None for an empty one. An unknown command gets help, so nothing is said by mistake."""
    words = line.strip()
    if not words:
        return None
    if words.startswith("/"):
        return Step(_COMMANDS.get(words.lower(), StepKind.HELP))
    return Step(StepKind.KEYS if set(words) <= KEYS else StepKind.SAY, words)


class Phone:
    """One phone on one call. `synthesiser` gives the caller a voice."""

    def __init__(self, call: Call, *, synthesiser: Synthesiser, screen: Screen) -> None:
        self._call = call
        self._synthesiser = synthesiser
        self._screen = screen

    async def follow(self, steps: Iterable[Step]) -> None:
        """Does the steps, each in its turn, as far as the call lasts. Returns when the tutor has answered the last."""
        if not await self._call.until(StreamOpened):
            return
        for step in steps:
            if step.over:
                await self._call.until_speaking()
                await asyncio.sleep(OVER_S)
            elif step.kind is not StepKind.WAIT:
                await self._call.until_quiet(quiet_s=QUIET_S)
            if self._call.state.is_over:
                self._screen.note(f"The call ended before: {step.kind.value} {step.words}".rstrip())
                return
            await self.do(step)
        await self._call.until_quiet(quiet_s=QUIET_S)

    async def obey(self, lines: AsyncIterator[str]) -> None:
        """Does what is typed, at once, until the lines end; then hangs up."""
        async for line in lines:
            step = typed_step(line)
            if step is not None:
                await self.do(step)
            if self._call.state.is_over:
                return
        self._call.put_down()

    async def do(self, step: Step) -> None:
        """One step; returns when it is done. A voice that fails is reported and costs nothing else."""
        match step.kind:
            case StepKind.SAY:
                try:
                    sound = await speech_of(step.words, synthesiser=self._synthesiser)
                except BakameError as error:
                    self._screen.note(f"This cannot be said: {error}")
                    return
                self._screen.you(step.words)
                await self._call.speak_audio(sound)
            case StepKind.SOUND:
                self._screen.you(f"({step.words})")
                await self._call.speak_audio(step.sound)
            case StepKind.KEYS:
                await self._call.press(step.words)
            case StepKind.WAIT:
                await asyncio.sleep(float(step.words))
            case StepKind.HANG_UP:
                self._call.put_down()
            case StepKind.DROP:
                self._call.drop()
            case StepKind.HELP:
                self._screen.note(HELP)
