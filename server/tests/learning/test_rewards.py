"""Effort and learning are rewarded, everything stays, and a missed week is forgiven."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.rewards import FREEZES, LEVELS, Badge, Event, News, Rewards, earned, here

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def gain(rewards: Rewards, *events: Event, now: datetime = MONDAY, count: int = 1, module: str = "math") -> Rewards:
    for event in events:
        rewards, _, _ = earned(rewards, event, now=now, module=module, count=count)
    return rewards


def news_of(rewards: Rewards, event: Event, *, now: datetime = MONDAY, count: int = 1) -> tuple[News, ...]:
    return earned(rewards, event, now=now, module="math", count=count)[2]


def points_of(event: Event, **options: float) -> int:
    return earned(Rewards(), event, now=MONDAY, module="math", **options)[1]  # pyright: ignore[reportArgumentType]


def learning_on(rewards: Rewards, monday: datetime, days: int) -> Rewards:
    for day in range(days):
        rewards = gain(rewards, Event.RIGHT, now=monday + day * DAY)
    return rewards


def test_right_away_is_worth_more_than_with_help_and_that_more_than_trying() -> None:
    assert points_of(Event.RIGHT) > points_of(Event.HELPED) > points_of(Event.TRIED) > 0
    assert points_of(Event.HELPED, hinted_share=0.5) == points_of(Event.RIGHT) / 2
    assert points_of(Event.KEPT) > points_of(Event.RIGHT)
    assert points_of(Event.MASTERED) > points_of(Event.KEPT)
    assert points_of(Event.RACED, count=8) == 2 * points_of(Event.RACED, count=4)


def test_levels_have_names_and_news_of_each_comes_once() -> None:
    assert Rewards().level == (1, "Imbuto")
    rewards = Rewards()
    seen: list[str] = []
    for _ in range(900):
        rewards, _, news = earned(rewards, Event.MASTERED, now=MONDAY, module="math")
        seen += [each.name for each in news if each.kind == "level"]
    assert seen == [name for _, name in LEVELS[1:]]
    assert rewards.level == (len(LEVELS), LEVELS[-1][1])
    assert rewards.to_next_level == 0
    assert Rewards(points=40).to_next_level == 60


def test_badges_are_given_once() -> None:
    rewards = Rewards()
    assert News("badge", Badge.FIRST_STEPS) in news_of(rewards, Event.RIGHT)
    assert news_of(gain(rewards, Event.RIGHT), Event.RIGHT) == ()
    assert news_of(rewards, Event.TRIED) == ()
    seven = gain(rewards, *[Event.MASTERED] * 6)
    assert News("badge", Badge.SEVEN_SKILLS) in news_of(seven, Event.MASTERED)
    raced = gain(rewards, Event.RACED)
    assert Badge.RACE in raced.badges
    assert gain(raced, Event.RACED).badges.count(Badge.RACE) == 1
    for module in ("math", "english", "comprehension", "debate", "general"):
        rewards = gain(rewards, Event.TRIED, module=module)
    assert Badge.FIVE_MODULES in rewards.badges


def test_who_comes_back_after_a_week_is_welcomed_with_a_badge() -> None:
    rewards = gain(Rewards(), Event.RIGHT)
    assert Badge.COMEBACK not in gain(rewards, Event.RIGHT, now=MONDAY + 6 * DAY).badges
    assert Badge.COMEBACK in gain(rewards, Event.RIGHT, now=MONDAY + WEEK).badges


def test_only_a_better_race_is_a_best_one() -> None:
    first = gain(Rewards(), Event.RACED, count=6)
    assert News("best", "8") in news_of(first, Event.RACED, count=8)
    assert not [each for each in news_of(first, Event.RACED, count=6) if each.kind == "best"]
    assert gain(first, Event.RACED, count=3).best_race == 6


def test_three_days_of_a_week_reach_the_goal_once() -> None:
    rewards = learning_on(Rewards(), MONDAY, 2)
    assert rewards.weeks == 0
    assert News("goal", "3") in news_of(rewards, Event.RIGHT, now=MONDAY + 2 * DAY)
    rewards = learning_on(rewards, MONDAY, 7)
    assert rewards.weeks == 1
    assert rewards.days == tuple(range(7))


def test_a_week_begins_on_monday_in_kigali() -> None:
    late_on_sunday = datetime(2026, 3, 8, 21, 59, tzinfo=UTC)
    assert here(Rewards(), late_on_sunday).week == date(2026, 3, 2)
    assert here(Rewards(), late_on_sunday + timedelta(minutes=1)).week == date(2026, 3, 9)


def test_two_missed_weeks_are_free_and_a_third_only_begins_a_new_run() -> None:
    rewards = learning_on(Rewards(), MONDAY, 3)
    assert here(rewards, MONDAY + WEEK).freezes == FREEZES
    forgiven = here(rewards, MONDAY + 3 * WEEK)
    assert (forgiven.weeks, forgiven.freezes) == (1, 0)
    again = learning_on(forgiven, MONDAY + 3 * WEEK, 3)
    assert (again.weeks, again.freezes) == (2, FREEZES)
    ended = here(rewards, MONDAY + 4 * WEEK)
    assert (ended.weeks, ended.freezes) == (0, FREEZES)
    assert ended.points == rewards.points
    assert ended.badges == rewards.badges


def test_four_weekly_goals_in_a_row_are_a_badge() -> None:
    rewards = Rewards()
    for week in range(4):
        rewards = learning_on(rewards, MONDAY + week * WEEK, 3)
    assert Badge.WEEKS in rewards.badges


EVENTS = st.lists(st.tuples(st.sampled_from(list(Event)), st.integers(-3, 40), st.integers(0, 10)), max_size=25)


@given(EVENTS)
def test_nothing_is_ever_lost(events: list[tuple[Event, int, int]]) -> None:
    rewards, now = Rewards(), MONDAY
    for event, days, count in events:
        now += days * DAY
        before = rewards
        rewards, points, _ = earned(rewards, event, now=now, module="math", count=count)
        assert points >= 0
        assert rewards.points == before.points + points
        assert set(before.badges) <= set(rewards.badges)
        assert len(set(rewards.badges)) == len(rewards.badges)
        assert rewards.best_race >= before.best_race
        assert 0 <= rewards.freezes <= FREEZES
        assert rewards.weeks >= 0
    assert Rewards.from_state(json.loads(json.dumps(rewards.to_state()))) == rewards


@pytest.mark.parametrize("state", [{"points": "many"}, {"week": 3}, {"days": 3}, {"badges": "all"}])
def test_broken_rewards_are_refused(state: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Rewards.from_state(state)
