"""Trains the language guess: `python language.py` writes `server/src/bakame/text/language_weights.py`.

Reads `language_seeds.txt` beside it, the catalogues in `server/locales` and the given names of the curriculum. A model
of pieces of words, one to five letters with the ends of the word marked, is counted per language (naive Bayes); names
are a language of their own, which tells nothing. Kept are the pieces that tell most, each with one letter a language.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from bakame.text.language import LEVELS, NAMES, STEP, TOP, pieces_of
from bakame.tutor.wording import Wording

HERE: Final = Path(__file__).parent
SERVER: Final = HERE.parent / "server"
LANGUAGES: Final = ("rw", "en", "fr", "sw")
CLASSES: Final = (*LANGUAGES, NAMES)
ALPHA: Final = 0.3
"""Added to each count, so that what was never seen is unlikely and not impossible."""
KEPT: Final = 4_500
_WIDTH: Final = 116
_FIELD: Final = re.compile(r"\{\w+\}")
_COMMANDS: Final = re.compile(r"\b[A-Z]{2,}\b")
"""Words in capitals are commands, the same in several languages."""


def texts_of(language: str) -> Iterator[str]:
    """Every text to learn a language from."""
    section = ""
    for row in (HERE / "language_seeds.txt").read_text("utf-8").splitlines():
        if row.startswith("["):
            section = row.strip("[]")
        elif row and not row.startswith("#") and section == language:
            yield row
    for text in sorted(set(Wording.load(SERVER / "locales").variants(language).values())):
        yield _COMMANDS.sub(" ", _FIELD.sub(" ", text))


def names() -> Iterator[str]:
    """Given names, each once."""
    kept = yaml.safe_load((SERVER / "curriculum/names.yaml").read_text("utf-8"))
    yield from _strings(kept)


def _strings(node: object) -> Iterator[str]:
    match node:
        case str():
            yield node
        case list() | tuple():
            for each in node:
                yield from _strings(each)
        case dict():
            for each in node.values():
                yield from _strings(each)
        case _:
            pass


def counted() -> dict[str, Counter[str]]:
    """How often each piece is in each class."""
    texts = {language: list(texts_of(language)) for language in LANGUAGES} | {NAMES: list(names())}
    return {each: Counter(piece for text in said for piece in pieces_of(text)) for each, said in texts.items()}


def weighed(counts: dict[str, Counter[str]]) -> dict[str, str]:
    """For each piece that is kept the levels of its likelihood in the classes, as letters."""
    every = {piece for counter in counts.values() for piece in counter}
    totals = {each: counter.total() + ALPHA * len(every) for each, counter in counts.items()}

    def likelihoods(piece: str) -> list[float]:
        return [math.log((counts[each][piece] + ALPHA) / totals[each]) for each in CLASSES]

    def telling(piece: str) -> float:
        found = likelihoods(piece)
        return sum(counts[each][piece] for each in CLASSES) * (max(found) - sorted(found)[-2])

    kept = sorted(sorted(every), key=telling, reverse=True)[:KEPT]
    weights: dict[str, str] = {}
    for piece in sorted(kept):
        found = likelihoods(piece)
        levels = [min(len(LEVELS) - 1, round((max(found) - each) / STEP)) for each in found]
        weights[piece] = "".join(LEVELS[level] for level in levels)
    return weights


def written(weights: dict[str, str]) -> str:
    """The module of data."""
    rows, row = [], ""
    for entry in (f"{piece}{letters}" for piece, letters in weights.items()):
        if len(row) + len(entry) + 1 > _WIDTH:
            rows, row = [*rows, row], ""
        row = f"{row} {entry}".strip()
    rows.append(row)
    body = "\n".join(rows)
    return f'''"""Written by `training/language.py`: pieces of words, and how far each is from each language."""

from typing import Final

CLASSES: Final = {CLASSES!r}
WEIGHTS: Final = """
{body}
"""
'''.replace("'", '"')


def main() -> None:
    counts = counted()
    weights = weighed(counts)
    target = SERVER / "src/bakame/text/language_weights.py"
    target.write_text(written(weights), "utf-8")
    sizes = ", ".join(f"{each} {counter.total()}" for each, counter in counts.items())
    print(f"pieces read: {sizes}; kept {len(weights)}; {target.stat().st_size} bytes; at most {TOP} letters a piece")


if __name__ == "__main__":
    main()
