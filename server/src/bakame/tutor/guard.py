"""What of a model's words a learner may hear: each sentence is looked at before it is spoken or sent."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bakame.errors import Invalid
from bakame.learning.exercises import Exercise, number_value
from bakame.learning.generators import Form
from bakame.text.compare import normalise
from bakame.text.numbers import african, english, french
from bakame.text.numbers.magnitude import MagnitudeReader
from bakame.text.numbers.scan import scan
from bakame.tutor.wording import SOURCE_LANGUAGE

_READERS: Final[dict[str, MagnitudeReader]] = {
    "rw": african.read_kinyarwanda,
    "fr": french.read,
    "sw": african.read_swahili,
}
_UNSPEAKABLE: Final = re.compile(r"[\\{}<>|@]|\d{7,}|(?<!\w)www\.|://|\w\.(?:com|org|net|rw|io|ly|co)\b", re.IGNORECASE)
_PERCENT: Final = re.compile(r"%|\bper ?cent\b", re.IGNORECASE)
_FIGURES: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Banned:
    """What is not spoken, as words in the form of `normalise`. `topics` are not sent to a model either."""

    topics: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


def holds(text: str, phrases: Collection[str]) -> bool:
    """Whether one of the phrases is in `text`, as whole words."""
    padded = f" {normalise(text)} "
    return any(f" {phrase} " in padded for phrase in phrases)


_Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]


class _Banned(BaseModel):
    model_config = ConfigDict(extra="forbid")

    topics: tuple[_Phrase, ...]
    phrases: tuple[_Phrase, ...]


def parse_banned(text: str, *, source: str) -> Banned:
    """Reads `asides.yaml`. Raises `Invalid`, which names `source` and the field."""
    try:
        read = _Banned.model_validate(yaml.safe_load(text))
    except yaml.YAMLError:
        raise Invalid(f"{source}: it is not YAML") from None
    except ValidationError as error:
        problem = error.errors()[0]
        raise Invalid(f"{source}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
    return Banned(tuple(map(normalise, read.topics)), tuple(map(normalise, read.phrases)))


class Guard:
    """Looks at each sentence before a learner hears it."""

    def __init__(self, exercise: Exercise | None, *, banned: Banned, language: str = SOURCE_LANGUAGE) -> None:
        """`exercise`: the open question; None when there is none, and no answer to keep."""
        self._banned = (*banned.topics, *banned.phrases)
        self._readers = (english.read, *(reader for key, reader in _READERS.items() if key == language))
        answers = [exercise.answer] if exercise else []
        if exercise and exercise.offers:
            answers.append(exercise.offers[exercise.options.index(exercise.answer)])
        self._words = tuple(normalise(answer) for answer in answers)
        self._values: frozenset[Fraction] = frozenset(
            abs(value) for answer in answers for value in (_exact(answer), *self._numbers(answer)) if value is not None
        )
        clock = exercise is not None and exercise.form is Form.CLOCK
        self._pairs = frozenset(
            (Fraction(value // 100), value % 100) if clock else (Fraction(value.numerator), Fraction(value.denominator))
            for value in self._values
            if clock or value.denominator > 1
        )

    def admits(self, sentence: str) -> bool:
        """Whether a sentence may be heard: no answer is in it, nothing that is banned, and only what can be said."""
        if _UNSPEAKABLE.search(sentence) or holds(sentence, self._banned):
            return False
        return not self.reveals(sentence)

    def reveals(self, sentence: str) -> bool:
        """Whether the open question's answer is in a sentence: as a word, or as a number of its value in any form."""
        if holds(sentence, self._words):
            return True
        numbers = self._numbers(sentence)
        if _PERCENT.search(sentence):
            numbers += [number / 100 for number in numbers]
        return not self._values.isdisjoint(numbers) or not self._pairs.isdisjoint(pairwise(numbers))

    def _numbers(self, text: str) -> list[Fraction]:
        """The size of every number in a text, written or said, in their order, and of those inside other words."""
        tokens = scan(text)
        if text.strip() and not tokens:
            # Too long to be looked at: only its figures.
            return [Fraction(run) for run in _FIGURES.findall(text)]
        found: list[Fraction] = []
        at = 0
        while at < len(tokens):
            here = [number for read in self._readers if (number := read(tokens, at))]
            if here:
                longest = max(here, key=lambda number: number.end)
                found.append(abs(longest.value))
                at = max(longest.end, at + 1)
                continue
            if tokens[at].kind in ("tangled", "clock", "digits"):
                found += [Fraction(run) for run in _FIGURES.findall(tokens[at].text)]
            at += 1
        return found


def _exact(text: str) -> Fraction | None:
    try:
        return Fraction(number_value(text))
    except ValueError:
        return None
