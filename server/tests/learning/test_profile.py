"""What is known of a learner comes back as it was, and what is missing begins as new."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.learning.difficulty import Rating
from bakame.learning.mood import Estimate, Mood, Sign, felt
from bakame.learning.pace import Pace
from bakame.learning.profile import Profile
from bakame.learning.rewards import Event, Rewards, earned

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)


def full() -> Profile:
    rewards, _, _ = earned(Rewards(), Event.RIGHT, now=NOW, module="math")
    return Profile(
        abilities={"math": Rating(-0.5, 12), "english": Rating(1.25, 3)},
        paces={"integer": Pace(1.5, 0.25, 9)},
        mood=Mood(Estimate(0.6, 2.0), Estimate(0.25, 1.5), Estimate(0.75, 3.0), at=NOW, spoken_at=NOW),
        rewards=rewards,
    )


def test_a_profile_comes_back_from_json_as_it_was() -> None:
    profile = full()
    assert Profile.from_state(json.loads(json.dumps(profile.to_state()))) == profile
    assert profile.rewards.week == date(2026, 3, 2)


def test_what_is_missing_begins_as_new() -> None:
    assert Profile.from_state({}) == Profile()
    for part in full().to_state():
        state = {name: each for name, each in full().to_state().items() if name != part}
        assert Profile.from_state(state) != full()
    older = full().to_state()
    older["rewards"] = {"points": 40}
    assert Profile.from_state(older).rewards == Rewards(points=40)


@pytest.mark.parametrize(
    "state",
    [
        {"abilities": 3},
        {"abilities": {"math": "good"}},
        {"paces": {"integer": [1]}},
        {"mood": {"effort": ["x", 1]}},
        {"mood": {"effort": [float("nan"), 1]}},
        {"mood": {"at": "yesterday"}},
        {"mood": {"at": "2026-01-01T00:00:00"}},
        {"rewards": {"week": "Monday"}},
        {"rewards": {"badges": "all"}},
    ],
)
def test_a_broken_profile_is_refused(state: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        Profile.from_state(state)


@given(
    st.sampled_from(["abilities", "paces", "mood", "rewards"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_junk_is_a_profile_or_is_refused_and_nothing_else(part: str, junk: object) -> None:
    try:
        profile = Profile.from_state({**full().to_state(), part: junk})
    except Invalid:
        return
    felt(profile.mood, Sign.RIGHT, now=NOW)
