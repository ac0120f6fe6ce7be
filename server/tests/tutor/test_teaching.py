"""How one question is taught: feedback, hints, the answer, and what counts."""

import random
from dataclasses import replace

import pytest

from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.text.commands import Command
from bakame.text.gsm import septets
from bakame.tutor.turn import Act, Channel, Said
from classroom import Pupil, all_skills, wrong_answer

ADDING = "math.add.within_10"
ODD_EVEN = "math.number.odd_even"
COUNT_NEXT = "math.number.count_next"


def exercise_of(skill_id: str, *, seed: int = 1) -> Exercise:
    return make_exercise(all_skills().skills[skill_id], rng=random.Random(seed))


def practising(pupil: Pupil, exercise: Exercise, **changes: object) -> Pupil:
    """A learner in the middle of practising, with this question open."""
    lesson = Lesson(phase=Phase.PRACTICE, item=Item(exercise), recent=(exercise.skill_id,), greeted=True)
    pupil.is_at(replace(lesson, shown=(exercise.skill_id,), **changes), {exercise.skill_id: Knowledge(0.25, items=1)})
    return pupil


def long_number() -> Exercise:
    return next(
        exercise
        for skill in all_skills().of_module("math")
        if (exercise := exercise_of(skill.id)).kind is AnswerKind.INTEGER and len(exercise.answer) == 4
    )


def test_a_mistake_is_named_and_the_question_asked_once_more(pupil: Pupil) -> None:
    question = exercise_of(COUNT_NEXT)
    practising(pupil, question)
    same = dict(question.misconceptions)["same"]
    heard = pupil.keys(same)
    assert heard.startswith(f"That is {same} itself. Say the number that comes after it.")
    assert heard.endswith(question.say)
    assert question.answer not in heard.removesuffix(question.say).split()
    assert "You checked it again" in (heard := pupil.answers()) or "Looking again helped" in heard


