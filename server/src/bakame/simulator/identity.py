"""Names the carrier gives things, and the form fields that every webhook carries.

Source: Twilio, "TwiML for Programmable Voice", tables of request parameters. Geography is best effort and often empty;
fields that no table lists are sent as well, because the carrier adds such without notice.
"""

import random
from typing import Final

ACCOUNT_SID: Final = "AC" + "0" * 31 + "1"
"""The account of the simulated carrier, and of a development server, when none is given."""
API_VERSION: Final = "2010-04-01"
_COUNTRIES: Final = {"+250": "RW", "+1": "US", "+254": "KE", "+256": "UG", "+255": "TZ"}


def new_sid(prefix: str, rng: random.Random) -> str:
    """A two-letter prefix and 32 hexadecimal digits."""
    return f"{prefix}{rng.getrandbits(128):032x}"


def parties(from_: str, to: str) -> dict[str, str]:
    """Who calls or texts whom, with what the carrier believes about where they are."""
    return {"From": from_, "To": to, **_place("From", from_), **_place("To", to)}


def legacy_parties(from_: str, to: str) -> dict[str, str]:
    """The same again under the names that calls had first."""
    return {"Caller": from_, "Called": to, **_place("Caller", from_), **_place("Called", to)}


def _place(side: str, number: str) -> dict[str, str]:
    country = next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), "")
    return {f"{side}Country": country, f"{side}City": "", f"{side}State": "", f"{side}Zip": ""}
