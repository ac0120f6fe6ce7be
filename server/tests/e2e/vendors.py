"""What journeys with vendors share: a house that must be left as it was found, an ear for a stand-in, and measures.

ear = KnownSounds()
async with nothing_left(), DeepgramStandIn(understand=ear.words, synthesiser=LetterVoice()) as deepgram:
    async with house(tmp_path, {...}) as here:
        await ear.says(here, call, "fifty six")
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bakame.audio.format import FRAME_BYTES, FRAME_MS, SILENCE_FRAME, TELEPHONE
from bakame.audio.level import level_of_mulaw
from bakame.audio.transcode import converter
from bakame.learning.lesson import Phase
from bakame.ports.speech import Synthesiser, Voice, WordTime
from bakame.records.journal.schemas import CallRecord
from bakame.records.journal.service import Journal
from bakame.simulator.call import Call
from bakame.simulator.events import KeyPressed, TutorHeard
from bakame.store.database import Database
from e2e.town import Here, Town, exercise_of, heard, utterances

MOST_SILENCE_S = 1.2
"""No caller hears a longer one while the tutor owes something."""
_VOICE_DB = -45.0


@asynccontextmanager
async def nothing_left() -> AsyncGenerator[None]:
    """Around all there is, vendors included: no error that nobody took, and no task that goes on."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    before = asyncio.all_tasks()
    yield
    left = [str(task) for task in asyncio.all_tasks() - before]
    assert not unhandled, unhandled
    assert not left, left


@asynccontextmanager
async def house(data_dir: Path, overrides: dict[str, Any]) -> AsyncGenerator[Here]:
    """A server with these settings, warm."""
    town = Town(data_dir)
    town.overrides = overrides
    async with town.open() as here:
        await here.server.speech.ready()
        await asyncio.sleep(1)  # until the phrases are recorded
        yield here
    await asyncio.sleep(1)  # until the vendors have seen the last sockets close


class KnownSounds:
    """The ear of a stand-in: it knows what the caller can say by its sound, frame for frame.

    Any stretch of it gives the words of that stretch, so that sound may be cut, guessed at and sent again.
    """

    def __init__(self) -> None:
        self._sounds: dict[str, bytes] = {}
        self._words: dict[str, Sequence[tuple[int, int, str]]] = {}

    async def says(self, here: Here, call: Call, text: str) -> str:
        """The caller says it, with real speech; what the tutor answers."""
        before = utterances(call)
        await call.speak_audio(await self.sound(text, synthesiser=here.server.speech.synthesiser))
        await call.until_quiet(quiet_s=1.5)
        return heard(call, after=before)

    async def sound(self, text: str, *, synthesiser: Synthesiser) -> bytes:
        """The text as this voice says it, known from now on: another time it says it a little otherwise."""
        if text in self._sounds:
            return self._sounds[text]
        line, sound, times = converter(synthesiser.format, TELEPHONE), bytearray(), list[WordTime]()
        async for chunk in synthesiser.speak(text, voice=Voice()):
            sound += line.push(chunk.audio)
            times += chunk.words
        sound += line.flush()
        ends = [*(time.start_ms for time in times[1:]), int(TELEPHONE.ms_for(len(sound)))]
        self._words[text] = [(time.start_ms, end, time.word) for time, end in zip(times, ends, strict=True)]
        self._sounds[text] = bytes(sound)
        return self._sounds[text]

    async def words(self, sound: bytes) -> str:
        """What is said in it, mu-law at 8 kHz; nothing for what nobody taught it."""
        loud = [frame for frame in _frames(sound) if level_of_mulaw(frame).rms_db >= _VOICE_DB]
        text = max(self._sounds, key=lambda text: len(self._found(text, loud)), default="")
        places = self._found(text, loud) if text else ()
        if not places:
            return ""
        begin_ms, end_ms = TELEPHONE.ms_for(min(places)), TELEPHONE.ms_for(max(places)) + FRAME_MS
        words = (word for start, end, word in self._words[text] if begin_ms <= (start + end) / 2 <= end_ms)
        return " ".join(words).lower()

    def _found(self, text: str, frames: Sequence[bytes]) -> tuple[int, ...]:
        """Where in the sound of a text these frames are; most of them are not found by chance."""
        known = self._sounds[text]
        return tuple(at for frame in frames if (at := known.find(frame)) >= 0)


def _frames(sound: bytes) -> list[bytes]:
    return [sound[at : at + FRAME_BYTES] for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES)]


def longest_silence_s(call: Call, *, from_s: float = 0.0) -> float:
    """In what the ear got from this moment of the call to the last sound."""
    longest = run = 0
    for frame in _frames(call.heard.heard[int(from_s * 8000) :].rstrip(b"\xff")):
        run = run + 1 if frame == SILENCE_FRAME else 0
        longest = max(longest, run)
    return longest * FRAME_MS / 1000


def spoke_until_s(call: Call) -> float:
    """When the caller's last word ended."""
    return len(call.spoken.rstrip(b"\xff")) / 8000


def pressed_until_s(call: Call) -> float:
    """When the caller's last key went down."""
    return max(event.at_ms for event in call.log if isinstance(event, KeyPressed)) / 1000


async def until_heard(call: Call, words: str, *, patience_s: float = 20.0) -> None:
    """Waits until the ear has had these words. Raises `TimeoutError`."""
    async with asyncio.timeout(patience_s):
        async for event in call.events():
            if isinstance(event, TutorHeard) and words in heard(call):
                return


def first_sound_s(call: Call, *, from_s: float = 0.0) -> float:
    """How long the caller waited for a sound from this moment on."""
    sound = call.heard.heard[int(from_s * 8000) :]
    return (len(sound) - len(sound.lstrip(b"\xff"))) / 8000


def letters_s(call: Call, *, from_s: float = 0.0) -> float:
    """How much of what was heard is the voice of `fakes.speech.LetterVoice`, whose frames are of one value each.

    Only where nothing on the way has changed the sound: mu-law at 8 kHz from end to end.
    """
    frames = _frames(call.heard.heard[int(from_s * 8000) :])
    return sum(len(set(frame)) <= 2 and frame != SILENCE_FRAME for frame in frames) * FRAME_MS / 1000


async def record_of(here: Here, call: Call) -> CallRecord:
    """What the journal has of the call."""
    await asyncio.sleep(1)  # what a call leaves is written behind its back
    async with Database(here.settings.database) as database, database.session(read_only=True) as session:
        record = await Journal(session).call(call.sid)
        assert record is not None
        return record


async def practising(here: Here, call: Call) -> None:
    """The learner is met and placed by keys, until the lesson practises."""
    await here.presses(call, "1")
    await here.presses(call, "1")
    for _ in range(20):
        if await here.phase() == Phase.PRACTICE:
            return
        await here.answers(call)
    raise AssertionError(f"still asked: {(await exercise_of(here)).say}")
