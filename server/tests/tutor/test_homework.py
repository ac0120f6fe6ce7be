"""What a picture's words are: the answer to the open question, homework of a kind, or neither."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.grading import Verdict
from bakame.learning.marking import mark
from bakame.tutor.homework import Subject, answer_in, first_step, practise, subject_of
from bakame.tutor.wording import Line


def sum_of(answer: str, sms: str, *, kind: AnswerKind = AnswerKind.INTEGER, options: tuple[str, ...] = ()) -> Exercise:
    expect = Expect(kind, options=options)
    return Exercise("math.x", sms, sms, answer, kind, options, (), "", expect)


TIMES = sum_of("56", "7 x 8 = ?")


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("3/4 + 1/8 = ?", Subject.FRACTIONS),
        ("2/3 - 1/6", Subject.FRACTIONS),
        ("3/4 x 2/5 =", Subject.FRACTION_TIMES),
        ("3/4 ÷ 2 =", Subject.FRACTION_TIMES),
        ("Simplify 6/8", Subject.FRACTION_PARTS),
        ("Find 15% of 2,000 = ?", Subject.PERCENT),
        ("Calculate 20 percent of 500", Subject.PERCENT),
        ("3x + 2 = 11", Subject.ALGEBRA),
        ("x + 5 = 12. Find x", Subject.ALGEBRA),
        ("Find the area of a rectangle 4 cm by 6 cm", Subject.SHAPES),
        ("2.5 + 0.75 =", Subject.DECIMALS),
        ("7 x 8 = ?", Subject.TIMES),
        ("12 × 11", Subject.TIMES),
        ("84 ÷ 7 =", Subject.DIVISION),
        ("345 + 678 = ___", Subject.ADDITION),
        ("900 - 356", Subject.SUBTRACTION),
        ("Aline has 12 mangoes and buys 30 more at the market. How many mangoes has she now?", Subject.STORY),
        ("How much are 3 kg of beans at 900 francs a kg?", Subject.STORY),
        ("Fill in: She ___ to school every day.", Subject.ENGLISH),
        ("Choose the correct word: He go / goes home", Subject.ENGLISH),
        ("Give the plural of child", Subject.ENGLISH),
        ("Exercise 3: Name two lakes of Rwanda", Subject.OTHER),
        ("Homework: learn the poem", Subject.OTHER),
    ],
)
def test_homework_is_seen_and_of_which_kind(words: str, subject: Subject) -> None:
    assert subject_of(words) is subject


@pytest.mark.parametrize(
    "words",
    [
        "56",
        "3/4",
        "fifty six",
        "-4",
        "0.75",
        "B",
        "What is photosynthesis?",
        "Lake Kivu is a lake in the west of Rwanda.",
        "12/03/2026",
        "Umuganda, 28-11-2026 at 8:00",
        "My uncle hits me and I am afraid",
        "STOP",
        "Open 8 to 17, Monday-Friday",
        "Call 0788-123-456",
        "",
    ],
)
def test_other_words_are_no_homework(words: str) -> None:
    assert subject_of(words) is None


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("56", "56"),
        ("fifty six", "fifty six"),
        ("57", "57"),
        ("7 x 8 = 56", "56"),
        ("7x8=54", "54"),
        ("7 x 8 = ?", None),
        ("6 x 9 = 54", None),
        ("7 x 8 =", None),
        ("Exercise 1: 3 + 4, 5 + 6, 7 + 8", None),
        ("STOP", None),
        ("", None),
        ("56 " + "and more words " * 10, None),
    ],
)
def test_an_answer_is_taken_only_where_it_answers_the_open_question(words: str, answer: str | None) -> None:
    assert answer_in(words, TIMES) == answer
    assert answer_in(words, None) is None


def test_a_choice_can_be_answered_by_its_word() -> None:
    choice = sum_of("goes", "She ... home. 1 go 2 goes", kind=AnswerKind.CHOICE, options=("go", "goes"))
    assert answer_in("goes", choice) == "goes"
    assert answer_in("Choose the correct word: go or goes", choice) is None


@pytest.mark.parametrize("subject", Subject)
def test_each_kind_has_a_first_step_and_a_way_on(subject: Subject) -> None:
    assert isinstance(first_step(subject), Line)
    assert isinstance(practise(subject), Line)


@given(st.text(max_size=600))
def test_any_words_can_be_looked_at(words: str) -> None:
    subject_of(words)
    answer = answer_in(words, TIMES)
    assert answer is None or mark(TIMES, answer).verdict is not Verdict.UNCLEAR


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from("+-x×÷"), st.sampled_from(["", " = ?", " ="]))
def test_every_sum_is_homework_and_never_an_answer(left: int, right: int, sign: str, end: str) -> None:
    words = f"{left} {sign} {right}{end}"
    assert subject_of(words) is not None
    assert answer_in(words, TIMES) is None


@given(st.fractions(Fraction(1, 99), Fraction(98, 99), max_denominator=99))
def test_a_lone_number_is_never_homework(number: Fraction) -> None:
    assert subject_of(str(number)) is None
