"""The mathematics module by itself: what it tells an engine of its own mind, and how it grades for one."""

import random
from dataclasses import replace

from bakame.learning.exercises import make_exercise
from bakame.learning.lesson import Item, Lesson, Phase, Sitting
from bakame.learning.mastery import Knowledge
from bakame.tutor.module import View
from bakame.tutor.modules.math import MathModule
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import line
from classroom import all_skills, guidance, taught, wrong_answer

ADDING = all_skills().skills["math.add.within_10"]
EXERCISE = make_exercise(ADDING, rng=random.Random(1))
PRACTISING = View(
    lesson=Lesson(phase=Phase.PRACTICE, item=Item(EXERCISE), recent=(ADDING.id,), shown=(ADDING.id,), greeted=True),
    knowledge={ADDING.id: Knowledge(0.25)},
    name="Keza",
    consent=True,
)


def module() -> MathModule:
    return MathModule(curriculum=all_skills(), guidance=guidance())


def said(text: str) -> Said:
    return Said(Channel.VOICE, text=text, by="speech")


def test_an_engine_is_told_whom_it_teaches_and_the_open_question() -> None:
    brief = module().brief(PRACTISING)
    assert "The learner is called Keza." in brief
    assert f"The present topic is: {ADDING.title}." in brief
    assert brief.endswith(EXERCISE.say)


def test_an_engine_is_not_told_what_nobody_knows() -> None:
    brief = module().brief(View(lesson=Lesson(), knowledge={}))
    assert "has not given a name" in brief
    assert "topic" not in brief


def test_an_answer_that_another_engine_heard_is_graded_and_nothing_is_said() -> None:
    step = module().observe(PRACTISING, said(EXERCISE.answer))
    assert step.parts == ()
    assert step.lesson.item is None
    assert step.learnt[ADDING.id].right == 1
    assert [(tried.said, tried.grade.verdict) for tried in step.tried] == [(EXERCISE.answer, "right")]


def test_a_wrong_answer_that_another_engine_heard_keeps_the_question_open() -> None:
    step = module().observe(PRACTISING, said(wrong_answer(EXERCISE)))
    assert step.parts == ()
    assert step.lesson.item == Item(EXERCISE, tries=1, counted=True)


def test_talk_that_another_engine_heard_is_no_attempt() -> None:
    step = module().observe(PRACTISING, said("I like bananas"))
    assert step.lesson == PRACTISING.lesson
    assert step.tried == ()


def test_an_unclear_answer_leaves_all_as_it_was() -> None:
    step = module().respond(PRACTISING, said("bananas"), rng=random.Random(1))
    assert step.lesson == PRACTISING.lesson
    assert (step.tried, step.learnt) == ((), {})


def test_a_mastered_skill_is_reviewed_now_and_then() -> None:
    known = {
        "math.number.count_next": Knowledge(0.97, items=5, right=5, mastered=True),
        ADDING.id: Knowledge(0.3, items=4),
    }
    lesson = replace(PRACTISING.lesson, sitting=Sitting(asked=4, right=4, slots=(0, 4, 0)), on_skill=4)
    step = module().respond(
        replace(PRACTISING, lesson=lesson, knowledge=known), said(EXERCISE.answer), rng=random.Random(1)
    )
    assert step.lesson.item is not None
    assert step.lesson.item.review
    assert step.lesson.item.exercise.skill_id == "math.number.count_next"
    assert step.lesson.recent == (ADDING.id,)


def test_when_everything_is_mastered_something_is_kept_fresh() -> None:
    known = {
        skill.id: Knowledge(0.99, items=5, mastered=True, confirmed=True) for skill in all_skills().of_module("math")
    }
    step = module().respond(
        View(lesson=Lesson(phase=Phase.PRACTICE), knowledge=known),
        Said(Channel.VOICE, act=Act.OPEN),
        rng=random.Random(1),
    )
    assert line("all_done", spare=True) in step.parts
    assert step.lesson.item is not None


def test_topics_that_were_learnt_are_listed_as_people_do() -> None:
    sitting = Sitting(
        asked=9, right=9, mastered=("math.add.within_10", "math.number.count_next", "math.number.odd_even")
    )
    parts = module().farewell(replace(PRACTISING, lesson=replace(PRACTISING.lesson, sitting=sitting)))
    assert line("close.mastered", topics="Add within 10, Number just after and Odd or even") in parts


def test_every_module_is_registered_under_its_own_name() -> None:
    names = {key: module.name for key, module in taught().items()}
    assert names == {name: name for name in ("math", "english", "comprehension", "debate", "general")}
