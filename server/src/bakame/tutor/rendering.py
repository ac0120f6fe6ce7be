"""From what is to be said to sentences for the ear and one text for the eye."""

import random
import re
from collections.abc import Sequence
from typing import Final

from bakame.text.gsm import fit, parts, to_gsm
from bakame.tutor.wording import Form, Part, Wording, Written

MOST_PARTS: Final = 3
"""Parts of the longest text that is sent."""
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+(?=\S)")


def sentences(said: Sequence[Part], *, wording: Wording, language: str, rng: random.Random) -> tuple[str, ...]:
    """The sentences to be spoken, one after the other."""
    spoken = (_words(part, "voice", wording, language, rng) for part in said)
    return tuple(sentence for text in spoken for sentence in _SENTENCE_END.split(text.strip()) if sentence)


def text(said: Sequence[Part], *, wording: Wording, language: str, rng: random.Random) -> str:
    """One part of GSM-7; up to `MOST_PARTS` when something in it must be whole.

    What would not fit is left out: spare parts first, the longest before the others, then the earliest; what fits
    after all comes back, the last one left out first. The last part stays: it is what is asked.
    """
    most = MOST_PARTS if any(isinstance(part, Written) and part.whole for part in said) else 1
    kept = [(part, to_gsm(_words(part, "sms", wording, language, rng)).strip()) for part in said]
    kept = [(part, words) for part, words in kept if words]
    everything, dropped = list(kept), list[tuple[Part, str]]()
    while len(kept) > 1 and parts(_joined(kept)) > most:
        spare = [index for index, (part, _) in enumerate(kept[:-1]) if part.spare]
        dropped.append(kept.pop(max(spare, key=lambda index: len(kept[index][1]), default=0)))
    for one in reversed(dropped):
        # What was left out for something longer, which went after it, may have room again.
        more = [each for each in everything if each is one or any(each is other for other in kept)]
        if parts(_joined(more)) <= most:
            kept = more
    return fit(_joined(kept), max_parts=most)


def _joined(kept: Sequence[tuple[Part, str]]) -> str:
    """A question of the curriculum starts a line of its own."""
    joined = ""
    for part, words in kept:
        separator = "" if not joined else "\n" if isinstance(part, Written) and not part.spare else " "
        joined += separator + words
    return joined


def _words(part: Part, form: Form, wording: Wording, language: str, rng: random.Random) -> str:
    if isinstance(part, Written):
        return part.say if form == "voice" else part.sms
    return wording.text(part, form=form, language=language, rng=rng)
