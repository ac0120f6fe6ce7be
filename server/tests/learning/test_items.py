"""Written items become exercises: all of the real ones can be asked and answered, by ear and in one text."""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bakame.errors import Invalid
from bakame.learning.exercises import Exercise
from bakame.learning.grading import Verdict
from bakame.learning.items import (
    asked_of,
    can_be_heard_apart,
    choice,
    completed,
    dictation,
    filled,
    kinds_here,
    made_as,
    make_from_notes,
    open_task,
    sound_pair,
    spelling,
)
from bakame.learning.marking import mark
from bakame.learning.notes import Notes, SkillNotes, Task, parse_notes
from bakame.learning.rubric import rubric
from bakame.learning.skills import Curriculum, Skill, parse_curriculum
from bakame.text.gsm import is_gsm, septets

FOLDER = Path(__file__).parents[2] / "curriculum"
MODULES = {"english": "english", "general": "topics"}


@cache
def all_skills() -> Curriculum:
    return parse_curriculum((FOLDER / "skills.yaml").read_text("utf-8"), source="skills.yaml")


@cache
def all_notes() -> Notes:
    notes: dict[str, SkillNotes] = {}
    for folder in MODULES.values():
        for file in sorted((FOLDER / folder).glob("*.yaml")):
            text = file.read_text("utf-8")
            if "\nskills:" in text:
                notes |= parse_notes(text, source=file.name, curriculum=all_skills())
    return notes


def skill_of(skill_id: str = "english.grammar.be_present") -> Skill:
    return all_skills().skills[skill_id]


def exercises(skill: Skill, notes: SkillNotes) -> Iterator[Exercise]:
    """Every item of a skill, once."""
    rng = random.Random(skill.id)
    for question, answer, *wrong in notes.rows:
        yield choice(skill.id, question, answer, wrong, hint=notes.hint, rng=rng)
    for pair in notes.pairs:
        if can_be_heard_apart(pair):
            yield sound_pair(skill.id, pair, hint=notes.hint, rng=rng)
    for word in notes.spell:
        yield spelling(skill.id, word, hint=notes.hint, rng=rng)
    for sentence in notes.dictation:
        yield dictation(skill.id, sentence, hint=notes.hint, rng=rng)
    for task in notes.tasks:
        yield open_task(skill, task, hint=notes.hint)


@pytest.mark.parametrize("skill_id", sorted(all_notes()))
def test_every_item_can_be_asked_and_has_one_right_answer(skill_id: str) -> None:
    for exercise in exercises(skill_of(skill_id), all_notes()[skill_id]):
        assert len(exercise.say.split()) <= 35, exercise.say
        assert septets(exercise.sms) <= 160, exercise.sms
        assert is_gsm(exercise.sms), exercise.sms
        assert mark(exercise, exercise.answer).verdict is Verdict.RIGHT, (exercise.say, exercise.answer)
        for key, option in enumerate(exercise.options, start=1):
            verdict = Verdict.RIGHT if option == exercise.answer else Verdict.WRONG
            assert mark(exercise, option).verdict is verdict, (exercise.say, option)
            assert mark(exercise, str(key)).verdict is verdict, (exercise.say, key)
        if not exercise.options:
            assert mark(exercise, "zebra zebra zebra").verdict is not Verdict.RIGHT, exercise.say
        assert Exercise.from_state(exercise.to_state()) == exercise


@pytest.mark.parametrize("skill_id", sorted(all_notes()))
def test_every_turn_of_a_talk_takes_its_own_model(skill_id: str) -> None:
    for talk in all_notes()[skill_id].talks:
        assert septets(talk.setting) <= 120
        for turn in talk.turns:
            assert len(turn.say.split()) <= 35
            assert septets(turn.say) <= 160
            task = open_task(skill_of(skill_id), Task(turn.say, turn.rubric), hint=turn.goal)
            assert mark(task, turn.rubric.model).verdict is Verdict.RIGHT, turn.rubric.model
            assert mark(task, "zebra zebra zebra zebra zebra").verdict is not Verdict.RIGHT, turn.say


