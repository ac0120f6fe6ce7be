"""What is known of a learner beside single skills: ability, pace, how it is going, what was gained.

It is carried from lesson to lesson, and lives in the state of the present one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from bakame.errors import Invalid
from bakame.learning.difficulty import Rating
from bakame.learning.mood import Mood
from bakame.learning.pace import Pace, paces_from_state
from bakame.learning.rewards import Rewards

T = TypeVar("T")
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Profile:
    """`abilities` by module, in logits on the scale of the items; `paces` by answer format."""

    abilities: Mapping[str, Rating] = field(default_factory=dict[str, Rating])
    paces: Mapping[str, Pace] = field(default_factory=dict[str, Pace])
    mood: Mood = field(default_factory=Mood)
    rewards: Rewards = field(default_factory=Rewards)

    def ability(self, module: str) -> Rating | None:
        """The learner's ability in a module; None before anything was seen of it."""
        return self.abilities.get(module)

    def pace(self, format: str) -> Pace:  # noqa: A002  # the file's own word for it
        """How long the learner takes over answers of a format."""
        return self.paces.get(format, NEW_PACE)

    def able(self, module: str, rating: Rating) -> "Profile":
        """With another ability in one module."""
        return replace(self, abilities={**self.abilities, module: rating})

    def paced(self, format: str, took_ms: int) -> "Profile":  # noqa: A002  # the file's own word for it
        """With one more answer's time."""
        return replace(self, paces={**self.paces, format: self.pace(format).after(took_ms)})

    def to_state(self) -> dict[str, object]:
        """As it is saved: only strings, numbers, lists, mappings and None."""
        return {
            "abilities": {name: [round(each.logit, 4), each.answers] for name, each in self.abilities.items()},
            "paces": {name: each.to_state() for name, each in self.paces.items()},
            "mood": self.mood.to_state(),
            "rewards": self.rewards.to_state(),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> "Profile":
        """The profile that `to_state` saved; what is missing begins as new. Raises `Invalid` when it is broken."""
        saved = cast("Mapping[str, Any]", state)
        try:
            return cls(
                abilities=_part(saved, "abilities", _abilities) or {},
                paces=_part(saved, "paces", paces_from_state) or {},
                mood=_part(saved, "mood", Mood.from_state) or Mood(),
                rewards=_part(saved, "rewards", Rewards.from_state) or Rewards(),
            )
        except _BROKEN as error:
            raise Invalid(f"a saved profile is broken: {type(error).__name__}") from error


NEW_PACE = Pace()


def _part(state: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T]) -> T | None:
    part = state.get(name)
    if part is None:
        return None
    if not isinstance(part, dict):
        raise TypeError(f"{name} is not a mapping")
    return read(cast("dict[str, Any]", part))


def _abilities(state: Mapping[str, Any]) -> dict[str, Rating]:
    return {str(name): Rating(float(logit), int(answers)) for name, (logit, answers) in state.items()}
