"""Commands that bring something along: NAME Aline, LANG kinyarwanda, JOIN P5-KIG, PIN 1234, ASK why …, TEACHER …"""

import re
from typing import Final

from bakame.text.command_phrases import LANGUAGES, Command
from bakame.text.compare import normalise
from bakame.text.numbers import read_number
from bakame.text.wordlists import word_set

_NAME_OPENINGS: Final = frozenset(
    (
        *("name", "name is", "my name", "my name is", "my names", "change name to", "change my name to", "izina"),
        *("izina ryanjye ni", "nitwa", "je mappelle", "jina langu ni"),
    )
)
_LONGEST_OPENING: Final = max(len(opening.split()) for opening in _NAME_OPENINGS)
_MOST_NAMES: Final = 5
_NO_NAMES: Final = word_set("of the a an any some this that these those it its your his her all each and or in")
_COURTESY: Final = re.compile(
    r"^(?:(?:please|pls|plz|kindly|hello|hi|muraho|bonjour|nyamuneka|tafadhali)[\s,!.:]+)+"
    r"|(?:[\s,]+(?:🙏|please|pls|plz|thanks|thank you|murakoze|nyamuneka|asante|merci|svp|tafadhali"
    r"|s'il vous pla[iî]t))+[\s.!]*$",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"(?:[\s,]+(?:please|teacher|sir|madam|mwarimu|mwalimu))+[\s.!]*$", re.IGNORECASE)
_EDGES: Final = ' .,!?"“”'

_LANGUAGE: Final = re.compile(
    r"(?:(?:i want|we want|id like|i would like|can we|can you|could you|lets|let us|let me|please)(?: you)?(?: to)? )?"
    r"(?:(?:lang|language|langue|lugha|ururimi|speak|speak in|talk in|talk|teach in|teach me in|change to"
    r"|change language|change language to|change the language to|switch to|switch language to|use|i want"
    r"|continue in|vuga|vuga mu|tuvuge|tuvuge mu|hindura ururimi|ndashaka|mu|parle|parlez|parlons|en|je veux parler"
    r"|ongea|sema|kwa|tuongee|badilisha lugha|nataka|in) )?(?P<language>[a-z]+)(?: language| lesson language| ururimi)?"
)
_MODULES: Final = frozenset(("english", "icyongereza", "anglais", "kiingereza"))
"""Languages that are also lessons: alone, or wanted, the lesson is meant."""
_LESSON_OPENINGS: Final = frozenset(("", "i want ", "ndashaka ", "nataka ", "use "))
_LANGUAGE_ASKED: Final = re.compile(r"(?:lang|language|langue|lugha|ururimi) (?P<other>\w[\w ]{1,30})")

_JOIN: Final = re.compile(
    r"^\s*(?:i want to |can i |let me |ndashaka )?(?:join|joining|injira|kwinjira|rejoindre|rejoins|jiunge)"
    r"(?P<named>(?:\s+(?:the|my|a|to|class|group|code|school|mu|ishuri|na|darasa|la|classe))*)[\s:=]+(?P<code>[\w\s-]+?)[\s.!]*$",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"(?=[a-z-]*\d)[a-z0-9]{2,12}(?:-[a-z0-9]{1,10}){0,3}", re.IGNORECASE | re.ASCII)
_CODE_IN_TWO: Final = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{2,6} [a-z0-9]{2,4}", re.IGNORECASE | re.ASCII)
_LEAST_CODE, _LEAST_NAMED_CODE = 4, 3

_PIN: Final = re.compile(
    r"(?:(?:set|change|my|the|new|use|make|i want) )*(?:a )?"
    r"(?:pin|pin code|umubare wibanga|code secret|nambari ya siri)"
    r"(?: (?:is|to|ni|est|code|as))? (?P<pin>[\w ]+)"
)
_PIN_OFF: Final = re.compile(
    r"(?:(?:set |turn |my )*pin (?:off|none|no|remove)|(?:turn off|remove|delete|cancel|no|stop|switch off) "
    r"(?:the |my |a )?pin|kuraho umubare wibanga|kuraho pin|ondoa pin)"
)
_FIGURE_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_FIGURES: Final = {
    **{str(digit): str(digit) for digit in range(10)},
    **dict(zip(_FIGURE_WORDS, "0123456789", strict=True)),
    "oh": "0",
}

