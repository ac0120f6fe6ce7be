"""What a person reads on the phone after a text."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Invalid
from bakame.ports.messaging import InboundText
from bakame.records.journal.service import Journal
from bakame.records.learners.schemas import Learner, Line
from bakame.records.learners.service import Learners
from bakame.records.progress.service import Progress
from bakame.sms.service import TextService
from bakame.store.database import Database
from bakame.text.gsm import is_gsm, septets
from classroom import english, make_tutor

STOPPED = "You will get no more texts from BAKAME. To come back, send START."


class Phone:
    """A phone that texts the service on a real database; each text is one transaction."""

    number = "+250788123456"

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self.database = database
        self.counts: Counter[str] = Counter()
        self.called: list[str] = []
        self.can_be_called = True
        self._sent = 0
        self.service = TextService(
            tutor=make_tutor(),
            wording=english(),
            rng=random.Random(1),
            count=lambda name: self.counts.update([name]),
            call_back=self._call_back,
        )

    async def _call_back(self, session: AsyncSession, line: Line, learner: Learner) -> bool:
        if self.can_be_called:
            self.called.append(line.e164)
        return self.can_be_called

    def texts(self, body: str, *, message_id: str | None = None, opted: str | None = None) -> str | None:
        self._sent += 1
        return self.sends(InboundText(message_id or f"SM{self._sent}", self.number, "+15005550006", body, opted))

    def sends(self, message: InboundText) -> str | None:
        return self._runner.run(self._answer(message))

    async def _answer(self, message: InboundText) -> str | None:
        async with self.database.session() as session:
            return await self.service.answer(session, message)

    def together(self, *messages: InboundText) -> list[str | None]:
        async def all_at_once() -> list[str | None]:
            return await asyncio.gather(*map(self._answer, messages))

        return self._runner.run(all_at_once())

    def learns(self) -> str:
        """Texts through name, consent and placement; the first reply after them."""
        self.texts("MATH")
        self.texts("Keza")
        reply = self.texts("YES")
        for _ in range(8):
            reply = self.texts("idk")
        assert reply
        return reply

    def answer(self) -> str:
        """The right answer to the open question."""

        async def read() -> str:
            async with self.database.session(read_only=True) as session:
                line = await Learners(session).line(self.number)
                (learner,) = await Learners(session).on_line(line.id)
                stored = await Progress(session).lesson(learner.id)
                assert stored is not None
                return stored.state["item"]["exercise"]["answer"]

        return self._runner.run(read())

    def is_opted_out(self) -> bool:
        async def read() -> bool:
            async with self.database.session(read_only=True) as session:
                return (await Learners(session).line(self.number)).opted_out

        return self._runner.run(read())

    def kept_words(self) -> list[str | None]:
        """What is kept of what the learner wrote in the open lesson."""

        async def read() -> list[str | None]:
            async with self.database.session(read_only=True) as session:
                line = await Learners(session).line(self.number)
                (learner,) = await Learners(session).on_line(line.id)
                stored = await Progress(session).lesson(learner.id)
                assert stored is not None
                return [turn.text for turn in await Journal(session).transcript(stored.id) if turn.role == "learner"]

        return self._runner.run(read())

    def kept_reply(self, message_id: str) -> str | None:
        async def read() -> str | None:
            async with self.database.session(read_only=True) as session:
                return await Journal(session).text_reply(message_id)

        return self._runner.run(read())


@pytest.fixture
def phone(sqlite_url: str) -> Iterator[Phone]:
    yield from phone_on(sqlite_url)


@pytest.fixture
def phone_on_either(database_url: str) -> Iterator[Phone]:
    yield from phone_on(database_url)


def phone_on(url: str) -> Iterator[Phone]:
    with asyncio.Runner() as runner:
        database = Database(url)
        yield Phone(runner, database)
        runner.run(database.dispose())


def test_any_first_text_begins_a_lesson(phone: Phone) -> None:
    assert phone.texts("Muraho") == (
        "Welcome to BAKAME, your tutor by call and text. We begin with maths; send MENU for other subjects. "
        "What is your first name?"
    )
    named = phone.texts("keza")
    assert named is not None
    assert "Keza. May I keep the words you send" in named
    assert named.endswith("Reply 1 for yes, 2 for no.")
    placed = phone.texts("yes")
    assert placed is not None
    assert "First, a few questions to find where to start." in placed


def test_a_text_answers_the_open_question(phone: Phone) -> None:
    phone.learns()
    reply = phone.texts(phone.answer())
    assert reply is not None
    assert "right" in reply.lower()


def test_the_same_message_twice_is_answered_once_with_the_same_words(phone: Phone) -> None:
    first = phone.texts("MATH", message_id="SM77")
    assert phone.texts("MATH", message_id="SM77") == first
    assert phone.kept_reply("SM77") == first
    second = phone.texts("Keza", message_id="SM78")
    assert phone.texts("Keza", message_id="SM78") == second
    assert second is not None
    assert "May I keep" in second


def test_two_messages_at_once_get_one_answer_each(phone_on_either: Phone) -> None:
    phone = phone_on_either
    phone.learns()
    replies = phone.together(*(InboundText(f"SX{n}", phone.number, "+15005550006", "hint") for n in range(3)))
    assert len(set(replies)) == 3, "each one climbed one hint further"
    assert [phone.kept_reply(f"SX{n}") for n in range(3)] == replies


def test_first_messages_at_once_are_one_learner(phone_on_either: Phone) -> None:
    phone = phone_on_either
    replies = phone.together(*(InboundText(f"SX{n}", phone.number, "+15005550006", "MATH") for n in range(3)))
    assert sum(reply is not None and reply.startswith("Welcome to BAKAME, your tutor") for reply in replies) == 1
    assert all(reply and reply.endswith("What is your first name?") for reply in replies)
    assert len(phone.kept_words()) == 3


def test_the_same_message_twice_at_once_is_answered_with_the_same_words(phone_on_either: Phone) -> None:
    phone = phone_on_either
    replies = phone.together(*[InboundText("SX1", phone.number, "+15005550006", "MATH")] * 2)
    assert replies[0] is not None
    assert replies[0] == replies[1]
    assert len(phone.kept_words()) == 1


def test_stop_is_confirmed_once_and_then_only_start_and_help_are_answered(phone: Phone) -> None:
    phone.learns()
    assert phone.texts("Stop") == STOPPED
    assert phone.is_opted_out()
    assert phone.texts("STOP") is None
    assert phone.texts("56") is None
    assert phone.texts("CALL") is None
    assert phone.called == []
    told = phone.texts("HELP")
    assert told is not None
    assert told.endswith("To get them again, send START.")
    back = phone.texts("START")
    assert back is not None
    assert back.startswith("Hello, Keza.")
    assert "We stopped in the middle of a question." in back
    assert not phone.is_opted_out()


def test_stop_comes_before_everything_also_before_a_name(phone: Phone) -> None:
    phone.texts("MATH")
    assert phone.texts("stop") == STOPPED


def test_a_word_inside_a_message_is_no_command(phone: Phone) -> None:
    phone.learns()
    phone.texts("I think we should not stop")
    assert not phone.is_opted_out()


def test_what_the_gateway_answered_itself_is_noted_and_not_answered_again(phone: Phone) -> None:
    assert phone.texts("STOP", opted="STOP") is None
    assert phone.is_opted_out()
    assert phone.texts("START", opted="START") is None
    assert not phone.is_opted_out()
    assert phone.texts("HELP", opted="HELP") is None


def test_help_names_what_can_be_sent(phone: Phone) -> None:
    reply = phone.texts("help")
    assert reply is not None
    assert all(word in reply for word in ("MATH", "HINT", "SKIP", "STATUS", "NAME", "CALL", "STOP"))


def test_status_is_one_line(phone: Phone) -> None:
    phone.learns()
    phone.texts(phone.answer())
    reply = phone.texts("STATUS")
    assert reply is not None
    assert reply.startswith("Keza. Topic: ")
    assert "Skills mastered: 0." in reply
    assert "Right answers: 1 of 1." in reply


def test_a_name_is_kept_and_a_name_command_without_one_says_how(phone: Phone) -> None:
    phone.learns()
    assert phone.texts("NAME") == "Send NAME and your first name, for example: NAME Keza"
    reply = phone.texts("NAME Aline")
    assert reply is not None
    assert "Aline" in reply
    status = phone.texts("STATUS")
    assert status is not None
    assert status.startswith("Aline.")


def test_call_asks_for_a_call_to_this_line(phone: Phone) -> None:
    assert phone.texts("CALL") == "We are calling you now."
    assert phone.called == [phone.number]
    phone.can_be_called = False
    assert phone.texts("call me") == "We cannot call you just now. Text MATH to learn by text."


def test_math_in_mid_question_is_that_question_again(phone: Phone) -> None:
    question = phone.learns().rsplit("\n", 1)[-1]
    assert phone.texts("MATH") == question


@pytest.mark.parametrize(
    "body", ["", " \n ", "🙂🙂", "数学", "добрый день", "x" * 10_000, "NAME " + "y" * 5_000, "\0\ud800", "' OR 1=1; --"]
)
def test_whatever_comes_gets_one_sensible_reply(phone: Phone, body: str) -> None:
    first = phone.texts(body)
    phone.learns()
    later = phone.texts(body)
    for reply in (first, later):
        assert reply is not None
        assert reply
        assert is_gsm(reply)
        assert septets(reply) <= 160


def test_a_sender_without_a_number_cannot_learn_and_is_counted(phone: Phone) -> None:
    for line in ("AIRTEL", "", "7726", "anonymous"):
        assert phone.sends(InboundText("SM1", line, "+15005550006", "MATH")) is None
    assert phone.counts == {"text.no_number": 4}


def test_one_line_in_many_forms_is_one_learner(phone: Phone) -> None:
    phone.texts("MATH")
    reply = phone.sends(InboundText("SM9", "0788 123 456", "+15005550006", "Keza"))
    assert reply is not None
    assert "Keza" in reply


def test_a_message_without_an_id_is_refused(phone: Phone) -> None:
    with pytest.raises(Invalid):
        phone.texts("MATH", message_id=" \n")


def test_the_words_of_a_learner_who_declined_are_not_kept(phone: Phone) -> None:
    phone.texts("MATH")
    phone.texts("Keza")
    phone.texts("no")
    phone.texts("my secret", message_id="SM50")

    assert phone.kept_words() == [None, None, None, None]
