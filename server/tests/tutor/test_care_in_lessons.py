"""A learner who tells of harm in a lesson hears what people wrote for it; the lesson waits, a person is told."""

import asyncio
import random
from collections.abc import Iterator

import pytest
import yaml

from bakame.app.settings import SERVER_ROOT
from bakame.learning.lesson import Phase
from bakame.records.cases.schemas import Case
from bakame.records.cases.service import Cases
from bakame.store.database import Database
from bakame.tutor.engine import Tutor
from bakame.tutor.safeguarding import Safeguarding, packaged_likeness, parse_care
from classroom import SERVER, Pupil, english, taught

RULES = SERVER_ROOT / "curriculum" / "safeguarding.yaml"
TOLD = "my father beats me every day"


@pytest.fixture
def pupil(sqlite_url: str) -> Iterator[Pupil]:
    care = parse_care(RULES.read_text(encoding="utf-8"), source=RULES.name)
    watch = Safeguarding(care, child_helpline="116", gbv_hotline="3512", likeness=packaged_likeness())
    names = yaml.safe_load((SERVER / "curriculum/names.yaml").read_text("utf-8"))["names"]
    with asyncio.Runner() as runner:
        database = Database(sqlite_url)
        tutor = Tutor(modules=taught(), names=names, wording=english(), rng=random.Random(7), watch=watch)
        yield Pupil(runner, database, tutor)
        runner.run(database.dispose())


def cases(pupil: Pupil) -> list[Case]:
    async def read() -> list[Case]:
        async with pupil.database.session(read_only=True) as session:
            return await Cases(session).waiting()

    return asyncio.run(read())


def test_the_lesson_waits_and_nothing_is_marked(pupil: Pupil) -> None:
    pupil.meets()
    question, knowledge = pupil.exercise, pupil.knowledge
    heard = pupil.says(TOLD)
    assert question.say not in heard
    assert not pupil.reply.ends
    assert (pupil.exercise, pupil.knowledge) == (question, knowledge)
    assert "?" not in heard
    (opened,) = cases(pupil)
    assert (opened.kind, opened.signs, opened.said, opened.urgent) == ("disclosure", ("physical",), TOLD, False)
    assert (opened.channel, opened.call_id, opened.learner_id) == ("voice", "CA1", pupil.learner_id)
    pupil.answers()
    assert pupil.exercise != question


def test_words_are_not_kept_of_who_did_not_agree(pupil: Pupil) -> None:
    pupil.meets(consent=False)
    pupil.says("i want to die")
    (opened,) = cases(pupil)
    assert (opened.signs, opened.said, opened.urgent) == (("self_harm",), None, True)


def test_it_is_heard_before_anything_is_known_of_the_learner(pupil: Pupil) -> None:
    pupil.calls()
    pupil.says(TOLD)
    assert pupil.lesson.phase is Phase.NAME
    assert pupil.person.name is None
    (opened,) = cases(pupil)
    assert opened.said is None


def test_a_first_text_is_heard(pupil: Pupil) -> None:
    read = pupil.texts("ananipiga kila siku")
    assert read
    (opened,) = cases(pupil)
    assert (opened.channel, opened.message_id, opened.signs) == ("sms", "SM1", ("physical",))


def test_keys_and_right_answers_open_nothing(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    assert cases(pupil) == []
