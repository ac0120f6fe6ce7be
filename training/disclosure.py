"""Learns `tutor/disclosure.npz` from labelled lines and from what lessons say. Run in `server/`:

    .venv/bin/python ../training/disclosure.py [--half] [TARGET.npz]

The first and second lists are learnt from, the third is not. With `--half`, of the first lists only the half on which
rules are tuned, so that the other half can be measured.
"""

import hashlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from bakame.text.disclosure import pieces
from bakame.text.disclosure_likeness import FEWEST_WORDS, Likeness, buckets

SERVER = Path(__file__).resolve().parents[1] / "server"
SAID = SERVER / "tests" / "text"
TARGET = SERVER / "src" / "bakame" / "tutor" / "disclosure.npz"
NOT_LESSONS = ("safeguarding.yaml", "asides.yaml", "moves.yaml", "people.yaml")
"""These list what is said in need, or what must not be said."""
WHOLE = ("disclosures_second.txt", "ordinary_said.txt")
ORDINARY = "ordinary"
BUCKETS = 1 << 17
ROUNDS = 10
REPAIRS = 6
"""Rounds in the end over ordinary lines that are still near to being taken for a sign."""
DOUBTFUL = -0.7
"""In logits."""
RATE = 0.3
WEIGHTS = {"sign": 5.0, "innocent": 3.0, "lesson": 0.4}
Example = tuple[np.ndarray, int, float]


def labelled(name: str) -> Iterator[tuple[str, str, str]]:
    """Language, sign ("ordinary" for innocent ones) and text of each line."""
    language, sign = "", ORDINARY
    for row in (SAID / name).read_text(encoding="utf-8").splitlines():
        if row.startswith("["):
            language, _, sign = row.strip("[] ").partition(" ")
        elif row.strip() and not row.startswith("#"):
            yield from ((language, sign or ORDINARY, text.strip()) for text in row.split(" | "))


def is_development(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 0


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from strings(key)
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def lessons() -> Iterator[str]:
    """Everything that lessons say, and what learners are known to answer."""
    for path in sorted((SERVER / "curriculum").rglob("*.yaml")):
        if path.name not in NOT_LESSONS:
            yield from strings(yaml.safe_load(path.read_text(encoding="utf-8")))
    for path in sorted((SERVER / "tests" / "learning").glob("*_*.txt")):
        for row in path.read_text(encoding="utf-8").splitlines():
            if not row.startswith(("#", "[")):
                yield from row.split(": ", 1)[-1].split(" | ")


def learn(examples: list[Example], *, names: tuple[str, ...], rng: random.Random) -> Likeness:
    """Logistic and softmax regression by stochastic steps, each feature at its own pace (AdaGrad)."""
    shape = (BUCKETS, 1 + len(names))
    weights, seen, bias = np.zeros(shape), np.full(shape, 1e-6), np.zeros(shape[1])
    for turn in range(ROUNDS + REPAIRS):
        rng.shuffle(examples)
        for found, label, weight in examples:
            root = np.sqrt(len(found))
            scores = weights[found].sum(axis=0) / root + bias
            if turn >= ROUNDS and (label >= 0 or scores[0] < DOUBTFUL):
                continue
            slope = np.zeros(shape[1])
            slope[0] = 1 / (1 + np.exp(-scores[0])) - (label >= 0)
            if label >= 0:
                powers = np.exp(scores[1:] - scores[1:].max())
                slope[1:] = powers / powers.sum()
                slope[1 + label] -= 1.0
            slope *= weight
            seen[found] += (slope / root) ** 2
            weights[found] -= RATE * (slope / root) / np.sqrt(seen[found])
            bias -= 0.01 * slope
    return Likeness(names, weights.astype(np.float32), bias.astype(np.float32))


def main() -> None:
    everything = "--half" not in sys.argv
    said = [
        (sign, text, "innocent" if sign == ORDINARY else "sign")
        for name in ("disclosures_said.txt", "innocent_said.txt", "disclosures_second.txt", "ordinary_said.txt")
        for _, sign, text in labelled(name)
        if everything or name in WHOLE or is_development(text)
    ]
    said += [(ORDINARY, text, "lesson") for text in dict.fromkeys(lessons())]
    names = tuple(sorted({sign for sign, _, _ in said} - {ORDINARY}))
    examples: list[Example] = []
    for sign, text, kind in said:
        label = names.index(sign) if sign in names else -1
        examples += [
            (buckets(piece, count=BUCKETS), label, WEIGHTS[kind])
            for piece in pieces(text)
            if sign != ORDINARY or piece.count(" ") + 1 >= FEWEST_WORDS
        ]
    learnt = learn(examples, names=names, rng=random.Random(4))
    target = Path(sys.argv[-1]) if sys.argv[-1].endswith(".npz") else TARGET
    target.write_bytes(learnt.write())
    sys.stdout.write(f"{len(examples)} examples, {target.stat().st_size} bytes: {', '.join(names)}\n")


if __name__ == "__main__":
    main()
