"""The expression language of the curriculum: a small, exact, bounded subset of Python's expressions.

Sources are parsed with `ast` and turned into closures once; nothing is ever given to `eval`. Values are integers,
exact fractions, text, tuples and sets; `/` gives a fraction (or an integer when whole), never a float. Every way to
use unbounded time or memory is bounded: source length, nesting, size of numbers, powers, text and lists.
"""

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bakame.errors import Invalid
from bakame.learning.functions import CONSTANTS, FUNCTIONS, Function, Value, bounded

MAX_SOURCE: Final = 400
"""Characters of a source."""
MAX_DEPTH: Final = 24
"""Expressions inside one another."""
MAX_EXPONENT: Final = 100
MAX_POWER_BITS: Final = 110
"""Bits of the largest power worked out, a little more than the largest number allowed (10^30)."""

Run = Callable[[Mapping[str, Value]], Value]

_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_GLUED = re.compile(r"(?<![A-Za-z_0-9])[0-9]+[A-Za-z_]")
_FAILURES = (TypeError, ValueError, ArithmeticError, LookupError)


class ExpressionError(Invalid):
    """An expression that is not in the language, or that has no value. `position` counts characters from 1."""

    def __init__(self, source: str, position: int, reason: str) -> None:
        shown = source if len(source) <= 60 else source[:57] + "..."
        super().__init__(f"{shown!r}, character {position}: {reason}")
        self.position = position
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `names` are the variables it reads."""

    source: str
    names: frozenset[str]
    _run: Run

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Its value. Raises `ExpressionError` when there is none (division by zero, too large, wrong type)."""
        return self._run(values)


def compile_expression(source: str, *, names: Collection[str]) -> Expression:
    """Compiles `source`, which may use the variables `names`. Raises `ExpressionError`."""
    if len(source) > MAX_SOURCE:
        raise ExpressionError(source, MAX_SOURCE, f"longer than {MAX_SOURCE} characters")
    if not source.isprintable() or "\\" in source:
        bad = next(i for i, c in enumerate(source) if c == "\\" or not c.isprintable())
        raise ExpressionError(source, bad + 1, "backslashes, line ends and control characters are not allowed")
    glued = _GLUED.search(_STRING.sub(lambda text: " " * len(text[0]), source))
    if glued:
        raise ExpressionError(source, glued.start() + 1, "a number runs into a word")
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(source, error.offset or 1, f"not an expression ({error.msg})") from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError(source, 1, "not an expression") from None
    compiler = _Compiler(source, frozenset(names))
    run = compiler.build(tree.body, 1)
    return Expression(source, frozenset(compiler.used), run)


def _power(base: Value, exponent: Value) -> Value:
    base, exponent = _number(base), _number(exponent)
    if not isinstance(exponent, int):
        raise ValueError("an exponent must be a whole number")
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) > MAX_EXPONENT or size * abs(exponent) > MAX_POWER_BITS:
        raise ValueError("the power is too large")
    return Fraction(base) ** exponent


def _number(value: Value) -> int | Fraction:
    if isinstance(value, int | Fraction):
        return value
    raise TypeError(f"a number is needed, not {value!r}")


def _listed(*items: Value) -> Value:
    return items


def _contains(inside: Value, container: Value) -> bool:
    if isinstance(container, str):
        if not isinstance(inside, str):
            raise TypeError("only text can be in text")
        return inside in container
    if isinstance(container, tuple | frozenset):
        return inside in container
    raise TypeError(f"nothing can be in {container!r}")


def _ordered(a: Value, b: Value) -> None:
    both_numbers = isinstance(a, int | Fraction) and isinstance(b, int | Fraction)
    if not both_numbers and not (isinstance(a, str) and isinstance(b, str)):
        raise TypeError("only two numbers or two texts can be ordered")


def _less(a: Value, b: Value) -> bool:
    _ordered(a, b)
    return a < b  # type: ignore[operator]  # two numbers or two texts, checked above


_BINARY: Final[Mapping[type[ast.operator], Callable[[Value, Value], Value]]] = {
    ast.Add: lambda a, b: _number(a) + _number(b),
    ast.Sub: lambda a, b: _number(a) - _number(b),
    ast.Mult: lambda a, b: _number(a) * _number(b),
    ast.Div: lambda a, b: Fraction(_number(a)) / _number(b),
    ast.FloorDiv: lambda a, b: _number(a) // _number(b),
    ast.Mod: lambda a, b: _number(a) % _number(b),
    ast.Pow: _power,
}
_UNARY: Final[Mapping[type[ast.unaryop], Callable[[Value], Value]]] = {
    ast.USub: lambda a: -_number(a),
    ast.UAdd: lambda a: +_number(a),
    ast.Not: lambda a: not a,
}
_COMPARE: Final[Mapping[type[ast.cmpop], Callable[[Value, Value], bool]]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: _less,
    ast.Gt: lambda a, b: _less(b, a),
    ast.LtE: lambda a, b: not _less(b, a),
    ast.GtE: lambda a, b: not _less(a, b),
    ast.In: _contains,
    ast.NotIn: lambda a, b: not _contains(a, b),
}


