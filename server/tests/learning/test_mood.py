"""How it is going is known slowly, forgotten soon, and never turned over by one thing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.mood import HALF_LIFE, MOST_STEP, Mood, Sign, faded, felt, target
from bakame.learning.pace import RAPID

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
SIGNS = st.lists(st.tuples(st.sampled_from(list(Sign)), st.floats(-9, 9), st.integers(0, 400)), max_size=30)


def after(*signs: Sign, deviation: float = 0.0, mood: Mood | None = None) -> Mood:
    mood = mood or Mood()
    for n, sign in enumerate(signs):
        mood = felt(mood, sign, now=(mood.at or NOW) + timedelta(seconds=20 * bool(n)), deviation=deviation)
    return mood


def values(mood: Mood) -> tuple[float, float, float]:
    return mood.effort.value, mood.difficulty.value, mood.engagement.value


def test_mistakes_in_a_row_make_it_hard_and_right_answers_easy() -> None:
    assert target(after(*[Sign.WRONG] * 4)) == "after_frustration"
    assert target(after(*[Sign.RIGHT] * 12)) == "challenge"
    assert target(after(Sign.RIGHT, Sign.WRONG, Sign.RIGHT, Sign.RIGHT)) == "normal"


def test_quick_right_answers_are_easier_than_slow_ones() -> None:
    quick, slow = (after(*[Sign.RIGHT] * 4, deviation=each) for each in (-1.0, 3.0))
    assert quick.difficulty.value < slow.difficulty.value
    assert quick.effort.value < slow.effort.value


def test_guessing_is_little_effort_and_trying_again_is_much() -> None:
    guessed = after(*[Sign.WRONG] * 3, deviation=RAPID)
    tried = after(Sign.WRONG, Sign.RETRIED, Sign.WRONG, Sign.RETRIED)
    assert guessed.effort.value < 0.5 < tried.effort.value
    assert guessed.engagement.value < tried.engagement.value


def test_silence_and_skipping_lower_engagement() -> None:
    assert after(Sign.SILENCE, Sign.SKIP, Sign.SILENCE).engagement.value < 0.35


def test_all_fades_to_the_middle() -> None:
    mood = after(*[Sign.WRONG] * 6)
    later = faded(mood, NOW + 8 * HALF_LIFE)
    assert values(later) == pytest.approx((0.5, 0.5, 0.5), abs=0.01)
    assert target(later) == "normal"
    assert later.difficulty.confidence < 0.05
    assert faded(mood, NOW - timedelta(days=1)) == mood


@given(SIGNS)
def test_estimates_stay_between_nothing_and_all(signs: list[tuple[Sign, float, int]]) -> None:
    mood, now = Mood(), NOW
    for sign, deviation, seconds in signs:
        now += timedelta(seconds=seconds)
        mood = felt(mood, sign, now=now, deviation=deviation)
        for each in (mood.effort, mood.difficulty, mood.engagement):
            assert 0 <= each.value <= 1
            assert 0 <= each.confidence < 1
    assert Mood.from_state(mood.to_state()).at == mood.at


@given(st.lists(st.sampled_from(list(Sign)), max_size=12), st.sampled_from(list(Sign)), st.floats(-9, 9))
def test_no_single_sign_turns_an_estimate_over(before: list[Sign], sign: Sign, deviation: float) -> None:
    mood = after(*before)
    moved = felt(mood, sign, now=mood.at or NOW, deviation=deviation)
    for old, new in zip(values(mood), values(moved), strict=True):
        assert abs(new - old) <= MOST_STEP + 1e-9
    assert {target(mood), target(moved)} != {"challenge", "after_frustration"}


@given(st.sampled_from(list(Sign)), st.integers(1, 20))
def test_confidence_grows_with_signs(sign: Sign, count: int) -> None:
    mood = Mood()
    for _ in range(count):
        more = felt(mood, sign, now=NOW)
        for old, new in zip(
            (mood.effort, mood.difficulty, mood.engagement),
            (more.effort, more.difficulty, more.engagement),
            strict=True,
        ):
            assert new.confidence >= old.confidence
        mood = more
    assert target(felt(Mood(), sign, now=NOW)) == "normal"
