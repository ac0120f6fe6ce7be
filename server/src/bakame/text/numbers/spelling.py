"""Number words that were misspelt, or misheard beside other number words, put right."""

from dataclasses import replace
from typing import Final

from rapidfuzz.distance import OSA

from bakame.text.numbers import vocabulary as words
from bakame.text.numbers.magnitude import Tokens
from bakame.text.numbers.scan import Token

_SHORTEST: Final = 5
"""Letters under which a word is too near to others to be mended."""
_MENDED: Final = tuple(
    word
    for word in (
        *words.DIGITS, *words.TEENS, *words.TENS, *words.SCALES, "hundred", "hundreds", "quarter", "quarters",
        *words.ORDINALS, *(f"{word}s" for word in words.ORDINALS),
    )
    if len(word) >= _SHORTEST
)  # fmt: skip
_WORDS_OF_THEIR_OWN: Final = frozenset(
    (
        *("there", "these", "threw", "threes", "thread", "steven", "sever", "sevens", "eights", "nines", "thirsty"),
        *("forth", "forts", "footy", "thirst", "tenths", "teeth", "tents", "tench", "quartet", "seventies", "sixties"),
        *("twelves", "elevens", "millet", "billions", "trillions", "thousandth", "ninths", "fifths", "sixths"),
        *("firsts", "seconds", "filth", "faith", "froth", "month", "tenth", "tithe", "tenty", "ninja", "pretty"),
    )
)
"""English words one letter away from a number word."""
_MISHEARD: Final = {"tree": "three", "free": "three", "sicks": "six", "siks": "six", "tow": "two", "fore": "four"}
_NAMED: Final = frozenset(
    (
        *(*words.DIGITS, *words.TEENS, *words.TENS, *words.SCALES, *words.HUNDRED, *words.HALVES, *words.QUARTERS),
        *(*words.ORDINALS, *(f"{word}s" for word in words.ORDINALS), *words.FR_NUMBERS, *words.FR_SCALES),
        *(*words.SW_UNITS, *words.SW_SCALES, *words.SW_ALONE, *words.RW_UNITS, *words.RW_SCALES, *words.RW_ALONE),
    )
)


def mended(tokens: list[Token]) -> list[Token]:
    """The tokens with "fivety" for fifty put right, and "tree" for three where another number word stands beside it.

    A word that is a letter away from two numbers, or from one and is a word itself, stays as it is.
    """
    return [_mended(tokens, index) if token.kind == "word" else token for index, token in enumerate(tokens)]


def _mended(tokens: Tokens, index: int) -> Token:
    token = tokens[index]
    word = token.text
    if word in _MISHEARD:
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        before = tokens[index - 1].text if index else ""
        beside = after in words.SCALES or after in words.HUNDRED or after in words.QUARTERS
        beside |= after in ("over", "point", "thirds", "fifths") or before in words.TENS
        return replace(token, text=_MISHEARD[word]) if beside else token
    if len(word) < _SHORTEST or word in _NAMED or word in _WORDS_OF_THEIR_OWN:
        return token
    near = [each for each in _MENDED if each[0] == word[0] and OSA.distance(word, each, score_cutoff=1) <= 1]
    if len(near) > 1:
        near = [each for each in near if each.endswith("s") == word.endswith("s")]
    meanings = {_meaning(each) for each in near}
    return replace(token, text=near[0]) if len(meanings) == 1 else token


def _meaning(word: str) -> tuple[str, int]:
    """What a word stands for, so that two spellings of one number are one."""
    for kind, table in (("digit", words.DIGITS), ("teen", words.TEENS), ("tens", words.TENS), ("scale", words.SCALES)):
        if word in table:
            return kind, table[word]
    singular = word.removesuffix("s")
    if singular in words.ORDINALS:
        return ("parts" if word.endswith("s") else "part"), words.ORDINALS[singular]
    return singular, 0
