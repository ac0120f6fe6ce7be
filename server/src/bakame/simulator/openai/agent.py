"""The mind and the ear of the stand-in's Realtime agent, sans-I/O.

It does what a well-behaved model does: says what it is told to say, gives what the caller said to the tutor's tool, and
says what the tool answers.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, cast

from bakame.audio.format import FRAME_BYTES, FRAME_MS
from bakame.audio.level import level_of_mulaw

ONSET_FRAMES: Final = 5
"""Loud frames of the last ten that make speech."""
_TO_SAY: Final = re.compile(r"^Say exactly this and nothing else: (.*)$", re.DOTALL)
_QUIET_DB: Final = -45.0
_LOUD_DB: Final = -25.0


@dataclass(frozen=True, slots=True)
class Say:
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function to call, with arguments as JSON text, which need not be well formed."""

    name: str
    arguments: str


Move = Say | Call


@dataclass(frozen=True, slots=True)
class Situation:
    """What the agent knows when it is to answer. `instructions`: this response's, else the session's.

    `user`: what the caller last said or keyed, when that is not answered yet; `outputs`: what functions came to since.
    """

    instructions: str
    tools: tuple[Mapping[str, Any], ...]
    user: str
    outputs: tuple[str, ...]


Think = Callable[[Situation], Sequence[Move]]


def obliging(situation: Situation) -> Sequence[Move]:
    """The mind of an agent that teaches through `submit_answer`."""
    if (told := _TO_SAY.match(situation.instructions)) is not None:
        return [Say(told[1])]
    if situation.outputs:
        return [Say(" ".join(filter(None, map(_what_to_say, situation.outputs))) or "All right.")]
    for tool in situation.tools:
        if situation.user and tool.get("name") == "submit_answer":
            parameters = cast(Mapping[str, Any], tool.get("parameters") or {})
            names = list(cast(Mapping[str, Any], parameters.get("properties") or {}))
            return [Call("submit_answer", json.dumps({names[0]: situation.user} if names else {}))]
    return [Say(f"You said {situation.user}." if situation.user else "I did not hear you.")]


def _what_to_say(output: str) -> str:
    try:
        said: Any = json.loads(output)["say"]
    except (ValueError, KeyError, TypeError):
        return "Something went wrong."
    return said if isinstance(said, str) else ""


class Turn(Enum):
    """What a stretch of sound changed."""

    STARTED = auto()
    STOPPED = auto()


class Ear:
    """Server VAD: cuts the caller's sound, mu-law at 8 kHz of any length, into turns. Times count its samples."""

    def __init__(self, *, threshold: float = 0.5, prefix_ms: int = 300, silence_ms: int = 500) -> None:
        self._loud_db = _QUIET_DB + threshold * (_LOUD_DB - _QUIET_DB)
        self._prefix_frames = prefix_ms // FRAME_MS
        self._silence_frames = silence_ms // FRAME_MS
        self._carried = b""
        self._said = b""
        self._frames: list[bytes] = []
        self._loud: list[bool] = []
        self._silent_run = 0
        self._speaking = False
        self.heard_ms = 0
        self.started_ms = 0

    @property
    def is_empty(self) -> bool:
        return not (self._said or self._frames or self._carried)

    def push(self, audio: bytes) -> list[Turn]:
        """What this sound changes, in order."""
        sound = self._carried + audio
        whole = len(sound) - len(sound) % FRAME_BYTES
        self._carried = sound[whole:]
        frames = (sound[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES))
        return [turn for frame in frames if (turn := self._frame(frame)) is not None]

    def take(self) -> bytes:
        """What was said in the turn that has stopped, or else what there is."""
        audio = self._said or b"".join(self._frames)
        self._said = b""
        self._frames.clear()
        self._loud.clear()
        return audio

    def _frame(self, frame: bytes) -> Turn | None:
        self.heard_ms += FRAME_MS
        loud = level_of_mulaw(frame).rms_db >= self._loud_db
        self._frames.append(frame)
        if not self._speaking:
            self._loud = [*self._loud[-9:], loud]
            del self._frames[: -(self._prefix_frames + len(self._loud))]
            if sum(self._loud) < ONSET_FRAMES:
                return None
            self._speaking, self._silent_run = True, 0
            self.started_ms = max(0, self.heard_ms - len(self._frames) * FRAME_MS)
            return Turn.STARTED
        self._silent_run = 0 if loud else self._silent_run + 1
        if self._silent_run < self._silence_frames:
            return None
        self._speaking = False
        self._said = b"".join(self._frames)
        self._frames.clear()
        self._loud.clear()
        return Turn.STOPPED
