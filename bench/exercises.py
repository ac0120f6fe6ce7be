"""Every exercise that can be made, examined: can it be answered, is one answer right, does it fit the ear and a text?

    python ../bench/exercises.py [--count 100000] [--seed 1] [--processes 2]

Makes exercises over all skills of all modules, as the modules make them, and marks in each the right answer in all its
forms, every option and every named mistake. Prints a table for each module. Fails when there is any fault.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zlib import crc32

from rich.console import Console
from rich.table import Table

from bakame.app.content import load_content
from bakame.app.examination.drawing import SHARES, draws
from bakame.app.examination.faults import faults, forms_of
from bakame.text.gsm import septets

SERVER: Final = Path(__file__).parents[1] / "server"
SHOWN: Final = 10
"""Faults that are shown of a run."""
out = Console(width=150, highlight=False)


@dataclass(slots=True)
class Seen:
    """What was seen of one module. `prompts`: by skill, the distinct ones; `faults` by their sentence."""

    made: int = 0
    sound: int = 0
    marked: int = 0
    words: Counter[int] = field(default_factory=Counter[int])
    septets: int = 0
    hints: int = 0
    prompts: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    making_s: float = 0.0
    examining_s: float = 0.0
    faults: list[str] = field(default_factory=list[str])

    def add(self, other: "Seen") -> None:
        """What another process saw of the same module."""
        self.made += other.made
        self.sound += other.sound
        self.marked += other.marked
        self.words += other.words
        self.septets = max(self.septets, other.septets)
        self.hints += other.hints
        for skill, prompts in other.prompts.items():
            self.prompts.setdefault(skill, set()).update(prompts)
        self.making_s += other.making_s
        self.examining_s += other.examining_s
        self.faults += other.faults

    def percentile(self, share: float) -> int:
        """Words of a prompt of which this share has at most as many."""
        left = share * self.words.total()
        for words in sorted(self.words):
            left -= self.words[words]
            if left <= 0:
                return words
        return max(self.words, default=0)


def examine(count: int, seed: int) -> dict[str, Seen]:
    """What is seen of `count` exercises, by module; in a process of its own."""
    content = load_content(curriculum_dir=SERVER / "curriculum", locales_dir=SERVER / "locales")
    rng, other = random.Random(seed), random.Random(seed)
    seen = {module: Seen() for module in SHARES}
    drawn = draws(content.materials, count=count, rng=rng)
    began = time.process_time()
    for each in drawn:
        made = time.process_time()
        found = [*faults(each, wording=content.wording, rng=other)]
        of, exercise = seen[each.module], each.exercise
        of.made += 1
        of.sound += not found
        of.marked += len(forms_of(exercise)) + len(exercise.misconceptions) + max(0, len(exercise.options) - 1)
        of.words.update(len(piece.split()) for piece in each.pieces)
        of.septets = max(of.septets, septets(each.written))
        of.hints += len(each.hints)
        of.prompts.setdefault(exercise.skill_id, set()).add(crc32(f"{exercise.say}\n{exercise.sms}".encode()))
        of.faults += [f"{exercise.skill_id} ({each.way}): {fault} | {exercise.say}" for fault in found]
        of.making_s += made - began
        began = time.process_time()
        of.examining_s += began - made
    return seen


def show(seen: dict[str, Seen], seconds: float) -> None:
    table = Table(title=f"{sum(each.made for each in seen.values()):,} exercises in {seconds:.0f} s")
    for name in (
        *("module", "skills", "made", "sound", "answers marked", "prompt words p50", "p99", "max", "SMS max"),
        *("hints", "prompts a skill: least", "median", "us to make", "us to examine"),
    ):
        table.add_column(name, justify="left" if name == "module" else "right")
    for module, each in seen.items():
        prompts = sorted(len(each) for each in each.prompts.values())
        table.add_row(
            module,
            str(len(each.prompts)),
            f"{each.made:,}",
            f"{each.sound:,}",
            f"{each.marked:,}",
            *(str(each.percentile(share)) for share in (0.5, 0.99, 1.0)),
            str(each.septets),
            f"{each.hints:,}",
            str(prompts[0]),
            str(prompts[len(prompts) // 2]),
            f"{each.making_s / each.made * 1e6:.0f}",
            f"{each.examining_s / each.made * 1e6:.0f}",
        )
    out.print(table)


def complain(found: Sequence[str]) -> None:
    """The first of the faults, each kind once for a skill, and how many there are."""
    kinds = Counter(fault.partition(" | ")[0] for fault in found)
    examples = {fault.partition(" | ")[0]: fault for fault in reversed(found)}
    out.print(f"[bold]{len(found):,} faults, {len(kinds):,} different[/bold]; the first {SHOWN}:")
    for kind in list(dict.fromkeys(fault.partition(" | ")[0] for fault in found))[:SHOWN]:
        out.print(f"  {kinds[kind]:>5} x {examples[kind]}", markup=False)


def main(*, count: int, seed: int, processes: int) -> int:
    began = time.monotonic()
    shares = [count // processes + (n < count % processes) for n in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        parts = [*pool.map(examine, shares, range(seed, seed + processes))]
    seen = parts[0]
    for part in parts[1:]:
        for module, each in part.items():
            seen[module].add(each)
    show(seen, time.monotonic() - began)
    found = [fault for each in seen.values() for fault in each.faults]
    if found:
        complain(found)
    return 1 if found else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    sys.exit(main(count=given.count, seed=given.seed, processes=given.processes))
