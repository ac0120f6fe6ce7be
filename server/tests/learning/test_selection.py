"""The next skill is open, new to the learner, and near what they can do."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.learning.difficulty import Rating
from bakame.learning.mastery import Knowledge, observe, start
from bakame.learning.selection import BELIEVED, chance, choose, entries, first_ability
from bakame.learning.skills import Curriculum


def test_a_beginner_begins_at_the_beginning(curriculum: Curriculum) -> None:
    skill = choose(curriculum, "math", {}, recent=(), stuck=())
    assert skill is not None
    assert (skill.level, skill.prerequisites) == ("P1", ())


def test_a_lesson_stays_with_its_skill_until_it_is_mastered_or_stuck(curriculum: Curriculum) -> None:
    first = {"math.number.count_next": Knowledge(0.99, items=5, mastered=True)}
    knowledge = {**first, "math.add.within_10": Knowledge(0.4, items=2)}
    recent = ["math.add.within_10"]
    stay = choose(curriculum, "math", knowledge, recent=recent, stuck=())
    assert stay is not None
    assert stay.id == recent[0]
    left = choose(curriculum, "math", knowledge, recent=recent, stuck=recent)
    assert left is not None
    assert left.id != recent[0]
    done = {**first, "math.add.within_10": Knowledge(0.99, items=5, mastered=True)}
    after = choose(curriculum, "math", done, recent=recent, stuck=())
    assert after is not None
    assert after.id not in done


def test_stuck_on_the_only_open_skill_the_lesson_goes_on_with_it(curriculum: Curriculum) -> None:
    skill = choose(curriculum, "math", {}, recent=["math.number.count_next"], stuck=["math.number.count_next"])
    assert skill is not None
    assert skill.id == "math.number.count_next"


def test_mixed_practice_does_not_repeat(curriculum: Curriculum) -> None:
    knowledge = {skill.id: Knowledge(0.5, items=1) for skill in curriculum.of_module("math") if not skill.prerequisites}
    knowledge["math.number.count_next"] = Knowledge(0.99, items=9, mastered=True)
    recent: list[str] = []
    for _ in range(12):
        skill = choose(curriculum, "math", knowledge, recent=recent, stuck=(), mixed=True)
        assert skill is not None
        assert skill.id not in recent[-2:]
        recent.append(skill.id)


def test_what_placement_believes_is_left_for_later(curriculum: Curriculum) -> None:
    knowledge = {skill.id: Knowledge(0.9) for skill in curriculum.of_module("math") if skill.level in ("P1", "P2")}
    skill = choose(curriculum, "math", knowledge, recent=(), stuck=())
    assert skill is not None
    assert skill.level not in ("P1", "P2")


def test_when_all_is_mastered_there_is_nothing_to_choose(curriculum: Curriculum) -> None:
    mastered = {skill.id: Knowledge(0.99, items=9, mastered=True) for skill in curriculum.of_module("math")}
    assert choose(curriculum, "math", mastered, recent=(), stuck=()) is None
    one_left = {**mastered, "math.data.range": replace(mastered["math.data.range"], mastered=False)}
    skill = choose(curriculum, "math", one_left, recent=(), stuck=["math.data.range"])
    assert skill is not None
    assert skill.id == "math.data.range"


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_prerequisites_are_always_in_place(curriculum: Curriculum, data: st.DataObject) -> None:
    seed = data.draw(st.integers())
    rng = random.Random(seed)
    knowledge = {
        skill.id: Knowledge(p := rng.random(), items=rng.choice([0, 3]), mastered=p > 0.6)
        for skill in curriculum.of_module("math")
        if rng.random() < 0.7
    }
    skill = choose(curriculum, "math", knowledge, recent=(), stuck=())
    assert skill is not None
    assert not (skill.id in knowledge and knowledge[skill.id].mastered)
    for needed in skill.prerequisites:
        known = knowledge.get(needed, Knowledge(0.0))
        assert known.mastered or (known.items == 0 and known.p_known >= BELIEVED)


def test_a_diligent_learner_gets_through_the_whole_module(curriculum: Curriculum) -> None:
    rng = random.Random(11)
    knowledge: dict[str, Knowledge] = {}
    recent: list[str] = []
    for _ in range(6_000):
        skill = choose(curriculum, "math", knowledge, recent=recent[-3:], stuck=())
        if skill is None:
            break
        before = knowledge.get(skill.id) or start(format=skill.format, model=curriculum.model)
        knowledge[skill.id] = observe(
            before, right=rng.random() < 0.9, hinted=False, format=skill.format, model=curriculum.model
        )
        recent.append(skill.id)
    assert all(knowledge[skill.id].mastered for skill in curriculum.of_module("math"))


def test_the_chance_of_success_leans_on_the_learner_first_and_on_the_skill_later(curriculum: Curriculum) -> None:
    entry = entries(curriculum, "math")["math.add.within_20"]
    able, weak = Rating(1.0), Rating(-4.0)

    def gap(items: int) -> float:
        known = Knowledge(0.5, items=items)
        return chance(entry, known, ability=able) - chance(entry, known, ability=weak)

    assert gap(0) > gap(3) > gap(20) > 0
    hard = chance(entry, Knowledge(0.5), ability=able, rating=Rating(3.0))
    assert hard < chance(entry, Knowledge(0.5), ability=able)
    assert chance(entry, Knowledge(1.0), ability=None) == pytest.approx(1 - entry.slip)


def test_what_was_forgotten_comes_before_what_is_new(curriculum: Curriculum) -> None:
    lapsed = Knowledge(0.3, items=9, right=6, stability=3.0)
    knowledge = {"math.number.count_next": Knowledge(0.99, items=5, mastered=True), "math.number.count_back": lapsed}
    skill = choose(curriculum, "math", knowledge)
    assert skill is not None
    assert skill.id == "math.number.count_back"


def test_a_first_rating_is_that_of_the_hardest_skills_that_are_known(curriculum: Curriculum) -> None:
    assert first_ability(curriculum, "math", {}).logit == -2.0
    known = {"math.add.within_10": Knowledge(0.9), "math.mul.word": Knowledge(0.97, items=5, mastered=True)}
    assert first_ability(curriculum, "math", known).logit == -1.0


def test_another_strand_and_only_harder_skills_can_be_asked_for(curriculum: Curriculum) -> None:
    p1 = {skill.id: Knowledge(0.9) for skill in curriculum.of_module("math") if skill.level == "P1"}
    first = choose(curriculum, "math", p1)
    assert first is not None
    away = choose(curriculum, "math", p1, away_from=first.strand)
    assert away is not None
    assert away.strand != first.strand
    harder = choose(curriculum, "math", p1, harder_than=-1.5, ability=Rating(0.0))
    assert harder is not None
    assert curriculum.model.difficulty[harder.level] > -1.5
    assert choose(curriculum, "math", p1, harder_than=5.0) is None
    assert choose(curriculum, "math", {}, excluded=[skill.id for skill in curriculum.of_module("math")]) is None
