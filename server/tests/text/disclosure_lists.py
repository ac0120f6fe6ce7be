"""The labelled lists of what people say in need and in lessons."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FIRST = ("disclosures_said.txt", "innocent_said.txt")
SECOND = ("disclosures_second.txt",)
THIRD = ("disclosures_third.txt",)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text. `sign` is None for an innocent one. `tuned`: rules may have been changed after a look at it."""

    language: str
    sign: str | None
    text: str

    @property
    def tuned(self) -> bool:
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 0


def labelled(*names: str) -> Iterator[Labelled]:
    for name in names:
        language, sign = "", None
        for row in (HERE / name).read_text(encoding="utf-8").splitlines():
            if row.startswith("["):
                language, _, given = row.strip("[] ").partition(" ")
                sign = given or None
            elif row.strip() and not row.startswith("#"):
                yield from (Labelled(language, sign, text.strip()) for text in row.split(" | "))
