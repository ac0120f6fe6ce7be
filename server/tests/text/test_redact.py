"""Who somebody is never leaves with their words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.redact import EMAIL, NAME, NUMBER, redact

DIGIT_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
AROUND = st.text(alphabet="abc ,.?!", max_size=20)


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("my number is 0788 123 456, why?", f"my number is {NUMBER}, why?"),
        ("+250-788-123-456", NUMBER),
        ("(078) 812 34 56 is mine", f"{NUMBER} is mine"),
        ("id 1 1998 8 0012345 1 23", f"id {NUMBER}"),
        ("zero seven eight eight, one two three four five six", NUMBER),
        ("oh seven double eight 123456 ok", f"{NUMBER} ok"),
        ("write to keza.m+1@gmail.com now", f"write to {EMAIL} now"),
        ("keza at gmail dot com", EMAIL),
        ("KEZA asks why Kéza's is 5", f"{NAME} asks why {NAME}'s is 5"),
        ("Ke\u0301za and ke\u200bza", f"{NAME} and {NAME}"),
        ("Jean-Paul and jean", f"{NAME}-{NAME} and {NAME}"),
        ("my name is Mukamana Aline, what is a half?", f"my name is {NAME}, what is a half?"),
        ("nitwa uwase", f"nitwa {NAME}"),
    ],
)
def test_names_numbers_and_addresses_are_taken_out(said: str, sent: str) -> None:
    assert redact(said, names=["Keza", "Jean-Paul"]) == sent


@pytest.mark.parametrize(
    "question",
    [
        "why is 7 x 8 = 56?",
        "what is 1,000,000 plus 250,000?",
        "is 3.14159 a decimal?",
        "what comes after 1, 2, 3, 4, 5, 6, 7, 8?",
        "one million two hundred thirty four thousand five hundred sixty seven",
        "is two plus three plus four plus five even?",
        "what is a kezaro?",
    ],
)
def test_what_is_asked_about_stays(question: str) -> None:
    assert redact(question, names=["Keza", "A", ""]) == question


@given(AROUND, st.lists(st.integers(0, 9), min_size=7, max_size=16), st.data(), AROUND)
def test_no_long_number_is_left_however_it_is_grouped(
    before: str, digits: list[int], data: st.DataObject, after: str
) -> None:
    gaps = st.sampled_from(["", "", " ", "-", ".", " - ", "/", "\u200b"])
    number = "".join(f"{digit}{data.draw(gaps)}" for digit in digits)
    assert not re.search(r"\d", redact(f"{before} {number} {after}"))


@given(AROUND, st.lists(st.integers(0, 9), min_size=7, max_size=16), st.data())
def test_no_long_number_is_left_when_some_of_it_is_spoken(before: str, digits: list[int], data: st.DataObject) -> None:
    said = " ".join(data.draw(st.sampled_from([str(digit), DIGIT_WORDS[digit]])) for digit in digits)
    left = redact(f"{before} {said}")
    assert not re.search(r"\d", left)
    assert not set(left.lower().split()) & set(DIGIT_WORDS)


@given(
    st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"]), max_size=40),
    st.sampled_from(["Keza", "Réné", "Uwase", "name", "Number"]),
    st.sampled_from([str.lower, str.upper, str.title]),
)
def test_no_known_name_is_left_whatever_stands_around_it(around: str, name: str, case: "type[str]") -> None:
    left = redact(f"{around} {case(name)}, {around}", names=[name])
    words = re.sub(r"\[(?:name|number|email)\]", " ", left.casefold())
    assert name.casefold() not in re.findall(r"[^\W\d_]+", words)


@given(st.text(max_size=120), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_doing_it_twice_changes_nothing(text: str, names: list[str]) -> None:
    once = redact(text, names=names)
    assert redact(once, names=names) == once
