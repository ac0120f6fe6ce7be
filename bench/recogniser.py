"""How well and how fast the embedded recogniser hears the telephone.

Synthesised voices that it was not trained on, at two speeds, with line noise at −55 dBov (one constant,
`_PLACE_WEIGHT`, was chosen after seeing these voices choose between colours); and people, if a folder of
`{digit}_{speaker}_{index}.wav` files (8 kHz, mono, pcm16) is given with `--digits`. Three recognisers side by side:
PocketSphinx alone (on our grammars, weights raised to the ninth power, not tuned anew), the acoustic model alone, and
both, as calls use them. The shipped model was trained on the recordings in `shared/speech` too: what it makes of
unknown people is in `training/README.md`.
"""

import argparse
import random
import time
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pocketsphinx_alone import PocketSphinxEar
from rich.console import Console
from rich.table import Table

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, SILENCE_FRAME, TELEPHONE, AudioFormat
from bakame.audio.transcode import converter
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.providers.local import espeak
from bakame.providers.local.certainty import ACCEPT, CONFIRM
from bakame.providers.local.grammar import COMMANDS, answer_in, digits_jsgf, jsgf
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
CHOICES = (("red", "green", "blue"), ("more", "less", "the same"), ("circle", "square", "triangle"))
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
    grammar: str


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

    def trial(name: str, expect: Expect, texts: Sequence[str], means: Callable[[str, str], bool], seed: int) -> Trial:
        return Trial(name, expect, synthesised(texts, count=count, seed=seed), means, jsgf(expect))

    number, fraction = Expect(AnswerKind.INTEGER, digits=3), Expect(AnswerKind.FRACTION, digits=6, signed=True)
    fractions = ("a half", "three quarters", "two thirds", "one fifth", "five over twelve", "two and a half")
    decimals = ("zero point seven five", "point five", "three point one four", "two point five")
    digits = synthesised(integers(9), count=count, seed=10)
    made = [
        Trial("digits", Expect(AnswerKind.INTEGER), digits, same_number, digits_jsgf()),
        trial("integers 0 to 20", Expect(AnswerKind.INTEGER, digits=2), integers(20), same_number, 1),
        trial("integers 0 to 100", number, integers(100), same_number, 2),
        trial("integers 0 to 999", number, integers(999), same_number, 3),
        trial("fractions", fraction, fractions, same_number, 4),
        trial("decimals", Expect(AnswerKind.DECIMAL), decimals, same_number, 5),
        trial("yes and no", YES_NO, ("yes", "no", "yes please", "no thank you", "yeah"), same_yes_no, 6),
        trial("commands", number, COMMANDS, same_command, 7),
        trial("commands of one word", YES_NO, [text for text in COMMANDS if " " not in text], same_command, 11),
        trial(f"names, of {len(NAMES)}", Expect(AnswerKind.NAME, options=NAMES), NAMES, same_word, 8),
    ]
    made += [
        trial(f"choice: {', '.join(options)}", Expect(AnswerKind.CHOICE, options), options, same_word, seed)
        for seed, options in enumerate(CHOICES, start=20)
    ]
    talked = [
        trial(f"other talk, for {expect.kind}", expect, TALK, heard_nothing, 9)
        for expect in (number, fraction, YES_NO, Expect(AnswerKind.CHOICE, CHOICES[0]))
    ]
    return [*made, *talked, Trial("line noise", number, hisses(count), heard_nothing, jsgf(number))]


def same_yes_no(said: str, heard: str) -> bool:
    return read_yes_no(said) == read_yes_no(heard)


def same_command(said: str, heard: str) -> bool:
    return read_command(said, spoken=True) == read_command(heard, spoken=True)


def same_word(said: str, heard: str) -> bool:
    return said.lower() == heard


def heard_nothing(_said: str, heard: str) -> bool:
    return not heard


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


@dataclass(frozen=True, slots=True)
class Result:
    """For each utterance of a trial, whether a recogniser's best guess is right, and how sure it was."""

    fits: Sequence[bool]
    sure: Sequence[float]

    @property
    def right(self) -> str:
        return percent(sum(self.fits), len(self.fits))

    def shares(self) -> tuple[str, str, str]:
        """Accepted; right of those; asked again with "did you say …?"."""
        taken = [fits for fits, sure in zip(self.fits, self.sure, strict=True) if sure >= ACCEPT]
        asked = sum(CONFIRM <= sure < ACCEPT for sure in self.sure)
        return percent(len(taken), len(self.fits)), percent(sum(taken), len(taken)), percent(asked, len(self.fits))


def run(hear: Callable[..., Heard], trial: Trial, took_ms: list[float]) -> Result:
    fits: list[bool] = []
    sure: list[float] = []
    hear(trial.utterances[0].audio, grammar=trial.grammar)  # compiles the grammar
    for utterance in trial.utterances:
        began = time.perf_counter()
        heard = hear(utterance.audio, grammar=trial.grammar)
        took_ms.append((time.perf_counter() - began) * 1000)
        # Where nothing should be heard, what would be rejected counts as nothing.
        text = "" if trial.means is heard_nothing and heard.confidence < CONFIRM else heard.text
        fits.append(trial.means(utterance.said, answer_in(text, trial.expect)))
        sure.append(heard.confidence)
    return Result(fits, sure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=Path, help="a folder of recorded digits")
    parser.add_argument("--count", type=int, default=60, help="utterances of each kind")
    arguments = parser.parse_args()
    both, ours, other = Ear(), Ear(second=False), PocketSphinxEar()
    table = Table(
        title="the embedded recogniser on the telephone",
        caption=f"right: its best guess; accepted: {ACCEPT} or surer; asked: {CONFIRM} to {ACCEPT}; for other talk and "
        "noise right is what was rejected",
    )
    for column in ("said", "n", "PocketSphinx", "ours", "both", "accepted", "right of it", "asked"):
        table.add_column(column, justify="left" if column == "said" else "right")
    took_ms: dict[str, list[float]] = {"PocketSphinx": [], "ours": [], "both": []}
    asked = trials(arguments.count)
    if arguments.digits:
        spoken = recorded(arguments.digits)
        expect = Expect(AnswerKind.INTEGER)
        for speaker in sorted({one.speaker for one in spoken}):
            theirs = [one for one in spoken if one.speaker == speaker]
            asked.append(Trial(f"digits of {speaker}", expect, theirs, same_number, digits_jsgf()))
    for trial in asked:
        alone = run(other.hear, trial, took_ms["PocketSphinx"])
        mine = run(ours.hear, trial, took_ms["ours"])
        fused = run(both.hear, trial, took_ms["both"])
        table.add_row(trial.name, str(len(trial.utterances)), alone.right, mine.right, fused.right, *fused.shares())
    console = Console()
    console.print(table)
    for name, took in took_ms.items():
        p50, p95, p99 = (float(np.quantile(took, q)) for q in (0.5, 0.95, 0.99))
        console.print(f"{name}: an utterance p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms")


if __name__ == "__main__":
    main()
