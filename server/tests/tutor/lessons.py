"""Writes a whole lesson of each module into docs/lessons, for teachers to judge: `make lessons`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tutor import lessons_comprehension, lessons_debate, lessons_english, lessons_general, lessons_math

FOLDER: Final = Path(__file__).parents[3] / "docs" / "lessons"
TRANSCRIPTS: Final[Mapping[str, Callable[[], str]]] = {
    "math": lessons_math.transcript,
    "english": lessons_english.transcript,
    "comprehension": lessons_comprehension.transcript,
    "debate": lessons_debate.transcript,
    "general": lessons_general.transcript,
}

if __name__ == "__main__":
    for name, transcript in TRANSCRIPTS.items():
        (FOLDER / f"{name}.md").write_text(transcript(), encoding="utf-8")
        print(f"docs/lessons/{name}.md")  # noqa: T201
