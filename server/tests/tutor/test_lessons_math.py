"""Whole lessons of mathematics, as a teacher can read them in docs/lessons/math.md."""

from bakame.learning.grading import Verdict
from bakame.learning.lesson import Phase
from classroom import SERVER
from tutor.lessons_math import by_text, first_call, racing_call, second_call, transcript

PAGE = SERVER.parent / "docs/lessons/math.md"


def test_the_first_call_meets_the_learner_finds_the_level_and_teaches_one_thing() -> None:
    caller = first_call()
    told = caller.markdown()
    assert "What is your first name?" in told
    assert "First, a few questions to find where to start." in told
    assert "Now I know where to start. A new topic: Place value to 99 999. First, an example." in told
    assert "That is one place too low. Count again from the right. Try again." in told
    assert "Sorry, I did not get that." in told
    assert "One last question, a bit harder." in told
    assert told.endswith("Next time: Place value to 99 999. Goodbye, Keza.")
    assert caller.step.ends


def test_a_later_call_reviews_confirms_what_was_hardly_heard_and_explains_what_stays_wrong() -> None:
    caller = second_call()
    told = caller.markdown()
    assert "Now one that you know already." in told
    assert "I heard 12. Is that right?" in told
    assert "Let us work it out together." in told
    assert "Here is one like it." in told
    assert "We leave that one." in told
    assert "I keep this question for you. Goodbye, Keza." in told
    assert caller.lesson.item is not None


def test_a_race_counts_what_was_right_and_goes_back_to_the_lesson() -> None:
    caller = racing_call()
    assert "The race is over: 9 right of 10." in caller.markdown()
    assert caller.lesson.phase is Phase.PRACTICE
    assert caller.lesson.item is not None


def test_the_lesson_by_text_is_the_same_lesson() -> None:
    caller = by_text()
    told = caller.markdown()
    assert "Right. You used the hint well." in told
    assert "Keza. Topic: " in told
    assert not any(tried.grade.verdict is Verdict.UNCLEAR for tried in caller.step.tried)


def test_the_page_of_lessons_is_as_the_tutor_teaches_today() -> None:
    assert PAGE.read_text("utf-8") == transcript(), "run make lessons"
