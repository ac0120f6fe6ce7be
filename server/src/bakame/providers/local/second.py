"""PocketSphinx as a second opinion on a few sentences that sound alike. Blocking; runs in a worker process.

Alone it hears the telephone badly, but its acoustic model learned from thousands of people, ours from synthesised
voices above all; together they are right more often than either.
"""

import math
import os
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pocketsphinx

from bakame.audio.format import PCM16_16K, TELEPHONE
from bakame.audio.transcode import converter
from bakame.providers.local.dictionary import ways_to_say

_HISS_RMS: Final = 10.0
"""Digital silence has no spectrum that the acoustic model knows; a faint hiss has."""
_SEARCH: Final = {"beam": 1e-60, "pbeam": 1e-60, "wbeam": 1e-40, "bestpath": False}
_UNHEARD: Final = 0.05
"""How far a sentence that cannot be found in the sound stands behind the worst that can."""


class SecondEar:
    """A decoder that compares sentences. Not for two utterances at once."""

    def __init__(self) -> None:
        binding: Any = pocketsphinx  # it has no types
        self._decoder = binding.Decoder(lm=None, logfn=os.devnull, loglevel="FATAL", **_SEARCH)
        self._hiss = np.random.default_rng(0).normal(0.0, _HISS_RMS, PCM16_16K.rate_hz)

    def compare(self, audio: bytes, sentences: Sequence[str]) -> list[float]:
        """The score of each sentence (lower case words) for `audio` (mu-law at 8 kHz); only differences mean anything.

        The scores are logarithms of likelihoods divided by 1,024, as PocketSphinx keeps them.
        """
        sound = self._sound(audio)
        scores = [self._score(sound, sentence) for sentence in sentences]
        known = [score for score in scores if score is not None]
        unheard = min(known, default=0.0) - _UNHEARD
        return [unheard if score is None else score for score in scores]

    def _score(self, sound: bytes, sentence: str) -> float | None:
        for word in sentence.split():
            if self._decoder.lookup_word(word) is None:
                for index, phones in enumerate(ways_to_say(word)):
                    self._decoder.add_word(f"{word}({index + 1})" if index else word, phones, True)
        self._decoder.add_jsgf_string("one", f"#JSGF V1.0;\ngrammar one;\npublic <said> = {sentence};\n")
        self._decoder.activate_search("one")
        self._decoder.start_utt()
        self._decoder.process_raw(sound, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        if found is None or found.hypstr != sentence or found.best_score <= 0:
            return None
        return math.log(found.best_score)

    def _sound(self, audio: bytes) -> bytes:
        """pcm16 at 16 kHz, as the acoustic model wants it."""
        widen = converter(TELEPHONE, PCM16_16K)
        wide = np.frombuffer(widen.push(audio) + widen.flush(), "<i2")
        return np.clip(wide + np.resize(self._hiss, wide.size), -32_768, 32_767).astype("<i2").tobytes()