class _Compiler:
    """Turns the allowed nodes into closures and refuses every other node by name."""

    def __init__(self, source: str, names: frozenset[str]) -> None:
        self.source = source
        self.names = names
        self.used: set[str] = set()

    def error(self, node: ast.expr, reason: str) -> ExpressionError:
        return ExpressionError(self.source, node.col_offset + 1, reason)

    def build(self, node: ast.expr, depth: int) -> Run:
        if depth > MAX_DEPTH:
            raise self.error(node, f"more than {MAX_DEPTH} expressions inside one another")
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node)
            case ast.List() | ast.Tuple():
                return self._guarded(node, _listed, self._all(node.elts, depth))
            case ast.UnaryOp():
                if type(node.op) not in _UNARY:
                    raise self.error(node, "this operator is not allowed")
                return self._guarded(node, _UNARY[type(node.op)], self._all([node.operand], depth))
            case ast.BinOp():
                if type(node.op) not in _BINARY:
                    raise self.error(node, "this operator is not allowed")
                return self._guarded(node, _BINARY[type(node.op)], self._all([node.left, node.right], depth))
            case ast.BoolOp():
                return self._either(node, depth)
            case ast.Compare():
                return self._compare(node, depth)
            case ast.Subscript():
                return self._subscript(node, depth)
            case ast.Call():
                return self._call(node, depth)
            case _:
                raise self.error(node, f"{type(node).__name__} is not allowed")

    def _all(self, nodes: Sequence[ast.expr], depth: int) -> tuple[Run, ...]:
        return tuple(self.build(node, depth + 1) for node in nodes)

    def _guarded(self, node: ast.expr, function: Callable[..., Value], runs: tuple[Run, ...]) -> Run:
        """Calls `function` with the values of `runs` and checks the size of what comes out."""
        source, position = self.source, node.col_offset + 1

        def run(values: Mapping[str, Value]) -> Value:
            arguments = [each(values) for each in runs]
            try:
                return bounded(function(*arguments))
            except _FAILURES as error:
                raise ExpressionError(source, position, str(error) or "has no value") from None

        return run

    def _constant(self, node: ast.Constant) -> Run:
        constant = node.value
        if isinstance(constant, bool) or not isinstance(constant, int | str):
            raise self.error(node, "only whole numbers and text can be written; use frac(n, d) for a fraction")
        try:
            value = bounded(constant)
        except ValueError as error:
            raise self.error(node, str(error)) from None
        return lambda values: value

    def _name(self, node: ast.Name) -> Run:
        name = node.id
        if name in CONSTANTS:
            constant = CONSTANTS[name]
            return lambda values: constant
        if name not in self.names:
            raise self.error(node, f"there is no variable {name!r}")
        self.used.add(name)
        source, position = self.source, node.col_offset + 1

        def run(values: Mapping[str, Value]) -> Value:
            try:
                return values[name]
            except KeyError:
                raise ExpressionError(source, position, f"the variable {name!r} has no value") from None

        return run

    def _either(self, node: ast.BoolOp, depth: int) -> Run:
        runs, stop = self._all(node.values, depth), isinstance(node.op, ast.Or)

        def run(values: Mapping[str, Value]) -> Value:
            value: Value = False
            for each in runs:
                value = each(values)
                if bool(value) is stop:
                    break
            return value

        return run

    def _compare(self, node: ast.Compare, depth: int) -> Run:
        if any(type(op) not in _COMPARE for op in node.ops):
            raise self.error(node, "this comparison is not allowed")
        tests = tuple(_COMPARE[type(op)] for op in node.ops)
        first, *rest = self._all([node.left, *node.comparators], depth)
        source, position = self.source, node.col_offset + 1

        def run(values: Mapping[str, Value]) -> Value:
            left = first(values)
            try:
                for test, following in zip(tests, rest, strict=True):
                    right = following(values)
                    if not test(left, right):
                        return False
                    left = right
            except _FAILURES as error:
                raise ExpressionError(source, position, str(error)) from None
            return True

        return run

    def _subscript(self, node: ast.Subscript, depth: int) -> Run:
        def item(of: Value, index: Value) -> Value:
            if not isinstance(of, tuple | str) or not isinstance(index, int):
                raise TypeError("only a list or a text has items, counted by whole numbers")
            return of[index]

        return self._guarded(node, item, self._all([node.value, node.slice], depth))

    def _call(self, node: ast.Call, depth: int) -> Run:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.error(node, "only plain arguments are allowed")
        match node.func:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="str")) as text, attr="count") if len(node.args) == 1:
                return self._guarded(node, _count, self._all([text, *node.args], depth))
            case ast.Name(id="ifelse") if len(node.args) == 3:
                condition, yes, no = self._all(node.args, depth)
                return lambda values: yes(values) if condition(values) else no(values)
            case ast.Name(id=name) if name in FUNCTIONS:
                function: Function = FUNCTIONS[name]
                if not function.least <= len(node.args) <= function.most:
                    raise self.error(node, f"{name} does not take {len(node.args)} arguments")
                return self._guarded(node, function.call, self._all(node.args, depth))
            case ast.Name(id=name):
                raise self.error(node, f"there is no function {name!r}")
            case _:
                raise self.error(node, "only the functions of the language can be called")


def _count(text: Value, part: Value) -> Value:
    if not isinstance(text, str) or not isinstance(part, str) or not part:
        raise TypeError("count looks for a text in a text")
    return text.count(part)
