"""What things cost, as the operator writes it down."""

from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from bakame.errors import Invalid
from bakame.records.ledger.schemas import MICROS, Tariff


def read_tariff(text: str, *, currency: str) -> Tariff:
    """A tariff from entries such as "twilio/sms/parts=0.045, openai/gpt-4o-mini/input_tokens=0.00000015".

    Each is vendor, item and unit, and the price of one in `currency`; an item of "*" stands for all of a vendor's.
    Raises `Invalid`, which names the entry.
    """
    prices: dict[tuple[str, str, str], Decimal] = {}
    for entry in filter(None, (each.strip() for each in text.replace("\n", ",").split(","))):
        name, _, price = entry.partition("=")
        vendor, _, rest = name.strip().partition("/")
        item, _, unit = rest.rpartition("/")
        try:
            cost = Decimal(price.strip())
        except InvalidOperation:
            raise Invalid(f"{entry!r} has no price") from None
        if not (vendor and item and unit) or not cost.is_finite() or cost < 0:
            raise Invalid(f"{entry!r} is not vendor/item/unit=price")
        prices[vendor, item, unit] = cost * MICROS
    if len(currency) != 3 or not currency.isalpha():
        raise Invalid(f"{currency!r} is not the code of a currency, such as USD or RWF")
    return Tariff(MappingProxyType(prices), currency.upper())
