"""Makes the training utterances: `python speak.py FOLDER`. About ten minutes and 1 GB.

One file per engine: `sound` (int16 at 8 kHz, all utterances after another), `ends`, `texts`, `phones`, `voices`. Each
utterance is resampled by a random factor, which moves pitch and formants together, so a voice gives many speakers.
"""

import argparse
import random
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from phrases import Phrases
from recordings import Sound, resampled
from voices import FESTIVAL, FLITE, Said, espeak_says, festival_says, flite_says

from bakame.providers.local.grammar import plain_words

NAMES = Path(__file__).parents[1] / "server" / "curriculum" / "names.yaml"
RATE_HZ = 8_000
_LONGEST_S = 6.0


def names() -> list[str]:
    found = re.findall(r"[A-Z][a-z]+", yaml.safe_dump(yaml.safe_load(NAMES.read_text())))
    return sorted({plain_words(name) for name in found})


def collect(said: Iterable[Said], phrases: Phrases, path: Path, *, seed: int, spread: float) -> None:
    rng = random.Random(seed)
    sounds = list[NDArray[np.int16]]()
    texts, phones, voices = list[str](), list[str](), list[str]()
    for one in said:
        pcm: Sound = one.sound.astype(np.float32)
        loud = np.flatnonzero(np.abs(pcm) > 0.02 * max(1.0, np.abs(pcm).max()))
        if loud.size < one.rate_hz * 0.05:
            continue
        pcm = pcm[max(0, loud[0] - one.rate_hz // 50) : loud[-1] + one.rate_hz // 20]
        factor = rng.uniform(1 - spread, 1 + spread)
        size = int(pcm.size * RATE_HZ / one.rate_hz * factor)
        if size > RATE_HZ * _LONGEST_S:
            continue
        low = resampled(pcm, size)
        low *= 12_000 / np.abs(low).max()
        sounds.append(low.astype(np.int16))
        texts.append(one.text)
        phones.append(" ".join(phrases.lexicon.phones(one.text, rng)))
        voices.append(one.voice)
    np.savez(
        path,
        sound=np.concatenate(sounds),
        ends=np.cumsum([sound.size for sound in sounds]),
        texts=np.array(texts),
        phones=np.array(phones),
        voices=np.array(voices),
    )
    print(path.name, len(texts), f"{sum(sound.size for sound in sounds) / RATE_HZ / 3600:.1f} h", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)

    def some(count: int, seed: int) -> tuple[list[str], Phrases]:
        phrases = Phrases(names(), seed=seed)
        return [phrases.draw() for _ in range(int(count * arguments.scale))], phrases

    def wanted(name: str) -> Path | None:
        return arguments.folder / f"{name}.npz" if arguments.only in name else None

    for number, voice in enumerate(FLITE):
        if path := wanted(f"flite-{voice}"):
            texts, phrases = some(2_200, 10 + number)
            collect(flite_says(texts, voice=voice, seed=number), phrases, path, seed=number, spread=0.18)
    for number, voice in enumerate(FESTIVAL):
        if path := wanted(f"festival-{voice}"):
            texts, phrases = some(2_000, 20 + number)
            collect(festival_says(texts, voice=voice, seed=number), phrases, path, seed=number, spread=0.18)
    for number in range(8):
        if path := wanted(f"espeak-{number}"):
            texts, phrases = some(7_000, 30 + number)
            collect(
                espeak_says(texts, english=phrases.lexicon, seed=40 + number), phrases, path, seed=number, spread=0.12
            )
    if path := wanted("held-out"):
        texts, phrases = some(1_500, 50)
        collect(
            espeak_says(texts, english=phrases.lexicon, seed=51, held_out=True), phrases, path, seed=52, spread=0.08
        )


if __name__ == "__main__":
    main()
