"""A race: quick questions, no lessons drawn from them, and back to where one was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bakame.learning.lesson import Item, Phase
from bakame.learning.mastery import Knowledge
from bakame.text.commands import Command
from bakame.tutor.racing import LASTS, QUESTIONS, RACE
from bakame.tutor.turn import Channel
from practising import COUNT, KEPT, NOW, Learner

FACTS = ("math.add.within_10", "math.sub.within_10", "math.mul.tables_2_5_10")


def racer() -> Learner:
    assert RACE is not None
    learner = Learner({COUNT: KEPT, **dict.fromkeys(FACTS, KEPT)})
    learner.comes()
    learner.gives(RACE)
    return learner


pytestmark = pytest.mark.skipif(RACE is None, reason="there is no command that starts a race")


def test_ten_known_facts_are_asked_and_counted() -> None:
    learner = racer()
    assert learner.heard[0] == "race.begin"
    knowledge = learner.knowledge
    for n in range(QUESTIONS):
        assert learner.item.exercise.skill_id in FACTS
        learner.now = NOW + timedelta(seconds=20 + 3 * n)
        learner.answers(right=n != 4)
    assert learner.heard[:2] == ["race.right", "race.done"]
    assert learner.lesson.profile.rewards.best_race == QUESTIONS - 1
    assert "race" in learner.lesson.profile.rewards.badges
    assert learner.knowledge == {**knowledge, **learner.step.learnt}
    assert all(learner.knowledge[fact] == KEPT for fact in FACTS)
    assert "race" not in learner.lesson.scene
    assert learner.lesson.item is not None


def test_a_wrong_answer_is_told_and_the_next_question_comes_at_once() -> None:
    learner = racer()
    question = learner.item.exercise
    learner.answers(right=False)
    assert learner.heard[0] == "race.wrong"
    assert learner.item.exercise.say != question.say


def test_a_minute_is_over_after_a_minute_on_a_call_and_not_in_texts() -> None:
    learner = racer()
    learner.now += LASTS
    learner.answers()
    assert "race.done" in learner.heard
    texting = Learner({COUNT: KEPT, **dict.fromkeys(FACTS, KEPT)})
    texting.channel = Channel.SMS
    texting.comes()
    assert RACE is not None
    texting.gives(RACE)
    assert texting.heard[0] == "race.begin_text"
    texting.now += LASTS
    texting.answers()
    assert "race.done" not in texting.heard


def test_a_better_race_is_told_as_such() -> None:
    learner = racer()
    rewards = replace(learner.lesson.profile.rewards, best_race=1)
    learner.lesson = replace(learner.lesson, profile=replace(learner.lesson.profile, rewards=rewards))
    learner.answers()
    learner.answers()
    learner.now += LASTS
    learner.answers()
    assert "race.best" in learner.heard


def test_there_is_no_hint_and_what_is_not_known_is_passed_over() -> None:
    learner = racer()
    question = learner.item
    learner.gives(Command.HINT)
    assert learner.heard[0] == "race.no_hint"
    assert learner.item == question
    learner.gives(Command.DONT_KNOW)
    assert learner.heard[0] == "race.wrong"
    learner.says("banana")
    assert isinstance(learner.item, Item)


def test_a_call_that_drops_in_a_race_goes_on_with_the_lesson() -> None:
    learner = racer()
    learner.answers()
    learner.comes()
    assert "race.done" in learner.heard
    assert "race" not in learner.lesson.scene


def test_somebody_who_knows_nothing_yet_races_on_the_easiest_and_only_after_placement() -> None:
    assert RACE is not None
    learner = Learner({}, phase=Phase.PLACEMENT)
    learner.comes()
    question = learner.item
    learner.gives(RACE)
    assert learner.heard[0] == "race.later"
    assert learner.item == question
    beginner = Learner({COUNT: Knowledge(0.3, items=1)})
    beginner.comes()
    beginner.gives(RACE)
    assert beginner.item.exercise.skill_id in FACTS[:2]


def test_a_broken_race_is_no_race() -> None:
    learner = racer()
    learner.lesson = replace(learner.lesson, scene={"race": "fast"})
    learner.answers()
    assert learner.step.parts
    learner.lesson = replace(learner.lesson, item=None, scene={"race": 3})
    learner.answers() if learner.lesson.item else learner.comes()
    assert learner.lesson.item is not None
