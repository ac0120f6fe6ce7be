"""Names as people type and say them."""

import re
import unicodedata
from typing import Final

from bakame.text.commands import Command, read_command, read_yes_no
from bakame.text.numbers.vocabulary import DIGITS, HUNDRED, SCALES, TEENS, TENS

_MAX_CHARS: Final = 40
_MAX_RAW_CHARS: Final = 160
_MAX_WORDS: Final = 5
_INTRODUCTION: Final = re.compile(
    r"""
    (?:(?:hello|hi|hey|muraho|mwaramutse|bonjour|jambo|yes|yego|ok|okay|um|uh)[\s,.!]+)*
    (?:(?:my\ names?|name|the\ name|full\ name|izina(?:\ ryanjye)?|jina\ langu)(?:\s*[:=]\s*|(?:['’]s|\ is|\ ni)?\s+)
      |(?:i\ am|i['’]?m|it\ is|it['’]?s|this\ is|call\ me|they\ call\ me|i\ am\ called|je\ m['’]appelle|je\ suis)\s+
      |(?:nitwa|ndi|naitwa|mimi\ ni)\s+)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COURTESY: Final = re.compile(r"[\s,]+(?:please|thanks|thank you|teacher|sir|madam|murakoze)$", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"://|@|www\.|\w\.(?:com|org|net|rw|io|ly|co)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
_NOT_NAMES: Final = frozenset(
    (
        *(
            "a",
            "an",
            "and",
            "or",
            "the",
            "is",
            "are",
            "am",
            "was",
            "be",
            "do",
            "did",
            "dont",
            "don't",
            "not",
            "no",
            "yes",
        ),
        *("i", "you", "he", "she", "we", "they", "it", "me", "my", "mine", "your", "his", "her", "our", "this", "that"),
        *("what", "why", "who", "how", "when", "where", "which", "to", "of", "in", "on", "at", "for", "with", "from"),
        *(
            "hello",
            "hi",
            "hey",
            "good",
            "morning",
            "afternoon",
            "evening",
            "night",
            "please",
            "thanks",
            "thank",
            "name",
        ),
        *("muraho", "mwaramutse", "mwiriwe", "bonjour", "jambo", "want", "know", "learn", "question", "answer", "test"),
        *("can", "will", "have", "has", "like", "need", "here", "there", "fine", "ready", "because", "nobody", "none"),
    )
)
_NUMBER_WORDS: Final = frozenset({*DIGITS, *TEENS, *TENS, *HUNDRED, *SCALES})


def read_name(text: str) -> str | None:
    """The name in `text`, tidied: "my name is aline" is "Aline", "MUKAMANA J-PAUL" "Mukamana J-Paul".

    Apostrophes, hyphens and accents stay. At most 40 characters and five words. None for numbers, commands, addresses,
    greetings, sentences and emoji alone.
    """
    text = unicodedata.normalize("NFC", text).replace("’", "'").strip()
    if len(text) > _MAX_RAW_CHARS or _ADDRESS.search(text) or read_yes_no(text) is not None:
        return None
    if (command := read_command(text)) and (command[0] is not Command.NAME or not command[1]):
        return None
    bare = _COURTESY.sub("", _without_pictures(_INTRODUCTION.sub("", text, count=1)))
    words = re.sub(r"[,.!?\"“”]+(?=\s|$)", "", bare).split()
    name = " ".join(words)
    if not words or len(words) > _MAX_WORDS or len(name) > _MAX_CHARS or not all(map(_is_name, words)):
        return None
    if max(map(len, words)) < 2 or {word.casefold() for word in words} <= _NUMBER_WORDS:
        return None
    is_shouted_or_whispered = name in (name.upper(), name.lower())
    return " ".join(_capital(word.lower() if is_shouted_or_whispered else word) for word in words)


def _without_pictures(text: str) -> str:
    """Drops emoji and what holds them together."""
    return "".join(char for char in text if unicodedata.category(char) not in ("So", "Sk", "Cf", "Me", "Mn")).strip()


def _is_name(word: str) -> bool:
    is_written_well = _WORD.fullmatch(word) is not None and word.replace("'", "").replace("-", "").isalpha()
    return is_written_well and word.casefold() not in _NOT_NAMES


def _capital(word: str) -> str:
    """A capital at the beginning and after each hyphen and apostrophe; the rest as it is."""
    return re.sub(r"(?:^|(?<=['\-]))[^\W\d_]", lambda letter: letter[0].upper(), word)
