"""PINs that guard a learner's lessons from others on the same phone: four to six digits, kept as a salted hash.

A PIN this short is safe by the count of tries, not by its hash; the hash keeps it from who reads the database.
"""

import hashlib
import hmac
import os
import re
from itertools import pairwise
from typing import Final

from bakame.errors import Invalid

_PIN: Final = re.compile(r"[0-9]{4,6}")
_COST: Final = {"n": 2**13, "r": 8, "p": 1}
"""scrypt (RFC 7914) with 8 MiB: about 25 ms."""


def is_pin(text: str) -> bool:
    """Whether it has the form of a PIN."""
    return _PIN.fullmatch(text) is not None


def is_guessable(pin: str) -> bool:
    """Whether it is among the first that anybody tries: one digit again and again, or digits in a row."""
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {-1})


def hash_pin(pin: str) -> str:
    """A salted hash. Raises `Invalid` when it is no PIN or the first that anybody tries."""
    if not is_pin(pin):
        raise Invalid("a PIN has four to six digits")
    if is_guessable(pin):
        raise Invalid("this PIN is too easy to guess")
    salt = os.urandom(16)
    return f"scrypt${salt.hex()}${hashlib.scrypt(pin.encode(), salt=salt, **_COST).hex()}"


def pin_matches(pin: str, hashed: str) -> bool:
    """Whether `pin` is the one that was hashed; in constant time. False for a hash of another kind."""
    kind, _, rest = hashed.partition("$")
    salt, _, digest = rest.partition("$")
    if kind != "scrypt" or not is_pin(pin):
        return False
    try:
        made = hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), **_COST)
        return hmac.compare_digest(made, bytes.fromhex(digest))
    except ValueError:
        return False
