"""Telephone numbers in E.164, and how they are shown where nobody may read them."""

import re
from typing import Final

import phonenumbers

_CHANNEL: Final = re.compile(r"(?:whatsapp|sms|tel):", re.IGNORECASE)
_WRITTEN: Final = re.compile(r"\+?[\d\s().\-/\u2010-\u2015]+")
_MAX_CHARS: Final = 40
_SHOWN: Final = 4


def to_e164(raw: str, *, region: str = "RW") -> str | None:
    """A number in any usual form as E.164: "0788 123 456", "250788123456" and "00250788123456" are "+250788123456".

    `region` is the country whose national forms are understood; its numbers must be valid ones, foreign numbers, with
    "+" or its international prefix, of a possible length. None for short codes, sender names and hidden callers.
    """
    text = _CHANNEL.sub("", raw.strip(), count=1) if len(raw) <= _MAX_CHARS else ""
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    is_home = number.country_code == phonenumbers.country_code_for_region(region)
    is_real = phonenumbers.is_valid_number(number) if is_home else phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if is_real else None


def mask(number: str) -> str:
    """A number for logs: country code and last four digits, "+250*****3456". Anything else is hidden wholly."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "***"
    national = str(parsed.national_number)
    if len(national) <= _SHOWN + 2:
        return f"+{parsed.country_code}{'*' * len(national)}"
    return f"+{parsed.country_code}{'*' * (len(national) - _SHOWN)}{national[-_SHOWN:]}"
