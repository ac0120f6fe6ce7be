"""What a simulated learner does on a call: answers, asks for help, tires, gets frustrated or bored, and hangs up."""

import random
from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Final

from bakame.simulator.learners.sheets import Sheet
from bakame.simulator.learners.traits import Traits

WORDS_PER_MINUTE: Final = 130
LATENCY_S: Final = 1.0
"""From the end of an answer to the first sound of the reply."""
SPEAKING_S: Final = 1.4
"""To say or key a short answer."""
UNSURE: Final = 1.5
"""How much longer one thinks who does not know."""
HELPED: Final = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Chance to see how it is done by the hints so far, from none to the half-worked step, with nothing known."""
GIVES_UP_TIRED: Final = 0.5
SLIP_TIRED: Final = 1.0
"""How much more one gives up and slips when wholly tired."""
CHOICE_SLIPS: Final = 0.6
FRUSTRATED, BORED = "frustrated", "bored"
"""Why learners hang up before they have to."""
TOO_MUCH: Final = 1.0
"""Frustration, or boredom, from which one may hang up."""
HANGS_UP: Final = 0.12
"""Chance of it at each question from then on."""
LEAVES_BORED: Final = 0.05


class Does(StrEnum):
    """What a learner does at a question."""

    ANSWER = "answer"
    HINT = "hint"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Reaction:
    """`text` of an answer, how long until it began, and how long it took to be said, in seconds."""

    does: Does
    text: str
    right: bool
    thought_s: float
    said_s: float


class Caller:
    """One learner's conduct on one call. `rng` is theirs."""

    def __init__(self, traits: Traits, *, rng: random.Random) -> None:
        self._traits = traits
        self._rng = rng
        self._random = rng.random
        self._frustration = 0.0
        self._boredom = 0.0
        self._sees = False
        self._think = log(traits.think_s)

    @property
    def is_frustrated(self) -> bool:
        return self._frustration > TOO_MUCH

    def arrives(self) -> None:
        """A new call: what was felt in the last one is over."""
        self._frustration = self._boredom = 0.0

    def effort(self, minutes: float) -> float:
        """How much is left after so many minutes of a call: 1, then less, down to a half."""
        over = minutes - self._traits.tires_min
        return 1.0 if over <= 0.0 else max(0.5, 1.0 - 0.1 * over)

    def meets(self, recall: float) -> bool:
        """A new question: whether the learner sees how it is done."""
        self._sees = self._random() < recall
        return self._sees

    def reacts(self, sheet: Sheet, *, rung: int, tries: int, more_help: bool, effort: float) -> Reaction:
        """To the open question, after `rung` hints and `tries` wrong answers. `more_help`: hints can be asked for."""
        traits, draw = self._traits, self._random
        if not self._sees and rung and draw() < HELPED[min(rung, 4)]:
            self._sees = True
        thought = self._rng.lognormvariate(self._think + (0.0 if self._sees else log(UNSURE)), traits.think_spread)
        tired = 1.0 - effort
        if self._sees:
            slip = traits.slip * (CHOICE_SLIPS if sheet.options else sheet.harder) * (1.0 + SLIP_TIRED * tired)
            right = draw() >= slip
            return self._answers(sheet, thought, right=right, confused=False)
        if more_help and tries == 0 and rung < 4 and draw() < traits.asks_hint:
            return Reaction(Does.HINT, "", right=False, thought_s=thought, said_s=SPEAKING_S)
        if draw() < traits.gives_up * (1.0 + GIVES_UP_TIRED * tired) * (1.0 + tries):
            return Reaction(Does.GIVE_UP, "", right=False, thought_s=thought, said_s=SPEAKING_S)
        lucky = 1.0 / max(2, sheet.options - tries) if sheet.options else traits.lucky
        return self._answers(sheet, thought, right=draw() < lucky, confused=draw() < traits.confused)

    def feels(self, *, right: bool, recall: float, told: bool) -> None:
        """How a finished question leaves them."""
        if right:
            self._frustration *= 0.55
            self._boredom = self._boredom + 0.12 if recall > 0.93 else self._boredom * 0.8
        else:
            self._frustration += (0.35 if told else 0.25) / self._traits.patience
            self._boredom *= 0.6

    def leaves(self) -> str | None:
        """Why the learner hangs up now, if they do: frustrated or bored."""
        if self.is_frustrated and self._random() < HANGS_UP:
            return FRUSTRATED
        if self._boredom > TOO_MUCH and self._random() < LEAVES_BORED:
            return BORED
        return None

    def _answers(self, sheet: Sheet, thought: float, *, right: bool, confused: bool) -> Reaction:
        if right:
            texts = sheet.right
        elif confused and sheet.confused:
            texts = sheet.confused
        else:
            texts = sheet.wrong
        text = texts[int(self._random() * len(texts))]
        return Reaction(Does.ANSWER, text, right, thought, SPEAKING_S + 0.3 * len(text))
