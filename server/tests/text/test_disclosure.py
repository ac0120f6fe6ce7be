"""Patterns over words: what they match, what they leave alone, and what is said of those that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.text.disclosure import Detector, Rules
from bakame.text.word_patterns import Grammar

WORDS = {"no": ["never", "not"], "who": ["he", "my father~", "<elder>"], "elder": ["uncle", "step dad"], "me": ["me"]}


def detector(*patterns: str, innocent: tuple[str, ...] = ()) -> Detector:
    rules = Rules("en", WORDS, {"harm": patterns}, innocent, {"beet": "beats"}, ["farther"])
    return Detector([rules])


@pytest.mark.parametrize(
    ("pattern", "said", "seen"),
    [
        ("<who> .. beat(s|en) <me>", "my father beats me", True),
        ("<who> .. beat(s|en) <me>", "My FATHER, he really beats me!", True),
        ("<who> .. beat(s|en) <me>", "step dad beaten me", True),
        ("<who> .. beat(s|en) <me>", "father beats me", False),
        ("<who> .. beat(s|en) <me>", "he one two three four beats me", False),
        ("<who> ... beat(s|en) <me>", "he one two three four beats me", True),
        ("<who> .. beat(s|en) <me>", "he never beats me", False),
        ("beats me", "never beats me", False),
        ("beats me", "it never rains and he beats me", True),
        ("never home", "he is not never home", True),
        ("<who> .. beats me", "he. beats me", False),
        ("kick*", "he kicked and kicked", True),
        ("hands?", "hand", True),
        ("my [very] [old] bag", "my old bag", True),
        ("my [very] [old] bag", "my red bag", False),
        ("(at home|in bed)", "i was in bed", True),
        ("(at home|in bed)", "i was in a bed", False),
        ("^ help $", "help", True),
        ("^ help $", "help me", False),
        ("my fathers", "my fatherss", False),
        ("<who> beats", "my fathr beet me", True),
        ("<who> beats", "my farther beats me", False),
        ("stooop", "stoooooop", False),
        ("stop", "stoooooop", True),
    ],
)
def test_a_pattern_sees_what_it_says(pattern: str, said: str, seen: bool) -> None:
    assert bool(detector(pattern).signs(said)) is seen


def test_innocent_phrases_are_taken_out_first() -> None:
    looks = detector("<who> .. beats me", innocent=("beats me at chess",))
    assert not looks.signs("he beats me at chess")
    assert looks.signs("he beats me at chess and he beats me at home") == {"harm"}


def test_a_long_text_is_looked_at_to_its_end() -> None:
    looks = detector("<who> .. beats me")
    assert looks.signs("word " * 900 + "he beats me") == {"harm"}
    assert looks.signs("x" * 7_000 + " he beats me") == set()
    for before in range(480, 620):
        assert looks.signs("y" * before + " he beats me " + "z" * 300) == {"harm"}


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "..",
        ".. word",
        "word ..",
        "(open",
        "shut)",
        "<nobody>",
        "a{2}",
        "wo[rd",
        "[a|]",
        "( )",
        "UPPER",
        "é",
        "*",
        "?x",
    ],
)
def test_a_pattern_that_cannot_be_read_is_named(pattern: str) -> None:
    with pytest.raises(Invalid) as refused:
        detector("fine", pattern)
    assert str(refused.value).startswith("en: harm: ")
    assert repr(pattern) in str(refused.value) or "nobody" in str(refused.value)


@pytest.mark.parametrize(
    ("classes", "complaint"),
    [({"a": ["<b>"], "b": ["<a>"]}, "made of itself"), ({"a": []}, "empty"), ({"a": ["<c>"]}, "no class c")],
)
def test_a_class_that_cannot_be_read_is_named(classes: dict[str, list[str]], complaint: str) -> None:
    with pytest.raises(Invalid, match=complaint):
        Grammar(classes)


@given(st.text(max_size=300))
def test_any_text_is_looked_at(text: str) -> None:
    looks = detector("<who> .. beats <me>", "^ help")
    assert looks.signs(text) <= {"harm"}
    assert looks.signs(f"{text}\nhe beats me") == {"harm"}


@given(st.lists(st.sampled_from(["he", "my", "father", "beats", "me", "never", "at", "chess", "uncle"]), max_size=60))
def test_worst_cases_come_to_an_end(words: list[str]) -> None:
    looks = detector("<who> ... <who> ... <who> ... beats <me> $", "(he|my) ... (he|father) ... me never at $")
    assert looks.signs(" ".join(words * 10)) <= {"harm"}
