"""A whole lesson in debate, as the document for teachers has it."""

from classroom import SERVER
from tutor.lessons_debate import transcript

DOCUMENT = SERVER.parent / "docs/lessons/debate.md"


def test_the_document_is_what_the_tutor_says_now() -> None:
    assert DOCUMENT.read_text("utf-8") == transcript(), "the lesson has changed: run make lessons"


def test_a_lesson_goes_from_the_motion_to_the_marks_by_phone_and_by_text() -> None:
    told = transcript()
    for part in (
        "What shall we debate? One, ",  # an offer
        "Every pupil should wear a school uniform.",  # a wish
        "You agree, and I speak against.",
        "The first words are there.",  # a beginning without its point
        "That is a kind goal, but pupils still see shoes, bags and phones.",  # the argument that was made, answered
        "We are in a debate.",  # the call dropped
        "Here is my point.",
        "Your strongest move: ",
        "Your next step: ",
        "A family should keep hens rather than goats.",
        "never about the person",  # an insult
        "That is about something else.",
        "Best: ",
        "Next: ",
    ):
        assert part in told
    assert "{" not in told
    assert "debate." not in told.replace("debate. ", " ").replace("debate.\n", "\n")
