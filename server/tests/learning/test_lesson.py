"""A saved lesson is the lesson that was saved, and a broken one never stops a learner."""

import json
import random
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.learning import placement
from bakame.learning.difficulty import Rating
from bakame.learning.exercises import make_exercise
from bakame.learning.lesson import RECENT, Item, Lesson, Phase, Sitting, restored
from bakame.learning.plan import Slot, Support
from bakame.learning.profile import Profile
from classroom import all_skills

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def full_lesson(seed: int) -> Lesson:
    rng = random.Random(seed)
    skill = rng.choice(all_skills().of_module("math"))
    return Lesson(
        phase=rng.choice(tuple(Phase)),
        placement=placement.begin(all_skills(), "math", rng=rng),
        item=Item(
            make_exercise(skill, rng=rng),
            tries=2,
            rung=1,
            counted=True,
            slot=Slot.REVIEW,
            support=Support.HALF,
            last=True,
        ),
        heard="twelve hundred",
        misses=1,
        on_skill=3,
        missed=1,
        skipped=1,
        recent=(skill.id,),
        stuck=("math.add.within_10",),
        shown=(skill.id,),
        slow=True,
        greeted=True,
        nameless=True,
        sitting=Sitting(
            asked=5,
            right=4,
            streak=2,
            mastered=(skill.id,),
            slots=(1, 3, 1),
            points=42,
            news=(("badge", "first_steps"),),
            challenged=True,
        ),
        profile=Profile(abilities={"math": Rating(0.5, 3)}),
    )


@given(st.integers())
def test_a_lesson_comes_back_from_json_as_it_was(seed: int) -> None:
    lesson = full_lesson(seed)
    assert Lesson.from_state(json.loads(json.dumps(lesson.to_state()))) == lesson


def test_a_fresh_lesson_comes_back_too() -> None:
    assert Lesson.from_state(Lesson().to_state()) == Lesson()


@given(st.sampled_from(sorted(full_lesson(1).to_state())), JSON)
def test_a_broken_state_gives_a_lesson_and_never_another_error(field: str, junk: object) -> None:
    lesson, wrong = restored({**full_lesson(1).to_state(), field: junk})
    assert wrong is None or lesson == Lesson()


@pytest.mark.parametrize("state", [{}, {"schema": 2}, {"schema": 1}, {**Lesson().to_state(), "phase": "asleep"}])
def test_what_cannot_be_taken_up_is_a_fresh_lesson_and_is_reported(state: dict[str, object]) -> None:
    lesson, wrong = restored(state)
    assert lesson == Lesson()
    assert wrong
    with pytest.raises(Invalid):
        Lesson.from_state(state)


def test_only_the_last_skills_are_remembered_and_each_once() -> None:
    lesson = replace(Lesson(), recent=tuple("abcdef"))
    assert lesson.having_recent("b").recent == tuple("acdefb")
    assert lesson.having_recent("g").recent == tuple("bcdefg")
    assert len(lesson.having_recent("g").recent) == RECENT


def test_a_lesson_of_before_goes_on_with_a_new_profile_and_sitting() -> None:
    state = full_lesson(3).to_state()
    del state["profile"]
    state["sitting"] = {"asked": 5, "right": 4, "streak": 2, "mastered": []}
    item = {**cast("dict[str, object]", state["item"]), "review": True}
    for name in ("slot", "support", "last"):
        del item[name]
    lesson = Lesson.from_state({**state, "schema": 1, "item": item})
    assert lesson.profile == Profile()
    assert lesson.sitting == Sitting(asked=5, right=4, streak=2)
    assert lesson.item is not None
    assert lesson.item.review
    assert lesson.item.support is Support.SOLO
