"""Reading the keypad: `#` done, `*` repeat (inside a number the minus, point or bar), `0` hint, `9` I don't know.

Inside a number a lone 0 or 9 that is followed by `#` is that number; followed by a pause it is the command. Sans-I/O:
times are arguments, in seconds of one monotonic clock.
"""

from dataclasses import dataclass
from typing import Final

from bakame.learning.expect import AnswerKind, Expect
from bakame.text.commands import Command

MOST_KEYS: Final = 16
"""More keys than any answer needs; what comes after is dropped until `#` or a pause."""
PAUSE_S: Final = 2.5
"""A number is finished when no key comes for this long."""
LONE_PAUSE_S: Final = 1.5
"""A lone `*`, `0` or `9` is a command when no key comes for this long."""

_COMMANDS: Final = {"*": Command.REPEAT, "0": Command.HINT, "9": Command.DONT_KNOW}
_INNER_STAR: Final = {AnswerKind.DECIMAL: ".", AnswerKind.FRACTION: "/"}


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """An answer in the form in which it would be typed: `56`, `-4`, `0.75`, `3/4`, or `2` for the second choice."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyedCommand:
    command: Command


Entry = KeyedAnswer | KeyedCommand


class KeyPad:
    """Collects the keys of one answer."""

    __slots__ = ("_due", "_expect", "_keys")

    def __init__(self, expect: Expect) -> None:
        self._expect = expect
        self._keys = ""
        self._due: float | None = None

    @property
    def due(self) -> float | None:
        """When the pause after the last key ends the entry; None while nothing is being keyed."""
        return self._due

    def press(self, digit: str, now: float) -> Entry | None:
        """One more key; the entry that it completes, if it does."""
        if not (self._expect.kind.is_number or self._expect.kind is AnswerKind.SPELLING):
            return self._press_at_once(digit)
        if digit == "#":
            return self._finish()
        if len(self._keys) < MOST_KEYS:
            self._keys += digit
        self._due = now + (LONE_PAUSE_S if self._keys in _COMMANDS else PAUSE_S)
        return None

    def pause(self, now: float) -> Entry | None:
        """The entry that a pause completes, once `due` has come."""
        if self._due is None or now < self._due:
            return None
        if self._keys in _COMMANDS:
            command = _COMMANDS[self._keys]
            self._reset()
            return KeyedCommand(command)
        return self._finish()

    @staticmethod
    def _press_at_once(digit: str) -> Entry | None:
        """Questions that one key answers; a key that offers nothing is passed on, so that the tutor can say so."""
        if digit == "#":
            return None
        return KeyedCommand(_COMMANDS[digit]) if digit in _COMMANDS else KeyedAnswer(digit)

    def _finish(self) -> Entry | None:
        keys, kind = self._keys, self._expect.kind
        self._reset()
        if not keys:
            return None
        if keys.strip("*") == "":
            return KeyedCommand(Command.REPEAT)
        sign = "-" if keys.startswith("*") else ""
        return KeyedAnswer(sign + keys.removeprefix("*").replace("*", _INNER_STAR.get(kind, "*")))

    def _reset(self) -> None:
        self._keys, self._due = "", None
