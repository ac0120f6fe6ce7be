"""What is said of written items: examples, hints that never tell, solutions that end with the answer."""

import random

import pytest

from bakame.learning.exercises import Exercise
from bakame.learning.grading import Grade, Verdict
from bakame.learning.hints import HintStep
from bakame.learning.items import choice, dictation, kinds_here, make_from_notes, sound_pair, spelling
from bakame.learning.marking import mark
from bakame.learning.skills import Skill
from bakame.text.compare import normalise
from bakame.tutor.notes_guide import NotesGuide
from bakame.tutor.wording import Line, Part, Written, line
from classroom import all_skills, english
from tutor.lessons_english import english_notes

GUIDE = NotesGuide(english_notes())
BE = all_skills().skills["english.grammar.be_present"]
RNG = random.Random(1)


def heard(part: Part) -> str:
    return part.say if isinstance(part, Written) else english().text(part, form="voice", rng=random.Random(1))


def ladder(exercise: Exercise) -> list[tuple[int, str]]:
    """All rungs with their words."""
    found: list[tuple[int, str]] = []
    above = 0
    while (step := GUIDE.hint(exercise, above=above)) is not None:
        above = step[0]
        found.append((above, heard(step[1])))
    return found


def some(skill: Skill) -> list[Exercise]:
    notes = english_notes()[skill.id]
    rng = random.Random(skill.id)
    return [
        make_from_notes(skill, notes, rng=rng, by_ear=by_ear, kinds=kinds)
        for by_ear in (True, False)
        if (kinds := kinds_here(skill, notes, by_ear=by_ear))
        for _ in range(12)
    ]


@pytest.mark.parametrize("skill", all_skills().of_module("english"), ids=lambda skill: skill.id)
def test_no_hint_tells_the_answer_and_the_solution_does(skill: Skill) -> None:
    for exercise in some(skill):
        rungs = ladder(exercise)
        assert [rung for rung, _ in rungs] == sorted({rung for rung, _ in rungs})
        assert len(rungs) >= 2
        for rung, words in rungs[1:]:
            if exercise.options:
                padded = f" {normalise(words)} "
                named = [option for option in exercise.options if f" {normalise(option)} " in padded]
                assert named != [exercise.answer] or exercise.variables["item"] == "pair", (exercise.say, words)
            elif rung == HintStep.HALF_WORKED:
                start = words.removeprefix("It can begin like this: ")
                assert mark(exercise, start).verdict is not Verdict.RIGHT, (exercise.say, words)
        solved = normalise(heard(GUIDE.solution(exercise)))
        if exercise.variables["item"] != "pair":
            assert normalise(exercise.answer) in solved, (exercise.say, solved)


@pytest.mark.parametrize("skill", all_skills().of_module("english"), ids=lambda skill: skill.id)
def test_a_mistake_gets_a_next_move_and_never_the_answer(skill: Skill) -> None:
    for exercise in some(skill):
        grade = Grade(Verdict.WRONG, "", None, "")
        words = f" {normalise(heard(GUIDE.on_mistake(exercise, grade, rng=RNG)))} "
        assert len(words.split()) <= 35
        if exercise.options and exercise.variables["item"] != "pair":
            named = [option for option in exercise.options if f" {normalise(option)} " in words]
            assert named != [exercise.answer], (exercise.say, words)


def test_an_example_is_the_rule_and_one_item_worked() -> None:
    example = GUIDE.example(BE, rng=random.Random(2))
    assert isinstance(example, Line)
    notes = english_notes()[BE.id]
    assert example.fields["teach"] == notes.teach
    assert example.fields["shown"] in {row[0].replace("___", row[1]) for row in notes.rows}
    assert GUIDE.example(all_skills().skills["math.add.within_10"], rng=RNG) is None


def test_a_choice_has_two_options_left_at_the_last_rung() -> None:
    exercise = choice(BE.id, "She ___ a nurse.", "is", ("are", "am"), hint="Who is it?", rng=random.Random(1))
    assert ladder(exercise)[-1][0] == HintStep.HALF_WORKED
    assert set(ladder(exercise)[-1][1].removeprefix("It is one of these two: ").rstrip(".").split(", or ")) in (
        {"is", "are"},
        {"is", "am"},
    )
    two = choice(BE.id, "She ___ a nurse.", "is", ("are",), hint="Who is it?", rng=random.Random(1))
    assert ladder(two)[-1][0] < HintStep.HALF_WORKED


def test_a_spelling_has_its_first_letters_at_the_last_rung() -> None:
    exercise = spelling("english.write.spelling", "water", hint="Say it in parts.", rng=RNG)
    assert [words for _, words in ladder(exercise)][2:] == [
        "It has 5 letters. The first is W.",
        "It can begin like this: W, A.",
    ]


def test_a_sentence_to_say_again_has_its_beginning() -> None:
    exercise = dictation("english.write.sentence", "I like my white goat.", hint="Listen.", rng=RNG)
    assert [words for _, words in ladder(exercise)][2:] == [
        "The sentence has 5 words. Take them one by one.",
        "It can begin like this: I like.",
    ]


def test_what_nobody_wrote_notes_for_is_still_helped() -> None:
    gone = choice("english.grammar.gone", "She ___ here.", "is", ("are", "am"), hint="Count.", rng=random.Random(1))
    assert [words for _, words in ladder(gone)][1] == "Count."
    assert GUIDE.on_mistake(gone, Grade(Verdict.WRONG, "are", None, ""), rng=RNG) == line("notes.mistake")
    assert GUIDE.on_right(gone, rng=RNG) == line("notes.praise", spare=True)
    assert heard(GUIDE.solution(gone)) == "She is here."


def test_both_sounds_are_told_with_the_one_that_was_said() -> None:
    pair = sound_pair("english.sound.l_and_r", ("light", "right"), hint="h", rng=random.Random(1))
    assert heard(GUIDE.solution(pair)) == f"It was {pair.answer}. Hear both: light. right. Say both aloud."
