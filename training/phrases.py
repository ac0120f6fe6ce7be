"""What the synthesised voices say: answers, commands and ordinary words, with the phones of each."""

import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pocketsphinx

from bakame.learning.expect import AnswerKind, Expect
from bakame.providers.local import grammar
from bakame.providers.local.pronunciation import pronunciations
from bakame.text import commands
from bakame.text.numbers import say_number

_sphinx: Any = pocketsphinx  # it has no types
DICTIONARY = Path(_sphinx.get_model_path("en-us/cmudict-en-us.dict"))
_COMMON_WORDS = 9_000
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_OPENERS = ("it is", "it's", "the answer is", "my answer is", "i think it is", "i think it's", "i think", "um", "is it")
_PARTS = ("third", "quarter", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "twelfth", "twentieth")
_ENGLISH_COMMANDS = tuple(
    phrase
    for table in (commands._WRITTEN, commands._SPOKEN)  # pyright: ignore[reportPrivateUsage]
    for phrases in table.values()
    for phrase in phrases
)
_YES_NO = (
    *("yes", "no", "yes", "no", "yes", "no", "yeah", "yep", "nope", "okay", "sure", "yes please", "no thank you"),
    *("no thanks", "of course", "yes i do", "no i don't", "yes it is", "not now", "that's right", "true", "false"),
)
_CHOICES = (
    *("red", "green", "blue", "yellow", "black", "white", "circle", "square", "triangle", "rectangle", "left", "right"),
    *("more", "less", "bigger", "smaller", "equal", "same", "different", "add", "subtract", "multiply", "divide"),
    *("plus", "minus", "times", "even", "odd", "up", "down", "on", "off", "go", "start", "maths", "story", "lesson"),
    *("quiz", "song", "english", "french", "cat", "dog", "bird", "cow", "goat", "tree", "house", "bed", "banana"),
    *("mango", "apple", "orange", "water", "monday", "tuesday", "friday", "metre", "litre", "greater", "greater than"),
    *(
        "less than",
        "equal to",
        "true",
        "false",
        "half",
        "whole",
        "kigali",
        "happy",
        "sad",
        "hot",
        "cold",
        "big",
        "small",
    ),
)


class Lexicon:
    """Words and their phones: the dictionary of PocketSphinx, else the rules of the server."""

    def __init__(self) -> None:
        self._entries: dict[str, list[tuple[str, ...]]] = {}
        for line in DICTIONARY.read_text().splitlines():
            word, *phones = line.split()
            self._entries.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(tuple(phones))

    def phones(self, text: str, rng: random.Random) -> list[str]:
        """One way to say `text`; mostly the first of each word."""
        said: list[str] = []
        for word in text.split():
            ways = self._entries.get(word) or [tuple(way.split()) for way in pronunciations(word)]
            said += ways[0] if rng.random() < 0.85 else rng.choice(ways)
        return said

    def __contains__(self, word: object) -> bool:
        return word in self._entries

    @property
    def words(self) -> Iterable[str]:
        return self._entries

    def common(self, count: int = _COMMON_WORDS) -> list[str]:
        """The most frequent words of English, of those that are spelled with letters."""
        model = _sphinx.NGramModel.readfile(_sphinx.get_model_path("en-us/en-us.lm.bin"))
        chances: dict[str, float] = {
            word: model.prob([word]) for word in self._entries if re.fullmatch(r"[a-z]{2,}('[a-z]+)?", word)
        }
        return sorted(chances, key=lambda word: -chances[word])[:count]


class Phrases:
    """Draws sentences in the proportions in which they matter."""

    def __init__(self, names: list[str], *, seed: int) -> None:
        self.lexicon = Lexicon()
        self._rng = random.Random(seed)
        self._common = self.lexicon.common()
        self._names = names
        known = {word.replace("'", "") for word in self.lexicon.words}
        self._commands = [text for text in _ENGLISH_COMMANDS if known.issuperset(text.split())]

    def draw(self) -> str:
        rng = self._rng
        kind = rng.choices(
            ("digit", "teen", "number", "yes_no", "command", "choice", "words", "opened", "name", "spelled"),
            (20, 6, 16, 9, 13, 8, 19, 3, 4, 2),
        )[0]
        match kind:
            case "digit":
                text = rng.choice((*_DIGITS, *_DIGITS, *_DIGITS, "oh", "nought"))
            case "teen":
                text = _number(rng.randrange(10, 20)) if rng.random() < 0.5 else _number(10 * rng.randrange(1, 11))
            case "number":
                text = self._a_number()
            case "yes_no":
                text = rng.choice(_YES_NO)
            case "command":
                text = rng.choice(grammar.COMMANDS) if rng.random() < 0.7 else rng.choice(self._commands)
            case "choice":
                text = rng.choice(_CHOICES) if rng.random() < 0.8 else rng.choice(_ORDINALS)
            case "words":
                text = " ".join(rng.choice(self._common) for _ in range(rng.choices((1, 2, 3, 4), (6, 3, 2, 1))[0]))
            case "opened":
                text = f"{rng.choice(_OPENERS)} {self._a_number() if rng.random() < 0.6 else rng.choice(_DIGITS)}"
            case "name":
                opener = rng.choice(("my name is ", "i am ", "i'm ", "", "", "", ""))
                text = opener + rng.choice(self._names)
            case _:
                text = " ".join(rng.choice((*_DIGITS, "oh")) for _ in range(rng.randrange(2, 6)))
        return text

    def _a_number(self) -> str:
        rng = self._rng
        match rng.choices(("two", "three", "big", "minus", "decimal", "fraction"), (8, 4, 1, 2, 2, 4))[0]:
            case "two":
                return _number(rng.randrange(20, 100))
            case "three":
                number = _number(rng.randrange(100, 1000))
                return number.replace(" and ", " ") if rng.random() < 0.4 else number
            case "big":
                return _number(rng.randrange(1000, 1_000_000))
            case "minus":
                return f"{rng.choice(('minus', 'minus', 'negative'))} {_number(rng.randrange(0, 100))}"
            case "decimal":
                whole = _number(rng.randrange(0, 20)) + " " if rng.random() < 0.8 else ""
                digits = " ".join(rng.choice(_DIGITS) for _ in range(rng.choice((1, 1, 2, 3))))
                return f"{whole}point {digits}"
            case _:
                return self._a_fraction()

    def _a_fraction(self) -> str:
        rng = self._rng
        top, part = rng.randrange(1, 20), rng.choice(("half", "quarter", "third", *_PARTS))
        if rng.random() < 0.2:
            return f"{_number(rng.randrange(1, 30))} over {_number(rng.randrange(2, 30))}"
        parts = part if top == 1 else "halves" if part == "half" else part + "s"
        named = f"{rng.choice(('one', 'a')) if top == 1 else _number(top)} {parts}"
        return f"{_number(rng.randrange(1, 12))} and {named}" if rng.random() < 0.15 else named


def _number(value: int) -> str:
    return say_number(value).replace("-", " ").replace(",", "")


def all_expected_words() -> set[str]:
    """Every word of the grammars of numbers, yes and no, and commands."""
    kinds = (AnswerKind.INTEGER, AnswerKind.DECIMAL, AnswerKind.FRACTION, AnswerKind.YES_NO)
    return {word for kind in kinds for word in grammar.words_of(grammar.jsgf(Expect(kind, digits=9, signed=True)))}
