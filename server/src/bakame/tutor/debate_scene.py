"""Where a debate stands: the motion, the side, the moves and their marks. It is kept in `Lesson.scene`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final, cast

from bakame.learning.debate import MOVES, SIDES, DebateContent, MotionContent, Side
from bakame.learning.debate_choices import Three
from bakame.learning.debate_content import Argument
from bakame.learning.debate_plan import other_side

REMEMBERED: Final = 8
"""Motions that are not offered again soon."""


class Stage(StrEnum):
    """What is asked now."""

    MOTION = "motion"
    SIDE = "side"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one move, 0 to 2 each."""

    skill_id: str
    move: int
    link: int
    respect: int

    @property
    def total(self) -> int:
        return self.move + self.link + self.respect


@dataclass(frozen=True, slots=True)
class Scene:
    """One debate, JSON-able.

    `offered`: motions to choose from. `moves` in order, the present one at `at`. At it: `tries` wrong answers, `rung`
    hints given, `counted`: mastery has learnt from it, `unclear` answers in a row that showed nothing, `best`: marks of
    an earlier try, `three`: the choice that is open. `by_keys`: the moves are chosen, not said. `point`: the argument
    of the tutor that is to be answered. `used`: what the tutor has said. `marks` of the moves that are over.
    `recent`: motions that were debated. `level`: at which this debate began, or the last one while a motion is chosen.
    `seed` settles what is drawn at random.
    """

    stage: Stage = Stage.MOTION
    offered: tuple[str, ...] = ()
    motion: str = ""
    side: Side = "agree"
    level: str = ""
    moves: tuple[str, ...] = ()
    at: int = 0
    tries: int = 0
    rung: int = 0
    counted: bool = False
    unclear: int = 0
    best: Marks | None = None
    three: Three | None = None
    by_keys: bool = False
    point: str = ""
    used: tuple[str, ...] = ()
    marks: tuple[Marks, ...] = ()
    recent: tuple[str, ...] = ()
    seed: int = 0

    @property
    def move(self) -> str:
        """The move that is asked for."""
        return self.moves[self.at]

    @property
    def tutors_side(self) -> Side:
        return other_side(self.side)

    @property
    def argued(self) -> Side:
        """The side for which the present move speaks."""
        return self.tutors_side if self.move == "perspective" else self.side

    def motion_in(self, content: DebateContent) -> MotionContent:
        return content.motions[self.motion]

    def point_in(self, content: DebateContent) -> Argument | None:
        """What the tutor argued; None when it said nothing yet, or its words are not in the content any more."""
        found = (each for each in self.motion_in(content).all_arguments if each.id == self.point)
        return next(found, None)

    def onward(self) -> "Scene":
        """At the next move."""
        return replace(self, at=self.at + 1, tries=0, rung=0, counted=False, unclear=0, best=None, three=None)

    def to_state(self) -> dict[str, object]:
        """As it is saved; what is as at first is left out."""
        state: dict[str, object] = {}
        for each in fields(Scene):
            value = getattr(self, each.name)
            if value != each.default:
                state[each.name] = _saved(value)
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, object], content: DebateContent) -> tuple["Scene", bool]:
        """The scene that `to_state` saved, and whether its motion is still there.

        Never raises: of a scene that is broken, or whose motion or moves are not taught any more, only the memory of
        motions is kept.
        """
        try:
            scene = _scene(cast("Mapping[str, Any]", state))
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls(), False
        offered = tuple(each for each in scene.offered if each in content.motions)
        kept = scene.stage is Stage.MOTION or scene.motion in content.motions
        kept = kept and all(move in MOVES for move in scene.moves)
        kept = kept and (scene.stage is not Stage.MOVE or 0 <= scene.at < len(scene.moves))
        kept = kept and offered == scene.offered
        return (scene, True) if kept else (cls(recent=scene.recent, by_keys=scene.by_keys), False)


def _saved(value: object) -> object:
    match value:
        case StrEnum():
            return value.value
        case Marks():
            return [value.skill_id, value.move, value.link, value.respect]
        case Three():
            return {"sentences": list(value.sentences), "codes": list(value.codes), "argument": value.argument}
        case tuple():
            return [_saved(each) for each in cast("tuple[object, ...]", value)]
        case _:
            return value


def _scene(state: Mapping[str, Any]) -> Scene:
    blank = Scene()

    def whole(name: str) -> int:
        value = state.get(name, 0)
        if not isinstance(value, int):
            raise TypeError(f"{name} is not a number")
        return value

    side = state.get("side", blank.side)
    if side not in SIDES:
        raise ValueError("no such side")
    return Scene(
        stage=Stage(state.get("stage", blank.stage)),
        offered=_texts(state.get("offered", ())),
        motion=_text(state.get("motion", "")),
        side=side,
        level=_text(state.get("level", "")),
        moves=_texts(state.get("moves", ())),
        at=whole("at"),
        tries=whole("tries"),
        rung=whole("rung"),
        counted=bool(state.get("counted", False)),
        unclear=whole("unclear"),
        best=_marks(state["best"]) if state.get("best") else None,
        three=_three(state["three"]) if state.get("three") else None,
        by_keys=bool(state.get("by_keys", False)),
        point=_text(state.get("point", "")),
        used=_texts(state.get("used", ())),
        marks=tuple(_marks(each) for each in state.get("marks", ())),
        recent=_texts(state.get("recent", ())),
        seed=whole("seed"),
    )


def _marks(value: Any) -> Marks:
    skill_id, *numbers = value
    move, link, respect = (int(each) for each in numbers)
    return Marks(_text(skill_id), move, link, respect)


def _three(value: Any) -> Three:
    three = Three(_texts(value["sentences"]), _texts(value["codes"]), _text(value.get("argument", "")))
    if len(three.sentences) != len(three.codes) or three.codes.count("") != 1:
        raise ValueError("no choice of sentences")
    return three


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError("not a list")
    return tuple(_text(each) for each in cast("list[object]", value))
