"""Drawing the variables of an exercise."""

import random
from typing import Final

from bakame.errors import Invalid
from bakame.learning.functions import Value
from bakame.learning.generators import ExpressionGenerator

MAX_DRAWS: Final = 2_000
"""Draws after which `where` is taken to be never true."""


def draw(generator: ExpressionGenerator, rng: random.Random) -> dict[str, Value]:
    """Values for all variables, for which `where` is true.

    Raises `Invalid` when `where` was not true in `MAX_DRAWS` draws, and `ExpressionError` when a variable has no value.
    """
    for _ in range(MAX_DRAWS):
        values: dict[str, Value] = {}
        for name, variable in generator.variables:
            values[name] = variable.draw(values, rng)
        if generator.where is None or generator.where.evaluate(values):
            return values
    raise Invalid(f"{generator.where.source if generator.where else ''!r} was not true in {MAX_DRAWS} draws")
