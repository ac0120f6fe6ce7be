"""Word problems ask what the exercise asks, in few words, and tell nothing."""

import random
from pathlib import Path

import pytest

from bakame.learning.exercises import make_exercise
from bakame.learning.fields import CurriculumError
from bakame.learning.skills import Curriculum
from bakame.learning.stories import Stories, parse_stories
from bakame.learning.telling import tells_answer
from bakame.text.gsm import septets, to_gsm

FILE = Path(__file__).parents[2] / "curriculum/word_problems.yaml"
HEAD = "version: 1\nlanguage: en\nstories:\n"


@pytest.fixture(scope="module")
def stories(curriculum: Curriculum) -> Stories:
    return parse_stories(FILE.read_text("utf-8"), source="word_problems.yaml", curriculum=curriculum)


def test_there_are_many_over_many_skills(stories: Stories) -> None:
    assert len(stories.of_skill) >= 30
    assert sum(map(len, stories.of_skill.values())) >= 60


def test_each_is_short_and_holds_the_numbers_that_the_question_has(curriculum: Curriculum, stories: Stories) -> None:
    rng = random.Random(4)
    told = 0
    for skill_id in stories.of_skill:
        for _ in range(60):
            exercise = make_exercise(curriculum.skills[skill_id], rng=rng)
            story = stories.told(exercise, rng)
            if story is None:
                continue
            told += 1
            assert (story.answer, story.misconceptions) == (exercise.answer, exercise.misconceptions)
            assert len(story.say.split()) <= 35
            assert septets(story.sms) <= 160
            assert to_gsm(story.sms) == story.sms
            assert story.say.endswith((".", "?"))
            assert not tells_answer(story.say, exercise)
            assert not {"{", "}"} & {*story.say, *story.sms}
            assert " 1 goats" not in story.say
    assert told > 0.98 * 60 * len(stories.of_skill)


def test_a_skill_without_stories_has_none(curriculum: Curriculum, stories: Stories) -> None:
    exercise = make_exercise(curriculum.skills["math.number.prime"], rng=random.Random(1))
    assert stories.told(exercise, random.Random(1)) is None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("  math.nowhere:\n  - {say: A, sms: A}\n", "there is no skill of this name"),
        ("  math.number.prime:\n  - {say: A, sms: A}\n", "there is no skill of this name"),
        ("  math.add.tens:\n  - {say: '{zz} eggs?', sms: A}\n", "zz"),
        ("  math.add.tens:\n  - {say: 'That makes {a+b}.', sms: A}\n", "tells the answer"),
        (f"  math.add.tens:\n  - {{say: '{'word ' * 36}', sms: A}}\n", "at most 35"),
        (f"  math.add.tens:\n  - {{say: A, sms: '{'word ' * 40}'}}\n", "one SMS holds"),
        ("  math.add.tens:\n  - {say: A, sms: A, more: 1}\n", "more"),
        ("  math.add.tens:\n  - {say: A}\n", "sms"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(curriculum: Curriculum, body: str, problem: str) -> None:
    with pytest.raises(CurriculumError, match=problem):
        parse_stories(HEAD + body, source="word_problems.yaml", curriculum=curriculum)
