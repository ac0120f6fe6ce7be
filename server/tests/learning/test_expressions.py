"""The expression language agrees with Python where it is Python, and refuses everything else at once."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.expressions import ExpressionError, compile_expression
from bakame.learning.functions import Value, decimal_text
from bakame.learning.templates import compile_template


def value(source: str, **values: Value) -> Value:
    return compile_expression(source, names=values).evaluate(values)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("7/2", Fraction(7, 2)),
        ("8/2", 4),
        ("2**-2", Fraction(1, 4)),
        ("-7//2", -4),
        ("-7%3", 2),
        ("frac(6,8)", Fraction(3, 4)),
        ("frac(6,3)", 2),
        ("dec(frac(3,4))", "0.75"),
        ("dec(frac(-1,8))", "-0.125"),
        ("dec(2)", "2"),
        ("digit(5078,2)", 0),
        ("digit(5078,9)", 0),
        ("rev(120)", 21),
        ("words(45)", "forty-five"),
        ("ordinal(4)", "quarter"),
        ("isprime(59)", True),
        ("isprime(1)", False),
        ("isprime(57)", False),
        ("ifelse(1>2, 1//0, 'kept')", "kept"),
        ("pickof(1,['a','b'])", "b"),
        ("hhmm(9*60+5)", "9:05"),
        ("pad(5)", "05"),
        ("round_up(49)", 50),
        ("round_up(60)", 100),
        ("round_up(199)", 200),
        ("lcm(4,6)+gcd(4,6)", 14),
        ("len(set([1,1,2]))", 2),
        ("sorted([3,1,2])[1]", 2),
        ("str(1223).count(str(2))", 2),
        ("int('042')", 42),
        ("1<2<3 and not 3<2", True),
        ("3 not in (0,5) and 5 in [5]", True),
        ("max([1,frac(3,2)])", Fraction(3, 2)),
    ],
)
def test_what_the_curriculum_writes_means_what_its_header_says(source: str, expected: Value) -> None:
    assert value(source) == expected
    assert type(value(source)) is type(expected)


HOSTILE = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0]",
    "a.real",
    "str.count('a','a')",
    "str(1).join(['a'])",
    "str(1).count.__self__",
    "'{0.__class__}'.format(a)",
    "lambda: 1",
    "[x for x in [1]]",
    "{x: 1 for x in [1]}",
    "f'{a}'",
    "b'a'",
    "(x := 3)",
    "1 if a else 2",
    "{'a': 1}",
    "{1, 2}",
    "[*[1]]",
    "max(*[1])",
    "min(1, key=abs)",
    "a[0:2]",
    "a @ a",
    "a | 1",
    "1 << 99",
    "~a",
    "1 is 1",
    "9**9**9",
    "2**-10000",
    "10**31",
    "10**20*10**20",
    "1.5",
    "1e300",
    "1j",
    "0x10",
    "1_000",
    "1if a else 2",
    "None",
    "...",
    "exit()",
    "eval('1')",
    "open('x')",
    "await a",
    "yield a",
    "'a'*1000000",
    "[1]*1000000",
    "'\\d'",
    "a;a",
    "a\na",
    "",
    " ",
    "a=1",
    "b",
    "max()",
    "gcd(1)",
    "-" * 390 + "1",
    "not " * 90 + "a",
    "(1,)" + "[0]" * 130,
    "1+" * 250 + "1",
    "9" * 399,
    "x" * 5000,
    "\x00",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_sources_are_refused(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(source, a=7)
    assert caught.value.position >= 1
    assert caught.value.reason


@pytest.mark.parametrize(
    "source", ["1//0", "frac(1,0)", "[1][3]", "isprime(10**12)", "a+1", "'a'<1", "1 in 2", "pickof(-1,[1])", "len(3)"]
)
def test_what_has_no_value_says_so(source: str) -> None:
    expression = compile_expression(source, names=["a"])
    with pytest.raises(ExpressionError):
        expression.evaluate({"a": "text"})


@given(st.text(max_size=80))
def test_any_text_is_either_an_expression_or_an_error(source: str) -> None:
    with contextlib.suppress(ExpressionError):
        found = compile_expression(source, names=["a", "b"]).evaluate({"a": 1, "b": "x"})
        assert isinstance(found, int | str | Fraction | tuple | frozenset)


SMALL = st.recursive(
    st.integers(-20, 20).map(str) | st.sampled_from("ab"),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "%", "<", "==", "and", "or"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        inner.map(lambda part: f"(-{part})"),
        inner.map(lambda part: f"(not {part})"),
        inner.map(lambda part: f"abs({part})"),
    ),
    max_leaves=8,
)


@given(source=SMALL, a=st.integers(-9, 9), b=st.integers(1, 9))
def test_arithmetic_agrees_with_python(source: str, a: int, b: int) -> None:
    try:
        expected: object = eval(source, {"__builtins__": {"abs": abs}}, {"a": a, "b": b})  # noqa: S307  # the reference
    except ZeroDivisionError:
        with pytest.raises(ExpressionError):
            value(source, a=a, b=b)
        return
    assert value(source, a=a, b=b) == expected


@given(st.integers(-(10**6), 10**6), st.integers(0, 4), st.integers(0, 4))
def test_decimals_are_exact(numerator: int, twos: int, fives: int) -> None:
    exact = Fraction(numerator, 2**twos * 5**fives)
    assert Fraction(decimal_text(exact)) == exact


def test_a_decimal_that_never_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="no exact decimal"):
        decimal_text(Fraction(1, 3))


def test_braces_hold_expressions_and_nothing_else() -> None:
    template = compile_template("5 times {b} is {5*b}, {{so}} {r[0]}.", names=["b", "r"])
    assert template.render({"b": 8, "r": ("yes", 2)}) == "5 times 8 is 40, {so} yes."


@pytest.mark.parametrize(
    "source", ["{a.__class__}", "{a!r}", "{a:>99}", "{}", "{0}.{b}", "{", "}", "{a", "{unknown}", "{a[0].real}", "{{a}"]
)
def test_templates_reach_nothing_else(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_template(source, names=["a"])


def test_a_list_cannot_be_said() -> None:
    with pytest.raises(ExpressionError):
        compile_template("{r}", names=["r"]).render({"r": (1, 2)})
