"""A turn of a debate while it is worked out."""

import random
from dataclasses import dataclass, replace
from typing import Any, Final

from bakame.tutor.debate_scene import Scene, Stage
from bakame.tutor.debate_talk import DebateTalk
from bakame.tutor.module import Step, View
from bakame.tutor.turn import Channel, Said
from bakame.tutor.wording import Part
from bakame.tutor.working import Work

CLOSE_AFTER_MS: Final = 8 * 60_000 + 30_000
"""Of a call, after which a debate comes to its conclusion, and none is begun."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of a debate while it is worked out. Immutable.

    `by_ear`: any words can be understood; without it moves are chosen by key. `elapsed_ms` of the call.
    """

    work: Work
    scene: Scene
    rng: random.Random
    channel: Channel
    by_ear: bool
    elapsed_ms: int = 0

    @classmethod
    def at(cls, view: View, said: Said, scene: Scene, rng: random.Random) -> "Turn":
        by_ear = view.free_speech or view.channel is not Channel.VOICE
        return cls(Work.at(view, said), scene, rng, view.channel, by_ear, said.elapsed_ms)

    def saying(self, *parts: Part) -> "Turn":
        return replace(self, work=self.work.saying(*parts))

    def now(self, **changes: Any) -> "Turn":
        """With the scene moved on."""
        return replace(self, scene=replace(self.scene, **changes))

    @property
    def written(self) -> bool:
        return self.channel is not Channel.VOICE

    @property
    def late(self) -> bool:
        """Whether a call has been long enough."""
        return self.channel is Channel.VOICE and self.elapsed_ms >= CLOSE_AFTER_MS


def asking(turn: Turn, talk: DebateTalk, *, again: bool = False) -> Step:
    """The step that leaves the scene open and asks what it is at."""
    ask = talk.question(turn.scene, turn.scene.three if turn.scene.stage is Stage.MOVE else None, again=again)
    work = turn.work.having(replace(turn.work.lesson, scene=turn.scene.to_state()))
    return replace(work.silent(), parts=(*work.parts, *ask.parts), expect=ask.expect)
