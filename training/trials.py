"""Utterances to choose constants on, none of them of a voice that was trained on or that the bench judges by."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from recordings import Sound, recorded, resampled
from voices import ACCENTS, HELD_OUT_VARIANTS, espeak_sound

from bakame.audio import g711
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.providers.local import espeak
from bakame.providers.local.grammar import COMMANDS, digits_jsgf, jsgf
from bakame.simulator.degrade import SPEECH_DB, Noise, NoiseKind, to_mulaw
from bakame.text.numbers import say_number

RATE_HZ: Final = 8_000
BENCH_VARIANTS: Final = ("m5", "f5", "m2", "m4", "f4", "m6")
OTHERS: Final = tuple(one for one in HELD_OUT_VARIANTS if one not in BENCH_VARIANTS)
CHOICES: Final = (
    ("red", "green", "blue"), ("more", "less", "equal"), ("true", "false"), ("circle", "square", "triangle"),
    ("add", "subtract", "multiply", "divide"), ("cat", "dog", "bird"), ("left", "right"), ("maths", "story"),
    ("monday", "friday", "sunday"), ("north", "south", "east", "west"),
)  # fmt: skip
NAMES: Final = ("Aline", "Keza", "Mugisha", "Uwimana", "Ngabo", "Ishimwe", "Eric", "Diane")
TALK: Final = (
    "my mother went to the market", "where is the teacher now", "i like football very much",
    "the cow is in the field", "purple elephant", "good morning everyone", "what are you doing over there",
    "the bus is late today", "please close the door", "mama", "football", "where did you put my phone", "computer",
    "i am hungry", "we went to kigali yesterday", "be quiet now", "sugar", "elephant", "did you see the match",
    "tomatoes and onions", "radio", "brother", "window", "mountain",
)  # fmt: skip
ONE_WORD_COMMANDS: Final = ("repeat", "hint", "stop", "help", "skip", "again", "wait", "bye")
NOTHING_SAID: Final = frozenset({"other talk", "far talk", "babble", "crowd"})
"""Kinds of trial in which the caller says nothing that is meant for the tutor."""
_NUMBER: Final = jsgf(Expect(AnswerKind.INTEGER, digits=3, signed=True))
_FRACTION: Final = jsgf(Expect(AnswerKind.FRACTION, digits=6, signed=True))
_NAMED: Final = jsgf(Expect(AnswerKind.NAME, options=NAMES))
_TALKERS: Final = 6
_SOFT_DB: Final = (-35.0, -25.0)
"""The level of a room in which the caller says nothing, in dBov."""


@dataclass(frozen=True, slots=True)
class Trial:
    """`voice`: who speaks, or which room it is. `expect`: the name of the kind of answer that was asked for."""

    kind: str
    voice: str
    expect: str
    grammar: str
    said: str
    audio: bytes


def number(value: int) -> str:
    return say_number(value).replace("-", " ")


class Booth:
    """Synthesised voices on the telephone."""

    def __init__(self, *, seed: int, variants: tuple[str, ...] = OTHERS) -> None:
        self._rng, self._random = np.random.default_rng(seed), random.Random(seed)
        self._variants, self._library = variants, espeak.load()

    def choice(self, texts: tuple[str, ...]) -> str:
        return self._random.choice(texts)

    def below(self, top: int) -> int:
        return self._random.randrange(top)

    def options(self) -> tuple[str, ...]:
        return self._random.choice(CHOICES)

    def sound(self, said: str, *, accent: str, variant: str) -> Sound:
        """At 8 kHz, any level."""
        pcm = espeak_sound(self._library, said, f"{accent}+{variant}", self._random.randrange(100, 190))
        size = int(pcm.size * RATE_HZ / self._library.rate_hz)
        return resampled(pcm, size)

    def says(self, said: str) -> tuple[str, bytes]:
        """The variant of the voice, and the sound: any level and line noise; a quarter in a room with babble."""
        variant = self._random.choice(self._variants)
        low = self.sound(said, accent=self._random.choice(ACCENTS), variant=variant)
        if self._random.random() < 0.25:
            return variant, self._in_babble(low)
        peak = 32_768 * 10 ** (self._rng.uniform(-28, -3) / 20)
        low = np.asarray(low * (peak / np.abs(low).max()), np.float64)
        noise_db = -self._rng.uniform(12, 45)
        sound = self._with_quiet(low)
        power = float(np.sqrt(np.mean(low**2)))
        return variant, to_mulaw(sound + self._rng.normal(0, power * 10 ** (noise_db / 20), sound.size))

    def far(self, said: str) -> tuple[str, bytes]:
        """Somebody else in the room: soft, with its echo, -40 to -30 dBov."""
        variant = self._random.choice(self._variants)
        low = self.sound(said, accent=self._random.choice(ACCENTS), variant=variant)
        tail = self._rng.normal(0, 1, 2_400) * 10 ** (-3 * np.arange(2_400) / RATE_HZ / 0.4)
        sound = self._with_quiet(low)
        echo = np.convolve(sound, tail / np.linalg.norm(tail))[: sound.size]
        sound = _at_level(0.6 * sound + echo, self._rng.uniform(-40, -30))
        return variant, to_mulaw(sound + self._rng.normal(0, 30, sound.size))

    def crowd(self, seconds: float) -> tuple[str, bytes]:
        """Six voices at once, none of them meant for the tutor."""
        variant = self._random.choice(self._variants)
        size = int(seconds * RATE_HZ)
        room = np.zeros(size)
        for _ in range(_TALKERS):
            words = " ".join(self._random.sample(TALK, 3))
            one = self.sound(words, accent=self._random.choice(ACCENTS), variant=variant)
            one = np.roll(np.resize(one, max(size, one.size)), self._random.randrange(one.size))[:size]
            room += one / np.sqrt(np.mean(one**2) + 1) * self._random.uniform(0.5, 1)
        return variant, to_mulaw(_at_level(room, self._rng.uniform(*_SOFT_DB)))

    def babble(self, seconds: float, *, rooms: range) -> tuple[str, bytes]:
        """The babble of `simulator.degrade`, one of its rooms, from any place."""
        room = self._random.choice(rooms)
        noise = Noise(NoiseKind.BABBLE, level_db=self._rng.uniform(*_SOFT_DB), seed=room)
        noise.next(self._random.randrange(10 * RATE_HZ))
        return f"room {room}", to_mulaw(noise.next(int(seconds * RATE_HZ)))

    def _in_babble(self, low: Sound) -> bytes:
        sound = self._with_quiet(_at_level(low, SPEECH_DB + self._rng.uniform(-6, 6)))
        snr_db = self._rng.uniform(10, 20)
        noise = Noise(NoiseKind.BABBLE, level_db=SPEECH_DB - snr_db, seed=1_000 + self._random.randrange(100))
        return to_mulaw(sound + noise.next(sound.size))

    def _with_quiet(self, low: Sound) -> Sound:
        before, after = (np.zeros(int(self._rng.integers(800, 6_000))) for _ in range(2))
        return np.concatenate([before, low, after])


def _at_level(sound: Sound, level_db: float) -> Sound:
    return sound * (32_768 * 10 ** (level_db / 20) / float(np.sqrt(np.mean(sound**2))))


def synthetic(count: int, *, seed: int = 0) -> list[Trial]:
    """`count` of each kind of answer, and five times half as many of other talk."""
    booth, made = Booth(seed=seed), list[Trial]()

    def add(kind: str, expect: str, grammar: str, said: str) -> None:
        made.append(Trial(kind, *_first(booth.says(said), expect, grammar, said)))

    for _ in range(count):
        add("digit", "integer", digits_jsgf(), number(booth.below(10)))
        several = " ".join(number(booth.below(10)) for _ in range(2 + booth.below(3)))
        add("digits", "integer", digits_jsgf(), several)
        for top in (21, 101, 1_000):
            add(f"0-{top // 10 * 10 if top < 1_000 else 999}", "integer", _NUMBER, number(booth.below(top)))
        add("number", "fraction", _FRACTION, booth.choice(_FRACTIONS))
        add("yes_no", "yes_no", jsgf(YES_NO), booth.choice(("yes", "no", "yes please", "no thank you", "yeah")))
        add("command", "integer", _NUMBER, booth.choice(COMMANDS))
        add("one-word command", "integer", _NUMBER, booth.choice(ONE_WORD_COMMANDS))
        options = booth.options()
        add("choice", "choice", _choice(options), booth.choice(options))
        add("name", "name", _NAMED, booth.choice(NAMES).lower())
    for _ in range(count // 2):
        for expect, grammar in (("integer", digits_jsgf()), *_asked(booth)):
            add("other talk", expect, grammar, booth.choice(TALK))
    return made


_FRACTIONS: Final = (
    "three quarters", "a half", "two thirds", "one fifth", "five over twelve", "minus four", "fifty six",
    "zero point seven five", "two point five", "one hundred and five", "seven", "two thousand and ten",
)  # fmt: skip


def unmeant(count: int, *, seed: int, rooms: range = range(12), variants: tuple[str, ...] = OTHERS) -> list[Trial]:
    """A caller who says nothing: 1 to 3 s of babble, of a crowd that speaks words, of somebody far away; `count` of
    each for each kind of answer.
    """
    booth, rng, made = Booth(seed=seed, variants=variants), random.Random(seed), list[Trial]()
    for _ in range(count):
        for expect, grammar in _asked(booth):
            seconds = rng.uniform(1, 3)
            made.append(Trial("babble", *_first(booth.babble(seconds, rooms=rooms), expect, grammar, "")))
            made.append(Trial("crowd", *_first(booth.crowd(seconds), expect, grammar, "")))
            made.append(Trial("far talk", *_first(booth.far(booth.choice(TALK)), expect, grammar, "")))
    return made


def _first(spoken: tuple[str, bytes], expect: str, grammar: str, said: str) -> tuple[str, str, str, str, bytes]:
    voice, audio = spoken
    return voice, expect, grammar, said, audio


def _asked(booth: Booth) -> tuple[tuple[str, str], ...]:
    return (
        ("integer", _NUMBER),
        ("yes_no", jsgf(YES_NO)),
        ("choice", _choice(booth.options())),
        ("name", _NAMED),
    )


def _choice(options: tuple[str, ...]) -> str:
    return jsgf(Expect(AnswerKind.CHOICE, options=options))


def human(folder: Path) -> list[Trial]:
    """Every recording twice: for a digit, and for a number of up to three digits."""
    made = list[Trial]()
    for at, (speaker, digit, pcm) in enumerate(recorded(folder)):
        quiet = np.zeros(4_000)
        sound = np.concatenate([quiet, pcm.astype(np.float64), quiet])
        sound += np.random.default_rng(at).normal(0, 32_768 * 10 ** (-55 / 20), sound.size)
        audio = g711.encode(np.clip(sound, -32_000, 32_000).astype(np.int16))
        for kind, grammar in (("people", digits_jsgf()), ("people3", _NUMBER)):
            made.append(Trial(kind, speaker, "integer", grammar, number(digit), audio))
    return made