def test_every_skill_of_english_has_something_to_ask_by_ear_or_in_a_text() -> None:
    for skill in all_skills().of_module("english"):
        notes = all_notes()[skill.id]
        ways = [kinds_here(skill, notes, by_ear=by_ear) for by_ear in (True, False)]
        assert any(ways), skill.id
        for by_ear, kinds in zip((True, False), ways, strict=True):
            pools = {"row": notes.rows, "pair": notes.pairs, "spell": notes.spell, "task": notes.tasks}
            pools |= {"dictation": notes.dictation}
            assert not kinds or sum(len(pools[kind]) for kind in kinds) >= 8, (skill.id, by_ear)


def test_what_the_ear_cannot_hear_and_the_eye_cannot_see_is_not_asked_there() -> None:
    sounds, capitals = "english.sound.l_and_r", "english.write.capitals_stops"
    assert kinds_here(skill_of(sounds), all_notes()[sounds], by_ear=False) == ()
    assert "pair" in kinds_here(skill_of(sounds), all_notes()[sounds], by_ear=True)
    assert kinds_here(skill_of(capitals), all_notes()[capitals], by_ear=True) == ()
    assert kinds_here(skill_of(capitals), all_notes()[capitals], by_ear=False) == ("task",)
    alphabet = "english.sound.alphabet"
    assert kinds_here(skill_of(alphabet), all_notes()[alphabet], by_ear=False) == ("spell",)
    assert kinds_here(skill_of("english.write.spelling"), all_notes()["english.write.spelling"], by_ear=True) == (
        "spell",
    )
    assert kinds_here(skill_of("english.write.argument"), all_notes()["english.write.argument"], by_ear=True) == ()


def test_no_item_comes_again_while_others_are_left_and_then_the_oldest() -> None:
    skill_id = "english.grammar.be_present"
    notes, rng, asked = all_notes()[skill_id], random.Random(1), list[str]()
    for _ in notes.rows:
        asked.append(asked_of(make_from_notes(skill_of(skill_id), notes, rng=rng, avoid=asked)))
    assert len(set(asked)) == len(notes.rows)
    assert asked_of(make_from_notes(skill_of(skill_id), notes, rng=rng, avoid=asked)) == asked[0]


def test_a_skill_with_nothing_that_can_be_asked_here_says_so() -> None:
    notes = SkillNotes("t", "h", "m", "p", pairs=(("ship", "sheep"),))
    with pytest.raises(Invalid, match="no item that can be asked here"):
        make_from_notes(skill_of(), notes, rng=random.Random(1), by_ear=False)


def made(question: str, answer: str, *wrong: str) -> Exercise:
    return choice("english.grammar.be_present", question, answer, wrong, hint="h", rng=random.Random(3))


def test_a_gap_is_heard_as_blank_wherever_it_stands() -> None:
    assert made("She ___ a nurse.", "is", "are").say.startswith("She, blank, a nurse. For ")
    assert made("___ is cooking.", "She", "He").say.startswith("Blank, is cooking. For ")
    assert made("My mother is here. ___ is cooking.", "She", "He").say.startswith(
        "My mother is here. Blank, is cooking."
    )
    assert made("It is cheap. ___, it works.", "However", "But").say.startswith("It is cheap. Blank, it works. For ")
    assert made("Give it to ___.", "me", "I").say.startswith("Give it to, blank. For ")


def test_options_are_offered_with_their_key_last_and_short_when_the_question_is_long() -> None:
    ways = ("For is, press 1. For are, press 2.", "For are, press 1. For is, press 2.")
    assert made("We ___ here.", "are", "is").say.endswith(ways)
    assert "For for" not in made("We use a hoe ___ the soil.", "to dig", "for dig").say
    long = made(" ".join(["word"] * 22) + " ___ now.", "to go", "going", "went")
    assert len(long.say.split()) <= 35


