"""Utterances to choose constants on, none of them of a voice that was trained on or that the bench judges by."""

import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import resample

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from recogniser import TALK, recorded
from voices import ACCENTS, HELD_OUT_VARIANTS, _espeak

from bakame.audio import g711
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.providers.local import espeak
from bakame.providers.local.grammar import COMMANDS, digits_jsgf, jsgf
from bakame.text.numbers import say_number

OTHERS = tuple(one for one in HELD_OUT_VARIANTS if one not in {"m5", "f5", "m2", "m4", "f4", "m6"})
CHOICES = (
    ("red", "green", "blue"), ("more", "less", "equal"), ("true", "false"), ("circle", "square", "triangle"),
    ("add", "subtract", "multiply", "divide"), ("cat", "dog", "bird"), ("left", "right"), ("maths", "story"),
    ("monday", "friday", "sunday"), ("north", "south", "east", "west"),
)  # fmt: skip
OTHER_TALK = (
    *TALK, "what are you doing over there", "the bus is late today", "please close the door", "mama", "football",
    "where did you put my phone", "computer", "i am hungry", "we went to kigali yesterday", "be quiet now", "sugar",
    "elephant", "did you see the match", "tomatoes and onions", "radio", "brother", "window", "mountain",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    kind: str
    grammar: str
    said: str
    audio: bytes


def number(value: int) -> str:
    return say_number(value).replace("-", " ")


def _line(pcm: np.ndarray, rate_hz: int, rng: np.random.Generator) -> bytes:
    low = resample(pcm.astype(float), int(pcm.size * 8_000 / rate_hz))
    low *= 10 ** (rng.uniform(-28, -3) / 20) * 32_768 / np.abs(low).max()
    quiet = [np.zeros(int(rng.integers(800, 6_000))) for _ in range(2)]
    sound = np.concatenate([quiet[0], low, quiet[1]])
    power = np.sqrt(np.mean(low**2))
    sound += rng.normal(0, power * 10 ** (-rng.uniform(12, 45) / 20), sound.size)
    return g711.encode(np.clip(sound, -32_000, 32_000).astype(np.int16))


def synthetic(count: int, *, variants: tuple[str, ...] = OTHERS, seed: int = 0) -> list[Trial]:
    rng, random_ = np.random.default_rng(seed), random.Random(seed)
    number3 = jsgf(Expect(AnswerKind.INTEGER, digits=3, signed=True))
    fraction = jsgf(Expect(AnswerKind.FRACTION, digits=6, signed=True))
    library, made = espeak.load(), []

    def add(kind: str, grammar: str, said: str) -> None:
        voice = f"{random_.choice(ACCENTS)}+{random_.choice(variants)}"
        pcm = _espeak(library, said, voice, random_.randrange(100, 190))
        made.append(Trial(kind, grammar, said, _line(pcm, library.rate_hz, rng)))

    for _ in range(count):
        add("digit", digits_jsgf(), number(random_.randrange(10)))
        add("digits", digits_jsgf(), " ".join(number(random_.randrange(10)) for _ in range(random_.randrange(2, 5))))
        add("0-20", number3, number(random_.randrange(21)))
        add("0-100", number3, number(random_.randrange(101)))
        add("0-999", number3, number(random_.randrange(1_000)))
        fractions = (
            "three quarters",
            "a half",
            "two thirds",
            "one fifth",
            "five over twelve",
            "minus four",
            "fifty six",
        )
        more = ("zero point seven five", "two point five", "one hundred and five", "seven", "two thousand and ten")
        add("number", fraction, random_.choice(fractions + more))
        add("yes_no", jsgf(YES_NO), random_.choice(("yes", "no", "yes", "no", "yes please", "no thank you", "yeah")))
        add("command", number3, random_.choice(COMMANDS))
        add(
            "one-word command",
            number3,
            random_.choice(("repeat", "hint", "stop", "help", "skip", "again", "wait", "bye")),
        )
        options = random_.choice(CHOICES)
        add("choice", jsgf(Expect(AnswerKind.CHOICE, options=options)), random_.choice(options))
        names = ("Aline", "Keza", "Mugisha", "Uwimana", "Ngabo", "Ishimwe", "Eric", "Diane")
        add("name", jsgf(Expect(AnswerKind.NAME, options=names)), random_.choice(names).lower())
    for _ in range(count // 2):
        options = Expect(AnswerKind.CHOICE, options=random_.choice(CHOICES))
        for grammar in (digits_jsgf(), number3, fraction, jsgf(YES_NO), jsgf(options)):
            add("other talk", grammar, random_.choice(OTHER_TALK))
    return made


def human(folder: Path, *, seed: int = 0) -> list[tuple[str, Trial]]:
    """Speaker and trial."""
    return [
        (one.speaker, Trial(f"people{digits or ''}", grammar, one.said, one.audio))
        for one in recorded(folder)
        for digits, grammar in ((0, digits_jsgf()), (3, jsgf(Expect(AnswerKind.INTEGER, digits=3, signed=True))))
    ]
