import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.calls.answers import Progress, is_backchannel, is_hesitation, is_sound, progress
from bakame.learning.expect import YES_NO, AnswerKind, Expect

INTEGER = Expect(AnswerKind.INTEGER)
FRACTION = Expect(AnswerKind.FRACTION)
DECIMAL = Expect(AnswerKind.DECIMAL)
CHOICE = Expect(AnswerKind.CHOICE, options=("odd", "even"))
OPEN = Expect(AnswerKind.OPEN)


@pytest.mark.parametrize(
    "text", ["mm", "Mmm.", "mm-hmm", "mhm", "uh-huh", "uh huh", "um", "hmm", "ah", "aha", "oh", "euh", "eee", "hmm mm"]
)
def test_a_sound_of_listening_means_nothing_even_in_a_question(text: str) -> None:
    assert is_sound(text)
    assert is_backchannel(text, asking=True)
    assert is_hesitation(text, INTEGER)


@pytest.mark.parametrize(
    "text",
    ["yes", "Yeah.", "ok ok", "okay", "I see", "oui", "d'accord", "yego", "ni byo", "ndiyo", "sawa sawa", "mm yes"],
)
def test_a_yes_shows_that_one_listens_unless_something_is_asked(text: str) -> None:
    assert is_backchannel(text, asking=False)
    assert not is_backchannel(text, asking=True)


@pytest.mark.parametrize("text", ["no", "wait", "oya", "fifty", "hapana", "what", "seven yes", "", "I see a cow there"])
def test_words_that_want_the_floor_are_no_backchannel(text: str) -> None:
    assert not is_backchannel(text, asking=False)


def test_an_uh_huh_answers_a_yes_or_no_question() -> None:
    assert not is_hesitation("uh huh", YES_NO)
    assert progress("uh huh", YES_NO) is Progress.COMPLETE


@pytest.mark.parametrize(
    ("text", "expect", "how_far"),
    [
        ("", INTEGER, Progress.UNKNOWN),
        ("um", INTEGER, Progress.UNKNOWN),
        ("fifty", INTEGER, Progress.GOES_ON),
        ("50", INTEGER, Progress.GOES_ON),
        ("mirongo itanu", INTEGER, Progress.GOES_ON),
        ("hamsini", INTEGER, Progress.GOES_ON),
        ("one hundred and", INTEGER, Progress.GOES_ON),
        ("minus", INTEGER, Progress.GOES_ON),
        ("it is", INTEGER, Progress.GOES_ON),
        ("fifty six", INTEGER, Progress.COMPLETE),
        ("56", INTEGER, Progress.COMPLETE),
        ("seven", INTEGER, Progress.COMPLETE),
        ("three", FRACTION, Progress.GOES_ON),
        ("three over", FRACTION, Progress.GOES_ON),
        ("three quarters", FRACTION, Progress.COMPLETE),
        ("three point", DECIMAL, Progress.GOES_ON),
        ("three point one", DECIMAL, Progress.UNKNOWN),
        ("yes", YES_NO, Progress.COMPLETE),
        ("oya", YES_NO, Progress.COMPLETE),
        ("odd", CHOICE, Progress.COMPLETE),
        ("a", CHOICE, Progress.UNKNOWN),
        ("let me think", INTEGER, Progress.COMPLETE),
        ("I don't know", OPEN, Progress.COMPLETE),
        ("because the cow", OPEN, Progress.UNKNOWN),
    ],
)
def test_how_far_an_answer_has_come(text: str, expect: Expect, how_far: Progress) -> None:
    assert progress(text, expect) is how_far


@given(st.text(max_size=80), st.sampled_from([INTEGER, FRACTION, DECIMAL, CHOICE, YES_NO, OPEN]), st.booleans())
def test_any_text_is_read(text: str, expect: Expect, asking: bool) -> None:
    assert progress(text, expect) in Progress
    assert is_backchannel(text, asking=False) or not is_backchannel(text, asking=asking)
