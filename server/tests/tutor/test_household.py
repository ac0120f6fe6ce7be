"""One telephone, many learners: who is here, and whose lessons are guarded."""

from bakame.text.commands import Command
from classroom import Pupil


def second(pupil: Pupil, name: str = "Eric") -> None:
    """Somebody else on the same telephone introduces themselves by text."""
    pupil.texts("SWITCH")
    pupil.texts("2")
    pupil.texts(name)
    pupil.texts("1")


def test_a_line_with_one_learner_greets_by_name(pupil: Pupil) -> None:
    pupil.meets("Aline")
    assert pupil.calls().startswith(("Hello, Aline.",))


def test_somebody_else_on_the_same_telephone_has_a_lesson_of_their_own(pupil: Pupil) -> None:
    pupil.meets("Aline")
    kept = pupil.exercise.say
    heard = pupil.presses(Command.WHO)
    assert heard == "Who is learning? For Aline, press 1. For someone else, press 2."
    assert pupil.keys("2").endswith("What is your first name?")
    pupil.says("Eric")
    pupil.says("yes")
    assert pupil.says("yes").endswith(pupil.reply.sentences[-1])
    assert pupil.presses(Command.WHO).startswith("Who is learning? For Eric, press 1. For Aline, press 2.")
    heard = pupil.says("Aline")
    assert "Hello, Aline." in heard
    assert heard.endswith(kept)


def test_a_call_on_a_family_telephone_asks_who_it_is(pupil: Pupil) -> None:
    pupil.meets("Aline")
    second(pupil)
    heard = pupil.calls()
    assert "Who is learning?" in heard
    assert "For Aline, press" in heard
    assert "For Eric, press" in heard
    assert "Hello, Eric." in pupil.says("it is Eric")


def test_a_name_that_somebody_on_the_line_has_is_that_person(pupil: Pupil) -> None:
    pupil.meets("Aline")
    second(pupil)
    pupil.calls()
    assert "Hello, Aline." in pupil.says("my name is Aline")
    pupil.texts("NAME Eric")
    assert "Hello, Eric." in pupil.reply.text or "Eric" in pupil.reply.text


def test_who_cannot_be_told_apart_is_somebody_new(pupil: Pupil) -> None:
    pupil.meets("Aline")
    second(pupil)
    pupil.calls()
    assert "did not get who" in pupil.keys("7")
    assert "did not get who" in pupil.keys("8")
    assert "first name" in pupil.keys("6")


def test_lessons_with_a_pin_open_only_with_it(pupil: Pupil) -> None:
    pupil.meets("Aline")
    assert "PIN is set" in pupil.texts("PIN 4821")
    second(pupil)
    pupil.calls()
    assert pupil.says("Aline") == "Aline, type your PIN, then press hash."
    assert "not the PIN" in pupil.keys("1111")
    assert "Hello, Aline." in pupil.keys("4821")
    assert {turn.text for turn in pupil.transcript if turn.role == "learner"} & {"4821", "PIN 4821"} == set()


def test_three_wrong_pins_lock_the_lessons_for_a_while(pupil: Pupil) -> None:
    pupil.meets("Aline")
    pupil.texts("PIN 4821")
    second(pupil)
    pupil.calls()
    pupil.says("Aline")
    for wrong in ("1112", "2222", "3333"):
        heard = pupil.keys(wrong)
    assert "locked" in heard
    assert "locked" in pupil.says("Aline")
    pupil.wait(minutes=16)
    pupil.says("Aline")
    assert "Hello, Aline." in pupil.keys("4821")


def test_a_pin_that_everybody_tries_first_is_not_taken(pupil: Pupil) -> None:
    pupil.meets("Aline")
    assert "not 1234" in pupil.texts("PIN 1234")
    pupil.texts("PIN 4821")
    assert "no PIN" in pupil.texts("PIN OFF")


def test_the_question_of_who_is_here_can_be_repeated_and_left(pupil: Pupil) -> None:
    pupil.meets("Aline")
    second(pupil)
    asked = pupil.calls().removeprefix("Welcome to BAKAME. ")
    assert pupil.presses(Command.REPEAT) == asked
    assert pupil.is_silent(1) == asked
    assert "Goodbye" in pupil.says("goodbye")
