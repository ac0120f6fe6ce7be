"""The telephone's keys as an agent's text input. Sans-I/O.

The agent hears no tones, and its socket has no message for a key. A finished entry goes out as a `user_message`, which
counts as spoken and asks for an answer. What finishes an entry depends on what the tutor expects: a number ends with
`#` or with a pause, everything else with its first key. A lone `*`, `0` or `9` means on this line what it means on
every call: repeat, hint, I don't know.
"""

from typing import Final

from bakame.learning.expect import AnswerKind

PAUSE_S: Final = 2.0
"""A number is finished when no key comes for this long."""
MOST_KEYS: Final = 16

_COMMANDS: Final = {
    "*": "Please repeat that.",
    "0": "Please give me a hint.",
    "9": "I don't know the answer.",
}
_NUMBERS: Final = frozenset(kind.value for kind in AnswerKind if kind.is_number)
_AT_ONCE: Final = frozenset(kind.value for kind in AnswerKind) - _NUMBERS


class KeyEntry:
    """Collects the keys of one answer. `expects`: the answer's kind by the tutor's last word; empty when unknown."""

    def __init__(self) -> None:
        self.expects = ""
        self._keys = ""

    @property
    def typed(self) -> str:
        """The keys so far."""
        return self._keys

    def press(self, digit: str) -> bool:
        """One more key; whether the entry is finished."""
        if digit == "#":
            return bool(self._keys)
        if len(self._keys) < MOST_KEYS:
            self._keys += digit
        return self.expects in _AT_ONCE

    def take(self, *, by_hash: bool) -> tuple[str, str]:
        """The keys and what they say; begins a new entry. After `#` a lone 0 or 9 is a number."""
        keys, self._keys = self._keys, ""
        return keys, keys if by_hash else _COMMANDS.get(keys, keys)
