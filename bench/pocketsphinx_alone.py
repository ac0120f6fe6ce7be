"""PocketSphinx with closed grammars and nothing else: what the embedded recogniser is measured against."""

import math
import os
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pocketsphinx

from bakame.audio.format import FRAME_BYTES, PCM16_16K, SILENCE_BYTE, TELEPHONE
from bakame.audio.transcode import converter
from bakame.providers.local.activity import TelephoneActivity
from bakame.providers.local.dictionary import ways_to_say
from bakame.providers.local.grammar import sentences, words_of
from bakame.providers.local.hearing import NOTHING, Heard

PAD = bytes([SILENCE_BYTE]) * 800
SEARCH = {"beam": 1e-40, "pbeam": 1e-40, "wbeam": 1e-25, "bestpath": False}
EVEN_LOSS, LOSS_SPREAD = 39.0, 4.0
LEAST_FRAMES = 5
WEIGHT_POWER = 9
"""PocketSphinx adds a weight once and the sound a hundred times a second, so it feels only very small weights."""


@dataclass(frozen=True, slots=True)
class Search:
    name: str
    sentences: re.Pattern[str]


class PocketSphinxEar:
    def __init__(self) -> None:
        binding: Any = pocketsphinx
        self._decoder = binding.Decoder(lm=None, logfn=os.devnull, loglevel="FATAL", **SEARCH)
        self._searches: dict[str, Search] = {}
        self._hiss = np.random.default_rng(0).normal(0.0, 10.0, PCM16_16K.rate_hz)

    def hear(self, audio: bytes, *, grammar: str) -> Heard:
        search = self._search(grammar)
        if not self._is_spoken(audio):
            return NOTHING
        self._decoder.activate_search(search.name)
        self._decoder.start_utt()
        self._decoder.process_raw(self._sound(audio), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        if found is None or search.sentences.fullmatch(f"{found.hypstr} ") is None:
            return NOTHING
        words = [part for part in self._decoder.seg() if part.start_frame >= 0 and part.word[0] not in "<(["]
        frames = sum(part.end_frame - part.start_frame + 1 for part in words)
        loss = -sum(math.log(max(part.ascore, 1e-300)) for part in words) / max(frames, 1) * 10_000
        return Heard(found.hypstr, 1 / (1 + math.exp((loss - EVEN_LOSS) / LOSS_SPREAD)))

    def _search(self, grammar: str) -> Search:
        if grammar not in self._searches:
            for word in words_of(grammar):
                if self._decoder.lookup_word(word) is None:
                    for index, phones in enumerate(ways_to_say(word)):
                        self._decoder.add_word(f"{word}({index + 1})" if index else word, phones, True)
            search = Search(f"grammar{len(self._searches)}", sentences(grammar))
            weighted = re.sub(r"/([\d.]+)/", lambda found: f"/{float(found[1]) ** WEIGHT_POWER:.30f}/", grammar)
            self._decoder.add_jsgf_string(search.name, weighted)
            self._searches[grammar] = search
        return self._searches[grammar]

    def _is_spoken(self, audio: bytes) -> bool:
        activity = TelephoneActivity()
        starts = range(0, len(audio) - FRAME_BYTES + 1, FRAME_BYTES)
        return sum(activity.is_speech(audio[start : start + FRAME_BYTES]) for start in starts) >= LEAST_FRAMES

    def _sound(self, audio: bytes) -> bytes:
        widen = converter(TELEPHONE, PCM16_16K)
        wide = np.frombuffer(widen.push(PAD + audio + PAD) + widen.flush(), "<i2")
        return np.clip(wide + np.resize(self._hiss, wide.size), -32_768, 32_767).astype("<i2").tobytes()
