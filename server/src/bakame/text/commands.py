"""Commands: what a learner says to the tutor instead of an answer. Whole messages, never parts of one."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bakame.text.compare import normalise


class Command(StrEnum):
    """What can be asked for at any time."""

    HELP = "help"
    STOP = "stop"
    """Send me nothing more."""
    START = "start"
    MATH = "math"
    ENGLISH = "english"
    READ = "read"
    DEBATE = "debate"
    ASK = "ask"
    """A question about the world; the argument is the question."""
    RACE = "race"
    """Mental maths against the clock."""
    MENU = "menu"
    LANG = "lang"
    """The argument is a language."""
    WHO = "who"
    """Somebody else on this phone is learning now."""
    PIN = "pin"
    """The argument is a PIN, or "off"."""
    TEACHER = "teacher"
    """A question to a person; the argument is the question."""
    JOIN = "join"
    """The argument is the code of a class."""
    HINT = "hint"
    SKIP = "skip"
    STATUS = "status"
    NAME = "name"
    CALL = "call"
    """Call me."""
    REPEAT = "repeat"
    DONT_KNOW = "dont_know"
    WAIT = "wait"
    SLOWER = "slower"
    BYE = "bye"


_WRITTEN: Final[Mapping[Command, tuple[str, ...]]] = {
    Command.HELP: ("help", "help me", "info", "commands", "ubufasha", "mfasha", "aide", "msaada"),
    Command.STOP: (
        *("stop", "stopall", "stop all", "unsubscribe", "end", "quit", "cancel", "optout", "opt out", "revoke"),
        *("hagarika", "hagarara", "arret", "arretez", "acha", "simama"),
    ),
    Command.START: ("start", "unstop", "begin", "subscribe", "tangira", "anza", "commencer"),
    Command.MATH: ("math", "maths", "mathematics", "imibare", "hesabu", "do math", "do maths"),
    Command.HINT: ("hint", "clue", "give me a hint", "a hint", "hint me"),
    Command.SKIP: ("skip", "next", "pass", "skip it", "skip this", "simbuka"),
    Command.STATUS: ("status", "progress", "my progress", "score", "my score", "points", "amanota"),
    Command.NAME: ("name", "my name", "change name", "izina"),
    Command.CALL: ("call", "call me", "callme", "call me back", "call back", "mpamagara", "hamagara", "nipigie"),
    Command.REPEAT: ("repeat", "again", "repeat question", "subiramo", "ongera", "rudia"),
    Command.DONT_KNOW: (
        *("idk", "dk", "i dont know", "dont know", "i do not know", "no idea", "i have no idea", "not sure"),
        *(
            "im not sure",
            "i dont no",
            "i dont understand",
            "simbizi",
            "sinzi",
            "ntabwo mbizi",
            "sijui",
            "je ne sais pas",
        ),
    ),
    Command.WAIT: ("wait", "tegereza", "ba uretse", "subiri", "attends"),
    Command.SLOWER: ("slow", "slower", "slow down", "buhoro", "gahoro", "polepole", "pole pole", "lentement"),
    Command.BYE: ("bye", "goodbye", "good bye", "bye bye", "murabeho", "kwaheri", "au revoir"),
}
"""Every way to write each command, in the form that `normalise` gives, in any of the languages."""

_SPOKEN: Final[Mapping[Command, tuple[str, ...]]] = {
    Command.HELP: (
        "can you help me",
        "could you help me",
        "i need help",
        "i need some help",
        "what can i do",
        "what can i say",
    ),
    Command.STOP: ("stop texting me", "stop sending me messages", "stop messages"),
    Command.MATH: ("i want math", "i want maths", "lets do math", "lets do maths", "mathematics lesson"),
    Command.HINT: (
        *("give me hint", "can i have a hint", "can i get a hint", "can you give me a hint", "i need a hint"),
        *("i want a hint", "give me a clue", "another hint"),
    ),
    Command.SKIP: (
        *("skip this one", "skip that", "skip that one", "skip the question", "skip this question", "next one"),
        *("next question", "the next one", "another one", "another question", "move on", "lets move on"),
    ),
    Command.STATUS: ("how am i doing", "what is my score", "whats my score", "how many points do i have"),
    Command.CALL: ("can you call me", "can you call me back"),
    Command.REPEAT: (
        *("say it again", "say again", "say that again", "repeat it", "repeat that", "repeat the question"),
        *("repeat this question", "can you repeat", "can you repeat it", "can you repeat that", "could you repeat"),
        *("can you repeat the question", "could you repeat that", "can you say it again", "can you say that again"),
        *("one more time", "once more", "once again", "come again", "what", "what did you say", "pardon", "pardon me"),
        *("sorry", "i didnt hear", "i didnt hear you", "i didnt hear that", "i cant hear you", "what was the question"),
        *("whats the question", "i did not hear", "i did not hear you", "ongera usubiremo", "ongera uvuge"),
    ),
    Command.DONT_KNOW: (
        *("i dont know it", "i dont know this", "i dont know this one", "i dont know that", "i dont know the answer"),
        *("i really dont know", "dunno", "i dunno", "i give up", "i cant do it", "i cant do this", "i have no clue"),
        *("i am not sure", "i do not know the answer", "i dont get it", "i do not understand", "its too hard"),
    ),
    Command.WAIT: (
        *("let me think", "let me think about it", "let me see", "wait a minute", "wait a moment", "wait a second"),
        *("wait a bit", "one moment", "just a moment", "just a minute", "just a second"),
        *("hold on", "hang on", "give me a minute", "give me a moment", "give me time", "im thinking", "i am thinking"),
        *("im still thinking", "reka ntekereze", "tegereza gato"),
    ),
    Command.SLOWER: (
        *("speak slowly", "speak slower", "speak more slowly", "talk slower", "talk slowly", "more slowly", "slowly"),
        *("too fast", "its too fast", "you are too fast", "youre too fast", "can you speak slower", "vuga buhoro"),
        *("can you speak slowly", "can you slow down", "go slower", "not so fast"),
    ),
    Command.BYE: (
        *("see you", "see you later", "see you tomorrow", "hang up", "end the call", "end call", "stop the call"),
        *("i have to go", "i must go", "i need to go", "thats all", "thats all for today", "stop the lesson"),
    ),
}
"""Phrases that are a command in a conversation, and too easily something else in a text."""

_WITH_ARGUMENT: Final[Mapping[Command, tuple[str, ...]]] = {
    Command.NAME: (
        *("name", "name is", "my name", "my name is", "my names", "change name to", "change my name to", "izina"),
        *("izina ryanjye ni", "nitwa", "je mappelle", "jina langu ni"),
    ),
}
"""Beginnings after which the rest of the message is the argument."""

_POLITE: Final = frozenset(
    ("please", "pls", "plz", "thanks", "thank", "you", "sir", "madam", "teacher", "murakoze", "asante", "merci")
)
_SOUNDS: Final = frozenset(("um", "uh", "er", "erm", "eh", "hmm", "mm", "ah", "oh", "so", "well", "now", "and", "but"))
_HESITANT: Final = _SOUNDS | {"ok", "okay", "yes", "no", "actually", "sorry"}
"""May go before a spoken command."""
_MAX_CHARS: Final = 120


def _by_phrase(*tables: Mapping[Command, tuple[str, ...]]) -> dict[str, Command]:
    return {phrase: command for table in tables for command, phrases in table.items() for phrase in phrases}


_WRITTEN_PHRASES: Final = _by_phrase(_WRITTEN)
_SPOKEN_PHRASES: Final = _by_phrase(_WRITTEN, _SPOKEN)
_OPENINGS: Final = _by_phrase(_WITH_ARGUMENT)
_LONGEST_OPENING: Final = max(len(opening.split()) for opening in _OPENINGS)


def read_command(text: str, *, spoken: bool = False) -> tuple[Command, str] | None:
    """The command that the whole of `text` is, and its argument ("NAME Aline"; else empty).

    Case, punctuation and politeness don't matter. A message that only begins like a command is none: "stop it hurts".
    `spoken` also understands phrases of conversation and lets hesitation go before them.
    """
    if len(text) > _MAX_CHARS:
        return None
    if text.strip() == "?":
        return Command.HELP, ""
    phrases = _SPOKEN_PHRASES if spoken else _WRITTEN_PHRASES
    words = normalise(text).split()
    candidates = [words, _without_courtesy(words)]
    if spoken:
        candidates.append(_without_first(_HESITANT, candidates[1]))
    for candidate in candidates:
        if command := phrases.get(" ".join(candidate)):
            return command, ""
    return _with_argument(text)


def _without_courtesy(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while start < end and words[start] in _POLITE:
        start += 1
    while end > start and words[end - 1] in _POLITE:
        end -= 1
    return words[start:end]


def _without_first(unwanted: frozenset[str], words: list[str]) -> list[str]:
    start = next((index for index, word in enumerate(words) if word not in unwanted), len(words))
    return words[start:]


def _with_argument(text: str) -> tuple[Command, str] | None:
    """A command with the rest of the message as it was written."""
    if command := _OPENINGS.get(normalise(text)):
        return command, ""
    pieces = re.split(r"[\s:=]+", text.strip())
    for count in range(min(_LONGEST_OPENING, len(pieces) - 1), 0, -1):
        if command := _OPENINGS.get(normalise(" ".join(pieces[:count]))):
            argument = " ".join(pieces[count:]).strip(' .,!?"“”')
            return (command, argument) if argument else None
    return None


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
            if words[0] not in _POLITE:
                return set()
            words = words[1:]
    return answers
