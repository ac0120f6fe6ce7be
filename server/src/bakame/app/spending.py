"""What models cost, written down behind the turn's back: a learner never waits for the ledger."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bakame.errors import Conflict, Unavailable
from bakame.records.ledger.schemas import Tariff, Use
from bakame.records.ledger.service import Ledger
from bakame.store.database import Database
from bakame.wire.completions import Usage

FLUSH_S: Final = 5.0
MOST: Final = 10_000
"""Uses that are kept while the database does not answer; older ones are dropped with a word in the log."""

_log = structlog.get_logger(__name__)


class Spending:
    """Uses that wait to be written down."""

    def __init__(self, database: Database, tariff: Tariff) -> None:
        self._database = database
        self._tariff = tariff
        self._waiting: list[Use] = []

    def of_model(self, vendor: str, item: str, *, purpose: str) -> Callable[[Usage], None]:
        """What a model is given to tell its usage to."""

        def spent(usage: Usage) -> None:
            for unit, quantity in (("input_tokens", usage.prompt_tokens), ("output_tokens", usage.reply_tokens)):
                if quantity:
                    self._waiting.append(Use("model", vendor, item, unit, quantity, purpose))
            if len(self._waiting) > MOST:
                _log.error("spending.dropped", uses=len(self._waiting) - MOST)
                del self._waiting[:-MOST]

        return spent

    async def flush(self) -> None:
        """Writes down what waits; what cannot be written waits on."""
        uses, self._waiting = self._waiting, []
        if not uses:
            return
        try:
            async with self._database.session() as session:
                await Ledger(session, self._tariff).enter(uses)
        except (Unavailable, Conflict) as error:
            _log.warning("spending.not_written", kind=type(error).__name__, uses=len(uses))
            self._waiting = uses + self._waiting

    async def keep_flushing(self) -> None:
        """Writes down now and again until it is cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(FLUSH_S)
                await self.flush()
        finally:
            await self.flush()
