"""Reading the file of the moves: how each is taught, asked for and chosen; its words; what is not debated."""

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Final

from bakame.learning.debate_content import (
    BANNED,
    FAULTS,
    FILLED,
    MOVES,
    SUPPORTING,
    DebateContent,
    MotionContent,
    MoveGuide,
    Weak,
    WrongChoice,
)
from bakame.learning.fields import Fields
from bakame.learning.phrases import Phrases, Together, stem
from bakame.learning.skills import Curriculum
from bakame.text.compare import normalise
from bakame.text.gsm import is_gsm, septets

WITHIN: Final = 7
"""Words within which the groups of a banned combination must stand."""
SHORT_ASK: Final = 32
"""Septets of an `ask_short`: what the longest reply of a motion leaves in one text."""
WAYS: Final = 3
"""Sentences of a choice."""
_MOST_WORDS: Final = {"teach": 35, "hint": 25, "mistake": 30, "praise": 20, "ask": 25}
_MOST_FEEDBACK: Final = 30


def read_moves(fields: Fields, curriculum: Curriculum, motions: Mapping[str, MotionContent]) -> DebateContent:
    """Reads the file of the moves; problems are noted in `fields`."""
    guides = _guides(fields.nested("skills"), curriculum)
    sentences = fields.nested("feedback")
    feedback = {code: short_text(sentences, code, most=_MOST_FEEDBACK) for code in FAULTS}
    sentences.close()
    weak = _weak(fields)
    markers = fields.nested("markers")
    lists = {name: markers.texts(name, least=1) for name in (*MOVES, *SUPPORTING)}
    markers.close()
    banned = fields.nested("banned")
    harmless = banned.texts("harmless")
    topics = {name: banned.texts(name, least=1) for name in BANNED}
    for name, entries in topics.items():
        for entry in entries:
            if not all(normalise(choice) for group in entry.split("+") for choice in group.split("|")):
                banned.note(name, f"{entry!r} has an empty choice")
    banned.close()
    fields.close()
    return DebateContent(
        motions=MappingProxyType(dict(motions)),
        guides=MappingProxyType(guides),
        markers=MappingProxyType({name: Phrases.of(texts) for name, texts in lists.items()}),
        words=MappingProxyType({name: frozenset(stem(normalise(text)) for text in lists[name]) for name in SUPPORTING}),
        banned=MappingProxyType(
            {name: tuple(Together.parse(entry, within=WITHIN) for entry in topics[name]) for name in BANNED}
        ),
        harmless=Phrases.of(harmless),
        feedback=MappingProxyType(feedback),
        weak=weak,
    )


def short_text(fields: Fields, key: str, *, most: int) -> str:
    """A text of at most so many words, in the alphabet of SMS."""
    text = fields.text(key)
    if (words := len(text.split())) > most:
        fields.note(key, f"has {words} words; at most {most} can be listened to")
    if not is_gsm(text):
        fields.note(key, "has a character that a plain SMS does not have")
    return text


def _guides(fields: Fields, curriculum: Curriculum) -> dict[str, MoveGuide]:
    found: dict[str, MoveGuide] = {}
    for skill in curriculum.of_module("debate"):
        move = str(getattr(skill.generator, "move", ""))
        each = fields.nested(skill.id)
        texts = {key: short_text(each, key, most=most) for key, most in _MOST_WORDS.items()}
        if move not in MOVES:
            each.note("", f"its move {move!r} is not known")
        if septets(ask_short := each.text("ask_short")) > SHORT_ASK:
            each.note("ask_short", f"has more than {SHORT_ASK} letters")
        right, wrong = ("", ()) if move == "fallacy" else _choice(each)
        found[skill.id] = MoveGuide(
            skill.id,
            move,
            **texts,
            ask_short=ask_short,
            frames=each.texts("frames", least=1),
            models=each.texts("models", least=1),
            right=right,
            wrong=wrong,
        )
        each.close()
    fields.close()
    return found


def _choice(fields: Fields) -> tuple[str, tuple[WrongChoice, ...]]:
    right, listed = fields.text("right"), fields.nested("wrong")
    wrong = tuple(WrongChoice(code, listed.text(code)) for code in listed.keys)
    if len(wrong) != WAYS - 1:
        fields.note("wrong", f"must be {WAYS - 1} sentences, not {len(wrong)}")
    for each in wrong:
        if each.code not in FAULTS:
            fields.note("wrong", f"{each.code!r} has no feedback")
    for text in (right, *(each.text for each in wrong)):
        try:
            names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError:
            fields.note("", f"{text!r} has a brace too many")
            continue
        for name in sorted(names.difference(FILLED)):
            fields.note("", f"{{{name}}} is not a field of a choice")
    return right, wrong


def _weak(fields: Fields) -> tuple[Weak, ...]:
    found: list[Weak] = []
    for n, item in enumerate(fields.items("weak", least=WAYS)):
        each = Fields(item, problems=fields.problems, path=f"weak.{n}")
        found.append(Weak(short_text(each, "text", most=15), short_text(each, "answer", most=10)))
        each.close()
    return tuple(found)
