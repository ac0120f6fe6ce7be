"""How much a text is like what people say who are hurt or in danger: for words that no pattern foresaw.

A linear model over words, pairs of words and pieces of words, learnt from labelled lines and from what is said in
lessons (`training/disclosure.py`): one logistic regression tells whether it is such a text, a softmax which sign it is
of. Which words speak for what can be read from the weights; nothing is generated.
"""

import json
import math
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bakame.errors import Invalid
from bakame.text.disclosure import LONGEST, pieces

FEWEST_WORDS: Final = 3
"""Of one or two words, which are the usual answers of a lesson, nothing is concluded."""
_LETTERS: Final = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`weights`: one row per bucket; the first column is for whether it is a sign at all, then one per sign of `names`;
    `bias` likewise.
    """

    names: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Reads what `write` made. Raises `Invalid`."""
        try:
            with np.load(BytesIO(data), allow_pickle=False) as kept:
                names = json.loads(str(kept["names"]))
                weights = kept["weights"].astype(np.float32) * float(kept["scale"])
                bias = kept["bias"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise Invalid(f"the weights of the likeness cannot be read: {type(error).__name__}") from None
        if weights.ndim != 2 or weights.shape[1:] != (1 + len(names),) or bias.shape != (1 + len(names),):
            raise Invalid("the weights of the likeness do not fit together")
        return cls(tuple(names), weights, bias)

    def write(self) -> bytes:
        """The weights in a byte each."""
        scale = float(np.abs(self.weights).max()) / 127 or 1.0
        made = BytesIO()
        np.savez_compressed(
            made,
            names=np.array(json.dumps(self.names)),
            weights=np.round(self.weights / scale).astype(np.int8),
            scale=np.float32(scale),
            bias=self.bias,
        )
        return made.getvalue()

    def sign(self, text: str, *, sure: float) -> str | None:
        """The sign that `text` is most like, when it is one with a probability of at least `sure`; else None."""
        best: tuple[float, str] | None = None
        for piece in pieces(text[:LONGEST]):
            if piece.count(" ") + 1 < FEWEST_WORDS:
                continue
            scores = self.scores(piece)
            chance = 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, float(scores[0])))))
            if chance >= sure and (best is None or chance > best[0]):
                best = (chance, self.names[int(scores[1:].argmax())])
        return best[1] if best else None

    def scores(self, piece: str) -> npt.NDArray[np.float32]:
        """In logits: of being a sign at all, then of each sign against the others; for one piece of plain text."""
        found = buckets(piece, count=len(self.weights))
        return self.weights[found].sum(axis=0) / np.sqrt(np.float32(len(found))) + self.bias


def buckets(piece: str, *, count: int) -> npt.NDArray[np.int64]:
    """Where the features of a piece of plain text are counted; each once."""
    words = ["^", *piece.split(), "$"]
    features: set[str] = set()
    for index, word in enumerate(words):
        features.add(f"w{word}")
        if index:
            features.add(f"b{words[index - 1]} {word}")
        if index > 1:
            features.add(f"s{words[index - 2]} {word}")
        whole = f"<{word}>"
        features.update(f"c{whole[at : at + n]}" for n in _LETTERS for at in range(len(whole) - n + 1))
    return np.array(sorted({zlib.crc32(feature.encode()) % count for feature in features}), dtype=np.int64)
