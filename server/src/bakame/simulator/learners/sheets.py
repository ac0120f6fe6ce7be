"""What can be answered to an exercise, in the words and keys that learners use."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bakame.learning.exercises import Exercise, number_value
from bakame.learning.expect import AnswerKind
from bakame.learning.functions import decimal_text
from bakame.learning.generators import Form

HARDER: Final = {AnswerKind.DECIMAL: 1.3, AnswerKind.FRACTION: 1.3}
"""How much more one slips in a longer answer."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Texts that are `right`, that are `wrong` by a misconception (`confused`), and other wrong ones.

    `options`: how many there are to choose from, 0 for a typed answer. `harder`: a factor of slips.
    """

    right: tuple[str, ...]
    confused: tuple[str, ...]
    wrong: tuple[str, ...]
    options: int
    harder: float


def sheet_of(exercise: Exercise) -> Sheet:
    """The texts for one exercise."""
    misconceptions = tuple(value for _, value in exercise.misconceptions)
    if exercise.options:
        keys = [str(1 + n) for n in range(len(exercise.options))]
        n_right = exercise.options.index(exercise.answer)
        others = [n for n in range(len(keys)) if n != n_right]
        return Sheet(
            right=(keys[n_right], exercise.answer),
            confused=misconceptions,
            wrong=tuple(each for n in others for each in (keys[n], exercise.options[n])),
            options=len(keys),
            harder=1.0,
        )
    harder = HARDER.get(exercise.kind, 1.0)
    return Sheet((exercise.answer,), misconceptions, _near(exercise), options=0, harder=harder)


def _near(exercise: Exercise) -> tuple[str, ...]:
    """Other numbers, near the answer."""
    value = Fraction(number_value(exercise.answer))
    if exercise.form is Form.CLOCK:
        # Hours times a hundred and minutes: another hour is a time as well.
        hours = int(value) // 100
        return tuple(str(hour * 100 + int(value) % 100) for hour in (hours % 12 + 1, (hours + 1) % 12 + 1))
    match exercise.kind:
        case AnswerKind.FRACTION:
            above, below = value.numerator, value.denominator
            return f"{above + 1}/{below}", f"{above}/{below + 1}", f"{above + 2}/{below + 1}"
        case AnswerKind.DECIMAL:
            step = Fraction(1, 10)
            return decimal_text(value + step), decimal_text(value * 10), decimal_text(value + 1)
        case _:
            return str(value + 1), str(value + 2), str(value + 10), str(value - 1)
