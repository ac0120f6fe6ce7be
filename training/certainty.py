"""Judges models and fits how sure one may be: `python certainty.py all.npz --people DIR --without no-{speaker}.npz`.

`--without` names, with `{speaker}` in it, the models that were trained without each person: the numbers for people are
of the model that does not know them. Prints the constants of `providers/local/certainty.py` and what they lead to.

Voices, people and rooms are in three groups. Every number of the tables is of a fit on the two groups to which the
voice does not belong; the constants are of a fit on all three.
"""

import argparse
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import trials
from numpy.typing import NDArray
from scipy import optimize

from bakame.learning.expect import AnswerKind, Expect
from bakame.providers.local import hearing
from bakame.providers.local.certainty import ACCEPT, CONFIRM, Evidence, certainty, meaning
from bakame.providers.local.grammar import answer_in

Numbers = NDArray[np.floating[Any]]
PEOPLE: Final = ("george", "jackson", "lucas")
_GROUPS: Final = 3
_NAME, _OTHER = Expect(AnswerKind.NAME), Expect(AnswerKind.INTEGER)
_NAMES: Final = ("_BIAS", "_PER_MARGIN", "_PER_MISFIT", "_PER_LENGTH", "_PER_CLARITY")
_THRESHOLDS: Final = (0.3, 0.45, 0.6, 0.7, 0.85, 0.9, 0.95, 0.97)
_BANDS: Final = ((0, 0.2), (0.2, 0.45), (0.45, 0.6), (0.6, 0.85), (0.85, 0.9), (0.9, 0.97), (0.97, 1.01))


@dataclass(frozen=True, slots=True)
class Judged:
    kind: str
    expect: str
    group: int
    evidence: Evidence | None
    right: bool
    seconds: float


def group_of(voice: str) -> int:
    if voice.startswith("room"):
        return int(voice.split()[1]) % _GROUPS
    return (PEOPLE.index(voice) if voice in PEOPLE else trials.OTHERS.index(voice)) % _GROUPS


def judge(ear: hearing.Ear, trial: trials.Trial, *, group: int) -> Judged:
    seconds = len(trial.audio) / trials.RATE_HZ
    meant = trial.kind not in trials.NOTHING_SAID
    found, scores = ear.candidates(trial.audio, ear.search(trial.grammar))
    if not found:
        return Judged(trial.kind, trial.expect, group, None, not meant, seconds)
    best = ear.evidence(trial.audio, found, scores)[0]
    expect = _NAME if trial.expect == "name" else _OTHER
    same = meaning(answer_in(best.text, expect)) == meaning(answer_in(trial.said, expect))
    return Judged(trial.kind, trial.expect, group, best, same and meant, seconds)


