"""PocketSphinx over closed grammars: one utterance of telephone sound to words. Blocking; runs in a worker process."""

import math
import os
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pocketsphinx

from bakame.audio.format import FRAME_BYTES, PCM16_16K, SILENCE_BYTE, TELEPHONE
from bakame.audio.transcode import converter
from bakame.providers.local.activity import TelephoneActivity
from bakame.providers.local.grammar import sentences, words_of
from bakame.providers.local.pronunciation import pronunciations

_GRAMMARS: Final = 64
_PAD: Final = bytes([SILENCE_BYTE]) * 800
"""100 ms: the decoder wants some silence on both sides, and an endpointer leaves little."""
_HISS_RMS: Final = 10.0
"""Digital silence has no spectrum that the acoustic model knows; a faint hiss has."""
_SEARCH: Final = {"beam": 1e-40, "pbeam": 1e-40, "wbeam": 1e-25, "bestpath": False}
"""Without the second pass over the word lattice an utterance takes a third of the time, and no more words are wrong."""
_EVEN_LOSS: Final = 39.0
_LOSS_SPREAD: Final = 4.0
"""Loss a frame at which words are as likely wrong as right, and how fast that changes: see `bench/recogniser.py`."""
_LEAST_FRAMES: Final = 5
_SCORE_UNIT: Final = 1e-4
"""Scores come as powers of 1.0001."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words in lower case, empty for none, and a confidence between 0 and 1."""

    text: str
    confidence: float


NOTHING: Final = Heard("", 0.0)


@dataclass(frozen=True, slots=True)
class Search:
    name: str
    sentences: re.Pattern[str]


def is_spoken(audio: bytes) -> bool:
    """Whether there is speech in `audio` at all: a decoder that knows only sentences finds one in any noise."""
    activity = TelephoneActivity()
    starts = range(0, len(audio) - FRAME_BYTES + 1, FRAME_BYTES)
    return sum(activity.is_speech(audio[start : start + FRAME_BYTES]) for start in starts) >= _LEAST_FRAMES


class Ear:
    """A decoder with the grammars it was asked for, the last 64 of them kept compiled."""

    def __init__(self) -> None:
        binding: Any = pocketsphinx  # it has no types
        self._decoder = binding.Decoder(lm=None, logfn=os.devnull, loglevel="FATAL", **_SEARCH)
        self._searches: OrderedDict[str, Search] = OrderedDict()
        self._made = 0
        self._hiss = np.random.default_rng(0).normal(0.0, _HISS_RMS, PCM16_16K.rate_hz)

    def hear(self, audio: bytes, *, grammar: str) -> Heard:
        """What was said in `audio` (mu-law at 8 kHz), of the sentences of a grammar made by `grammar.jsgf`.

        Raises `ValueError` or `RuntimeError` for a grammar that PocketSphinx refuses.
        """
        search = self.search(grammar)
        return self.listen(audio, search)[0] if is_spoken(audio) else NOTHING

    def listen(self, audio: bytes, search: Search) -> tuple[Heard, float]:
        """What was heard, and the loss a frame that its confidence comes from."""
        self._decoder.activate_search(search.name)
        self._decoder.start_utt()
        self._decoder.process_raw(self._sound(audio), full_utt=True)
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        if hypothesis is None or search.sentences.fullmatch(f"{hypothesis.hypstr} ") is None:
            return NOTHING, math.inf
        loss = self._loss()
        return Heard(hypothesis.hypstr, 1 / (1 + math.exp((loss - _EVEN_LOSS) / _LOSS_SPREAD))), loss

    def _loss(self) -> float:
        """What the words lose a frame against the best that any sound of the model could do there; silence left out."""
        words = [part for part in self._decoder.seg() if part.start_frame >= 0 and part.word[0] not in "<(["]
        frames = sum(part.end_frame - part.start_frame + 1 for part in words)
        return -sum(math.log(max(part.ascore, 1e-300)) for part in words) / max(frames, 1) / _SCORE_UNIT

    def search(self, grammar: str) -> Search:
        """The compiled form of a grammar, made now unless it was. Raises as `hear` does."""
        search = self._searches.get(grammar)
        if search is None:
            for word in words_of(grammar):
                if self._decoder.lookup_word(word) is None:
                    self._add_word(word)
            search = Search(f"grammar{self._made}", sentences(grammar))
            self._made += 1
            self._decoder.add_jsgf_string(search.name, grammar)
            self._searches[grammar] = search
            if len(self._searches) > _GRAMMARS:
                self._decoder.remove_search(self._searches.popitem(last=False)[1].name)
        self._searches.move_to_end(grammar)
        return search

    def _add_word(self, word: str) -> None:
        stem = self._decoder.lookup_word(word[:-1]) if word.endswith("s") else None
        for index, phones in enumerate((f"{stem} S",) if stem else pronunciations(word)):
            self._decoder.add_word(f"{word}({index + 1})" if index else word, phones, True)

    def _sound(self, audio: bytes) -> bytes:
        """pcm16 at 16 kHz, as the acoustic model wants it."""
        widen = converter(TELEPHONE, PCM16_16K)
        wide = np.frombuffer(widen.push(_PAD + audio + _PAD) + widen.flush(), "<i2")
        return np.clip(wide + np.resize(self._hiss, wide.size), -32_768, 32_767).astype("<i2").tobytes()
