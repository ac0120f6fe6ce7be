import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.providers.local.grammar import COMMANDS, answer_in, jsgf, plain_words, sentences, words_of
from bakame.text.commands import read_command

INTEGER = Expect(AnswerKind.INTEGER, digits=3, signed=True)
KINDS = st.sampled_from(list(AnswerKind))
EXPECTS = st.builds(
    Expect,
    KINDS,
    options=st.lists(st.text(max_size=20), max_size=5).map(tuple),
    digits=st.integers(-1, 12),
    signed=st.booleans(),
)


def hears(expect: Expect, sentence: str) -> bool:
    return sentences(jsgf(expect)).fullmatch(f"{sentence} ") is not None


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        (INTEGER, "fifty six"),
        (INTEGER, "minus four"),
        (INTEGER, "the answer is a hundred and five"),
        (INTEGER, "five six"),
        (INTEGER, "zero"),
        (Expect(AnswerKind.INTEGER, digits=6), "nine hundred and ninety nine thousand nine hundred and ninety nine"),
        (Expect(AnswerKind.INTEGER, digits=4), "two thousand and fifty"),
        (Expect(AnswerKind.DECIMAL), "zero point seven five"),
        (Expect(AnswerKind.DECIMAL), "point five"),
        (Expect(AnswerKind.FRACTION), "three quarters"),
        (Expect(AnswerKind.FRACTION), "a half"),
        (Expect(AnswerKind.FRACTION), "five over twelve"),
        (Expect(AnswerKind.FRACTION), "two and one third"),
        (Expect(AnswerKind.FRACTION), "nineteen twentieths"),
        (Expect(AnswerKind.CHOICE, options=("tea", "3/4 of it")), "three quarters of it"),
        (Expect(AnswerKind.CHOICE, options=("tea", "milk")), "number two"),
        (Expect(AnswerKind.CHOICE, options=("tea", "milk")), "the first one"),
        (YES_NO, "yes please"),
        (YES_NO, "no"),
        (Expect(AnswerKind.NAME, options=("Aline", "Jean-Pierre")), "my name is jean pierre"),
        *((kind, command) for kind in (INTEGER, YES_NO, NOTHING) for command in COMMANDS),
    ],
)
def test_what_a_learner_may_say_is_in_the_grammar(expect: Expect, sentence: str) -> None:
    assert hears(expect, sentence)


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        (Expect(AnswerKind.INTEGER, digits=2), "one hundred"),
        (Expect(AnswerKind.INTEGER, digits=2), "minus four"),
        (INTEGER, "seventy the"),
        (INTEGER, "i do"),
        (Expect(AnswerKind.CHOICE, options=("tea", "milk")), "number three"),
        (NOTHING, "twelve"),
    ],
)
def test_what_makes_no_sense_there_is_not(expect: Expect, sentence: str) -> None:
    assert not hears(expect, sentence)


@given(EXPECTS)
def test_any_expectation_gives_a_grammar_without_loose_ends(expect: Expect) -> None:
    grammar = jsgf(expect)
    defined = set(re.findall(r"^(?:public )?<(\w+)> =", grammar, re.MULTILINE))
    assert defined == set(re.findall(r"<(\w+)>", grammar)), "every rule is made and used"
    assert hears(expect, "say it again")
    assert {"again", "hint", "skip"} <= words_of(grammar)


@pytest.mark.parametrize("sentence", COMMANDS)
def test_every_command_that_is_heard_is_understood(sentence: str) -> None:
    assert read_command(sentence, spoken=True) is not None


@given(EXPECTS)
def test_options_never_bring_signs_into_the_grammar(expect: Expect) -> None:
    for option in expect.options:
        assert re.fullmatch(r"([a-z']+( [a-z']+)*)?", plain_words(option))


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        ("um fifty", "fifty"),
        ("the answer is minus four", "minus four"),
        ("it is", "it is"),
        ("say it again", "say it again"),
    ],
)
def test_openers_are_not_part_of_the_answer(heard: str, answer: str) -> None:
    assert answer_in(heard, INTEGER) == answer


def test_the_introduction_is_not_part_of_the_name() -> None:
    assert answer_in("my name is aline", Expect(AnswerKind.NAME, options=("Aline",))) == "aline"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("12", "twelve"),
        ("0.75", "zero point seven five"),
        ("Umuhoza-Aline", "umuhoza aline"),
        ("-4", "minus four"),
        ("Élodie", "elodie"),
    ],
)
def test_options_are_spoken_as_they_are_read(written: str, said: str) -> None:
    assert plain_words(written) == said
