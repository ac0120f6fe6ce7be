"""Judges models and fits how sure one may be: `python certainty.py all.npz --people DIR --without no-{speaker}.npz`.

`--without` names, with `{speaker}` in it, the models that were trained without each person: the numbers for people are
of the model that does not know them. Prints the constants of `providers/local/certainty.py` and what they lead to.
"""

import argparse
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trials
from scipy.optimize import minimize

from bakame.learning.expect import AnswerKind, Expect
from bakame.providers.local import hearing
from bakame.providers.local.certainty import Evidence, meaning
from bakame.providers.local.grammar import answer_in

_NAME, _OTHER = Expect(AnswerKind.NAME), Expect(AnswerKind.INTEGER)


@dataclass(frozen=True, slots=True)
class Judged:
    kind: str
    evidence: Evidence | None
    right: bool


def judge(ear: hearing.Ear, trial: trials.Trial, kind: str) -> Judged:
    found, scores = ear.candidates(trial.audio, ear.search(trial.grammar))
    if not found:
        return Judged(kind, None, kind == "other talk")
    best = ear.evidence(trial.audio, found, scores)[0]
    expect = _NAME if kind == "name" else _OTHER
    same = meaning(answer_in(best.text, expect)) == meaning(answer_in(trial.said, expect))
    return Judged(kind, best, same and kind != "other talk")


def measure(path: Path, people: Path, without: str, *, count: int, second: bool) -> list[Judged]:
    ear = hearing.Ear(second=second, weights=path)
    made = [judge(ear, trial, trial.kind) for trial in trials.synthetic(count)]
    spoken = trials.human(people)
    for speaker in sorted({speaker for speaker, _ in spoken}):
        other = hearing.Ear(second=second, weights=Path(without.format(speaker=speaker)))
        made += [judge(other, trial, f"{trial.kind} {speaker}") for one, trial in spoken if one == speaker]
    return made


def table(judged: list[Judged]) -> None:
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        kinds[one.kind].append(one)
    for kind, ones in kinds.items():
        print(f"{kind:22} {np.mean([one.right for one in ones]):6.1%} of {len(ones)}")


def row(evidence: Evidence) -> list[float]:
    return [1.0, evidence.margin, evidence.misfit, math.log(evidence.phones)]


def fit(judged: list[Judged]) -> np.ndarray:
    known = [one for one in judged if one.evidence is not None]
    x = np.array([row(one.evidence) for one in known])
    y = np.array([one.right for one in known], float)

    def loss(weights: np.ndarray) -> float:
        logit = x @ weights
        return float(np.mean(np.logaddexp(0, logit) - y * logit) + 1e-4 * weights @ weights)

    return minimize(loss, np.zeros(x.shape[1])).x


def consequences(judged: list[Judged], weights: np.ndarray) -> None:
    def sure(one: Judged) -> float:
        return 0.0 if one.evidence is None else 1 / (1 + math.exp(-float(np.array(row(one.evidence)) @ weights)))

    certainties = np.array([sure(one) for one in judged])
    right = np.array([one.right for one in judged])
    answers = np.array([one.kind != "other talk" for one in judged])
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)):
        inside = (certainties >= low) & (certainties < high) & (certainties > 0)
        if inside.any():
            print(f"sure {low:.2f} to {high:.2f}: right {right[inside].mean():6.1%} of {inside.sum()}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97):
        taken = certainties >= threshold
        print(
            f"{threshold:.2f}: takes {taken[answers].mean():6.1%} of answers, "
            f"right {right[answers & taken].mean():6.1%};"
            f" of other talk takes {taken[~answers].mean():6.1%}"
        )


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
    table(judged)
    weights = fit(judged)
    names = ("_BIAS", "_PER_MARGIN", "_PER_MISFIT", "_PER_LENGTH")
    print(dict(zip(names, (round(float(weight), 3) for weight in weights), strict=True)))
    consequences(judged, weights)


if __name__ == "__main__":
    main()
