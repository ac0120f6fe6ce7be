"""How sure one may be of what was heard: a probability of being right, fitted by `training/certainty.py`. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bakame.providers.local.acoustics import Floats, clarity
from bakame.providers.local.grammar import COMMANDS, NO, YES
from bakame.providers.local.search import Candidate
from bakame.text.commands import read_command
from bakame.text.numbers import read_number

ACCEPT: Final = 0.85
"""From here on what was heard may be taken for what was said."""
CONFIRM: Final = 0.22
"""From here on to `ACCEPT` one should ask "did you say …?"; under it nothing that fits was heard.

Chosen so low because a name or a word that the model hardly knows is right at 0.3 as often as not, while babble stays
under it."""
_ZEROS: Final = ("oh", "nought")
_WIDEST_MARGIN: Final = 12.0
_BIAS: Final = 0.681
_PER_MARGIN: Final = 0.235
_PER_MISFIT: Final = -1.266
_PER_LENGTH: Final = -1.204
_PER_CLARITY: Final = 4.319


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence.

    `margin`: its log likelihood over that of the best sentence that means something else. `misfit`: what each of its
    phones loses, in log likelihood, against the best sounds that any language could have there. `phones`: how many.
    `clarity`: as `acoustics.clarity`, the same for all sentences of an utterance.
    """

    text: str
    margin: float
    misfit: float
    phones: int
    clarity: float

    @staticmethod
    def of(candidate: Candidate, among: Sequence[Candidate], scores: Floats) -> "Evidence":
        mine = meaning(candidate.text)
        others = [other.score for other in among if meaning(other.text) != mine]
        margin = candidate.score - max(others, default=candidate.score - _WIDEST_MARGIN)
        misfit = (float(scores.max(axis=1).sum()) - candidate.score) / candidate.phones
        bounded = min(max(margin, -_WIDEST_MARGIN), _WIDEST_MARGIN)
        return Evidence(candidate.text, bounded, misfit, candidate.phones, clarity(scores))


def certainty(evidence: Evidence) -> float:
    """The probability, 0 to 1, that a sentence was said."""
    logit = (
        _BIAS
        + _PER_MARGIN * evidence.margin
        + _PER_MISFIT * evidence.misfit
        + _PER_LENGTH * math.log(evidence.phones)
        + _PER_CLARITY * evidence.clarity
    )
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, logit))))


@lru_cache(maxsize=4_096)
def meaning(text: str) -> str:
    """Equal for sentences between which there is no need to choose: "oh" and "zero", "yes" and "yeah"."""
    if text in YES or text in NO:
        return "yes" if text in YES else "no"
    if text in COMMANDS and (command := read_command(text, spoken=True)):
        return command[0].value
    number = read_number(" ".join("zero" if word in _ZEROS else word for word in text.split()))
    return text if number is None else str(number.value)
