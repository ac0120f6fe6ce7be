"""A sitting of practice as a whole: reviews, something new with fading help, the way on, the challenge, the close."""

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bakame.learning.comparison import ThreeOfFive
from bakame.learning.difficulty import Rating
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.lesson import Item, Lesson, Phase, Sitting
from bakame.learning.mastery import Knowledge
from bakame.learning.mood import Mood, Sign, felt
from bakame.learning.plan import Slot, Support
from bakame.learning.profile import Profile
from bakame.learning.skills import Skill
from bakame.learning.stories import parse_stories
from bakame.text.commands import Command
from bakame.tutor.module import View
from bakame.tutor.modules.math import MathModule
from bakame.tutor.turn import Channel
from bakame.tutor.wording import Line
from classroom import SERVER, all_skills, guidance
from practising import COUNT, KEPT, Learner, kept

ADD = "math.add.within_10"


@pytest.fixture
def learner() -> Learner:
    return Learner()


def test_a_new_skill_is_shown_then_half_done_then_left_to_the_learner(learner: Learner) -> None:
    learner.comes()
    assert learner.heard[:3] == ["topic.new", "example", "half"]
    assert learner.item.support is Support.HALF
    half = learner.step.parts[-2]
    assert isinstance(half, Line)
    assert learner.item.exercise.answer not in re.findall(r"\d+", half.fields["step"])
    assert learner.heard[-1] == learner.item.exercise.say
    skill = learner.item.exercise.skill_id
    learner.answers()
    assert "right.helped" in learner.heard
    assert learner.knowledge[skill].items == 0
    assert learner.knowledge[skill].p_known > 0.25
    assert learner.step.tried[0].hinted
    assert learner.item.support is Support.SOLO
    assert learner.item.exercise.skill_id == skill
    learner.answers()
    assert learner.knowledge[skill].items == 1


def test_a_half_done_question_is_asked_again_with_its_first_step(learner: Learner) -> None:
    learner.comes()
    question = learner.heard[-2:]
    learner.comes()
    assert learner.heard == ["resume.question", *question]
    view = View(lesson=learner.lesson, knowledge=learner.knowledge, now=learner.now)
    ask = learner.module.ask(view)
    assert ask is not None
    assert ask.parts == learner.step.parts[-2:]


def test_a_mistake_in_a_half_done_question_counts(learner: Learner) -> None:
    learner.comes()
    skill = learner.item.exercise.skill_id
    learner.answers(right=False)
    assert (learner.knowledge[skill].items, learner.knowledge[skill].right) == (1, 0)
    assert learner.item.support is Support.HALF
    assert learner.heard[-2:] == ["half", learner.item.exercise.say]


def test_what_placement_half_believes_is_asked_without_an_example() -> None:
    learner = Learner({COUNT: KEPT, ADD: Knowledge(0.75)})
    learner.lesson = replace(learner.lesson, profile=Profile(abilities={"math": Rating(-2.0)}))
    for _ in range(3):
        learner.comes() if learner.lesson.item is None else learner.gives(Command.SKIP)
        if learner.item.exercise.skill_id == ADD:
            assert "example" not in learner.heard
            assert learner.item.support is Support.SOLO
            return
    pytest.fail("the skill was never asked")


def test_two_due_reviews_open_a_sitting_and_then_something_new_is_taught() -> None:
    due = kept(90)
    beginnings = [skill.id for skill in all_skills().of_module("math") if skill.level == "P1"]
    learner = Learner(dict.fromkeys(beginnings, due))
    learner.comes()
    slots: list[Slot] = []
    skills: list[str] = []
    for _ in range(4):
        slots.append(learner.item.slot)
        skills.append(learner.item.exercise.skill_id)
        learner.answers()
    assert slots == [Slot.REVIEW, Slot.REVIEW, Slot.LEVEL, Slot.LEVEL]
    assert skills[0] != skills[1]
    assert learner.knowledge[skills[0]].due_at is not None
    assert learner.lesson.sitting.slots[0] == 2


def test_a_review_that_fails_is_practised_again_soon() -> None:
    due = kept(90, p_known=0.97)
    learner = Learner({COUNT: due})
    learner.comes()
    assert (learner.item.slot, learner.item.exercise.skill_id) == (Slot.REVIEW, COUNT)
    learner.fails()
    assert not learner.knowledge[COUNT].mastered
    assert (learner.item.slot, learner.item.exercise.skill_id) == (Slot.LEVEL, COUNT)
    for _ in range(4):
        learner.answers()
    assert learner.knowledge[COUNT].mastered


def test_mastery_is_proved_in_the_next_session() -> None:
    learner = Learner()
    learner.comes()
    skill = learner.item.exercise.skill_id
    for _ in range(8):
        learner.answers()
        if learner.knowledge[skill].mastered:
            break
    assert learner.knowledge[skill].mastered
    assert not learner.knowledge[skill].confirmed
    learner.now += timedelta(days=1)
    learner.lesson = replace(learner.lesson, item=None, sitting=Sitting())
    learner.comes()
    for _ in range(8):
        learner.answers()
    assert learner.knowledge[skill].confirmed
    assert learner.lesson.profile.rewards.confirmed >= 1


