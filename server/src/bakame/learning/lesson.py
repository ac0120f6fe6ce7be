"""The live state of teaching one learner, over any channel. Immutable, and JSON-able with a schema number.

A lesson lives from a first hello until its goodbye, through dropped calls and days of texts. A *sitting* is the part of
it since the learner last came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from bakame.errors import BakameError, Invalid
from bakame.learning.exercises import Exercise
from bakame.learning.placement import Placement

SCHEMA: Final = 1
RECENT: Final = 6
"""How many of the last skills a lesson remembers, so that they are not chosen again at once."""


class Phase(StrEnum):
    """What the lesson is at."""

    NAME = "name"
    NAME_CONFIRM = "name_confirm"
    CONSENT = "consent"
    PLACEMENT = "placement"
    PRACTICE = "practice"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Item:
    """The open question and what happened at it.

    `tries` counts wrong answers; `rung` the hints given (0: none); `counted`: mastery has already learnt from it;
    `review`: a skill that was mastered earlier, asked again.
    """

    exercise: Exercise
    tries: int = 0
    rung: int = 0
    counted: bool = False
    review: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """Counts since the learner last came.

    Questions finished; those right at the first try and without a hint, and those in a row; skills mastered.
    """

    asked: int = 0
    right: int = 0
    streak: int = 0
    mastered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """The state.

    `heard` is an answer (or a name) that waits for the learner's yes; `misses` counts answers in a row that could not
    be understood. `on_skill`: questions in a row on the present skill; `missed`: those in a row whose answer had to be
    told; `skipped`: those in a row that were skipped. `recent`: skills as they were taken up, the present one last;
    `stuck`: those to leave alone for now; `shown`: those whose worked example was given. `greeted`: it was opened by a
    greeting; `nameless`: the learner goes on without a name.
    """

    phase: Phase = Phase.NAME
    module: str = "math"
    placement: Placement | None = None
    item: Item | None = None
    heard: str | None = None
    misses: int = 0
    on_skill: int = 0
    missed: int = 0
    skipped: int = 0
    recent: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    slow: bool = False
    greeted: bool = False
    nameless: bool = False
    sitting: Sitting = field(default_factory=Sitting)

    def to_state(self) -> dict[str, object]:
        """As it is saved: only strings, numbers, lists, mappings and None, under `schema`."""
        return {
            "schema": SCHEMA,
            "phase": self.phase.value,
            "module": self.module,
            "placement": self.placement.to_state() if self.placement else None,
            "item": _item_state(self.item) if self.item else None,
            "heard": self.heard,
            "misses": self.misses,
            "on_skill": self.on_skill,
            "missed": self.missed,
            "skipped": self.skipped,
            "recent": list(self.recent),
            "stuck": list(self.stuck),
            "shown": list(self.shown),
            "slow": self.slow,
            "greeted": self.greeted,
            "nameless": self.nameless,
            "sitting": {
                "asked": self.sitting.asked,
                "right": self.sitting.right,
                "streak": self.sitting.streak,
                "mastered": list(self.sitting.mastered),
            },
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> "Lesson":
        """The lesson that `to_state` saved. Raises `Invalid` for another schema or a broken state."""
        if state.get("schema") != SCHEMA:
            raise Invalid(f"a lesson of schema {state.get('schema')!r} cannot be taken up")
        try:
            return _lesson(cast("Mapping[str, Any]", state))
        except (KeyError, TypeError, ValueError, AttributeError, BakameError) as error:
            raise Invalid(f"a saved lesson is broken: {type(error).__name__}") from error

    def having_recent(self, skill_id: str) -> "Lesson":
        """With `skill_id` as the latest skill."""
        others = tuple(skill for skill in self.recent if skill != skill_id)
        return replace(self, recent=(*others, skill_id)[-RECENT:])


def restored(state: Mapping[str, object]) -> tuple[Lesson, str | None]:
    """The lesson in a saved state, or a fresh one and what was wrong with the saved one."""
    try:
        return Lesson.from_state(state), None
    except Invalid as error:
        return Lesson(), str(error)


T = TypeVar("T")


def _lesson(state: Mapping[str, Any]) -> Lesson:
    sitting = state["sitting"]
    return Lesson(
        phase=Phase(state["phase"]),
        module=_typed(state["module"], str),
        placement=_maybe(state["placement"], Placement.from_state),
        item=_maybe(state["item"], _item),
        heard=_maybe(state["heard"], lambda heard: _typed(heard, str)),
        misses=_typed(state["misses"], int),
        on_skill=_typed(state["on_skill"], int),
        missed=_typed(state["missed"], int),
        skipped=_typed(state["skipped"], int),
        recent=_strings(state["recent"]),
        stuck=_strings(state["stuck"]),
        shown=_strings(state["shown"]),
        slow=_typed(state["slow"], bool),
        greeted=_typed(state["greeted"], bool),
        nameless=_typed(state["nameless"], bool),
        sitting=Sitting(
            asked=_typed(sitting["asked"], int),
            right=_typed(sitting["right"], int),
            streak=_typed(sitting["streak"], int),
            mastered=_strings(sitting["mastered"]),
        ),
    )


def _item_state(item: Item) -> dict[str, object]:
    return {
        "exercise": item.exercise.to_state(),
        "tries": item.tries,
        "rung": item.rung,
        "counted": item.counted,
        "review": item.review,
    }


def _item(state: Mapping[str, Any]) -> Item:
    return Item(
        exercise=Exercise.from_state(state["exercise"]),
        tries=_typed(state["tries"], int),
        rung=_typed(state["rung"], int),
        counted=_typed(state["counted"], bool),
        review=_typed(state["review"], bool),
    )


def _typed(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, found {type(value).__name__}")
    return value


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(_typed(one, str) for one in cast("list[object]", _typed(value, list)))


def _maybe(value: Any, read: Callable[[Any], T]) -> T | None:
    return None if value is None else read(value)