def test_a_sentence_is_completed_with_its_answer() -> None:
    assert completed("___ is cooking.", "she") == "She is cooking."
    assert completed("Ten and five make...", "fifteen") == "Ten and five make fifteen."
    assert completed("My mother's brother", "uncle") == "My mother's brother: uncle."
    assert completed("What is it?", "a goat") == "What is it? a goat."
    assert filled(made("She ___ a nurse.", "is", "are")) == "She is a nurse."


def test_of_two_sounds_one_is_heard_twice() -> None:
    exercise = sound_pair("english.sound.l_and_r", ("light", "right"), hint="h", rng=random.Random(1))
    heard = exercise.answer
    assert exercise.say.startswith(f"Listen: {heard}. Once more: {heard}. For ")
    assert made_as(exercise) == "pair"
    assert exercise.format == "choice2"


def test_of_a_sentence_told_and_asked_it_is_asked_which_it_was() -> None:
    pair = ("He left.", "He left?")
    heard = {sound_pair("english.sound.intonation", pair, hint="h", rng=random.Random(n)).say for n in range(8)}
    assert heard == {
        "Listen: He left. Once more: He left. For telling, press 1. For asking, press 2.",
        "Listen: He left? Once more: He left? For telling, press 1. For asking, press 2.",
    }


def test_what_a_voice_may_say_the_same_way_is_not_told_apart_by_ear() -> None:
    assert not can_be_heard_apart(("REcord", "reCORD"))
    assert can_be_heard_apart(("ship", "sheep"))
    assert can_be_heard_apart(("You work here.", "You work here?"))


def test_a_word_is_spelled_by_voice_or_key_and_its_letters_put_in_order_in_a_text() -> None:
    exercise = spelling("english.write.spelling", "goat", hint="h", rng=random.Random(1))
    assert exercise.say == "Spell the word goat. Say the letters, or press the key of each letter and then hash."
    assert exercise.sms.startswith("Put the letters in order to make a word: ")
    assert sorted(exercise.sms.rpartition(" ")[2].split("-")) == sorted("goat")
    assert "goat" not in exercise.sms


def test_a_sentence_is_said_again_and_its_words_put_in_order_in_a_text() -> None:
    exercise = dictation("english.write.sentence", "I like my goat.", hint="h", rng=random.Random(1))
    assert exercise.say == "Listen, then say the whole sentence: I like my goat. Once more: I like my goat."
    assert sorted(exercise.sms.removeprefix("Put the words in order: ").split(" / ")) == ["I", "goat", "like", "my"]


def test_a_task_to_write_is_said_on_a_call() -> None:
    task = Task("Should people walk more? Write four sentences.", rubric(points=[("x", ["walk"])], needed=1, model="w"))
    exercise = open_task(skill_of("english.write.paragraph"), task, hint="h")
    assert exercise.say == "Should people walk more? Say four sentences."
    assert exercise.sms == task.ask
    assert exercise.format == "text_open"


def test_a_task_for_one_word_counts_every_letter() -> None:
    task = Task("Write the word for the day after today.", rubric(exact=True, model="tomorrow"))
    exercise = open_task(skill_of("english.write.spelling"), task, hint="h")
    assert mark(exercise, "tomorrow").verdict is Verdict.RIGHT
    assert mark(exercise, "tomorow").verdict is Verdict.WRONG
    assert exercise.say.startswith("Spell the word for the day after today. Say the letters,")
    assert exercise.sms == task.ask


def test_a_word_that_could_be_copied_is_not_asked_for() -> None:
    given = Task("Type the word: because", rubric(exact=True, model="because"))
    other = Task("Write the word for the day after today.", rubric(exact=True, model="tomorrow"))
    notes = SkillNotes("t", "h", "m", "p", tasks=(given, other))
    skill = skill_of("english.write.spelling")
    asked = {asked_of(make_from_notes(skill, notes, rng=random.Random(n), by_ear=False)) for n in range(20)}
    assert asked == {other.ask}
