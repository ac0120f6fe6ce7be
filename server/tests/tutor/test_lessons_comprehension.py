"""One lesson of reading as a whole, as a teacher may judge it."""

from bakame.learning.grading import Verdict
from classroom import SERVER
from tutor.lessons_comprehension import a_call, by_text, readings, transcript

KEPT = SERVER.parent / "docs/lessons/comprehension.md"


def test_a_call_finds_the_level_reads_in_parts_asks_and_sums_up() -> None:
    heard = [words for who, words in a_call().turns if who == "tutor"]
    together = " ".join(heard)
    assert heard[0].startswith("Hello, Keza.")
    assert "Now I know where to start." in together
    assert "key words in it. Shall I explain them first?" in together
    assert together.index("Part 1.") < together.index("Part 2.") < together.index("That was the whole text.")
    assert "Listen to this once more:" in together
    assert "It is one of these two." in together
    assert "What is missing:" in together
    assert "One good answer:" in together
    assert "questions right away" in together
    assert heard[-1].endswith("Goodbye, Keza.")


def test_a_passage_is_read_word_for_word_and_whole() -> None:
    together = " ".join(words for who, words in a_call().turns if who == "tutor")
    read = [each for each in readings().values() if all(" ".join(part.split()) in together for part in each.parts)]
    assert len(read) == 1


def test_a_text_has_its_part_its_question_and_what_was_wrong() -> None:
    texts = [words for who, words in by_text().turns if who == "tutor"]
    assert "Part 1:\n" in texts[0]
    assert "Read again:" in texts[2]
    assert "Reply YES for part 3." in texts[3]
    assert "One good answer:" in " ".join(texts)
    assert "Reply YES to read it." in texts[-3]
    assert texts[-2].startswith("That is fine.")
    assert "Part 1:\n" in texts[-1]


def test_every_answer_is_kept_with_its_mark() -> None:
    reader = a_call()
    assert reader.step.closes
    assert reader.step.tried[0].grade.verdict is Verdict.RIGHT


def test_the_lessons_in_the_documents_are_these() -> None:
    assert KEPT.read_text("utf-8") == transcript(), "run make lessons"