def test_shares_of_a_long_sitting_are_near_the_plan() -> None:
    due = kept(90)
    p1 = {skill.id: due for skill in all_skills().of_module("math") if skill.level in ("P1", "P2")}
    learner = Learner(p1)
    learner.channel = Channel.SMS
    learner.comes()
    for _ in range(40):
        learner.answers()
    reviews, levels, stretches = learner.lesson.sitting.slots
    assert reviews + levels + stretches == 40
    assert abs(reviews - 12) <= 2
    assert abs(levels - 20) <= 2
    assert abs(stretches - 8) <= 2


def test_a_stretch_does_not_change_what_is_being_learnt() -> None:
    p1 = {skill.id: KEPT for skill in all_skills().of_module("math") if skill.level == "P1"}
    learner = Learner(p1)
    learner.comes()
    for _ in range(30):
        present = learner.lesson.recent[-1]
        if learner.item.slot is Slot.STRETCH:
            assert "stretch" in learner.heard
            assert learner.item.exercise.skill_id != present
            stretched = learner.item.exercise.skill_id
            learner.fails()
            assert stretched in learner.lesson.stuck
            return
        learner.answers()
    pytest.fail("no stretch came")


def stuck_on(skill_id: str, knowledge: dict[str, Knowledge]) -> Learner:
    exercise = make_exercise(all_skills().skills[skill_id], rng=random.Random(1))
    learner = Learner(knowledge, item=Item(exercise), recent=(skill_id,), shown=(skill_id,), missed=1)
    learner.fails()
    return learner


def test_somebody_stuck_is_led_to_the_weakest_prerequisite_and_a_teacher_can_see_it() -> None:
    learner = stuck_on(ADD, {ADD: Knowledge(0.25, items=2), COUNT: Knowledge(0.9)})
    assert learner.knowledge[ADD].stuck == "told"
    assert [key for key in learner.heard if key.startswith("stuck")] == ["stuck", "stuck.before"]
    assert learner.item.exercise.skill_id == COUNT
    assert learner.item.slot is Slot.LEVEL
    assert learner.knowledge[COUNT].p_known < 0.8
    for _ in range(8):
        if learner.knowledge[COUNT].mastered:
            break
        learner.answers()
    assert ADD not in learner.lesson.stuck


def test_a_prerequisite_that_may_be_forgotten_is_reviewed() -> None:
    old = kept(120)
    learner = stuck_on(ADD, {ADD: Knowledge(0.25, items=2), COUNT: old})
    assert (learner.item.exercise.skill_id, learner.item.slot) == (COUNT, Slot.REVIEW)
    learner.answers()
    assert ADD not in learner.lesson.stuck


def test_with_all_in_place_the_example_comes_again_and_then_another_strand() -> None:
    learner = stuck_on(ADD, {ADD: Knowledge(0.25, items=2), COUNT: KEPT})
    assert "stuck.example" in learner.heard
    assert "example" in learner.heard
    assert learner.item.exercise.skill_id == ADD
    assert learner.item.support is Support.HALF
    learner.fails()
    learner.fails()
    assert learner.item.exercise.skill_id != ADD
    assert ADD in learner.lesson.stuck


def test_many_answers_without_growth_are_seen_as_being_stuck() -> None:
    exercise = make_exercise(all_skills().skills[ADD], rng=random.Random(1))
    learner = Learner(
        {ADD: Knowledge(0.2, items=9, right=3), COUNT: KEPT},
        item=Item(exercise),
        recent=(ADD,),
        shown=(ADD,),
        on_skill=3,
    )
    learner.answers(right=False)
    learner.answers()
    assert learner.knowledge[ADD].stuck == "spinning"
    assert "stuck.example" in learner.heard


def test_a_call_ends_with_one_challenge_and_what_was_gained(learner: Learner) -> None:
    learner.comes()
    for _ in range(4):
        learner.answers()
    learner.elapsed_ms = 8 * 60_000 + 40_000
    learner.answers()
    assert "challenge" in learner.heard
    assert learner.item.last
    assert learner.item.slot is Slot.STRETCH
    learner.answers(right=False)
    learner.fails() if learner.lesson.item else None
    assert learner.step.closes
    assert "gains.points" in learner.heard
    assert learner.lesson.sitting.points > 0


def test_nobody_who_struggles_is_given_a_challenge(learner: Learner) -> None:
    learner.comes()
    mood = Mood()
    for _ in range(6):
        mood = felt(mood, Sign.WRONG, now=learner.now)
    learner.lesson = replace(learner.lesson, profile=Profile(mood=mood))
    learner.elapsed_ms = 9 * 60_000
    learner.fails()
    assert learner.step.closes


