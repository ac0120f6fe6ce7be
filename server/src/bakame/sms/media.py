"""Pictures and voice notes of the text channel: when they are looked at, and what is answered to what they say."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Missing
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.learning.grading import Verdict
from bakame.learning.lesson import Lesson, Phase, restored
from bakame.learning.marking import mark
from bakame.ports.messaging import InboundText
from bakame.records.journal.service import Journal
from bakame.records.progress.schemas import Seat
from bakame.records.progress.service import Progress
from bakame.text.commands import Command, read_command
from bakame.text.gsm import fit, parts, to_gsm
from bakame.tutor.engine import Reading
from bakame.tutor.homework import first_step, practise
from bakame.tutor.module import Watch
from bakame.tutor.multimodal import MediaReader, Seen, Trouble, shown, told
from bakame.tutor.routing import menu
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line, Part, Wording, line

MOST_PARTS: Final = 2
"""Of a reply that also says what was read."""
MOST_HELP_PARTS: Final = 3
"""Of what was read, the first step, and the open question again."""
LONGEST_ASKED: Final = 500
"""Characters of a command with its argument."""
ASKING: Final = frozenset({Command.ASK, Command.TEACHER})
"""Commands whose argument may stand in a picture."""
NOT_MET: Final = Seen(troubles=(Trouble.NOT_MET,))
"""Media of somebody new are not looked at before they know who asks."""


class Attachments:
    """Looks at media for the text service. `names`: given names that a voice note may say."""

    def __init__(
        self, reader: MediaReader, *, wording: Wording, rng: random.Random, names: Sequence[str], watch: Watch | None
    ) -> None:
        """`watch` is the tutor's: what holds a sign of danger is no homework, and is not said back."""
        self._reader = reader
        self._wording = wording
        self._rng = rng
        self._names = tuple(names)
        self._watch = watch

    async def seen(self, reading: Reading, message: InboundText, *, learner_id: int) -> Seen | None:
        """What the media of a text say; None when they are not looked at. `reading` is closed before they are fetched.

        They are not where the text with them is enough: a command, or an answer. Nor where a PIN is asked for.
        """
        if not message.media:
            return None
        command = command_of(message)
        if command is not None and (command[0] not in ASKING or command[1]):
            return None
        async with reading() as session:
            try:
                seat = await Progress(session).seat(learner_id)
            except Missing:
                return None
        stored = seat.present.open_lesson
        lesson = restored(stored.state)[0] if stored is not None else Lesson()
        exercise = lesson.item.exercise if lesson.item is not None and lesson.asking is None else None
        answered = exercise is not None and mark(exercise, message.body).verdict is not Verdict.UNCLEAR
        if lesson.asking is Phase.PIN or (message.body.strip() and answered):
            return None
        return await self._reader.read(
            message.media,
            expect=expected(lesson, names=self._names),
            exercise=exercise,
            names=_names(seat),
            left_out=message.media_left_out > 0,
        )

    def is_danger(self, message: InboundText) -> bool:
        """Whether a text, with the words of its media, holds a sign that somebody may be in danger."""
        return self._watch is not None and self._watch.sees(message.body) is not None

    async def help(self, session: AsyncSession, seen: Seen, message: InboundText, *, seat: Seat, keep: bool) -> str:
        """The first step of homework, and back to the open question; never its answer. `keep`: it may be written down.

        What was read stands in the journal of the open lesson, for whoever looks at it later.
        """
        stored = seat.present.open_lesson
        lesson = restored(stored.state)[0] if stored is not None else Lesson()
        if seen.homework is None:
            return ""
        said: list[Part] = [line("media.read", words=shown(seen.words)), first_step(seen.homework)]
        again = ""
        if lesson.item is not None and lesson.asking is None:
            said.append(line("aside.back"))
            again = lesson.item.exercise.sms
        else:
            said.append(practise(seen.homework))
        words = [self._words(part, seat.present.language) for part in (*said, *told(seen))]
        reply = fit("\n".join(filter(None, (" ".join(words), again))), max_parts=MOST_HELP_PARTS)
        if stored is not None:
            await Journal(session).exchange(
                stored.id,
                seat.present_id,
                channel=Channel.SMS,
                learner=seen.words if keep else None,
                tutor=reply if keep else None,
                message_id=message.message_id,
            )
        return reply

    def note(self, seen: Seen, reply: str, *, language: str) -> str:
        """A reply with what was read or heard before it, and what was not; the reply itself is never cut for it."""
        parts_before = told(seen)
        if seen.words:
            heard = line("media.heard", words=shown(seen.words)) if seen.spoken else None
            parts_before = (heard or line("media.read", words=shown(seen.words)), *parts_before)
        return self.before(parts_before, reply, language=language)

    def before(self, said: Sequence[Part], reply: str, *, language: str) -> str:
        """A reply with something said before it, where both fit."""
        note = " ".join(_ended(self._words(part, language)) for part in said)
        whole = to_gsm("\n".join(filter(None, (note, reply))))
        most = max(MOST_PARTS, parts(reply))
        return whole if parts(whole) <= most else reply or fit(whole, max_parts=most)

    def no_command(self, seen: Seen, message: InboundText, *, language: str) -> str | None:
        """What is answered to a picture whose words would be a command: a road sign that says STOP means nobody.

        `message` has the picture's words in its body.
        """
        if seen.spoken or seen.answers:
            return None
        if not any(read_command(words, spoken=True) for words in (seen.words, message.body)):
            return None
        return fit(self._words(line("media.no_command", words=_ended(shown(seen.words))), language), max_parts=1)

    def _words(self, part: Part, language: str) -> str:
        if isinstance(part, Line):
            return self._wording.text(part, form="sms", language=language, rng=self._rng)
        return part.sms


def command_of(message: InboundText) -> tuple[Command, str] | None:
    """The command in a text's own words; "help me" beside a picture is none."""
    command = read_command(message.body)
    return None if message.media and command is not None and command[0] is Command.HELP else command


def said_by(seen: Seen, message: InboundText) -> Said:
    """What a picture or a voice note says, for the tutor: like speech, because it may have been misread.

    `message` has those words in its body, after what was typed; an answer stands alone.
    """
    return Said(
        Channel.SMS,
        Act.ANSWER,
        text=seen.words if seen.answers else message.body,
        by="speech",
        confidence=seen.confidence,
        free_speech=seen.free_speech,
        message_id=message.message_id,
    )


def with_words(message: InboundText, seen: Seen | None) -> InboundText:
    """The text with the words of its media in its body."""
    if seen is None or not seen.words:
        return message
    typed = message.body.strip()
    return replace(message, body=f"{typed} {seen.words}"[:LONGEST_ASKED] if typed else seen.words)


def expected(lesson: Lesson, *, names: Sequence[str]) -> Expect:
    """What may be said now, as far as the lesson tells."""
    if lesson.asking is Phase.MENU:
        return menu(lesson).expect
    if lesson.asking is None and lesson.phase is Phase.NAME:
        return Expect(AnswerKind.NAME, options=tuple(names))
    if lesson.asking is None and (lesson.heard is not None or lesson.phase in (Phase.NAME_CONFIRM, Phase.CONSENT)):
        return YES_NO
    if lesson.asking is None and lesson.item is not None:
        return lesson.item.exercise.expect
    return Expect(AnswerKind.OPEN)


def _names(seat: Seat) -> tuple[str, ...]:
    return tuple(one.name for one in seat.people if one.name)


def _ended(words: str) -> str:
    return words if not words or words.endswith((".", "?", "!")) else f"{words}."
