"""The caller's side of the line: what is still to be said and pressed, cut into 20 ms frames."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

from bakame.audio.format import FRAME_BYTES, SILENCE_BYTE
from bakame.errors import Invalid
from bakame.simulator.playout import is_loud

KEYS: Final = frozenset("0123456789*#")
KEY_FRAMES: Final = 10
"""A quick thumb presses a key each 200 ms."""


@dataclass(frozen=True, slots=True)
class MouthFrame:
    """What the caller does in 20 ms: always sound, and perhaps a key. `asks`: the tutor owes an answer to it."""

    audio: bytes
    key: str | None = None
    asks: bool = False


class Mouth:
    """What one caller says and presses, in the order in which it was asked for; silence in between.

    The futures tell when all of it was sent: True, or False when the call ended before.
    """

    def __init__(self) -> None:
        self._speech: deque[tuple[bytearray, asyncio.Future[bool], bool]] = deque()
        self._keys: deque[tuple[str, asyncio.Future[bool] | None]] = deque()
        self._frames_to_key = 0
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._speech or self._keys)

    def say(self, audio: bytes, *, asks: bool = True) -> asyncio.Future[bool]:
        """Queues speech, mu-law at 8 kHz of any length. `asks`: false for an "mm" that wants no answer."""
        done = self._promise(ready=not audio)
        if not done.done():
            self._speech.append((bytearray(audio), done, asks))
        return done

    def press(self, keys: str) -> asyncio.Future[bool]:
        """Queues keys, one each 200 ms. Raises `Invalid` for what is no key."""
        if strange := set(keys) - KEYS:
            raise Invalid(f"not a telephone key: {min(strange)}")
        done = self._promise(ready=not keys)
        if not done.done():
            self._keys.extend((key, done if last else None) for key, last in _with_last(keys))
        return done

    def frame(self) -> MouthFrame:
        """The next 20 ms."""
        asks = bool(self._speech) and self._speech[0][2]
        audio, key = self._next_audio(), self._next_key()
        return MouthFrame(audio, key, key is not None or (asks and is_loud(audio)))

    def close(self) -> None:
        """The call is over: what was not sent never will be."""
        self._closed = True
        for done in [done for _, done, _ in self._speech] + [done for _, done in self._keys if done]:
            if not done.done():
                done.set_result(False)
        self._speech.clear()
        self._keys.clear()

    def _promise(self, *, ready: bool) -> asyncio.Future[bool]:
        done = asyncio.get_running_loop().create_future()
        if ready or self._closed:
            done.set_result(not self._closed)
        return done

    def _next_audio(self) -> bytes:
        frame = bytearray()
        while self._speech and len(frame) < FRAME_BYTES:
            audio, done, _ = self._speech[0]
            taken = audio[: FRAME_BYTES - len(frame)]
            frame += taken
            del audio[: len(taken)]
            if not audio:
                self._speech.popleft()
                _keep(done)
        return bytes(frame).ljust(FRAME_BYTES, bytes([SILENCE_BYTE]))

    def _next_key(self) -> str | None:
        self._frames_to_key = max(0, self._frames_to_key - 1)
        if self._frames_to_key or not self._keys:
            return None
        self._frames_to_key = KEY_FRAMES
        key, done = self._keys.popleft()
        if done:
            _keep(done)
        return key


def _with_last(keys: str) -> list[tuple[str, bool]]:
    return [(key, index == len(keys)) for index, key in enumerate(keys, start=1)]


def _keep(done: asyncio.Future[bool]) -> None:
    """Keeps a promise, unless who waited has given up."""
    if not done.done():
        done.set_result(True)
