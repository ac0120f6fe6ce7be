"""What authors write for a skill: read once, checked wholly, every fault named."""

from functools import cache
from pathlib import Path

import pytest

from bakame.learning.fields import CurriculumError
from bakame.learning.notes import Notes, parse_notes, together, well_spelled
from bakame.learning.skills import Curriculum, parse_curriculum

FOLDER = Path(__file__).parents[2] / "curriculum"
ROWS = "\n".join(f'    - ["She ___ number {n}.", is, are]' for n in range(8))
GOOD = f"""
version: 1
skills:
  english.grammar.be_present:
    teach: "Say is with one."
    hint: "Is it one or many?"
    mistake: "Look at who does it."
    praise: "You looked at who does it."
    rows:
{ROWS}
"""
TALK = """
    talk:
    - setting: "You are at the market."
      turns:
      - {say: "Good morning!", goal: "Greet.", points: [{name: greeting, any: [hello]}], model: "Hello."}
      - {say: "What do you want?", goal: "Ask.", points: [{name: request, any: [i want]}], model: "I want beans."}
      close: "Goodbye."
    tasks:
    - {ask: "Greet.", points: [{name: greeting, any: [hello, Hi!]}], model: "Hello."}
"""


@cache
def skills() -> Curriculum:
    return parse_curriculum((FOLDER / "skills.yaml").read_text("utf-8"), source="skills.yaml")


def read(text: str) -> Notes:
    return parse_notes(text, source="english.yaml", curriculum=skills())


def faults(text: str) -> str:
    with pytest.raises(CurriculumError) as raised:
        read(text)
    return str(raised.value)


def test_the_notes_of_all_english_skills_are_there_and_whole() -> None:
    files = [
        parse_notes(file.read_text("utf-8"), source=file.name, curriculum=skills())
        for file in sorted((FOLDER / "english").glob("*.yaml"))
    ]
    notes = together(files, curriculum=skills(), module="english")
    assert notes.keys() == {skill.id for skill in skills().of_module("english")}
    assert len(notes) == 118
    assert all(each.items >= 8 for each in notes.values())
    assert all(each.talks for skill_id, each in notes.items() if skill_id.startswith("english.speak."))


def test_rows_tasks_and_talks_are_read() -> None:
    notes = read(GOOD + TALK)["english.grammar.be_present"]
    assert notes.rows[0] == ("She ___ number 0.", "is", "are")
    assert notes.tasks[0].rubric.points[0].any == ("hello", "hi")
    assert [turn.goal for turn in notes.talks[0].turns] == ["Greet.", "Ask."]
    assert notes.items == 9


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("english.grammar.be_present", "english.grammar.nothing", "there is no skill of this name"),
        ('    hint: "Is it one or many?"\n', "", "hint: is missing"),
        ("Say is with one.", " ".join(["word"] * 36), "has 36 words; at most 35 are allowed"),
        ("Say is with one.", "Say \N{RIGHT SINGLE QUOTATION MARK}s", "holds a letter that a text cannot carry"),
        ('    - ["She ___ number 7.", is, are]', "", "has 7 items; 8 are needed"),
        ('"She ___ number 7.", is, are', '"She ___ number 7.", is, Is', "two options are the same"),
        ('"She ___ number 7.", is, are', '"She ___ number 7."', "must be a clue, its answer"),
        ('"She ___ number 7.", is, are', '"She ___ number 6.", is, are', "holds a row twice"),
        ('    praise: "You', '    prise: "You', "prise: is not a known key"),
        ("version: 1", "version: 2", "must be a whole number from 1 to 1"),
    ],
)
def test_a_fault_is_named_with_its_place(written: str, instead: str, fault: str) -> None:
    assert written in GOOD
    assert fault in faults(GOOD.replace(written, instead))


def test_all_faults_come_together() -> None:
    found = faults(GOOD.replace("hint:", "hnt:").replace("praise:", "prase:"))
    assert "hint: is missing" in found
    assert "praise: is missing" in found


def test_a_task_cannot_need_more_points_than_it_has() -> None:
    assert "needed: is more than the 1 points" in faults(
        GOOD + TALK.replace("any: [hello, Hi!]}], model", "any: [hello]}], needed: 2, model")
    )


def test_a_skill_without_notes_or_with_notes_twice_is_named() -> None:
    notes = read(GOOD)
    with pytest.raises(CurriculumError) as raised:
        together([notes, notes], curriculum=skills(), module="english")
    assert "english.grammar.be_present: is written in two files" in str(raised.value)
    assert "english.sound.alphabet: has no notes" in str(raised.value)


def test_words_are_taken_from_what_authors_say_and_not_from_wrong_options() -> None:
    notes = read(GOOD.replace('"She ___ number 0.", is, are', '"Opposite of happy", unhappy, dishappy'))
    words = well_spelled(notes)
    assert {"unhappy", "happy", "looked"} <= words
    assert "dishappy" not in words
