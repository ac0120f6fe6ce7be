"""How well and how fast the embedded recogniser hears the telephone.

Synthesised voices that none of its constants was chosen on, at two speeds, with line noise at −55 dBov; and people, if
a folder of `{digit}_{speaker}_{index}.wav` files (8 kHz, mono, pcm16) is given with `--digits`.
"""

import argparse
import math
import random
import time
import wave
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, SILENCE_FRAME, TELEPHONE, AudioFormat
from bakame.audio.transcode import converter
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.providers.local import espeak
from bakame.providers.local.grammar import COMMANDS, answer_in, jsgf
from bakame.providers.local.hearing import Ear, Heard
from bakame.text.commands import read_command, read_yes_no
from bakame.text.numbers import read_number, say_number

VOICES = ("en-us+m5", "en-us+f5", "en-us-nyc+m2", "en-gb-x-rp+m4", "en-gb-x-gbclan+f4", "en-029+m6")
RATES = (105, 135)
NAMES = ("Aline", "Keza", "Mugisha", "Uwimana", "Ngabo", "Ishimwe", "Eric", "Diane")
TALK = (
    "my mother went to the market",
    "where is the teacher now",
    "I like football very much",
    "the cow is in the field",
    "purple elephant",
    "good morning everyone",
)
NOISE_DB = -55.0


