"""What comes next, when a skill is left, and what an answer proves."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bakame.learning.comparison import FixedOrder, RandomOrder, ThreeOfFive
from bakame.learning.difficulty import Rating
from bakame.learning.lesson import Sitting
from bakame.learning.mastery import Knowledge
from bakame.learning.plan import Slot
from bakame.learning.policy import ON_ONE_SKILL, Adaptive, Answer, Choice, Leave, Policy, Situation
from bakame.learning.profile import Profile
from bakame.learning.review import Rating as Recall
from bakame.learning.review import reviewed
from bakame.learning.skills import Curriculum

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
COUNT, ADD, BACK = "math.number.count_next", "math.add.within_10", "math.number.count_back"
DONE = Knowledge(0.97, items=4, right=4, mastered=True)
KEPT = replace(DONE, confirmed=True)
FRESH = reviewed(KEPT, Recall.Good, NOW)


def situation(curriculum: Curriculum, **changes: object) -> Situation:
    base = Situation(curriculum, "math", {}, Profile(), NOW)
    return replace(base, **changes)


def chosen(policy: Policy, at: Situation) -> Choice:
    choice = policy.next(at, rng=random.Random(1))
    assert choice is not None
    return choice


def answers(curriculum: Curriculum, policy: Policy, word: str, known: Knowledge, *, now: datetime = NOW) -> Knowledge:
    """Knowledge after answers to numbers: `r` right, `w` wrong, `h` hinted, `s` right with the first step done."""
    for letter in word:
        answer = Answer(right=letter != "w", hinted=letter == "h", format="integer", now=now, helped=letter == "s")
        known = policy.learnt(known, answer, model=curriculum.model)
    return known


def test_a_sitting_opens_with_what_is_most_forgotten(curriculum: Curriculum) -> None:
    knowledge = {
        COUNT: reviewed(KEPT, Recall.Easy, NOW - timedelta(days=9)),
        BACK: reviewed(KEPT, Recall.Good, NOW - timedelta(days=9)),
    }
    assert chosen(Adaptive(), situation(curriculum, knowledge=knowledge)) == Choice(
        curriculum.skills[BACK], Slot.REVIEW
    )
    excluded = situation(curriculum, knowledge=knowledge, excluded=frozenset({BACK}))
    assert chosen(Adaptive(), excluded).skill.id == COUNT


def test_what_was_mastered_yesterday_is_proved_today_and_nothing_else_is_due(curriculum: Curriculum) -> None:
    new = reviewed(DONE, Recall.Good, NOW - timedelta(days=1))
    assert chosen(Adaptive(), situation(curriculum, knowledge={COUNT: new})).slot is Slot.REVIEW
    today = reviewed(DONE, Recall.Good, NOW - timedelta(minutes=5))
    assert chosen(Adaptive(), situation(curriculum, knowledge={COUNT: today})).slot is Slot.LEVEL
    kept = replace(new, confirmed=True)
    assert chosen(Adaptive(), situation(curriculum, knowledge={COUNT: kept})).slot is Slot.LEVEL


def test_proof_that_was_begun_is_finished_first(curriculum: Curriculum) -> None:
    knowledge = {
        COUNT: reviewed(KEPT, Recall.Good, NOW - timedelta(days=60)),
        BACK: replace(reviewed(DONE, Recall.Good, NOW), unhinted_streak=1),
    }
    assert chosen(Adaptive(), situation(curriculum, knowledge=knowledge)).skill.id == BACK


def test_a_stretch_is_harder_than_the_present_skill_and_none_comes_after_frustration(curriculum: Curriculum) -> None:
    p1 = {skill.id: FRESH for skill in curriculum.of_module("math") if skill.level == "P1"}
    at = situation(
        curriculum,
        knowledge={**p1, ADD: Knowledge(0.5, items=3)},
        present=ADD,
        sitting=Sitting(slots=(0, 8, 0)),
        profile=Profile(abilities={"math": Rating(-1.0)}),
    )
    choice = chosen(Adaptive(), at)
    assert choice.slot is Slot.STRETCH
    harder = curriculum.model.difficulty
    assert harder[choice.skill.level] > harder[curriculum.skills[ADD].level]
    assert chosen(Adaptive(), replace(at, target="after_frustration")).slot is Slot.LEVEL


def test_an_able_learner_gets_harder_skills(curriculum: Curriculum) -> None:
    believed = {skill.id: Knowledge(0.9) for skill in curriculum.of_module("math") if skill.level in ("P1", "P2")}

    def level(logit: float) -> float:
        profile = Profile(abilities={"math": Rating(logit)})
        choice = chosen(Adaptive(), situation(curriculum, knowledge=believed, profile=profile))
        return curriculum.model.difficulty[choice.skill.level]

    assert level(-1.0) <= level(1.5)


def test_items_that_proved_hard_are_taken_as_hard(curriculum: Curriculum) -> None:
    at = situation(curriculum, knowledge={COUNT: FRESH}, profile=Profile(abilities={"math": Rating(-1.0)}))
    first = chosen(Adaptive(), at).skill.id
    assert chosen(Adaptive(), replace(at, ratings={first: Rating(4.0, 500)})).skill.id != first


def test_a_skill_is_left_when_it_is_mastered_told_skipped_or_long_enough(curriculum: Curriculum) -> None:
    skill = curriculum.skills[ADD]
    at = situation(curriculum, present=ADD, knowledge={ADD: Knowledge(0.4, items=3)})
    leaving = Adaptive().leaving
    assert leaving(at, skill) is None
    assert leaving(replace(at, knowledge={ADD: DONE}), skill) is Leave.MASTERED
    assert leaving(replace(at, missed=2), skill) is Leave.TOLD
    assert leaving(replace(at, skipped=2), skill) is Leave.SKIPPED
    assert leaving(replace(at, on_skill=ON_ONE_SKILL), skill) is Leave.ENOUGH
    nearly = {ADD: Knowledge(0.9, items=8)}
    assert leaving(replace(at, on_skill=ON_ONE_SKILL, knowledge=nearly), skill) is None
    spinning = {ADD: Knowledge(0.3, items=12, right=4)}
    assert leaving(replace(at, on_skill=1, knowledge=spinning), skill) is Leave.SPINNING
    flagged = {ADD: replace(spinning[ADD], stuck="spinning")}
    assert leaving(replace(at, on_skill=1, knowledge=flagged), skill) is None


def test_mastery_begins_a_memory_and_is_proved_by_two_answers_in_another_session(curriculum: Curriculum) -> None:
    mastered = answers(curriculum, Adaptive(), "rrrr", Knowledge(0.25))
    assert mastered.mastered
    assert mastered.due_at == NOW + timedelta(days=2)
    same = answers(curriculum, Adaptive(), "rr", mastered, now=NOW + timedelta(minutes=3))
    assert not same.confirmed
    assert same.due_at == mastered.due_at
    later = NOW + timedelta(days=1)
    once = answers(curriculum, Adaptive(), "r", mastered, now=later)
    assert not once.confirmed
    assert answers(curriculum, Adaptive(), "r", once, now=later).confirmed


def test_a_lapse_brings_a_skill_back_to_practice(curriculum: Curriculum) -> None:
    mastered = replace(answers(curriculum, Adaptive(), "rrrr", Knowledge(0.25)), confirmed=True)
    long_after = NOW + timedelta(days=40)
    lapsed = answers(curriculum, Adaptive(), "w", mastered, now=long_after)
    assert not lapsed.mastered
    assert not lapsed.confirmed
    assert lapsed.due_at is None
    choice = chosen(Adaptive(), situation(curriculum, knowledge={COUNT: lapsed}, now=long_after))
    assert choice == Choice(curriculum.skills[COUNT], Slot.LEVEL)
    back = answers(curriculum, Adaptive(), "rrr", lapsed, now=long_after)
    assert back.mastered
    assert back.due_at is not None
    assert back.due_at - long_after <= timedelta(days=3)


def test_one_slip_soon_after_does_not_take_a_well_shown_skill(curriculum: Curriculum) -> None:
    sure = answers(curriculum, Adaptive(), "rrrrrr", Knowledge(0.25))
    slipped = answers(curriculum, Adaptive(), "w", sure, now=NOW + timedelta(minutes=1))
    assert slipped.mastered
    assert slipped.due_at == NOW + timedelta(days=1, minutes=1)


def test_an_exercise_that_was_half_done_is_a_chance_to_learn_and_no_evidence(curriculum: Curriculum) -> None:
    known = answers(curriculum, Adaptive(), "s", Knowledge(0.25))
    assert known == Knowledge(0.25 + 0.75 * 0.15)
    assert not answers(curriculum, Adaptive(), "s" * 40, Knowledge(0.25)).mastered


def test_two_right_answers_end_being_stuck(curriculum: Curriculum) -> None:
    known = replace(Knowledge(0.25, items=6), stuck="told")
    assert answers(curriculum, Adaptive(), "r", known).stuck == "told"
    assert answers(curriculum, Adaptive(), "rr", known).stuck is None
    assert answers(curriculum, Adaptive(), "hh", known).stuck == "told"


def test_the_policies_of_the_comparison_claim_by_their_own_rule(curriculum: Curriculum) -> None:
    new = Knowledge(0.25)
    assert answers(curriculum, FixedOrder(items=3), "www", new).mastered
    assert not answers(curriculum, FixedOrder(items=3), "rr", new).mastered
    assert answers(curriculum, ThreeOfFive(), "rwrwr", new).mastered
    assert not answers(curriculum, ThreeOfFive(), "rwwwrr", new).mastered
    assert answers(curriculum, RandomOrder(), "rrrr", new).mastered
    assert not answers(curriculum, RandomOrder(), "rwrwr", new).mastered


def test_the_policies_of_the_comparison_never_review_and_go_by_level_or_at_random(curriculum: Curriculum) -> None:
    due = {COUNT: reviewed(DONE, Recall.Good, NOW - timedelta(days=90))}
    at = situation(curriculum, knowledge=due)
    for policy in (FixedOrder(), RandomOrder(), ThreeOfFive()):
        choice = chosen(policy, at)
        assert choice.slot is Slot.LEVEL
        assert choice.skill.id != COUNT
    assert chosen(ThreeOfFive(), at).skill.level == "P1"
    skills = {policy.skill.id for seed in range(20) if (policy := RandomOrder().next(at, rng=random.Random(seed)))}
    assert len(skills) > 10
    everything = {skill.id: DONE for skill in curriculum.of_module("math")}
    assert FixedOrder().next(situation(curriculum, knowledge=everything), rng=random.Random(1)) is None
