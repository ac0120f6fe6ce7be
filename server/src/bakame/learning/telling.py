"""Does a text tell the answer?"""

import re
from typing import Final

from bakame.learning.exercises import Exercise
from bakame.learning.spoken import to_speech

_NUMBER: Final = re.compile(r"\d+ over \d+|\d+(?:\.\d+)?")
_NEGATIVE: Final = re.compile(r"minus \d+(?:\.\d+)?")


def tells_answer(text: str, exercise: Exercise) -> bool:
    """Whether the answer's number stands in `text` by itself, and not already in the question."""
    if exercise.options:
        return False
    answer = to_speech(exercise.answer)
    return answer in _numbers(text) and answer not in _numbers(exercise.say)


def _numbers(text: str) -> set[str]:
    spoken = to_speech(text).lower()
    return {*_NUMBER.findall(spoken), *_NEGATIVE.findall(spoken)}