@dataclass(frozen=True, slots=True)
class Utterance:
    said: str
    audio: bytes
    speaker: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A set of utterances, the question they answer, and whether what was heard means what was said."""

    name: str
    expect: Expect
    utterances: Sequence[Utterance]
    means: Callable[[str, str], bool]


def on_the_line(pcm: g711.Pcm, *, seed: int) -> bytes:
    """Linear sound at 8 kHz with half a second of line noise around and under it, as whole telephone frames."""
    quiet = np.zeros(4_000)
    sound = np.concatenate([quiet, pcm.astype(float), quiet])
    noise = np.random.default_rng(seed).normal(0, 32_768 * 10 ** (NOISE_DB / 20), sound.size)
    audio = g711.encode(np.clip(sound + noise, -32_000, 32_000).astype(np.int16))
    return audio[: len(audio) // FRAME_BYTES * FRAME_BYTES]


def synthesised(texts: Sequence[str], *, count: int, seed: int) -> list[Utterance]:
    library = espeak.load()
    rng = random.Random(seed)
    made: list[Utterance] = []
    for number in range(count):
        said, voice = rng.choice(texts), VOICES[number % len(VOICES)]
        blocks = library.say(said, voice=voice, words_per_minute=rng.choice(RATES), volume=60, pause=False)
        line = converter(AudioFormat("pcm16", library.rate_hz), TELEPHONE)
        audio = line.push(b"".join(block.audio for block in blocks)) + line.flush()
        made.append(Utterance(said, on_the_line(g711.decode(audio), seed=number), voice))
    return made


def recorded(folder: Path) -> list[Utterance]:
    made: list[Utterance] = []
    for number, path in enumerate(sorted(folder.glob("*.wav"))):
        digit, speaker, _ = path.stem.split("_")
        with wave.open(str(path), "rb") as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (8_000, 1, 2):
                raise SystemExit(f"{path.name}: not 8 kHz mono pcm16")
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
        made.append(Utterance(say_number(int(digit)), on_the_line(pcm, seed=number), speaker))
    return made


def same_number(said: str, heard: str) -> bool:
    wanted, got = read_number(said), read_number(heard)
    return wanted is not None and got is not None and wanted.value == got.value


def trials(count: int) -> list[Trial]:
    def integers(top: int) -> list[str]:
        return [say_number(number).replace("-", " ") for number in range(top + 1)]

    def number(digits: int) -> Expect:
        return Expect(AnswerKind.INTEGER, digits=digits)

    fractions = ("a half", "three quarters", "two thirds", "one fifth", "five over twelve", "two and a half")
    decimals = ("zero point seven five", "point five", "three point one four", "two point five")
    return [
        Trial("integers 0 to 20", number(2), synthesised(integers(20), count=count, seed=1), same_number),
        Trial("integers 0 to 100", number(3), synthesised(integers(100), count=count, seed=2), same_number),
        Trial("integers 0 to 999", number(3), synthesised(integers(999), count=count, seed=3), same_number),
        Trial("fractions", Expect(AnswerKind.FRACTION), synthesised(fractions, count=count, seed=4), same_number),
        Trial("decimals", Expect(AnswerKind.DECIMAL), synthesised(decimals, count=count, seed=5), same_number),
        Trial(
            "yes and no",
            YES_NO,
            synthesised(("yes", "no", "yes please", "no thank you", "yeah"), count=count, seed=6),
            lambda said, heard: read_yes_no(said) == read_yes_no(heard),
        ),
        Trial(
            "commands",
            number(3),
            synthesised(COMMANDS, count=count, seed=7),
            lambda said, heard: read_command(said, spoken=True) == read_command(heard, spoken=True),
        ),
        Trial(
            f"names, of {len(NAMES)}",
            Expect(AnswerKind.NAME, options=NAMES),
            synthesised(NAMES, count=count, seed=8),
            lambda said, heard: said.lower() == heard,
        ),
        Trial("other talk", number(3), synthesised(TALK, count=count, seed=9), lambda _said, heard: not heard),
        Trial("line noise", number(3), hisses(count), lambda _said, heard: not heard),
    ]


def hisses(count: int) -> list[Utterance]:
    """Noise from −60 to −30 dBov, two seconds each."""
    made: list[Utterance] = []
    for number in range(count):
        rms = 32_768 * 10 ** ((-60 + 30 * number / count) / 20)
        wave_form = np.random.default_rng(number).normal(0, rms, len(SILENCE_FRAME) * 100)
        made.append(Utterance("", g711.encode(np.clip(wave_form, -32_000, 32_000).astype(np.int16)), "noise"))
    return made


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def quantile(values: Sequence[float], q: float) -> str:
    return f"{np.quantile(values, q):.2f}" if values else "–"


def run(ear: Ear, trial: Trial, took_ms: list[float], voices: dict[str, list[bool]]) -> list[str]:
    grammar = jsgf(trial.expect)
    began = time.perf_counter()
    ear.search(grammar)
    compile_ms = (time.perf_counter() - began) * 1000
    right: list[float] = []
    wrong: list[float] = []
    for utterance in trial.utterances:
        began = time.perf_counter()
        heard: Heard = ear.hear(utterance.audio, grammar=grammar)
        took_ms.append((time.perf_counter() - began) * 1000)
        fits = trial.means(utterance.said, answer_in(heard.text, trial.expect))
        (right if fits else wrong).append(heard.confidence)
        voices[utterance.speaker].append(fits)
    trusted = [confidence for confidence in (*right, *wrong) if confidence >= 0.5]
    return [
        trial.name,
        str(len(trial.utterances)),
        percent(len(right), len(trial.utterances)),
        quantile(right, 0.5),
        quantile(wrong, 0.5),
        percent(len(trusted), len(trial.utterances)),
        percent(sum(confidence >= 0.5 for confidence in right), len(trusted)),
        f"{compile_ms:.0f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=Path, help="a folder of recorded digits")
    parser.add_argument("--count", type=int, default=60, help="utterances of each kind")
    arguments = parser.parse_args()
    ear = Ear()
    table = Table(
        title="PocketSphinx on the telephone",
        caption="if right, if wrong: median confidence; sure: 0.5 or more; ms: to compile the grammar",
    )
    for column in (
        "said",
        "n",
        "right",
        "if right",
        "if wrong",
        "sure",
        "of sure",
        "ms",
    ):
        table.add_column(column, justify="left" if column == "said" else "right")
    took_ms: list[float] = []
    people: dict[str, list[bool]] = defaultdict(list)
    for trial in trials(arguments.count):
        table.add_row(*run(ear, trial, took_ms, defaultdict(list)))
    if arguments.digits:
        expect = Expect(AnswerKind.INTEGER, digits=1)
        spoken = recorded(arguments.digits)
        table.add_row(*run(ear, Trial("people's digits", expect, spoken, same_number), took_ms, people))
    console = Console()
    console.print(table)
    for speaker, fits in sorted(people.items()):
        console.print(f"  {speaker}: {percent(sum(fits), len(fits))}")
    p50, p95, p99 = (math.ceil(float(np.quantile(took_ms, q))) for q in (0.5, 0.95, 0.99))
    console.print(f"an utterance: p50 {p50} ms, p95 {p95} ms, p99 {p99} ms, most {max(took_ms):.0f} ms")


if __name__ == "__main__":
    main()
