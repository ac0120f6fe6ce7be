"""What makes an open answer right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bakame.text.compare import normalise


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that an answer should say, and the ways of saying it, in the form of `normalise`."""

    name: str
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """What makes an open answer right.

    `accept`: whole answers. `points`, of which `needed` make it right. `least_words`: an answer of fewer is asked to
    say more. `exact`: capitals and full stops count, letter for letter, against `model`. `model`: a good answer.
    """

    accept: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    needed: int = 0
    least_words: int = 1
    exact: bool = False
    model: str = ""

    def to_state(self) -> dict[str, object]:
        """All of it as JSON-able values."""
        return {
            "accept": list(self.accept),
            "points": [[point.name, list(point.any)] for point in self.points],
            "needed": self.needed,
            "least_words": self.least_words,
            "exact": self.exact,
            "model": self.model,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> "Rubric":
        """The rubric that `to_state` wrote. Raises `KeyError`, `TypeError` or `ValueError` for something else."""
        saved = cast("Mapping[str, Any]", state)
        return cls(
            accept=tuple(map(str, saved["accept"])),
            points=tuple(Point(str(name), tuple(map(str, ways))) for name, ways in saved["points"]),
            needed=int(saved["needed"]),
            least_words=int(saved["least_words"]),
            exact=bool(saved["exact"]),
            model=str(saved["model"]),
        )


def rubric(
    *,
    accept: Sequence[str] = (),
    points: Sequence[tuple[str, Sequence[str]]] = (),
    needed: int = 0,
    least_words: int = 1,
    exact: bool = False,
    model: str = "",
) -> Rubric:
    """A rubric from words as an author writes them."""
    return Rubric(
        accept=_plain(accept),
        points=tuple(Point(name, _plain(ways)) for name, ways in points),
        needed=needed,
        least_words=least_words,
        exact=exact,
        model=model,
    )


def _plain(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain for text in texts if (plain := normalise(text))))
