"""Six to eight questions find the level, and what is believed fits the prerequisites."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.learning import placement
from bakame.learning.placement import LEAST, MOST, MOST_BELIEVED, Placement
from bakame.learning.skills import Curriculum


def place(curriculum: Curriculum, *, at: str, seed: int, module: str = "math") -> Placement:
    """A learner who knows what is at or below a level, but for slips, and nothing above, but for guesses."""
    rng = random.Random(f"{at}:{seed}")
    placed = placement.begin(curriculum, module, rng=rng)
    difficulty = curriculum.model.difficulty
    while (skill_id := placement.next_skill(placed, curriculum)) is not None:
        skill = curriculum.skills[skill_id]
        parameters = curriculum.model.bkt[skill.format]
        knows = difficulty[skill.level] <= difficulty[at]
        right = rng.random() < (1 - parameters.p_slip if knows else parameters.p_guess)
        placed = placement.observe(placed, skill_id, right)
    return placed


def test_learners_are_placed_within_one_level(curriculum: Curriculum) -> None:
    levels = curriculum.school_levels
    runs = [(at, seed) for at in levels for seed in range(24)]
    near = 0
    for at, seed in runs:
        found = placement.level(place(curriculum, at=at, seed=seed), curriculum)
        near += abs(levels.index(found) - levels.index(at)) <= 1
    assert near / len(runs) >= 0.9


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(), answers=st.lists(st.sampled_from([True, False, None]), min_size=MOST, max_size=MOST))
def test_any_answers_end_in_a_placement_that_makes_sense(
    curriculum: Curriculum, seed: int, answers: list[bool | None]
) -> None:
    placed = placement.begin(curriculum, "math", rng=random.Random(seed))
    for right in answers:
        skill_id = placement.next_skill(placed, curriculum)
        if skill_id is None:
            break
        assert skill_id not in {asked for asked, _ in placed.asked}
        strand = curriculum.skills[skill_id].strand
        # Later on, nothing of another strand may be left that would tell anything.
        assert len(placed.asked) not in (1, 2, 3) or curriculum.skills[placed.asked[-1][0]].strand != strand
        placed = placement.observe(placed, skill_id, right)
    assert placement.next_skill(placed, curriculum) is None
    assert LEAST <= len(placed.asked) <= MOST
    assert Placement.from_state(json.loads(json.dumps(placed.to_state()))) == placed
    beliefs = placement.result(placed, curriculum)
    assert set(beliefs) == {skill.id for skill in curriculum.of_module("math")}
    for skill_id, known in beliefs.items():
        assert 0 < known.p_known <= MOST_BELIEVED
        assert (known.items, known.mastered) == (0, False)
        for needed in curriculum.skills[skill_id].prerequisites:
            assert known.p_known <= beliefs[needed].p_known


def test_a_right_answer_raises_what_it_needs(curriculum: Curriculum) -> None:
    begun = placement.begin(curriculum, "math", rng=random.Random(1))
    failed = placement.observe(begun, "math.fractions.add_unlike", False)
    passed = placement.observe(begun, "math.fractions.add_unlike", True)
    needed = curriculum.skills["math.fractions.add_unlike"].prerequisites[0]
    low, high = (placement.result(each, curriculum)[needed].p_known for each in (failed, passed))
    assert low < high


def test_the_same_state_asks_the_same_question(curriculum: Curriculum) -> None:
    begun = placement.begin(curriculum, "math", rng=random.Random(5))
    assert placement.next_skill(begun, curriculum) == placement.next_skill(begun, curriculum)
    first = {
        placement.next_skill(placement.begin(curriculum, "math", rng=random.Random(seed)), curriculum)
        for seed in range(20)
    }
    assert len(first) > 1


def test_other_modules_can_be_placed(curriculum: Curriculum) -> None:
    placed = place(curriculum, at="A2", seed=1, module="english")
    assert LEAST <= len(placed.asked) <= MOST
    with pytest.raises(Invalid):
        placement.begin(curriculum, "cooking", rng=random.Random(1))


@pytest.mark.parametrize("state", [{}, {"module": "math", "seed": 1, "asked": [["a"]]}, {"module": 1, "seed": 1}])
def test_a_damaged_saved_placement_is_invalid(state: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        Placement.from_state(state)
