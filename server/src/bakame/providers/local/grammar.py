"""The closed grammar of what may be said in answer to a question, in JSGF. Pure.

A free dictation model is unusable through a telephone, a small grammar is usable; so each `Expect` gives one, always
with the commands that a caller may speak at any time. Grammar: JSpeech Grammar Format, W3C note of 5 June 2000; words
are in lower case, as in the CMU pronouncing dictionary.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from bakame.learning.expect import AnswerKind, Expect
from bakame.providers.local.reading import speakable
from bakame.text.numbers import say_number

COMMANDS: Final = (
    "repeat", "repeat please", "please repeat", "repeat it", "repeat that", "repeat the question", "say it again",
    "say that again", "say again", "can you repeat", "can you repeat that", "one more time", "once more", "again",
    "again please", "pardon", "hint", "a hint", "hint please", "a hint please", "give me a hint", "i need a hint",
    "clue", "help", "help me", "help please", "please help me", "i need help", "can you help me",
    "i don't know", "i do not know", "don't know", "i have no idea", "no idea", "not sure", "i'm not sure",
    "i don't understand", "i give up", "skip", "skip it", "skip this", "next", "next question", "let me think", "wait",
    "wait a minute", "one moment", "slower", "slower please", "slow down", "speak slowly", "speak slower",
    "goodbye", "bye", "bye bye", "stop", "stop please", "please stop",
)  # fmt: skip
"""What a caller may say at any time; `text.commands` reads it."""
_FILLERS: Final = (
    "um", "uh", "it is", "it's", "it equals", "that is", "the answer is", "my answer is", "i think", "i think it is",
    "i think it's", "equals", "is it", "so",
)  # fmt: skip
_INTRODUCTIONS: Final = ("my name is", "i am", "i'm", "it is", "it's", "this is", "call me", "um")
YES: Final = (
    "yes",
    "yes please",
    "yeah",
    "yes i do",
    "yes i am",
    "yes it is",
    "yep",
    "ok",
    "okay",
    "sure",
    "of course",
)
NO: Final = ("no", "no thank you", "no thanks", "nope", "no i don't", "not now", "no it is not")
_CHOICES: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_ONES: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_PARTS: Final = (
    "third", "quarter", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
    "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_MOST_DIGITS: Final = 9
_COMMAND_WEIGHT: Final = "0.3"
_OPENER_WEIGHT: Final = "0.02"
_SPELLED_WEIGHT: Final = "0.02"
_MIXED_WEIGHT: Final = "0.1"
_PART_WEIGHTS: Final = ("1", "0.3", "0.05")
"""Of halves, thirds and quarters; of the rest to tenths; of the rest to twentieths."""
_RARE_ZERO_WEIGHT: Final = "0.1"
_DECIMALS_WEIGHTS: Final = ("1", "0.3", "0.1")
_OTHER_WEIGHT: Final = "0.2"
_PLACE_WEIGHT: Final = "0.05"
"""Of naming an option by its number or place instead of its words."""
_MORE_DIGITS_WEIGHT: Final = "0.2"
MOST_LETTERS: Final = 12
_LETTERS: Final = tuple("abcdefghijklmnopqrstuvwxyz")


def jsgf(expect: Expect) -> str:
    """The grammar of the answers to a question, with the commands; for OPEN and NOTHING the commands alone."""
    rules = _answer_rules(expect)
    openers = _INTRODUCTIONS if expect.kind is AnswerKind.NAME else _FILLERS
    command = f"<command> = {_any(COMMANDS)};"
    if rules:
        top = (
            f"public <said> = /1/ <opened> | /{_COMMAND_WEIGHT}/ <command>;",
            f"<opened> = /1/ <answer> | /{_OPENER_WEIGHT}/ <opener> <answer>;",
            f"<opener> = {_any(openers)};",
        )
    else:
        top = ("public <said> = <command>;",)
    return "\n".join(("#JSGF V1.0;", "grammar expected;", *top, command, *rules, ""))


def digits_jsgf() -> str:
    """The grammar of digits said one by one, one to nine of them, with the commands."""
    rest = ""
    for _ in range(_MOST_DIGITS - 1):
        rest = f" [/{_MORE_DIGITS_WEIGHT}/ <digit>{rest}]"
    rules = (
        f"public <said> = /1/ <digits> | /{_COMMAND_WEIGHT}/ <command>;",
        f"<command> = {_any(COMMANDS)};",
        f"<digit> = /1/ zero | /1/ {' | /1/ '.join(_ONES)} | /{_RARE_ZERO_WEIGHT}/ nought | /{_RARE_ZERO_WEIGHT}/ oh;",
        f"<digits> = <digit>{rest};",
    )
    return "\n".join(("#JSGF V1.0;", "grammar expected;", *rules, ""))


def words_of(grammar: str) -> frozenset[str]:
    """Every word that a grammar made by `jsgf` can hear."""
    body = re.sub(r"<[^>]*>|/[\d.]+/", " ", grammar.split(";", 2)[2])
    return frozenset(re.findall(r"[a-z']+", body.replace("public", " ")))


def sentences(grammar: str) -> re.Pattern[str]:
    """A pattern that a sentence, each of its words with a space behind it, fits wholly if the grammar allows it.

    PocketSphinx gives the words of a path that never reached the grammar's end as if it had.
    """
    rules: dict[str, str] = dict(re.findall(r"<(\w+)> = (.*);", grammar))

    def pattern(body: str) -> str:
        out: list[str] = []
        for token in re.findall(r"<\w+>|/[\d.]+/|[\[\]()|]|[a-z']+", re.sub(r"/[\d.]+/", "", body)):
            if token.startswith("<"):
                out.append(f"(?:{pattern(rules[token[1:-1]])})")
            else:
                out.append({"[": "(?:", "(": "(?:", "]": ")?", ")": ")", "|": "|"}.get(token, f"{token} "))
        return "".join(out)

    return re.compile(pattern(rules["said"]))


def answer_in(heard: str, expect: Expect) -> str:
    """What was heard without the "um", "the answer is" or "my name is" before it."""
    openers = _INTRODUCTIONS if expect.kind is AnswerKind.NAME else _FILLERS
    for opener in sorted(openers, key=len, reverse=True):
        if heard.startswith(f"{opener} ") and heard not in COMMANDS:
            return heard.removeprefix(f"{opener} ")
    return heard


def option_in(heard: str, expect: Expect) -> str | None:
    """The option, as it is written, that was named by its words, its number or its place."""
    for option in expect.options:
        if plain_words(option) == heard:
            return option
    if expect.kind is not AnswerKind.CHOICE:
        return None
    words = [word for word in heard.split() if word not in {"number", "option", "the"}]
    for names in (_ONES, _CHOICES):
        if words and words[0] in names[: len(expect.options)] and words[1:] in ([], ["one"]):
            return expect.options[names.index(words[0])]
    return None


def plain_words(text: str) -> str:
    """A written option or name as it is spoken: "3/4" is "three quarters", "Umuhoza-Aline" is "umuhoza aline"."""
    spelled = re.sub(r"\d[\d,]*(\.\d+)?", _spell, speakable(text))
    folded = unicodedata.normalize("NFKD", spelled.replace("’", "'").lower())
    bare = re.sub(
        r"[^a-z' ]", " ", re.sub(r"[\u0300-\u036f]", "", folded).replace("-", " minus " if spelled[:1] == "-" else " ")
    )
    return " ".join(word for word in (part.strip("'") for part in bare.split()) if word)


def _spell(number: re.Match[str]) -> str:
    whole, _, decimals = number[0].replace(",", "").partition(".")
    said = say_number(int(whole[:_MOST_DIGITS])).replace("-", " ")
    return said + (" point " + " ".join(say_number(int(digit)) for digit in decimals) if decimals else "")


def _answer_rules(expect: Expect) -> tuple[str, ...]:
    match expect.kind:
        case AnswerKind.INTEGER:
            return (f"<answer> = {_signed('<integer>', expect)};", *_integer_rules(expect.digits))
        case AnswerKind.DECIMAL:
            return (f"<answer> = {_signed('<integer> | <decimal>', expect)};", *_decimal_rules(max(expect.digits, 2)))
        case AnswerKind.FRACTION:
            return (f"<answer> = {_signed('<ratio>', expect)};", *_fraction_rules(expect.digits))
        case AnswerKind.CHOICE:
            return _choice_rules(expect.options)
        case AnswerKind.YES_NO:
            return (f"<answer> = {_any((*YES, *NO))};",)
        case AnswerKind.NAME:
            names = _spoken_options(expect.options)
            return (f"<answer> = {_any(names)};",) if names else ()
        case AnswerKind.SPELLING:
            return (f"<letter> = {_any(_LETTERS)};", f"<answer> = {_some('<letter>', MOST_LETTERS)};")
        case AnswerKind.DICTATION:
            told = _spoken_options(expect.options)
            return (f"<answer> = {_any(told)};",) if told else ()
        case AnswerKind.OPEN | AnswerKind.NOTHING:
            return ()


def _some(rule: str, most: int) -> str:
    """One to `most` of a rule, one after the other."""
    return rule + f" [{rule}" * (most - 1) + "]" * (most - 1)


def _signed(answers: str, expect: Expect) -> str:
    return f"[minus | negative] ({answers})" if expect.signed else f"({answers})"


def _integer_rules(digits: int) -> tuple[str, ...]:
    digits = min(max(digits, 1), _MOST_DIGITS)
    if digits == 1:
        return (*_whole_rules(digits), "<integer> = <whole>;")
    integer = f"<integer> = /1/ <whole> | /{_SPELLED_WEIGHT}/ <spelled>;"
    return (*_whole_rules(digits), _spelled_rule(digits), integer)


def _whole_rules(digits: int) -> tuple[str, ...]:
    """Cardinals of at most `digits` digits. Each size is built from the smaller ones, so the grammar stays small."""
    ones, zero = f"<one> = {_any(_ONES)};", f"<zero> = /1/ zero | /{_RARE_ZERO_WEIGHT}/ nought;"
    if digits == 1:
        return (ones, zero, "<whole> = <zero> | <one>;")
    rules = [
        ones,
        zero,
        f"<digit> = /1/ <one> | /1/ zero | /{_RARE_ZERO_WEIGHT}/ (nought | oh);",
        f"<teen> = {_any(_TEENS)};",
        f"<ten> = {_any(_TENS)};",
        "<under_hundred> = <one> | <teen> | <ten> [<one>];",
        "<hundreds> = (<one> | a) hundred [[and] <under_hundred>];",
        "<under_thousand> = <under_hundred> | <hundreds>;",
    ]
    sizes = {2: "<under_hundred>", 3: "<under_thousand>"}
    if digits > 3:
        many = {4: "<one>", 5: "<under_hundred>"}.get(digits, "<under_thousand>")
        rules += [
            f"<thousands> = ({many} | a) thousand [[and] <under_hundred> | <hundreds>];",
            "<under_million> = <under_thousand> | <thousands>;",
        ]
    if digits > 6:
        many = {7: "<one>", 8: "<under_hundred>"}.get(digits, "<under_thousand>")
        rules.append(f"<millions> = ({many} | a) million [[and] <under_hundred> | <hundreds> | <thousands>];")
    top = sizes.get(digits, "<under_million>") + (" | <millions>" if digits > 6 else "")
    return (*rules, f"<whole> = <zero> | {top};")


def _spelled_rule(digits: int) -> str:
    """Digit by digit, two to `digits` of them."""
    rest = ""
    for _ in range(digits - 2):
        rest = f" [<digit>{rest}]"
    return f"<spelled> = <digit> <digit>{rest};"


def _decimal_rules(digits: int) -> tuple[str, ...]:
    lengths = (
        f"/{weight}/ {' '.join(['<digit>'] * length)}" for length, weight in enumerate(_DECIMALS_WEIGHTS, start=1)
    )
    return (
        *_integer_rules(digits),
        "<decimal> = [<whole> | oh] point <decimals>;",
        f"<decimals> = {_any(lengths)};",
    )


def _fraction_rules(digits: int) -> tuple[str, ...]:
    """Parts up to twentieths by name, others by "over"; mixed numbers; and the same as an integer or a decimal."""
    tiers = (("half", *_PARTS[:2]), _PARTS[2:8], _PARTS[8:])
    singular = (f"/{weight}/ ({_any(tier)})" for weight, tier in zip(_PART_WEIGHTS, tiers, strict=True))
    plural = (f"/{weight}/ ({_any(map(_plural, tier))})" for weight, tier in zip(_PART_WEIGHTS, tiers, strict=True))
    return (
        *_decimal_rules(max(digits, 2)),
        f"<part> = {_any(singular)};",
        f"<parts> = {_any(plural)};",
        f"<several> = {_any((*_ONES[1:], *_TEENS, 'twenty'))};",
        "<named> = (one | a) <part> | <several> <parts>;",
        "<fraction> = <part> | <named> | <under_hundred> over <under_hundred>;",
        "<mixed> = <under_hundred> and <named>;",
        "<other> = <integer> | <decimal>;",
        f"<ratio> = /1/ <fraction> | /{_MIXED_WEIGHT}/ <mixed> | /{_OTHER_WEIGHT}/ <other>;",
    )


def _plural(part: str) -> str:
    return "halves" if part == "half" else f"{part}s"


def _choice_rules(options: tuple[str, ...]) -> tuple[str, ...]:
    spoken = _spoken_options(options)
    if not spoken:
        return ()
    count = min(len(options), len(_ONES))
    numbers, places = _any(_ONES[:count]), _any(_CHOICES[:count])
    return (
        f"<answer> = /1/ <option> | /{_PLACE_WEIGHT}/ ([number | option] <number> | [the] <place> [one]);",
        f"<option> = {_any(spoken)};",
        f"<number> = {numbers};",
        f"<place> = {places};",
    )


def _spoken_options(options: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spoken for spoken in map(plain_words, options) if spoken))


def _any(phrases: Iterable[str]) -> str:
    return " | ".join(phrases)