def test_the_second_mistake_brings_a_hint_and_the_third_the_answer_and_a_similar_question(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    pupil.answers(right=False)
    assert "Look at the two parts that are put together." in pupil.answers(right=False)
    heard = pupil.answers(right=False)
    assert f"equals {question.answer}" in heard or f"is {question.answer}." in heard
    assert "one like it" in heard
    assert pupil.exercise.skill_id == ADDING
    assert pupil.exercise.say != question.say


def test_the_ladder_of_hints_ends_with_the_answer(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    heard = [pupil.presses(Command.HINT) for _ in range(4)]
    assert heard[0] == f"Listen again, and note the numbers. {question.say}"
    assert question.hint in heard[2]
    assert len({*heard}) == 4
    assert all(words.endswith(question.say) for words in heard)
    assert "Let us work it out together." in pupil.presses(Command.HINT)
    assert pupil.exercise != question


def test_a_right_answer_after_a_hint_counts_as_wrong_and_is_praised_for_the_use_of_it(pupil: Pupil) -> None:
    practising(pupil, exercise_of(ADDING))
    pupil.says("give me a hint")
    heard = pupil.answers()
    assert "hint" in heard
    known = pupil.knowledge[ADDING]
    assert (known.items, known.right, known.unhinted_streak) == (2, 0, 0)


def test_mastery_learns_once_from_a_question_however_often_it_was_tried(pupil: Pupil) -> None:
    practising(pupil, exercise_of(ADDING))
    pupil.answers(right=False)
    pupil.answers()
    known = pupil.knowledge[ADDING]
    assert (known.items, known.right) == (2, 0)


def test_a_skipped_question_is_not_counted_and_another_comes(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    assert pupil.says("skip").startswith("We leave that one.")
    assert pupil.exercise != question
    assert pupil.knowledge[ADDING].items == 1
    assert pupil.lesson.sitting.asked == 0


def test_what_was_not_understood_is_asked_again_then_rephrased_then_by_keys_and_never_counted(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    assert pupil.says("banana tree").startswith("Sorry, I did not")
    assert pupil.says("banana tree").startswith("I need a number, such as twelve.")
    assert pupil.says("banana tree").endswith("You can use the keys: type the number, then press hash.")
    assert pupil.exercise == question
    assert pupil.knowledge[ADDING].items == 1
    assert pupil.lesson.item == Item(question)


def test_not_knowing_brings_a_way_to_do_it_and_then_the_answer(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    assert question.hint in pupil.says("I don't know")
    assert "Let us work it out together." in pupil.presses(Command.DONT_KNOW)
    assert pupil.knowledge[ADDING].right == 0


def test_of_two_choices_a_wrong_one_is_explained_and_not_guessed_again(pupil: Pupil) -> None:
    question = exercise_of(ODD_EVEN)
    practising(pupil, question)
    heard = pupil.answers(right=False)
    assert "Let us work it out together." in heard
    assert pupil.exercise.say != question.say


def test_a_topic_that_has_to_be_told_twice_is_left_for_later(pupil: Pupil) -> None:
    practising(pupil, exercise_of(ADDING), missed=1)
    for _ in range(3):
        heard = pupil.answers(right=False)
    assert "This topic needs more time." in heard  # pyright: ignore[reportPossiblyUnboundVariable]
    assert pupil.lesson.stuck == (ADDING,)
    assert pupil.exercise.skill_id != ADDING


def test_a_long_number_that_was_spoken_is_read_back_before_it_is_marked(pupil: Pupil) -> None:
    question = long_number()
    practising(pupil, question)
    heard = pupil.says(question.answer)
    assert heard == f"I heard {int(question.answer):,}. Is that right? For yes, press 1. For no, press 2."
    assert pupil.reply.expect.kind is AnswerKind.YES_NO
    assert pupil.knowledge[question.skill_id].items == 1
    pupil.keys("1")
    assert pupil.knowledge[question.skill_id].right == 1


def test_a_read_back_that_is_wrong_is_dropped_and_the_question_asked_again(pupil: Pupil) -> None:
    question = long_number()
    practising(pupil, question)
    pupil.says("9999")
    assert pupil.says("no") == f"Thank you for telling me. Please answer again. {question.say}"
    pupil.says("9999")
    assert pupil.says("no").endswith("You can use the keys: type the number, then press hash.")
    assert pupil.lesson.item == Item(question)


def test_a_correction_instead_of_yes_or_no_is_the_new_answer(pupil: Pupil) -> None:
    question = long_number()
    practising(pupil, question)
    pupil.says("9999")
    assert pupil.says(question.answer).startswith("I heard")
    pupil.says("yes")
    assert pupil.knowledge[question.skill_id].right == 1


def test_a_long_number_that_was_keyed_is_read_back_too(pupil: Pupil) -> None:
    question = long_number()
    practising(pupil, question)
    assert "Is that right?" in pupil.keys(question.answer)
    pupil.keys("1")
    assert pupil.knowledge[question.skill_id].right == 1


def test_a_long_number_that_was_texted_is_marked_at_once(pupil: Pupil) -> None:
    question = long_number()
    practising(pupil, question)
    pupil.texts(question.answer)
    assert pupil.knowledge[question.skill_id].right == 1


def test_an_answer_that_was_hardly_heard_is_confirmed_first(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    heard = pupil.says(question.answer, confidence=0.2)
    assert heard.startswith(f"I heard {question.answer}. Is that right?")
    assert pupil.presses(Command.REPEAT) == heard
    pupil.says("yes")
    assert pupil.knowledge[ADDING].right == 1


def test_a_dropped_call_during_a_read_back_asks_the_question_again(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    pupil.says("3", confidence=0.2)
    assert pupil.calls().endswith(question.say)
    assert pupil.lesson.heard is None


def test_a_key_of_one_digit_is_an_answer_and_never_a_command(pupil: Pupil) -> None:
    question = exercise_of(ADDING)
    practising(pupil, question)
    pupil.keys(wrong_answer(question))
    assert pupil.lesson.item is not None
    assert pupil.lesson.item.tries == 1


@pytest.mark.parametrize("skill_id", [skill.id for skill in all_skills().of_module("math")])
def test_every_skill_is_taught_in_short_texts_that_hold_the_whole_question(pupil: Pupil, skill_id: str) -> None:
    question = exercise_of(skill_id, seed=3)
    practising(pupil, question)
    for act in (
        Said(Channel.SMS, text=wrong_answer(question), message_id="SM1"),
        Said(Channel.SMS, text="hint", message_id="SM2"),
        Said(Channel.SMS, text="hint", message_id="SM3"),
        Said(Channel.SMS, text="idk", message_id="SM4"),
        Said(Channel.SMS, act=Act.OPEN, message_id="SM5"),
    ):
        pupil.act(act)
        assert pupil.reply.text.endswith(pupil.exercise.sms)
        assert septets(pupil.reply.text) <= 160
        assert pupil.heard.endswith(pupil.exercise.say)
