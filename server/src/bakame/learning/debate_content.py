"""What debates are made of: motions with their arguments, guides and words of moves, topics that are not debated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bakame.errors import Missing
from bakame.learning.phrases import Phrases, Together

Side = Literal["agree", "disagree"]
SIDES: Final[tuple[Side, Side]] = ("agree", "disagree")
MOVES: Final = (
    *("claim", "reason", "example", "evidence", "definition", "restate", "rebuttal", "signpost"),
    *("fallacy", "weighing", "concession", "conclusion", "perspective", "respect"),
)
SUPPORTING: Final = (
    *("reason_after", "agree", "disagree", "source", "rebuttal_alone", "concession_alone", "keep_side"),
    *("polite", "rude", "rude_to_you", "attack", "always_attack", "value_good", "value_bad", "vague", "negation"),
    *("modal", "doubt", "prefer", "deniable", "discourse", "number", "function"),
)
"""Lists of words that help to know the moves; `moves.yaml` says what each is for."""
FAULTS: Final = (
    *("nothing_said", "other_script", "absent", "part", "marker_alone", "no_marker", "side_unclear", "no_source"),
    *("no_term", "one_signpost", "side_not_kept", "own_side_again", "no_disagreement", "not_polite", "copied"),
    *("stuffed", "off_topic", "rude", "attacks_person", "other_side"),
)
"""Codes of `debate.REASONS` for which there is a sentence of feedback."""
FILLED: Final = (
    *("side", "claim", "claim2", "reason", "example", "other_claim", "other_reason"),
    *("point", "answer", "term", "meaning"),
)
"""Fields of the sentences of a choice."""
BANNED: Final = ("ethnicity", "genocide", "politics", "religion", "sexual", "self_harm")


@dataclass(frozen=True, slots=True)
class Argument:
    """A point for one side. `id` is unique: motion, side, number. `reply` is the other side's polite answer to it."""

    id: str
    side: Side
    claim: str
    reason: str
    example: str
    keywords: tuple[str, ...]
    reply: str

    @property
    def line(self) -> str:
        """The point in one sentence: claim and reason."""
        return f"{self.claim.rstrip('.')}, {self.reason.rstrip('.')}."


@dataclass(frozen=True, slots=True)
class MotionContent:
    """A motion with all that is said about it. `title` names it in a word or three; `level` is of CEFR.

    `poles` are phrases for things: who calls one good is on its side. `words` are the stems of the motion's own
    words, `topic` those of everything said about it; `line_words` are those of the written
    claims and reasons; `weights` say how much a keyword or a line word shows an argument.
    """

    id: str
    title: str
    level: str
    domain: str
    motion: str
    terms: Mapping[str, str]
    arguments: Mapping[Side, tuple[Argument, ...]]
    openings: Mapping[Side, str]
    poles: Mapping[Side, Phrases]
    words: frozenset[str]
    topic: frozenset[str]
    keywords: Phrases
    line_words: Phrases
    weights: Mapping[str, tuple[tuple[Argument, float], ...]]

    @property
    def all_arguments(self) -> tuple[Argument, ...]:
        return tuple(each for side in SIDES for each in self.arguments[side])


@dataclass(frozen=True, slots=True)
class WrongChoice:
    """A sentence that is not the move, with a field for what is filled in, and its fault, a key of the feedback."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Weak:
    """Weak reasoning to be seen through, and what is weak in it."""

    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class MoveGuide:
    """How one move is taught. `frames` are sentences to fill in, `models` good sentences.

    `ask` asks for the move, `ask_short` in a text; both may hold `{term}`. `right` and `wrong` are the choice of three;
    they are empty for the fallacy, whose choice is made of weak reasoning.
    """

    skill_id: str
    move: str
    teach: str
    hint: str
    mistake: str
    praise: str
    frames: tuple[str, ...]
    models: tuple[str, ...]
    ask: str
    ask_short: str
    right: str
    wrong: tuple[WrongChoice, ...]


@dataclass(frozen=True, slots=True)
class DebateContent:
    """All content of debates. `markers` by list name, `words` the same lists as single stems.

    `feedback`: what is said of a fault, by its code. `weak`: weak reasoning, for the move that sees through it.
    """

    motions: Mapping[str, MotionContent]
    guides: Mapping[str, MoveGuide]
    markers: Mapping[str, Phrases]
    words: Mapping[str, frozenset[str]]
    banned: Mapping[str, tuple[Together, ...]]
    harmless: Phrases
    feedback: Mapping[str, str]
    weak: tuple[Weak, ...]

    def guide_for(self, move: str) -> MoveGuide:
        """The guide of a move by its name. Raises `Missing` for a move that is not one."""
        for each in self.guides.values():
            if each.move == move:
                return each
        raise Missing(f"there is no debate move {move!r}")
