"""A whole lesson of general knowledge, as the document for teachers has it."""

from tutor.lessons_general import SERVER, transcript

DOCUMENT = SERVER.parent / "docs/lessons/general.md"


def test_the_document_is_what_the_tutor_says_now() -> None:
    assert DOCUMENT.read_text("utf-8") == transcript(), "the lesson has changed: run make lessons"


def test_a_lesson_answers_tells_asks_and_practises() -> None:
    told = transcript()
    for part in (
        "Rain takes minerals from rocks",  # a question, answered from content
        "Please ask a health worker",  # one that is left to people
        "To practise it with me, say maths.",  # one of another module
        "I don't know",  # one that content does not know
        "You see those colours in a rainbow.",  # a topic, told
        "Not yet. Listen to this part once more.",  # a mistake, and the part that shows the answer
        "Here is the quiz.",
        "Let us practise.",
        "Reply MORE to go on.",
        "send TEACHER and your question",
    ):
        assert part in told
    assert "general." not in told.replace("general knowledge.", "")
    assert "{" not in told
