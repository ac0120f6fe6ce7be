"""What goes to the ear and what to the eye."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bakame.text.gsm import is_gsm, septets
from bakame.tutor.rendering import sentences, text
from bakame.tutor.wording import Part, Wording, Written, line

WORDING = Wording({"en": {"praise": "Well worked out, {answer}.", "told": "The answer is {answer}."}})
RNG = random.Random(1)


def written(*parts: Part) -> str:
    return text(parts, wording=WORDING, language="en", rng=RNG)


def spoken(*parts: Part) -> tuple[str, ...]:
    return sentences(parts, wording=WORDING, language="en", rng=RNG)


def test_the_ear_gets_sentences_and_a_point_inside_a_number_ends_none() -> None:
    parts = (line("praise", answer="2.5"), Written("Now you. What is 0.5 times 3?", "0.5 x 3 = ?"))
    assert spoken(*parts) == ("Well worked out, 2.5.", "Now you.", "What is 0.5 times 3?")


def test_a_question_begins_a_line_of_its_own() -> None:
    assert written(line("praise", answer="5"), Written("said", "2 + 2 = ?")) == "Well worked out, 5.\n2 + 2 = ?"


def test_a_text_that_is_too_long_loses_its_longest_spare_part_first() -> None:
    example = Written("e", "An example. " * 10, spare=True)
    parts = (line("praise", answer="5", spare=True), example, line("told", answer="7"), Written("q", "2 + 2 = ?" * 5))
    assert written(*parts) == "Well worked out, 5. The answer is 7.\n" + "2 + 2 = ?" * 5


def test_the_question_stays_when_all_else_goes() -> None:
    question = "x" * 150
    assert written(line("told", answer="7"), line("praise", answer="5", spare=True), Written("q", question)) == question


@given(st.lists(st.builds(Written, st.text(max_size=5), st.text(max_size=200), st.booleans()), max_size=5))
def test_a_text_is_always_one_part_of_the_alphabet(parts: list[Part]) -> None:
    result = written(*parts)
    assert is_gsm(result)
    assert septets(result) <= 160
