"""What a call leaves on the telephone: one text, and a question that goes on by text."""

from bakame.records.ledger.schemas import Tariff
from bakame.records.ledger.service import Ledger
from bakame.simulator.texting import ReceivedText
from bakame.store.database import Database, moment
from bakame.text.gsm import parts
from e2e.test_first_lesson import meets
from e2e.town import Here, Town, exercise_of


def test_one_text_says_what_was_learnt_and_asks_one_question(town: Town) -> None:
    town.overrides["prices"] = "twilio/sms/parts=0.045"

    async def journey(here: Here) -> None:
        call = await meets(here)
        for _ in range(10):
            await here.answers(call)
        await call.hang_up()
        received = await here.receives()
        assert isinstance(received, ReceivedText)
        assert parts(received.body) == 1
        assert "questions in this call" in received.body
        question = await exercise_of(here)
        assert received.body.endswith(question.sms)
        assert await here.texts(question.answer)
        assert await exercise_of(here) != question
        async with Database(here.settings.database) as database, database.session() as session:
            now = moment(session)
            spent = await Ledger(session, Tariff({})).spent(since=now.replace(year=2000), until=now.replace(year=2100))
        assert spent == {"text": 2 * 45_000}

    town.visit(journey)


def test_a_line_that_wants_no_texts_gets_none_after_a_call(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await meets(here)
        for _ in range(9):
            await here.answers(call)
        await here.texts("STOP")
        await call.hang_up()
        assert "START" in await here.texts("HELP")
        assert here.carrier.incoming.empty()

    town.visit(journey)


def test_a_call_in_which_nothing_was_asked_leaves_no_text(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.calls()
        await call.hang_up()
        assert await here.texts("STATUS")
        assert here.carrier.incoming.empty()

    town.visit(journey)
