"""The ledger: what each use cost, at the price that held then."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from bakame.app.spending import Spending
from bakame.app.tariffs import read_tariff
from bakame.errors import Invalid
from bakame.records.ledger.schemas import Tariff, Use
from bakame.records.ledger.service import Ledger
from bakame.wire.completions import Usage
from desk import Desk

TARIFF = read_tariff(
    "twilio/sms/parts=0.045, openai/*/input_tokens=0.00000015,\nopenai/gpt-4o-mini/output_tokens=0.0000006",
    currency="usd",
)
TEXT = Use("text", "twilio", "sms", "parts", 2, "reply", call_id="CA1")


def test_a_price_is_found_by_item_or_for_all_and_rounded_up() -> None:
    assert TARIFF.currency == "USD"
    assert TARIFF.cost_micros(TEXT) == 90_000
    assert TARIFF.cost_micros(Use("model", "openai", "any", "input_tokens", 1, "teaching")) == 1
    assert TARIFF.cost_micros(Use("model", "openai", "gpt-4o-mini", "output_tokens", 1000, "teaching")) == 600
    assert TARIFF.cost_micros(Use("model", "llama", "x", "input_tokens", 10**9, "teaching")) == 0


@pytest.mark.parametrize("text", ["twilio=1", "twilio/sms=1", "twilio/sms/parts", "twilio/sms/parts=-1", "a/b/c=NaN"])
def test_a_price_that_is_none_is_refused_by_its_words(text: str) -> None:
    with pytest.raises(Invalid, match=text.partition("=")[0].replace("/", "/")):
        read_tariff(text, currency="USD")


def test_a_currency_has_three_letters() -> None:
    with pytest.raises(Invalid):
        read_tariff("", currency="francs")


def test_uses_are_written_down_and_added_up_by_kind(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            async with database.session() as session:
                ledger = Ledger(session, TARIFF)
                assert await ledger.enter([TEXT, TEXT]) == 180_000
                assert await ledger.enter([]) == 0
                (first, _) = await ledger.of_call("CA1")
                assert (first.use, first.cost_micros, first.currency, first.at) == (TEXT, 90_000, "USD", desk.now)
            desk.wait(days=1)
            async with database.session() as session:
                ledger = Ledger(session, TARIFF)
                day = timedelta(days=1)
                assert await ledger.spent(since=desk.now - 2 * day, until=desk.now) == {"text": 180_000}
                assert await ledger.spent(since=desk.now, until=desk.now + day) == {}

    asyncio.run(scenario())


def test_what_models_cost_is_written_behind_the_turn_and_kept_while_the_database_is_away(desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.database() as database:
            spending = Spending(database, Tariff({("openai", "*", "input_tokens"): Decimal(2)}, "USD"))
            spent = spending.of_model("openai", "gpt-4o-mini", purpose="teaching")
            spent(Usage(9, 5))
            spent(Usage(0, 0))
            await spending.flush()
            await spending.flush()
            async with database.session() as session:
                far = timedelta(days=9)
                ledger = Ledger(session, TARIFF)
                assert await ledger.spent(since=desk.now - far, until=desk.now + far) == {"model": 18}

    asyncio.run(scenario())
