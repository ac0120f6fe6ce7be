"""What was used of what costs money, as everybody else sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Final

MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Use:
    """One use. `kind` is `model`, `text`, `call` or `speech`; `unit` says what `quantity` counts."""

    kind: str
    vendor: str
    item: str
    unit: str
    quantity: int
    purpose: str
    learner_id: int | None = None
    call_id: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A use with what it cost, in millionths of `currency`."""

    use: Use
    at: datetime
    cost_micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """Prices in millionths of `currency`, of one of each unit, by (vendor, item, unit); an item of "*" stands for all.

    What has no price costs nothing and is still written down.
    """

    prices: Mapping[tuple[str, str, str], Decimal]
    currency: str = "USD"

    def cost_micros(self, use: Use) -> int:
        """What it costs, rounded up to a millionth."""
        price = self.prices.get((use.vendor, use.item, use.unit)) or self.prices.get((use.vendor, "*", use.unit))
        return 0 if price is None else ceil(price * use.quantity)
