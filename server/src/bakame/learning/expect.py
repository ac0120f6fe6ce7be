"""What a question expects for an answer.

One value serves four readers: the recogniser builds its grammar from it, the keypad reader knows when a number is
complete, the turn-taker knows how long to wait, the grader knows how to read what was said.
"""

from dataclasses import dataclass
from enum import StrEnum


class AnswerKind(StrEnum):
    """The shape of an answer."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    FRACTION = "fraction"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NAME = "name"
    OPEN = "open"
    SPELLING = "spelling"
    """The letters of a word, or the keys that carry them."""
    DICTATION = "dictation"
    """A sentence, word for word as it was heard."""
    NOTHING = "nothing"
    """Nothing is asked: the tutor is telling, or saying goodbye."""

    @property
    def is_number(self) -> bool:
        return self in (AnswerKind.INTEGER, AnswerKind.DECIMAL, AnswerKind.FRACTION)


@dataclass(frozen=True, slots=True)
class Expect:
    """What may come back.

    `options`: for CHOICE the words in the order in which they were offered (key 1 is the first); for NAME the names the
    recogniser should know, most likely first. `digits`: for numbers, the most digits a plausible answer has, so that a
    grammar stays small; never the length of the right answer alone, which would give it away. `signed`: a negative
    number is plausible. `patience_ms`: how long a thinking learner is left in peace after the question was heard.
    """

    kind: AnswerKind
    options: tuple[str, ...] = ()
    digits: int = 3
    signed: bool = False
    patience_ms: int = 5_000


NOTHING = Expect(AnswerKind.NOTHING)
YES_NO = Expect(AnswerKind.YES_NO, options=("yes", "no"))
