"""Commands: what a learner says to the tutor instead of an answer. Whole messages, never parts of one."""

from collections.abc import Iterator, Mapping
from typing import Final

from bakame.text import command_phrases as wordings
from bakame.text.command_arguments import read_with_argument
from bakame.text.command_phrases import ADDRESSED, POLITE, POLITE_PHRASES, Command
from bakame.text.compare import normalise

__all__ = ["Command", "read_command", "read_yes_no"]

_SOUNDS: Final = frozenset(("um", "uh", "er", "erm", "eh", "hmm", "mm", "ah", "oh", "so", "well", "now", "and", "but"))
_HESITANT: Final = _SOUNDS | {"ok", "okay", "yes", "no", "actually", "sorry"}
"""May go before a spoken command."""
_ARTICLES: Final = frozenset(("a", "an", "the", "some", "my"))
_MAX_CHARS: Final = 120
_MAX_CHARS_WITH_ARGUMENT: Final = 500
_MOST_LAYERS: Final = 6


def _by_phrase(*tables: Mapping[Command, tuple[str, ...]]) -> dict[str, Command]:
    return {phrase: command for table in tables for command, phrases in table.items() for phrase in phrases}


_WRITTEN_PHRASES: Final = _by_phrase(wordings.WRITTEN)
_SPOKEN_PHRASES: Final = _by_phrase(wordings.SPOKEN, wordings.WRITTEN)


def read_command(text: str, *, spoken: bool = False) -> tuple[Command, str] | None:
    """The command that the whole of `text` is, and its argument ("NAME Aline"; else empty).

    Case, punctuation and politeness don't matter. A message that only begins like a command is none: "stop it hurts".
    `spoken` also understands phrases of conversation and lets hesitation go before them.
    """
    if len(text) > _MAX_CHARS_WITH_ARGUMENT:
        return None
    if text.strip() == "?":
        return Command.HELP, ""
    if len(text) <= _MAX_CHARS:
        phrases = _SPOKEN_PHRASES if spoken else _WRITTEN_PHRASES
        plain = normalise(text)
        # "Talk to my teacher" ends in a teacher who is not being addressed.
        for polite in (POLITE - ADDRESSED, POLITE):
            for phrase, is_request in _readings(plain.split(), polite, spoken=spoken):
                if phrase in wordings.PEOPLE:
                    return None
                command = wordings.REQUESTED.get(phrase) or phrases.get(phrase)
                if command and not (is_request and phrase in wordings.NEVER_REQUESTED):
                    return command, ""
    return read_with_argument(text, spoken=spoken)


def _readings(words: list[str], polite: frozenset[str], *, spoken: bool) -> Iterator[tuple[str, bool]]:
    """The text as it is, then without politeness, hesitation and "I want to", and whether it was asked for so."""
    is_request = False
    yield " ".join(words), is_request
    for _ in range(_MOST_LAYERS):
        bare = _without_courtesy(words, polite)
        yield " ".join(bare), is_request
        if len(set(bare)) == 1:
            yield bare[0], is_request
        if spoken:
            bare = _without_first(_HESITANT, bare)
            yield " ".join(bare), is_request
        shorter = _without_afterthought(bare)
        if shorter == bare:
            shorter = _without_request(bare)
            is_request |= shorter != bare
            if is_request and shorter and shorter[0] in _ARTICLES:
                yield " ".join(shorter[1:]), is_request
        if shorter == words:
            return
        words = shorter


def _without_courtesy(words: list[str], polite: frozenset[str] = POLITE) -> list[str]:
    bare = words
    for phrase in map(str.split, POLITE_PHRASES):
        if bare[: len(phrase)] == phrase:
            bare = bare[len(phrase) :]
        if phrase and bare[-len(phrase) :] == phrase:
            bare = bare[: -len(phrase)]
    while bare and bare[0] in polite:
        bare = bare[1:]
    while bare and bare[-1] in polite:
        bare = bare[:-1]
    return bare if bare == words else _without_courtesy(bare, polite)


def _without_request(words: list[str]) -> list[str]:
    text = " ".join(words)
    opening = next((each for each in wordings.REQUESTS if text.startswith(f"{each} ")), "")
    return text.removeprefix(opening).split()


def _without_afterthought(words: list[str]) -> list[str]:
    text = " ".join(words)
    ending = next((each for each in wordings.AFTERTHOUGHTS if text.endswith(f" {each}")), "")
    return text.removesuffix(ending).split() if ending else words


def _without_first(unwanted: frozenset[str], words: list[str]) -> list[str]:
    start = next((index for index, word in enumerate(words) if word not in unwanted), len(words))
    return words[start:]


_YES: Final = frozenset(
    (
        *(
            "yes",
            "yeah",
            "yep",
            "yup",
            "yea",
            "yah",
            "ya",
            "y",
            "ye",
            "yess",
            "sure",
            "right",
            "correct",
            "true",
            "ok",
            "okay",
        ),
        *("of course", "thats right", "that is right", "thats correct", "that is correct", "thats me", "that is me"),
        *("thats true", "it is", "i do", "i am", "i agree", "agree", "absolutely", "exactly", "fine", "certainly"),
        *("all right", "alright", "go ahead", "yego", "ego", "nibyo", "ni byo", "ndabyemera", "ndemeye", "ni njye"),
        *("oui", "daccord", "ndiyo", "ndio", "sawa", "uh huh", "mm hmm", "mhm", "why not"),
    )
)
_NO: Final = frozenset(
    (
        *(
            "no",
            "nope",
            "nah",
            "n",
            "noo",
            "never",
            "wrong",
            "incorrect",
            "false",
            "not",
            "not really",
            "not yet",
            "not now",
        ),
        *("thats wrong", "that is wrong", "thats not right", "that is not right", "thats not me", "that is not me"),
        *("thats not correct", "not correct", "not right", "it is not", "it isnt", "its not", "i dont", "i do not"),
        *(
            "i am not",
            "im not",
            "i disagree",
            "disagree",
            "of course not",
            "oya",
            "sibyo",
            "si byo",
            "si njye",
            "ntabwo",
        ),
        *("oyaye", "non", "hapana", "siyo", "uh uh"),
    )
)
_MAX_ANSWER_WORDS: Final = 8


def read_yes_no(text: str) -> bool | None:
    """Whether the whole of `text` is a yes or a no; None when it is neither, both, or more than that."""
    if len(text) > _MAX_CHARS:
        return None
    words = _without_courtesy(normalise(text).split())
    if len(words) > _MAX_ANSWER_WORDS:
        return None
    answers = _agreeing(words) or _agreeing(_without_first(_SOUNDS, words))
    return answers.pop() if len(answers) == 1 else None


def _agreeing(words: list[str]) -> set[bool]:
    """The answers that the words part into, longest first: "yes it is" is twice yes. Empty when words remain."""
    answers: set[bool] = set()
    while words:
        for count in range(min(4, len(words)), 0, -1):
            phrase = " ".join(words[:count])
            if phrase in _YES or phrase in _NO:
                answers.add(phrase in _YES)
                words = words[count:]
                break
        else:
            if words[0] not in POLITE | {"you"}:
                return set()
            words = words[1:]
    return answers
