"""People on a phone: each has a way of listening, of thinking, of answering, and a room.

    await lives(PERSONAS["slow_child"], call, voice=synthesiser, answer=answer, rng=random.Random(7))

What they answer is not theirs to know: `answer` is asked each time it is the caller's turn, and gives words, keys or
both, of which the person uses what is theirs. None: there is nothing to say any more.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from bakame.ports.speech import Synthesiser, Voice
from bakame.simulator.call import Call
from bakame.simulator.degrade import QUIET_ROOM, RATE_HZ, Echo, NoiseKind, Room, to_mulaw
from bakame.simulator.events import StreamOpened
from bakame.simulator.speech import speech_of

PITCH_HZ: Final = 190
MM_MS: Final = 220
"""An "mm" of a listener: shorter than anything that means something."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be answered: by voice, by keys."""

    words: str = ""
    keys: str = ""


AnswerTo = Callable[[Call], Awaitable[Answer | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A way to be on the phone. Times are seconds.

    `thinks_s`: from the end of the tutor's speech to the answer, drawn between both. `hesitates`: says "um" first, and
    pauses again. `keys`: never speaks. `interrupts_s`: so far into the tutor's speech it answers, each second time.
    `murmurs_s`: says "mm" each time the tutor has spoken for so long. `silent`: does nothing at all.
    """

    name: str
    room: Room = QUIET_ROOM
    thinks_s: tuple[float, float] = (0.3, 1.0)
    words_per_minute: int = 130
    hesitates: bool = False
    keys: bool = False
    interrupts_s: float | None = None
    murmurs_s: float | None = None
    silent: bool = False


async def lives(
    persona: Persona, call: Call, *, voice: Synthesiser, answer: AnswerTo, rng: random.Random, quiet_s: float = 1.0
) -> int:
    """Lives through a call until it ends, or until there is nothing to answer any more; how often was answered.

    `quiet_s`: how long a silence of the tutor's means that it is the caller's turn.
    """
    caller = _Caller(persona, call, voice=voice, rng=rng, quiet_s=quiet_s)
    if persona.silent:
        await call.ended()
        return 0
    answered = 0
    if not await call.until(StreamOpened):
        return answered
    while await caller.listens(answered):
        given = await answer(call)
        if given is None:
            return answered
        await caller.answers(given)
        answered += 1
    return answered


def in_turn(answers: Iterable[Answer]) -> AnswerTo:
    """Answers that are given one after the other."""
    left = iter(answers)

    async def answer(_: Call) -> Answer | None:
        return next(left, None)

    return answer


def murmur() -> bytes:
    """An "mm": a hum with a soft beginning and end, mu-law."""
    at = np.arange(RATE_HZ * MM_MS // 1000) / RATE_HZ
    sound = sum(np.sin(2 * np.pi * PITCH_HZ * n * at) / n**2 for n in range(1, 6))
    return to_mulaw(2500 * np.sin(np.pi * at * 1000 / MM_MS) * sound)


class _Caller:
    def __init__(self, persona: Persona, call: Call, *, voice: Synthesiser, rng: random.Random, quiet_s: float) -> None:
        self._persona = persona
        self._call = call
        self._voice = voice
        self._rng = rng
        self._quiet_s = quiet_s

    async def listens(self, answered: int) -> bool:
        """Listens until it is this person's turn, or until it takes its turn. False when the call is over."""
        interrupts_s, murmurs_s = self._persona.interrupts_s, self._persona.murmurs_s
        if interrupts_s is not None and answered % 2:
            spoken = await self._call.until_speaking()
            await asyncio.sleep(interrupts_s)
            return spoken and not self._call.state.is_over
        if murmurs_s is not None:
            await self._murmurs(murmurs_s)
        return await self._call.until_quiet(quiet_s=self._quiet_s) and not self._call.state.is_over

    async def answers(self, answer: Answer) -> None:
        """Thinks, and answers."""
        persona, call = self._persona, self._call
        if persona.interrupts_s is None:
            await self._thinks()
        if answer.keys and (persona.keys or not answer.words):
            await call.press(answer.keys)
            return
        if persona.hesitates:
            await call.murmur(await self._spoken("um"))
            await self._thinks()
        await call.speak_audio(await self._spoken(answer.words))

    async def _thinks(self) -> None:
        await asyncio.sleep(self._rng.uniform(*self._persona.thinks_s))

    async def _spoken(self, words: str) -> bytes:
        voice = Voice(words_per_minute=self._persona.words_per_minute)
        return await speech_of(words, synthesiser=self._voice, voice=voice)

    async def _murmurs(self, every_s: float) -> None:
        """Says "mm" as long as the tutor speaks."""
        call = self._call
        while await call.until_speaking():
            await asyncio.sleep(every_s)
            ear = call.heard
            if call.state.is_over or ear.heard_ms - ear.sound_until_ms >= 300:
                return
            await call.murmur(murmur())


PERSONAS: Final[Mapping[str, Persona]] = {
    persona.name: persona
    for persona in (
        Persona(name="plain"),
        Persona(
            name="slow_child",
            room=Room(gain_db=-10),
            thinks_s=(2.0, 5.0),
            words_per_minute=95,
            hesitates=True,
        ),
        Persona(name="interrupter", interrupts_s=1.2),
        Persona(name="backchanneller", murmurs_s=2.5),
        Persona(name="silent", silent=True),
        Persona(name="keypad", keys=True, thinks_s=(0.5, 2.0)),
        Persona(name="noisy_room", room=Room(noise=NoiseKind.BABBLE, noise_db=15)),
        Persona(name="roadside", room=Room(noise=NoiseKind.TRAFFIC, noise_db=10, clip_db=-12)),
        Persona(name="echoing_handset", room=Room(echo=Echo(delay_ms=120, loss_db=14))),
    )
}
"""People by name. The child is 10 dB fainter than an adult; babble 15 dB below speech is a classroom at work; a cheap
handset, or one on loudspeaker, gives back the tutor 14 dB fainter (ITU-T P.310 asks for 46)."""