_ASK: Final = re.compile(
    r"^\s*(?:(?:can|may|could) (?:i|we) |i want to |i would like to |let me |i'd like to |ndashaka |nataka )?"
    r"(?P<word>ask|ask you|question|i have a question|baza|kubaza|ndabaza|uliza|kuuliza|nauliza|demander|demande"
    r"|mfite ikibazo|j'ai une question|nina swali)(?P<mark>\s*[:,]\s*|\s+)(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_QUESTION_WORDS: Final = frozenset(
    (
        *("what", "whats", "why", "how", "hows", "who", "whos", "whom", "where", "wheres", "when", "which", "whose"),
        *("is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "has", "have"),
        *("if", "whether", "about", "kuki", "ese", "gute", "hehe", "nde", "iki", "ryari", "impamvu", "niki", "ni"),
        *("pourquoi", "comment", "que", "quest", "quand", "qui", "quel", "quelle", "combien", "est", "nini", "kwa"),
        *("vipi", "nani", "wapi", "lini", "je", "kwanini", "jinsi"),
    )
)
_TEACHER: Final = re.compile(
    r"^\s*(?P<opening>teacher|mwarimu|mwalimu|professeur"
    r"|(?:please )?(?:ask|tell|message|text|write to|baza|bwira|dites au|mwambie|muulize|demandez au)"
    r"(?: to)?(?: my| the| a| our)? (?:teacher|mwarimu|mwalimu|professeur)|message to (?:my |the )?teacher)"
    r"(?P<mark>\s*[:,-]\s*|\s+)(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TEACHER_ALONE: Final = re.compile(r"\W*TEACHER\W*")
"""In capitals only: without them it is somebody being addressed."""
_MESSAGE_WORDS: Final = frozenset(
    (
        *(
            "i",
            "im",
            "ive",
            "id",
            "my",
            "we",
            "our",
            "us",
            "how",
            "what",
            "why",
            "when",
            "where",
            "who",
            "can",
            "could",
        ),
        *("may", "help", "do", "does", "did", "are", "will", "need", "want", "there", "dont", "that", "if", "whether"),
        *("about", "sinumva", "simbona", "nkeneye", "ndashaka", "mfite", "mbwira", "nfite", "je", "jai", "mon", "ma"),
        *("nina", "nataka", "naomba", "sielewi", "siwezi", "sinashoboye", "ntabwo", "kuki", "gute", "pourquoi"),
    )
)
_ANSWERS: Final = re.compile(
    r"^(?:i (?:think|say|guess|believe|know|choose|pick|see|hear|heard|am|was|got|get)\b|is it|its|it is|the answer"
    r"|my answer|answer|yes|no|can you repeat|what is it|what did you say|how are you|who are you|are you)"
)
_LEAST_MESSAGE: Final = 3


def read_with_argument(text: str, *, spoken: bool) -> tuple[Command, str] | None:
    """The command that begins `text`, with the rest of it; None when it is none. `text` is at most a few hundred long.

    Only what reads as a command does: "ask why the sky is blue" and not "ask your mother", "join P5-KIG" and not
    "join the two ropes", "TEACHER I do not understand" and not "teacher, it is 56".
    """
    if named := _name(text):
        return named
    bare = _COURTESY.sub("", text).strip()
    plain = normalise(_ADDRESS.sub("", bare))
    if not spoken and _TEACHER_ALONE.fullmatch(bare):
        return Command.TEACHER, ""
    if pin := _pin(plain):
        return Command.PIN, pin
    if code := _code(_ADDRESS.sub("", bare)):
        return Command.JOIN, code
    if language := _language(plain):
        return Command.LANG, language
    if message := _message(bare, spoken=spoken):
        return Command.TEACHER, message
    question = _question(bare)
    return (Command.ASK, question) if question else None


def _name(text: str) -> tuple[Command, str] | None:
    """NAME with the rest of the message as it was written."""
    if normalise(text) in _NAME_OPENINGS:
        return Command.NAME, ""
    pieces = re.split(r"[\s:=]+", text.strip())
    for count in range(min(_LONGEST_OPENING, len(pieces) - 1), 0, -1):
        opening = normalise(" ".join(pieces[:count]))
        if opening in _NAME_OPENINGS:
            argument = " ".join(pieces[count:]).strip(_EDGES)
            is_task = opening in ("name", "my name") and _is_task(normalise(argument).split())
            return (Command.NAME, argument) if argument and not is_task else None
    return None


def _is_task(words: list[str]) -> bool:
    """Whether what follows "name" is what an exercise says: "name three rivers", "name of the king"."""
    return (
        len(words) > _MOST_NAMES
        or "is" in words
        or (bool(words) and (words[0] in _NO_NAMES or read_number(words[0]) is not None))
    )


def _pin(plain: str) -> str | None:
    """The figures of a PIN, four to six, or "off"."""
    if _PIN_OFF.fullmatch(plain):
        return "off"
    match = _PIN.fullmatch(plain.replace(":", " ").replace("=", " "))
    if match is None:
        return None
    said = match["pin"].split()
    figures = said[0] if len(said) == 1 and said[0].isascii() else "".join(_FIGURES.get(word, "?") for word in said)
    return figures if figures.isdecimal() and 4 <= len(figures) <= 6 else None


def _code(bare: str) -> str | None:
    match = _JOIN.match(bare)
    if match is None:
        return None
    code = " ".join(match["code"].split())
    fits = _CODE.fullmatch(code) or _CODE_IN_TWO.fullmatch(code)
    is_long = len(code) >= _LEAST_CODE or (len(code) >= _LEAST_NAMED_CODE and "class" in match["named"].lower())
    return code.upper().replace(" ", "-") if fits and is_long else None


def _language(plain: str) -> str | None:
    if match := _LANGUAGE.fullmatch(plain):
        name = match["language"]
        opening = plain[: match.start("language")]
        is_lesson = name in _MODULES and opening in _LESSON_OPENINGS
        is_code = len(name) == 2 and opening not in ("lang ", "language ")
        if name in LANGUAGES and not is_lesson and not is_code:
            return LANGUAGES[name]
    other = _LANGUAGE_ASKED.fullmatch(plain)
    return other["other"] if other and plain.startswith("lang ") else None


def _message(bare: str, *, spoken: bool) -> str | None:
    """What is for a teacher, in a text after "teacher", in speech only after "tell my teacher" and the like."""
    match = _TEACHER.match(bare)
    if match is None:
        return None
    opening, rest = match["opening"], match["rest"].strip()
    words = normalise(rest).split()
    is_sent = opening.lower() not in ("teacher", "mwarimu", "mwalimu", "professeur")
    if is_sent:
        return rest if words and (words[0] in _MESSAGE_WORDS or ":" in match["mark"]) else None
    if spoken or not words:
        return None
    is_keyword = ":" in match["mark"] or (opening.isupper() and not rest.isupper())
    if is_keyword and len(words) > 1:
        return rest
    is_answer = _ANSWERS.match(" ".join(words)) or read_number(rest) is not None
    return rest if len(words) >= _LEAST_MESSAGE and words[0] in _MESSAGE_WORDS and not is_answer else None


def _question(bare: str) -> str | None:
    match = _ASK.match(bare)
    if match is None:
        return None
    rest = match["rest"].strip()
    words = normalise(rest).split()
    if not words:
        return None
    is_keyword = ":" in match["mark"] or (match["word"].isupper() and not rest.isupper() and len(words) > 1)
    asks = words[0] in _QUESTION_WORDS or (rest.endswith("?") and len(words) > 1)
    if match["word"].lower() == "question" and not is_keyword:
        return None
    return rest if is_keyword or asks else None