def test_answers_move_the_learners_rating_and_are_kept_with_it(learner: Learner) -> None:
    learner.comes()
    learner.answers()
    learner.answers()
    before = learner.lesson.profile.ability("math")
    assert before is not None
    assert learner.step.tried[0].ability is not None
    learner.answers(right=False)
    after = learner.lesson.profile.ability("math")
    assert after is not None
    assert after.logit < before.logit
    assert learner.step.tried[0].ability == before.logit
    assert learner.lesson.profile.pace("integer").answers == 2


def test_points_are_kept_with_the_answer_that_earned_them(learner: Learner) -> None:
    learner.comes()
    learner.answers()
    helped = learner.step.tried[0].points
    learner.answers()
    alone = learner.step.tried[0].points
    assert alone > helped > 0
    assert learner.lesson.sitting.points == helped + alone


def test_the_policy_and_the_exercises_can_be_given_from_outside() -> None:
    made: list[str] = []

    def make(skill: Skill, *, rng: random.Random) -> Exercise:
        made.append(skill.id)
        return make_exercise(skill, rng=rng)

    learner = Learner()
    learner.module = MathModule(curriculum=all_skills(), guidance=guidance(), make=make, policy=ThreeOfFive())
    learner.comes()
    skill = learner.item.exercise.skill_id
    for _ in range(4):
        learner.answers()
    assert made[0] == skill
    assert learner.knowledge[skill].mastered
    assert learner.knowledge[skill].due_at is None


def test_any_learner_always_has_a_next_move() -> None:
    rng = random.Random(9)
    for seed in range(6):
        learner = Learner({}, phase=Phase.PLACEMENT)
        learner.comes()
        for _ in range(120):
            learner.now += timedelta(hours=rng.choice([0, 0, 0, 0, 30]))
            match rng.randrange(10):
                case 0:
                    learner.gives(rng.choice([Command.HINT, Command.SKIP, Command.DONT_KNOW]))
                case 1:
                    learner.says(rng.choice(["this is too hard", "too easy", "I am tired", "boring", "banana", ""]))
                case 2:
                    learner.comes()
                case _:
                    learner.answers(right=rng.random() < 0.2 + 0.12 * seed)
            assert learner.step.parts
            assert learner.item.exercise.say == learner.heard[-1]
            assert Lesson.from_state(learner.lesson.to_state()).item == learner.lesson.item


def test_placement_gives_a_rating_to_begin_with() -> None:
    able, beginner = (Learner({}, phase=Phase.PLACEMENT) for _ in range(2))
    for learner, right in ((able, True), (beginner, False)):
        learner.comes()
        while learner.lesson.phase is Phase.PLACEMENT:
            learner.answers(right=right)
    ratings = [learner.lesson.profile.ability("math") for learner in (able, beginner)]
    assert ratings[0] is not None
    assert ratings[1] is not None
    assert ratings[0].logit > ratings[1].logit + 1
    assert able.lesson.profile.pace("integer").answers > 0


def test_every_third_question_may_be_told_as_a_story() -> None:
    text = (SERVER / "curriculum/word_problems.yaml").read_text("utf-8")
    stories = parse_stories(text, source="word_problems.yaml", curriculum=all_skills())
    others = {skill.id: KEPT for skill in all_skills().of_module("math") if skill.id not in stories.of_skill}
    learner = Learner(others)
    learner.module = MathModule(curriculum=all_skills(), guidance=replace(guidance(), stories=stories))
    learner.comes()
    told = 0
    for _ in range(30):
        exercise = learner.item.exercise
        plain = make_exercise(all_skills().skills[exercise.skill_id], rng=random.Random(1))
        told += exercise.skill_id in stories.of_skill and exercise.say.split()[:2] != plain.say.split()[:2]
        learner.answers()
        assert learner.step.tried[0].grade.verdict == "right"
    assert 3 <= told <= 12


def test_in_texts_a_new_day_is_a_new_sitting_and_what_was_stuck_has_another_chance() -> None:
    learner = stuck_on(ADD, {ADD: Knowledge(0.25, items=2, stuck="told"), COUNT: KEPT})
    learner.channel = Channel.SMS
    assert learner.lesson.stuck == (ADD,)
    learner.answers()
    learner.answers()
    assert learner.lesson.sitting.asked > 1
    learner.now += timedelta(hours=20)
    learner.answers()
    assert learner.lesson.sitting.asked == 1
    assert learner.lesson.stuck == ()
    assert learner.lesson.profile.rewards.days != ()


@pytest.mark.parametrize("right", [True, False])
def test_a_question_of_a_skill_that_was_retired_is_finished_and_the_lesson_goes_on(right: bool) -> None:
    gone = replace(make_exercise(all_skills().skills[ADD], rng=random.Random(1)), skill_id="math.gone")
    learner = Learner(item=Item(gone), recent=("math.gone",), stuck=("math.gone_too",), on_skill=3, missed=1)
    for _ in range(4):
        if learner.item.exercise.skill_id != "math.gone":
            break
        learner.answers(right=right)
    assert learner.item.exercise.skill_id in all_skills().skills
    assert learner.step.tried[0].skill_id == "math.gone"
    learner.answers()
    assert learner.lesson.item is not None
