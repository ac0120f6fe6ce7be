"""The live state of teaching one learner, over any channel. Immutable, and JSON-able with a schema number.

A lesson lives from a first hello until its goodbye, through dropped calls and days of texts. A *sitting* is the part of
it since the learner last came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from bakame.errors import BakameError, Invalid
from bakame.learning.exercises import Exercise
from bakame.learning.placement import Placement
from bakame.learning.plan import Slot, Support
from bakame.learning.profile import Profile
from bakame.learning.sitting import Sitting

__all__ = ["READABLE", "RECENT", "SCHEMA", "Item", "Lesson", "Phase", "Place", "Sitting", "restored"]

SCHEMA: Final = 2
READABLE: Final = (1, SCHEMA)
"""Schemas that are taken up; what an older one lacks begins as new."""
RECENT: Final = 6
"""How many of the last skills a lesson remembers, so that they are not chosen again at once."""


class Phase(StrEnum):
    """What the lesson is at."""

    WHO = "who"
    """Which of the people on this line is it?"""
    PIN = "pin"
    NAME = "name"
    NAME_CONFIRM = "name_confirm"
    NAME_SPELL = "name_spell"
    CONSENT = "consent"
    LANGUAGE = "language"
    MENU = "menu"
    PLACEMENT = "placement"
    PRACTICE = "practice"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Item:
    """The open question and what happened at it.

    `tries` counts wrong answers; `rung` the hints given (0: none); `counted`: mastery has already learnt from it.
    `slot`: what it is for; `support`: how much of it is done for the learner; `last`: the challenge before the close.
    """

    exercise: Exercise
    tries: int = 0
    rung: int = 0
    counted: bool = False
    slot: Slot = Slot.LEVEL
    support: Support = Support.SOLO
    last: bool = False

    @property
    def review(self) -> bool:
        """Whether it asks for a skill that was mastered earlier."""
        return self.slot is Slot.REVIEW


@dataclass(frozen=True, slots=True)
class Place:
    """Where a learner stands in one module, while another one is taught; the fields are those of `Lesson`."""

    phase: Phase = Phase.PLACEMENT
    placement: Placement | None = None
    item: Item | None = None
    scene: Mapping[str, object] = field(default_factory=dict[str, object])
    on_skill: int = 0
    missed: int = 0
    skipped: int = 0
    recent: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """The state.

    `asking`: what is asked before the lesson goes on, such as who is here; the rest waits as it is.
    `heard` is an answer (or a name) that waits for the learner's yes; `misses` counts answers in a row that could not
    be understood. `on_skill`: questions in a row on the present skill; `missed`: those in a row whose answer had to be
    told; `skipped`: those in a row that were skipped. `recent`: skills as they were taken up, the present one last;
    `stuck`: those to leave alone for now; `shown`: those whose worked example was given. `greeted`: it was opened by a
    greeting; `nameless`: the learner goes on without a name. `scene`: what a module keeps beside the open question,
    such as the passage that is being read, as JSON-able values. `places`: the other modules of this lesson, by name.
    `profile` is the learner's, and goes on to the next lesson.
    """

    phase: Phase = Phase.NAME
    asking: Phase | None = None
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
    scene: Mapping[str, object] = field(default_factory=dict[str, object])
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])
    sitting: Sitting = field(default_factory=Sitting)
    profile: Profile = field(default_factory=Profile)

    def to_state(self) -> dict[str, object]:
        """As it is saved: only strings, numbers, lists, mappings and None, under `schema`."""
        return {
            "schema": SCHEMA,
            "module": self.module,
            "asking": self.asking.value if self.asking else None,
            **_place_state(self.place),
            "places": {module: _place_state(place) for module, place in self.places.items()},
            "heard": self.heard,
            "misses": self.misses,
            "slow": self.slow,
            "greeted": self.greeted,
            "nameless": self.nameless,
            "sitting": self.sitting.to_state(),
            "profile": self.profile.to_state(),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> "Lesson":
        """The lesson that `to_state` saved. Raises `Invalid` for another schema or a broken state."""
        if state.get("schema") not in READABLE:
            raise Invalid(f"a lesson of schema {state.get('schema')!r} cannot be taken up")
        try:
            return _lesson(cast("Mapping[str, Any]", state))
        except (KeyError, TypeError, ValueError, AttributeError, BakameError) as error:
            raise Invalid(f"a saved lesson is broken: {type(error).__name__}") from error

    @property
    def place(self) -> Place:
        """Where the learner stands in the present module."""
        return Place(
            phase=self.phase,
            placement=self.placement,
            item=self.item,
            scene=self.scene,
            on_skill=self.on_skill,
            missed=self.missed,
            skipped=self.skipped,
            recent=self.recent,
            stuck=self.stuck,
            shown=self.shown,
        )

    def at(self, place: Place) -> "Lesson":
        """With the learner at `place` in the present module."""
        return replace(self, **{each.name: getattr(place, each.name) for each in fields(Place)})

    def switched(self, module: str) -> "Lesson":
        """In another module, at the place where it was left; what is open in the present one is kept."""
        if module == self.module:
            return self
        others = {name: place for name, place in self.places.items() if name != module}
        elsewhere = self.places.get(module, Place())
        kept = replace(self, module=module, places={**others, self.module: self.place}, heard=None, misses=0)
        return kept.at(elsewhere)

    def afresh(self) -> "Lesson":
        """The next lesson after this one was closed: what is known of the learner goes on, and so do other modules."""
        return Lesson(module=self.module, places=self.places, nameless=self.nameless, profile=self.profile)

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
    places = cast("dict[str, Any]", _typed(state.get("places", {}), dict))
    return Lesson(
        module=_typed(state["module"], str),
        asking=_maybe(state.get("asking"), Phase),
        places={_typed(module, str): _place(each) for module, each in places.items()},
        heard=_maybe(state["heard"], lambda heard: _typed(heard, str)),
        misses=_typed(state["misses"], int),
        slow=_typed(state["slow"], bool),
        greeted=_typed(state["greeted"], bool),
        nameless=_typed(state["nameless"], bool),
        sitting=Sitting.from_state(state["sitting"]),
        profile=Profile.from_state(cast("dict[str, object]", _typed(state.get("profile", {}), dict))),
    ).at(_place(state))


def _place_state(place: Place) -> dict[str, object]:
    return {
        "phase": place.phase.value,
        "placement": place.placement.to_state() if place.placement else None,
        "item": _item_state(place.item) if place.item else None,
        "scene": dict(place.scene),
        "on_skill": place.on_skill,
        "missed": place.missed,
        "skipped": place.skipped,
        "recent": list(place.recent),
        "stuck": list(place.stuck),
        "shown": list(place.shown),
    }


def _place(state: Mapping[str, Any]) -> Place:
    return Place(
        phase=Phase(state["phase"]),
        placement=_maybe(state["placement"], Placement.from_state),
        item=_maybe(state["item"], _item),
        scene=cast("dict[str, object]", _typed(state.get("scene", {}), dict)),
        on_skill=_typed(state["on_skill"], int),
        missed=_typed(state["missed"], int),
        skipped=_typed(state["skipped"], int),
        recent=_strings(state["recent"]),
        stuck=_strings(state["stuck"]),
        shown=_strings(state["shown"]),
    )


def _item_state(item: Item) -> dict[str, object]:
    return {
        "exercise": item.exercise.to_state(),
        "tries": item.tries,
        "rung": item.rung,
        "counted": item.counted,
        "slot": item.slot.value,
        "support": item.support.value,
        "last": item.last,
    }


def _item(state: Mapping[str, Any]) -> Item:
    return Item(
        exercise=Exercise.from_state(state["exercise"]),
        tries=_typed(state["tries"], int),
        rung=_typed(state["rung"], int),
        counted=_typed(state["counted"], bool),
        slot=Slot(state["slot"]) if "slot" in state else Slot.REVIEW if state["review"] else Slot.LEVEL,
        support=Support(state.get("support", Support.SOLO.value)),
        last=_typed(state.get("last", False), bool),
    )


def _typed(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, found {type(value).__name__}")
    return value


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(_typed(one, str) for one in cast("list[object]", _typed(value, list)))


def _maybe(value: Any, read: Callable[[Any], T]) -> T | None:
    return None if value is None else read(value)
