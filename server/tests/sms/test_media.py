"""What is answered to what a picture or a voice note says: what is kept, said back, helped with, or left to people."""

import asyncio
import random
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select

from bakame.errors import Missing
from bakame.ports.media import Media
from bakame.ports.messaging import InboundText, MediaItem
from bakame.records.journal.service import Journal
from bakame.records.learners.service import Learners
from bakame.records.progress.service import Progress
from bakame.simulator.pictures import picture_saying, words_in_picture
from bakame.sms.media import Attachments
from bakame.sms.service import TextService
from bakame.store.database import Database
from bakame.store.tables import MessageRow
from bakame.tutor.engine import Tutor
from bakame.tutor.module import Matter
from bakame.tutor.multimodal import MediaReader
from bakame.tutor.wording import Written
from classroom import answers, english, make_tutor, taught

NUMBER = "+250788123456"
DANGER = Matter("disclosure", Written("Call 116.", "Call 116."))


class Alarm:
    """Implements `tutor.module.Watch`."""

    def sees(self, text: str) -> Matter | None:
        return DANGER if "hits me" in text else None


class Album:
    """Implements `ports.media.MediaSource` and `ports.media.ImageReader`: an address is the words of its picture."""

    name = "album"

    def __init__(self) -> None:
        self.read_of: list[str] = []

    async def fetch(self, item: MediaItem) -> Media:
        if item.url == "gone":
            raise Missing("gone")
        return Media(picture_saying(item.url), item.media_type)

    async def read(self, image: bytes, media_type: str) -> str:
        words = words_in_picture(image) or ""
        self.read_of.append(words)
        return words


class Phone:
    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self.database = database
        self.album = Album()
        self._sent = 0
        reader = MediaReader(source=self.album, images=self.album)
        self.service = TextService(
            tutor=Tutor(
                modules=taught(),
                names=("Keza",),
                wording=english(),
                rng=random.Random(7),
                library=answers(),
                watch=Alarm(),
            ),
            wording=english(),
            rng=random.Random(1),
            count=lambda _: None,
            attachments=Attachments(reader, wording=english(), rng=random.Random(1), names=("Keza",), watch=Alarm()),
        )

    def texts(self, body: str, *pictures: str) -> str:
        self._sent += 1
        media = tuple(MediaItem(words, "image/png") for words in pictures)
        return self._runner.run(self._answer(InboundText(f"SM{self._sent}", NUMBER, "+1", body, media=media))) or ""

    async def _answer(self, message: InboundText) -> str | None:
        thoughts = await self.service.thought_over(partial(self.database.session, read_only=True), message)
        async with self.database.session() as session:
            return await self.service.answer(session, message, thoughts=thoughts)

    def learns(self, *, keep: str = "YES") -> None:
        for body in ("MATH", "Keza", keep, *["idk"] * 8):
            self.texts(body)

    def kept(self) -> list[tuple[str | None, str | None]]:
        """Body and media of the texts that came with media."""

        async def read() -> list[tuple[str | None, str | None]]:
            async with self.database.session(read_only=True) as session:
                found = await session.execute(
                    select(MessageRow.body, MessageRow.media)
                    .where(MessageRow.media.is_not(None))
                    .order_by(MessageRow.id)
                )
                return [(body, media) for body, media in found]

        return self._runner.run(read())

    def said(self) -> list[str | None]:
        """What the transcript has of the learner's words."""

        async def read() -> list[str | None]:
            async with self.database.session(read_only=True) as session:
                line = await Learners(session).line(NUMBER)
                (learner,) = await Learners(session).on_line(line.id)
                stored = await Progress(session).lesson(learner.id)
                assert stored is not None
                return [turn.text for turn in await Journal(session).transcript(stored.id) if turn.role == "learner"]

        return self._runner.run(read())


@pytest.fixture
def phone(sqlite_url: str) -> Iterator[Phone]:
    with asyncio.Runner() as runner:
        database = Database(sqlite_url)
        yield Phone(runner, database)
        runner.run(database.dispose())


def test_homework_is_helped_with_and_stands_in_the_journal(phone: Phone) -> None:
    phone.learns()
    reply = phone.texts("", "12 + 30 = ?")
    assert reply.startswith("I read: 12 + 30 = ?")
    assert "42" not in reply
    assert "You solve, I help." in reply
    assert phone.said()[-1] == "12 + 30 = ?"
    assert phone.kept() == [("12 + 30 = ?", "image/png")]


def test_words_of_who_declined_are_not_kept_only_the_type_is(phone: Phone) -> None:
    phone.learns(keep="NO")
    assert phone.texts("", "12 + 30 = ?")
    assert phone.kept() == [(None, "image/png")]
    assert phone.said()[-1] is None


def test_a_sign_of_danger_in_a_picture_is_no_homework_and_is_not_said_back(phone: Phone) -> None:
    phone.learns()
    for typed, words in (
        ("", "My uncle hits me. 12 + 30 = ?"),
        ("my uncle hits me", "12 + 30 = ?"),
        ("ASK", "My uncle hits me"),
        ("my uncle hits me", "gone"),
    ):
        assert phone.texts(typed, words).endswith("Call 116.")
        assert phone.texts(typed, words).count("hits") == 0
    assert phone.texts("my uncle hits me", "12 + 30 = ?") == "Call 116."


def test_a_picture_for_a_teacher_goes_to_a_person(phone: Phone) -> None:
    phone.learns()
    reply = phone.texts("TEACHER", "12 + 30 = ?")
    assert "You solve" not in reply
    assert phone.kept() == [("TEACHER 12 + 30 = ?", "image/png")]


def test_help_me_beside_a_picture_is_no_command(phone: Phone) -> None:
    phone.learns()
    assert "You solve, I help." in phone.texts("please help me", "12 + 30 = ?")
    assert phone.texts("please help me", "gone").startswith("I could not get your file.")


def test_a_command_beside_a_picture_is_obeyed_and_the_picture_left_alone(phone: Phone) -> None:
    phone.learns()
    assert "no more texts" in phone.texts("STOP", "12 + 30 = ?")
    assert phone.texts("", "12 + 30 = ?") == ""
    assert phone.album.read_of == []


def test_who_is_met_with_a_picture_is_asked_for_a_name_and_told_when_to_send_it(phone: Phone) -> None:
    reply = phone.texts("", "12 + 30 = ?")
    assert "after we have met" in reply
    assert reply.endswith("What is your first name?")
    assert phone.album.read_of == []


def test_a_road_sign_stops_nothing(phone: Phone) -> None:
    phone.learns()
    assert phone.texts("please", "STOP").startswith("I read: STOP.")
    assert phone.texts("", "STOP") == "I read: STOP. If you mean it, please type it."
    assert phone.texts("STATUS") != ""


def test_a_pin_is_never_read_out_of_a_picture(phone: Phone) -> None:
    phone.learns()
    assert phone.texts("", "4821") != ""
    assert ("4821", "image/png") not in phone.kept()


def test_without_anybody_who_looks_a_picture_is_a_text_without_words(phone: Phone) -> None:
    phone.service = TextService(tutor=make_tutor(), wording=english(), rng=random.Random(1), count=lambda _: None)
    assert phone.texts("", "12 + 30 = ?").startswith("Welcome to BAKAME")
