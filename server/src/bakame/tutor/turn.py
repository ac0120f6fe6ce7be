"""One exchange with the tutor: what was said to it, and what it answers. The same for every channel."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bakame.learning.expect import Expect
from bakame.text.commands import Command


class Channel(StrEnum):
    """How a learner reaches the tutor."""

    VOICE = "voice"
    SMS = "sms"
    WEB = "web"


class Act(StrEnum):
    """What a learner did."""

    OPEN = "open"
    """They came: a call was answered, or a first text."""
    ANSWER = "answer"
    """They said, keyed or typed something; a command may be hidden in it."""
    COMMAND = "command"
    """They gave a command that was already recognised as one, such as the key for a hint."""
    SILENCE = "silence"
    """They said nothing for as long as the question allows."""


By = Literal["speech", "keys", "text", "chosen"]


@dataclass(frozen=True, slots=True)
class Said:
    """One act of a learner.

    `confidence` (0 to 1) is the recogniser's, 1.0 for keys and texts. `silences` counts silences in a row, from 1.
    `took_ms`: from the end of the question to the beginning of the answer. `elapsed_ms`: since the call began, or 0.
    `by` is `chosen` when the act comes of another one: the person on the line was chosen, and their lesson opens.
    `line_poor`: the telephone line is so bad that keys should be offered.
    `free_speech`: any words can be understood here, not only those that a question lists.
    `made`: points of an open answer that a second reader found in it (`tutor.judging`).
    `call_id` or `message_id` says where it came from, for the journal.
    """

    channel: Channel
    act: Act = Act.ANSWER
    text: str = ""
    by: By = "text"
    confidence: float = 1.0
    command: Command | None = None
    silences: int = 0
    took_ms: int | None = None
    elapsed_ms: int = 0
    line_poor: bool = False
    free_speech: bool = True
    made: frozenset[str] = frozenset()
    call_id: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the tutor answers: `sentences` for the ear, `text` for the eye (GSM-7, one part).

    `expect` is what may come back. `ends`: the tutor has said goodbye and the call is over when this was heard; the
    lesson can still be taken up. `turn_id`: the journal's row of this reply, so that what was heard can be noted in it.
    `aside`: a question of the learner's that a model may answer first, where there is one; the sentences stand without.
    `keeps_aside`: the learner agreed that the words of it are kept.
    """

    sentences: tuple[str, ...]
    text: str
    expect: Expect
    ends: bool = False
    words_per_minute: int = 130
    turn_id: int | None = None
    aside: str | None = None
    keeps_aside: bool = False
