"""Knowing is believed slowly, shown twice, and never bought with hints."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.mastery import Knowledge, expected_success, helped, observe, start
from bakame.learning.model import FORMATS
from bakame.learning.skills import Curriculum

FORMAT = st.sampled_from(FORMATS)
ANSWERS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40)


def after(
    curriculum: Curriculum, answers: str, *, knowledge: Knowledge | None = None, later: bool = False
) -> Knowledge:
    """Knowledge after answers in numbers: `r` right, `w` wrong, `h` right after a hint."""
    known = knowledge or start(format="integer", model=curriculum.model)
    for answer in answers:
        known = observe(
            known,
            right=answer in "rh",
            hinted=answer == "h",
            format="integer",
            model=curriculum.model,
            later_session=later,
        )
    return known


def test_four_right_answers_master_a_skill_with_numbers(curriculum: Curriculum) -> None:
    assert not after(curriculum, "rrr").mastered
    assert after(curriculum, "rrrr").mastered


def test_the_first_step_is_the_published_formula(curriculum: Curriculum) -> None:
    # 0.25 known, 0.15 learnt, 0.05 guessed, 0.10 slipped: (0.225 / 0.2625) = 6/7, then 6/7 + 1/7 * 0.15.
    assert after(curriculum, "r").p_known == pytest.approx(6 / 7 + 0.15 / 7)
    # 0.025 / (0.025 + 0.75 * 0.95) = 0.0339..., then + 0.966... * 0.15.
    assert after(curriculum, "w").p_known == pytest.approx(0.0338983 + 0.9661017 * 0.15)


def test_success_after_a_hint_counts_as_wrong(curriculum: Curriculum) -> None:
    assert after(curriculum, "rrrh") == after(curriculum, "rrrw")
    assert after(curriculum, "hhhhhhhh").right == 0


def test_the_last_three_must_be_right_without_a_hint(curriculum: Curriculum) -> None:
    almost = after(curriculum, "rrrwrr")
    assert not almost.mastered
    assert after(curriculum, "r", knowledge=almost).mastered


def test_choices_need_more_answers(curriculum: Curriculum) -> None:
    known = start(format="choice2", model=curriculum.model)
    for _ in range(7):
        known = observe(known, right=True, hinted=False, format="choice2", model=curriculum.model)
    assert known.p_known >= curriculum.model.threshold
    assert not known.mastered
    assert observe(known, right=True, hinted=False, format="choice2", model=curriculum.model).mastered


def test_mastery_is_confirmed_in_a_later_session_only(curriculum: Curriculum) -> None:
    mastered = after(curriculum, "rrrr")
    assert not after(curriculum, "rrrrrr", knowledge=mastered).confirmed
    assert not after(curriculum, "r", knowledge=mastered, later=True).confirmed
    confirmed = after(curriculum, "rr", knowledge=mastered, later=True)
    assert confirmed.confirmed
    assert after(curriculum, "ww", knowledge=confirmed).mastered


def test_mastery_that_is_not_confirmed_lapses(curriculum: Curriculum) -> None:
    mastered = after(curriculum, "rrrr")
    assert after(curriculum, "w", knowledge=mastered, later=True).mastered
    lapsed = after(curriculum, "wwww", knowledge=mastered, later=True)
    assert not lapsed.mastered
    assert after(curriculum, "rrr", knowledge=lapsed, later=True).mastered


@given(format_=FORMAT, answers=ANSWERS)
def test_belief_is_a_probability_and_counts_add_up(
    curriculum: Curriculum, format_: str, answers: list[tuple[bool, bool]]
) -> None:
    known = start(format=format_, model=curriculum.model)
    for right, hinted in answers:
        known = observe(known, right=right, hinted=hinted, format=format_, model=curriculum.model)
        assert 0 < known.p_known < 1
        assert known.unhinted_streak <= known.right <= known.items
        assert known.mastered or not known.confirmed
    assert known.items == len(answers)


@given(format_=FORMAT, p_known=st.floats(0.001, 0.999))
def test_a_right_answer_never_lowers_belief_below_a_wrong_one(
    curriculum: Curriculum, format_: str, p_known: float
) -> None:
    before = Knowledge(p_known)
    right, wrong = (
        observe(before, right=each, hinted=False, format=format_, model=curriculum.model) for each in (True, False)
    )
    assert right.p_known >= wrong.p_known
    assert right.p_known >= p_known
    chance = expected_success(p_known, format=format_, model=curriculum.model)
    parameters = curriculum.model.bkt[format_]
    assert parameters.p_guess <= chance <= 1 - parameters.p_slip


def test_what_may_be_forgotten_counts_against_a_review_that_fails(curriculum: Curriculum) -> None:
    confirmed = replace(after(curriculum, "rrrrrr"), confirmed=True)

    def failed(remembered: float) -> Knowledge:
        return observe(
            confirmed,
            right=False,
            hinted=False,
            format="integer",
            model=curriculum.model,
            later_session=True,
            remembered=remembered,
        )

    assert failed(1.0).mastered
    assert not failed(0.7).mastered
    assert not failed(0.7).confirmed


def test_help_is_a_chance_to_learn_and_no_answer(curriculum: Curriculum) -> None:
    known = helped(Knowledge(0.25), format="integer", model=curriculum.model)
    assert known.p_known == pytest.approx(0.25 + 0.75 * 0.15)
    assert known == Knowledge(known.p_known)
