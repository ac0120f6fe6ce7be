"""Whole lessons of English, as a teacher can read them in docs/lessons/english.md."""

from bakame.learning.lesson import Phase
from classroom import SERVER
from tutor.lessons_english import first_call, right_answers, talking_call, transcript, writing_by_text

PAGE = SERVER.parent / "docs/lessons/english.md"


def test_the_first_call_finds_the_level_and_teaches() -> None:
    pupil = first_call()
    told = pupil.markdown()
    assert "Your English is at level A2" in told
    assert "A new topic: " in told
    assert right_answers(pupil) >= 10
    assert pupil.lesson.phase is Phase.CLOSED
    assert told.endswith("Goodbye, Keza.")


def test_a_conversation_takes_meaning_first_and_helps_who_is_stuck() -> None:
    told = talking_call().markdown()
    assert "Let us talk. You are at the market in Huye. I sell vegetables." in told
    assert "Good to say it like this: I want to buy two kilos of tomatoes please." in told
    assert "You can say: " in told
    assert "Our talk went well. You gave: " in told


def test_writing_is_understood_first_and_then_one_thing_is_pointed_out() -> None:
    told = writing_by_text().markdown()
    assert "I understand you. Your answer has: " in told
    assert "One thing: " in told
    assert "Your answer still needs this: " in told


def test_the_page_of_lessons_is_as_the_tutor_teaches_today() -> None:
    assert PAGE.read_text("utf-8") == transcript(), "run make lessons"
