"""A lesson follows how it is going, says little of it, and keeps nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bakame.learning.lesson import Lesson
from bakame.learning.mood import Mood, Sign, felt
from bakame.learning.profile import Profile
from bakame.tutor.empathy import SLOWER_WPM, SPEAK_EVERY, noticed, remark, report_in, words_per_minute
from bakame.tutor.wording import line
from classroom import english
from practising import NOW, Learner


def mood(*signs: Sign) -> Mood:
    felt_so_far = Mood()
    for sign in signs:
        felt_so_far = felt(felt_so_far, sign, now=NOW)
    return felt_so_far


@pytest.mark.parametrize(
    ("words", "sign"),
    [
        ("This is too hard!", Sign.TOO_HARD),
        ("oh it's hard", Sign.TOO_HARD),
        ("biragoye cyane", Sign.TOO_HARD),
        ("C'est trop difficile", Sign.TOO_HARD),
        ("ni ngumu sana", Sign.TOO_HARD),
        ("too easy", Sign.TOO_EASY),
        ("give me a harder one please", Sign.TOO_EASY),
        ("I'm tired, teacher", Sign.TIRED),
        ("ndananiwe", Sign.TIRED),
        ("je suis fatigué", Sign.TIRED),
        ("nimechoka", Sign.TIRED),
        ("This is boring.", Sign.BORED),
        ("I like this", Sign.CONTENT),
    ],
)
def test_a_word_about_it_is_understood_in_four_languages(words: str, sign: Sign) -> None:
    assert report_in(words) is sign


@pytest.mark.parametrize(
    "words", ["12", "", "hardware", "the easy one", "it is not hard", "two", "a hard worker", "fun " * 40, "yes", "no"]
)
def test_what_only_holds_such_a_word_is_none(words: str) -> None:
    assert report_in(words) is None


def test_somebody_who_finds_it_hard_gets_help_and_the_same_question() -> None:
    learner = Learner()
    learner.comes()
    learner.answers()
    question = learner.item.exercise
    learner.says("this is too hard")
    assert learner.heard[0] == "mood.too_hard"
    assert question.hint in learner.heard
    assert learner.item.exercise == question
    assert learner.lesson.profile.mood.difficulty.value > 0.5


def test_somebody_who_finds_it_easy_gets_something_harder_and_nothing_is_counted() -> None:
    learner = Learner()
    learner.comes()
    learner.answers()
    skill = learner.item.exercise.skill_id
    items = learner.knowledge[skill].items
    learner.says("too easy")
    assert learner.heard[0] == "mood.too_easy"
    assert learner.item.exercise.skill_id != skill
    assert learner.knowledge[skill].items == items


def test_somebody_who_is_tired_hears_that_they_may_stop() -> None:
    learner = Learner()
    learner.comes()
    question = learner.item
    learner.says("I am tired")
    assert learner.heard[0] == "mood.tired"
    assert learner.item == question


def test_somebody_who_is_bored_gets_another_topic() -> None:
    learner = Learner()
    learner.comes()
    skill = learner.item.exercise.skill_id
    learner.says("boring")
    assert learner.heard[0] == "mood.bored"
    assert learner.item.exercise.skill_id != skill


def test_after_many_mistakes_speech_is_slower_and_a_line_says_so_once() -> None:
    learner = Learner()
    learner.comes()
    remarks = 0
    slower = False
    for _ in range(3):
        learner.fails()
        remarks += learner.heard.count("mood.easier")
        slower = slower or learner.step.words_per_minute == SLOWER_WPM
    assert remarks == 1
    assert slower


def test_a_remark_is_short_and_rare_and_weariness_comes_first() -> None:
    weary = mood(*[Sign.SILENCE] * 3, *[Sign.WRONG] * 4)
    after, said = remark(weary, NOW, on_call=True)
    assert said == line("mood.stop")
    assert after.spoken_at == NOW
    assert remark(after, NOW + SPEAK_EVERY - timedelta(seconds=1), on_call=True)[1] is None
    assert remark(mood(*[Sign.SKIP] * 4), NOW, on_call=False)[1] == line("mood.later")
    assert remark(Mood(), NOW, on_call=True) == (Mood(), None)


def test_what_no_module_sees_is_noticed_too() -> None:
    lesson = Lesson()
    for _ in range(3):
        lesson = noticed(lesson, Sign.SILENCE, NOW)
    assert lesson.profile.mood.engagement.value < 0.4
    assert replace(lesson, profile=Profile()) == Lesson()


def test_slow_speech_that_was_asked_for_is_left_as_it_is() -> None:
    hard = Profile(mood=mood(*[Sign.WRONG] * 6))
    assert words_per_minute(Lesson(profile=hard), NOW) == SLOWER_WPM
    assert words_per_minute(Lesson(profile=hard, slow=True), NOW) is None
    assert words_per_minute(Lesson(), NOW) is None


def test_nothing_that_is_said_of_it_praises_or_blames_a_person() -> None:
    about = {key: text for key, text in english().variants().items() if key.startswith("mood.")}
    assert about
    for text in about.values():
        words = set(text.lower().replace(".", " ").replace(",", " ").split())
        assert not words & {"clever", "smart", "lazy", "bad", "slow", "great", "best", "genius", "brilliant", "weak"}
        assert len(words) <= 20
    assert remark(mood(*[Sign.RIGHT] * 12), NOW, on_call=True)[1] is None
