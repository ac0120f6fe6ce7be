"""PocketSphinx over closed grammars: one utterance of telephone sound to words. Blocking; runs in a worker process."""

import math
import os
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from pocketsphinx import Decoder

from bakame.audio import g711
from bakame.audio.format import SILENCE_BYTE
from bakame.providers.local.grammar import words_of
from bakame.providers.local.pronunciation import pronunciations

_GRAMMARS: Final = 64
_PAD: Final = bytes([SILENCE_BYTE]) * 1600
"""200 ms: the decoder wants some silence on both sides, and an endpointer leaves little."""
_NOISE_RMS: Final = 20.0
"""Digital silence has no spectrum that the acoustic model knows; a faint hiss has."""
_PHONES: Final = "phones"
_EVEN, _SPREAD = -100.0, 20.0
_SEARCH: Final = {"beam": 1e-40, "pbeam": 1e-40, "wbeam": 1e-25}


def _confidence(advantage: float) -> float:
    """From the grammar's advantage over a free loop of phones, in log units a frame."""
    return 1 / (1 + math.exp(-(advantage - _EVEN) / _SPREAD))


@dataclass(frozen=True, slots=True)
class Heard:
    """Words in lower case, empty for none; and how much better the grammar explains the sound than chance, 0 to 1."""

    text: str
    confidence: float


class Ear:
    """A decoder with the grammars it was asked for, the last `_GRAMMARS` of them kept compiled."""

    def __init__(self) -> None:
        # The binding has no types.
        self._decoder: Any = Decoder(lm=None, logfn=os.devnull, loglevel="FATAL", **_SEARCH)
        self._decoder.add_allphone_file(_PHONES, None)
        self._grammars: OrderedDict[str, str] = OrderedDict()
        self._made = 0
        self._noise = np.random.default_rng(0).normal(0, _NOISE_RMS, 16_000 * 20)

    def hear(self, audio: bytes, *, grammar: str) -> Heard:
        """What was said in `audio` (mu-law at 8 kHz), of the sentences of a JSGF grammar. Raises `ValueError`."""
        if not audio:
            return Heard("", 0.0)
        sound = self._sound(audio)
        said, score = self._decode(sound, self._search(grammar))
        if not said:
            return Heard("", 0.0)
        _, chance = self._decode(sound, _PHONES)
        return Heard(said, _confidence((score - chance) / (len(sound) / 320)))

    def _search(self, grammar: str) -> str:
        name = self._grammars.get(grammar)
        if name is None:
            for word in words_of(grammar):
                if self._decoder.lookup_word(word) is None:
                    self._add_word(word)
            name = f"grammar{self._made}"
            self._made += 1
            self._decoder.add_jsgf_string(name, grammar)
            self._grammars[grammar] = name
            if len(self._grammars) > _GRAMMARS:
                self._decoder.remove_search(self._grammars.popitem(last=False)[1])
        self._grammars.move_to_end(grammar)
        return name

    def _add_word(self, word: str) -> None:
        stem = self._decoder.lookup_word(word[:-1]) if word.endswith("s") else None
        ways = (f"{stem} S",) if stem else pronunciations(word)
        for index, phones in enumerate(ways):
            self._decoder.add_word(word if index == 0 else f"{word}({index + 1})", phones, True)

    def _decode(self, sound: bytes, search: str) -> tuple[str, float]:
        self._decoder.activate_search(search)
        self._decoder.start_utt()
        self._decoder.process_raw(sound, full_utt=True)
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        return (hypothesis.hypstr, hypothesis.score) if hypothesis else ("", -math.inf)

    def _sound(self, audio: bytes) -> bytes:
        """pcm16 at 16 kHz. Linear interpolation leaves an image above 4 kHz, where the model wants to hear something."""
        narrow = g711.decode(_PAD + audio + _PAD).astype(np.float64)
        wide = np.empty(2 * narrow.size)
        wide[0::2] = narrow
        wide[1:-1:2] = (narrow[:-1] + narrow[1:]) / 2
        wide[-1] = narrow[-1]
        wide += np.resize(self._noise, wide.size)
        return np.clip(wide, -32_768, 32_767).astype("<i2").tobytes()
