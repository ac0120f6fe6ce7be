"""Wording with expressions in braces: "5 times {b} is {5*b}".

Not `str.format`: what stands in the braces is an expression of the curriculum's language, so that a template can
reach nothing but the exercise's own variables. `{{` and `}}` are braces.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from bakame.learning.expressions import Expression, ExpressionError, compile_expression
from bakame.learning.functions import Value

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Template:
    """Compiled wording; `names` are the variables it reads."""

    source: str
    names: frozenset[str]
    _parts: tuple[str | Expression, ...]

    def render(self, values: Mapping[str, Value]) -> str:
        """The text for these values. Raises `ExpressionError` when an expression in it has no value."""
        return "".join(part if isinstance(part, str) else self._text(part, values) for part in self._parts)

    def _text(self, part: Expression, values: Mapping[str, Value]) -> str:
        value = part.evaluate(values)
        if isinstance(value, tuple | frozenset | bool):
            raise ExpressionError(part.source, 1, "is not a number or a text")
        return str(value)


def compile_template(source: str, *, names: Collection[str]) -> Template:
    """Compiles wording that may use the variables `names`. Raises `ExpressionError`."""
    parts: list[str | Expression] = []
    end = 0
    for piece in _PIECE.finditer(source):
        parts.append(source[end : piece.start()])
        end = piece.end()
        inside = piece[1]
        if piece[0] in ("{{", "}}"):
            parts.append(piece[0][0])
        elif inside is None:
            raise ExpressionError(source, piece.start() + 1, "a brace without its partner")
        else:
            parts.append(compile_expression(inside, names=names))
    parts.append(source[end:])
    used = frozenset(name for part in parts if isinstance(part, Expression) for name in part.names)
    return Template(source, used, tuple(part for part in parts if part != ""))
