"""Five subjects for one learner: each goes on at its very question, however the learner went away and came back."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from bakame.learning.exercises import make_exercise
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.learning.review import Rating, reviewed
from bakame.records.cases.schemas import Case
from bakame.records.cases.service import Cases
from bakame.text.commands import Command
from bakame.tutor.engine import Tutor
from bakame.tutor.module import Matter
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, line
from classroom import SERVER, Pupil, all_skills, answers, english, taught
from desk import Desk

NOON = datetime(2026, 3, 1, 10, tzinfo=UTC)
SUBJECTS = ("math", "english", "comprehension", "debate", "general")
SAID = {"math": "maths", "english": "English", "comprehension": "reading", "debate": "debate", "general": "ask"}
TEXTED = {"math": "MATH", "english": "English", "comprehension": "READ", "debate": "debate", "general": "ASK"}
NAMED = {
    "math": "Now maths.",
    "english": "Now English.",
    "comprehension": "Now reading.",
    "debate": "Now debate.",
    "general": "Now questions about the world.",
}
KEYS = {"math": "1", "english": "2", "comprehension": "3", "debate": "41", "general": "42"}
"""On the menu: the first page, or the other one by its last key."""
DANGER = "he beats me at home every day"
HEARD = line("care.abuse", child="116", gbv="3512")


class Alert:
    """Sees danger in one sentence, and nowhere else."""

    def sees(self, text: str) -> Matter | None:
        is_seen = DANGER in text
        return Matter("disclosure", HEARD, urgent=True, signs=("violence",)) if is_seen else None


@pytest.fixture
def watched(sqlite_url: str) -> Iterator[Pupil]:
    """A pupil whose words are watched over."""
    names = yaml.safe_load((SERVER / "curriculum/names.yaml").read_text("utf-8"))["names"]
    tutor = Tutor(
        modules=taught(), names=names, wording=english(), rng=random.Random(7), library=answers(), watch=Alert()
    )
    with asyncio.Runner() as runner:
        desk = Desk(sqlite_url)
        database = desk.database()
        yield Pupil(runner, database, tutor, desk=desk)
        runner.run(database.dispose())


def question(pupil: Pupil) -> str:
    """What is open: the words of the exercise, or where a subject without one stands."""
    lesson = pupil.lesson
    return lesson.item.exercise.say if lesson.item else f"{lesson.module} {sorted(lesson.scene.items())}"


def cases(pupil: Pupil) -> list[Case]:
    async def read() -> list[Case]:
        async with pupil.database.session(read_only=True) as session:
            return await Cases(session).waiting()

    with asyncio.Runner() as runner:
        return runner.run(read())


def through_all(pupil: Pupil) -> dict[str, str]:
    """Goes through all subjects by speech; what is open in each."""
    found: dict[str, str] = {}
    for subject in SUBJECTS:
        pupil.says(SAID[subject])
        assert pupil.lesson.module == subject
        if subject == "general":
            # A topic is begun, so that there is a question.
            pupil.says("tell me more")
        found[subject] = question(pupil)
    return found


def test_each_subject_is_entered_by_its_name_and_says_so(pupil: Pupil) -> None:
    pupil.meets()
    for subject in (*SUBJECTS[1:], "math"):
        assert pupil.says(SAID[subject]).startswith(NAMED[subject])
        assert pupil.lesson.module == subject
        assert pupil.reply.expect.kind == pupil.lesson.item.exercise.kind if pupil.lesson.item else True


@pytest.mark.parametrize("way", ["speech", "text", "keys"])
def test_each_subject_goes_on_at_its_very_question(pupil: Pupil, way: str) -> None:
    pupil.meets()
    found = through_all(pupil)
    for subject in random.Random(3).sample(SUBJECTS, len(SUBJECTS)):
        if way == "speech":
            heard = pupil.says(SAID[subject])
        elif way == "text":
            heard = pupil.texts(TEXTED[subject])
        else:
            pupil.presses(Command.MENU)
            heard = [pupil.keys(key) for key in KEYS[subject]][-1]
        assert pupil.lesson.module == subject
        assert question(pupil) == found[subject]
        item = pupil.lesson.item
        if item is not None:
            assert heard.endswith(item.exercise.sms if way == "text" else item.exercise.say)


def test_each_subject_goes_on_after_a_dropped_call_and_by_text(pupil: Pupil) -> None:
    pupil.meets()
    found = through_all(pupil)
    for subject in SUBJECTS:
        pupil.says(SAID[subject])
        pupil.wait(minutes=2)
        heard = pupil.calls()
        assert question(pupil) == found[subject]
        item = pupil.lesson.item
        if item is not None:
            assert heard.endswith(item.exercise.say)
            assert pupil.texts("REPEAT").endswith(item.exercise.sms)
        assert question(pupil) == found[subject]


def test_the_other_page_of_the_menu_leads_back_to_the_first(pupil: Pupil) -> None:
    pupil.meets()
    first = pupil.says("menu")
    assert "For maths, press 1." in first
    assert "For a debate, press 1." in pupil.keys("4")
    assert pupil.keys("3") == first
    assert "For a debate, press 1." in pupil.says("more")
    assert pupil.says("debate").startswith("Now debate.")


def test_the_menu_is_asked_once_more_and_then_let_be(pupil: Pupil) -> None:
    pupil.meets()
    asked = pupil.exercise.say
    pupil.says("menu")
    assert "For maths, press 1." in pupil.says("the big blue bus")
    assert pupil.says("the big blue bus").endswith(asked)
    assert pupil.lesson.asking is None
    assert pupil.exercise.say == asked


def test_help_with_the_menu_is_help_with_the_menu(pupil: Pupil) -> None:
    """A hint for the question behind it would leave the learner with keys that mean something else."""
    pupil.meets()
    menu = pupil.says("menu")
    heard = pupil.presses(Command.HINT)
    assert heard.endswith(menu)
    assert pupil.reply.expect.options[0] == "math"
    assert pupil.keys("2").startswith("Now English.")


def test_a_question_that_is_asked_from_anywhere_is_answered_and_the_subject_waits(pupil: Pupil) -> None:
    pupil.meets()
    kept = pupil.exercise.say
    assert "melted rock" in pupil.says("ask what is a volcano")
    assert pupil.lesson.module == "general"
    assert pupil.says("maths").endswith(kept)
    assert "melted rock" in pupil.texts("ASK what is a volcano?")
    assert pupil.texts("MATH").endswith(pupil.exercise.sms)
    assert pupil.exercise.say == kept


def test_a_race_from_another_subject_and_back(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    pupil.says("English")
    kept = pupil.exercise.say
    assert "A race:" in pupil.says("race")
    assert pupil.lesson.module == "math"
    pupil.keys(pupil.exercise.answer)
    assert pupil.says("English").endswith(kept)
    assert "The race is over: 1 right of 1." in pupil.says("maths")
    assert pupil.lesson.item is not None
    assert not pupil.lesson.scene


def test_a_race_drops_an_answer_that_waited_for_a_yes(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    pupil.says(pupil.exercise.answer, confidence=0.3)
    assert pupil.lesson.heard is not None
    assert "A race:" in pupil.says("race")
    assert pupil.lesson.heard is None
    assert pupil.reply.expect == pupil.exercise.expect


def test_somebody_else_in_between_finds_and_leaves_everything_as_it_was(pupil: Pupil) -> None:
    pupil.meets("Aline")
    pupil.says("English")
    kept = pupil.exercise.say
    pupil.presses(Command.WHO)
    pupil.keys("2")
    pupil.says("Eric")
    pupil.says("yes")
    pupil.says("yes")
    assert pupil.says("debate").startswith("Now debate.")
    pupil.presses(Command.WHO)
    assert pupil.says("Aline").endswith(kept)
    pupil.presses(Command.WHO)
    assert "What shall we debate?" in pupil.says("Eric")


def test_the_language_is_told_of_and_the_question_stays(pupil: Pupil) -> None:
    pupil.meets()
    pupil.says("reading")
    kept = question(pupil)
    for words in ("LANG", "LANG EN", "LANG XX", "LANG RW"):
        pupil.texts(words)
        assert question(pupil) == kept
    assert pupil.texts("LANG EN").startswith("We go on in English.")


def test_a_lesson_opens_where_reviews_have_piled_up(pupil: Pupil) -> None:
    due = [skill.id for skill in all_skills().of_module("english")][:4]
    mastered = Knowledge(0.98, items=6, right=6, mastered=True)
    knowledge = {skill: reviewed(mastered, Rating.Good, NOON - timedelta(days=60)) for skill in due}
    knowledge["math.add.within_10"] = Knowledge(0.98, items=6, right=6, mastered=True)
    pupil.is_at(Lesson(phase=Phase.PRACTICE, module="math"), knowledge)
    pupil.calls()
    assert pupil.lesson.module == "english"
    assert pupil.exercise.skill_id in due


def test_an_open_question_comes_before_reviews_elsewhere(pupil: Pupil) -> None:
    due = [skill.id for skill in all_skills().of_module("english")][:6]
    mastered = Knowledge(0.98, items=6, right=6, mastered=True)
    knowledge = {skill: reviewed(mastered, Rating.Good, NOON - timedelta(days=60)) for skill in due}
    skill = all_skills().skills["math.add.within_20"]
    kept = make_exercise(skill, rng=random.Random(2))
    pupil.is_at(Lesson(phase=Phase.PRACTICE, module="math", item=Item(kept), recent=(skill.id,)), knowledge)
    assert pupil.calls().endswith(kept.say)
    assert pupil.lesson.module == "math"


def test_maths_goes_on_with_its_own_command_when_nothing_was_open(pupil: Pupil) -> None:
    pupil.is_at(Lesson(phase=Phase.PRACTICE, module="math", greeted=True), {"math.add.within_10": Knowledge(0.6)})
    assert pupil.texts("MATH").endswith(pupil.exercise.sms)


def test_a_question_that_earned_nothing_belongs_to_its_sitting_all_the_same(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    pupil.answers()
    pupil.wait(days=3)
    pupil.texts("MATH")
    for asked in (1, 2):
        told = pupil.exercise
        while pupil.exercise == told:
            pupil.texts("HINT")
        assert pupil.lesson.sitting.asked == asked
    pupil.texts(pupil.exercise.answer)
    assert pupil.lesson.sitting.asked == 3


def test_a_subject_that_is_not_taught_any_more_gives_way_to_another(pupil: Pupil) -> None:
    pupil.meets()
    pupil.says("debate")
    kept = pupil.lesson
    pupil.breaks_lesson(replace(kept, module="astronomy").to_state())
    assert pupil.says("one").endswith(pupil.exercise.say)
    assert pupil.lesson.module == "math"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_stop_ends_every_subject_and_the_lesson_can_be_taken_up(pupil: Pupil, subject: str) -> None:
    pupil.meets()
    through_all(pupil)
    pupil.says(SAID[subject])
    kept = question(pupil)
    assert "Goodbye" in pupil.says("stop")
    assert pupil.reply.ends
    pupil.calls()
    assert question(pupil) == kept


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_question_for_a_teacher_opens_a_case_and_the_lesson_goes_on(pupil: Pupil, subject: str) -> None:
    pupil.meets()
    found = through_all(pupil)
    pupil.says(SAID[subject])
    pupil.texts("TEACHER why are there clouds?")
    (case,) = cases(pupil)
    assert (case.kind, case.said) == ("question", "TEACHER why are there clouds?")
    assert question(pupil) == found[subject]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_who_is_in_danger_is_answered_a_case_is_opened_and_the_question_stays(watched: Pupil, subject: str) -> None:
    watched.meets()
    found = through_all(watched)
    watched.says(SAID[subject])
    before = watched.lesson.sitting
    heard = watched.says(DANGER)
    assert heard == told(HEARD)
    (case,) = cases(watched)
    assert (case.kind, case.urgent, case.signs) == ("disclosure", True, ("violence",))
    assert question(watched) == found[subject]
    assert watched.lesson.sitting == before
    assert not watched.reply.ends
    assert watched.texts(f"please, {DANGER}").startswith(told(HEARD, form="sms")[:60])
    assert len(cases(watched)) == 2
    assert question(watched) == found[subject]


@pytest.mark.parametrize("before", ["name", "name confirm", "consent", "menu", "who", "answer heard"])
def test_danger_is_heard_before_and_between_lessons(watched: Pupil, before: str) -> None:
    watched.calls()
    if before != "name":
        watched.says("Keza")
    if before not in ("name", "name confirm"):
        watched.says("yes")
    if before not in ("name", "name confirm", "consent"):
        watched.says("yes")
    match before:
        case "menu":
            watched.says("menu")
        case "who":
            watched.presses(Command.WHO)
        case "answer heard":
            watched.says(watched.exercise.answer, confidence=0.2)
        case _:
            pass
    asked = watched.lesson
    assert watched.says(DANGER) == told(HEARD)
    assert len(cases(watched)) == 1
    assert watched.lesson.asking == asked.asking
    assert watched.lesson.phase == asked.phase
    assert watched.lesson.item == asked.item
    expected = watched.reply.expect
    heard = watched.presses(Command.REPEAT)
    assert heard
    assert watched.reply.expect == expected
    if before == "name confirm":
        assert heard.startswith("I heard Keza.")


def told(said: Line, *, form: str = "voice") -> str:
    return english().text(said, form="voice" if form == "voice" else "sms", language="en", rng=random.Random(1))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_speech_and_a_key_at_once_are_two_turns_of_one_lesson(pupil: Pupil, subject: str) -> None:
    """Whichever is first: the other one is an answer to what is open then, and nothing is lost or counted twice."""
    pupil.meets()
    through_all(pupil)
    pupil.says(SAID[subject])
    spoken = Said(Channel.VOICE, text="three", by="speech", confidence=0.95, call_id="CA1")
    keyed = Said(Channel.VOICE, text="1", by="keys", call_id="CA1")
    replies = pupil.together(spoken, keyed)
    assert all(reply.sentences for reply in replies)
    assert all(reply.ends or reply.expect.kind != "nothing" for reply in replies)
    assert pupil.lesson.sitting.asked <= 2
    assert pupil.presses(Command.REPEAT)


def test_a_text_in_mid_call_goes_on_with_the_same_lesson(pupil: Pupil) -> None:
    pupil.meets()
    first = pupil.exercise
    spoken = Said(Channel.VOICE, text="what did you say", by="speech", confidence=0.95, call_id="CA1")
    texted = Said(Channel.SMS, text="MENU", by="text", message_id="SM9")
    opened = Said(Channel.VOICE, act=Act.OPEN, call_id="CA2")
    replies = pupil.together(spoken, texted, opened)
    assert all(reply.sentences and reply.text for reply in replies)
    pupil.calls()
    assert pupil.exercise == first