def measure(path: Path, people: Path, without: str, *, count: int, second: bool) -> list[Judged]:
    ear = hearing.Ear(second=second, weights=path)
    asked = trials.synthetic(count) + trials.unmeant(count // 2, seed=7)
    made = [judge(ear, trial, group=group_of(trial.voice)) for trial in asked]
    spoken = trials.human(people)
    for speaker in PEOPLE:
        other = hearing.Ear(second=second, weights=Path(without.format(speaker=speaker)))
        made += [judge(other, trial, group=group_of(speaker)) for trial in spoken if trial.voice == speaker]
    return made


def row(evidence: Evidence) -> list[float]:
    return [1.0, evidence.margin, evidence.misfit, math.log(evidence.phones), evidence.clarity]


def fit(judged: Sequence[Judged]) -> Numbers:
    known = [(one.evidence, one.right) for one in judged if one.evidence is not None]
    x = np.array([row(evidence) for evidence, _ in known])
    y = np.array([right for _, right in known], np.float64)

    def loss(weights: Numbers) -> float:
        logit = x @ weights
        return float(np.mean(np.logaddexp(0, logit) - y * logit) + 1e-4 * weights @ weights)

    scipy: Any = optimize  # it has no types
    found = scipy.minimize(loss, np.zeros(x.shape[1]))
    return np.asarray(found.x, np.float64)


def sure(one: Judged, weights: Numbers) -> float:
    return 0.0 if one.evidence is None else 1 / (1 + math.exp(-float(np.array(row(one.evidence)) @ weights)))


def crossed(judged: Sequence[Judged]) -> Numbers:
    """How sure of each, by a fit that knows neither its voice nor the others of its group."""
    fits = [fit([one for one in judged if one.group != group]) for group in range(_GROUPS)]
    return np.array([sure(one, fits[one.group]) for one in judged])


def shipped(judged: Sequence[Judged]) -> Numbers:
    """How sure the server is of each with the constants that it has."""
    return np.array([0.0 if one.evidence is None else certainty(one.evidence) for one in judged])


def consequences(judged: Sequence[Judged], sures: Numbers) -> None:
    right = np.array([one.right for one in judged])
    unmeant = np.array([one.kind in trials.NOTHING_SAID for one in judged])
    people = np.array([one.kind.startswith("people") for one in judged])
    for low, high in _BANDS:
        inside = (sures >= low) & (sures < high) & (sures > 0)
        if inside.any():
            print(f"sure {low:.2f} to {high:.2f}: right {right[inside].mean():6.1%} of {inside.sum()}")
    print("at least | answers: taken, right of those | people: taken, right of those | taken of what was not meant")
    for threshold in _THRESHOLDS:
        taken = sures >= threshold
        shares = [f"{taken[who].mean():6.1%} {right[who & taken].mean():6.1%}" for who in (~unmeant, people)]
        wrong = [
            f"{kind} {taken[[one.kind == kind for one in judged]].mean():.1%}"
            for kind in sorted({one.kind for one in judged} & trials.NOTHING_SAID)
        ]
        print(f"{threshold:.2f} | {' | '.join(shares)} | {', '.join(wrong)}")


def by_kind(judged: Sequence[Judged], sures: Numbers, *, accept: float, confirm: float) -> None:
    kinds: dict[str, list[tuple[Judged, float]]] = defaultdict(list)
    for one, value in zip(judged, sures, strict=True):
        unmeant = one.kind in trials.NOTHING_SAID
        kinds[f"{one.kind}, asked {one.expect}" if unmeant else one.kind].append((one, float(value)))
    for kind, ones in kinds.items():
        minutes = sum(one.seconds for one, _ in ones) / 60
        taken, accepted = (sum(value >= least for _, value in ones) for least in (confirm, accept))
        rightly = sum(value >= confirm and one.right for one, value in ones)
        text = f"{kind:28} n {len(ones):3}  not rejected {taken / len(ones):6.1%}  accepted {accepted / len(ones):6.1%}"
        if ones[0][0].kind in trials.NOTHING_SAID:
            print(f"{text}  a minute {taken / minutes:.1f}, {accepted / minutes:.1f}")
        else:
            guessed = sum(one.right for one, _ in ones) / len(ones)
            print(f"{text}  best guess right {guessed:6.1%}, right and not rejected {rightly / len(ones):6.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--without", required=True)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--alone", action="store_true", help="without the second opinion of PocketSphinx")
    arguments = parser.parse_args()
    judged = measure(
        arguments.model, arguments.people, arguments.without, count=arguments.count, second=not arguments.alone
    )
    print("with the constants of the server, whatever they were fitted on:")
    consequences(judged, shipped(judged))
    sures = crossed(judged)
    print("each group of voices by a fit on the others:")
    consequences(judged, sures)
    by_kind(judged, sures, accept=ACCEPT, confirm=CONFIRM)
    weights = fit(judged)
    print(dict(zip(_NAMES, (round(float(weight), 3) for weight in weights), strict=True)))


if __name__ == "__main__":
    main()
