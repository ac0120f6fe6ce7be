"""The text channel: one reply to each text, leaving and coming back before anything else."""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Missing
from bakame.ports.messaging import InboundText
from bakame.records.journal.service import Journal
from bakame.records.learners.schemas import Consent, Learner, Line
from bakame.records.learners.service import Learners
from bakame.records.ledger.schemas import Tariff, Use
from bakame.records.ledger.service import Ledger
from bakame.records.progress.service import Progress
from bakame.records.school.service import Classes
from bakame.sms.media import ASKING, NOT_MET, Attachments, command_of, said_by, with_words
from bakame.text.commands import Command
from bakame.text.gsm import inbound_parts, parts
from bakame.text.phone import to_e164
from bakame.tutor.engine import Reading, Tutor
from bakame.tutor.multimodal import Seen
from bakame.tutor.rendering import text as rendered
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line as Words
from bakame.tutor.wording import Wording

LONGEST_BODY: Final = 1_600
"""What a carrier delivers at most; more is cut."""

CallBack = Callable[[AsyncSession, Line, Learner], Awaitable[bool]]
"""Asks for a call to this learner, within the caller's transaction; False when none can be made now."""

_OPTED: Final = {"STOP": True, "START": False}

_MAYBE_A_PIN: Final = re.compile(r"[0-9]{4,6}#?")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Thoughts:
    """What models make of a text: the answer to a question in it, and points that an open answer makes.

    `seen`: what its pictures and voice notes say; None when there are none, or they were not looked at.
    """

    explained: str | None = None
    made: frozenset[str] = frozenset()
    seen: Seen | None = None


NO_THOUGHTS: Final = Thoughts()


class TextService:
    """Answers texts. `call_back` is None where no calls can be placed; `count` counts events by name."""

    def __init__(
        self,
        *,
        tutor: Tutor,
        wording: Wording,
        rng: random.Random,
        count: Callable[[str], None],
        call_back: CallBack | None = None,
        tariff: Tariff | None = None,
        vendor: str = "sms",
        attachments: Attachments | None = None,
    ) -> None:
        """`tariff` prices each reply before it is sent; `vendor` is the gateway's name in it. `attachments` looks at
        pictures and voice notes; without it they are left aside.
        """
        self._attachments = attachments
        self._tariff = tariff
        self._vendor = vendor
        self._tutor = tutor
        self._wording = wording
        self._rng = rng
        self._count = count
        self._call_back = call_back

    async def thought_over(self, reading: Reading, message: InboundText) -> Thoughts:
        """What models make of a text, for `answer`; nothing where none is needed. Waits for them outside of `reading`.

        Raises `Unavailable`.
        """
        e164 = to_e164(message.line)
        command = command_of(message)
        asks = command is None or command[0] is Command.ASK or (command[0] in ASKING and bool(message.media))
        if e164 is None or message.opted is not None or not asks:
            return Thoughts()
        async with reading() as session:
            known = await Learners(session).known(e164)
            answered = await Journal(session).text_reply(message.message_id)
        if known is None and message.media and self._attachments is not None:
            return Thoughts(seen=NOT_MET)
        if known is None or known[0].opted_out or answered is not None:
            return Thoughts()
        seen = await self._attachments.seen(reading, message, learner_id=known[1].id) if self._attachments else None
        if seen is not None and (seen.homework is not None or not seen.words):
            return Thoughts(seen=seen)
        worded = _bounded(with_words(message, seen))
        said = self._said(worded, Act.ANSWER) if seen is None or command is not None else said_by(seen, worded)
        explained = await self._tutor.explanation(reading, learner_id=known[1].id, said=said)
        if explained is not None:
            return Thoughts(explained, seen=seen)
        made = (await self._tutor.read_again(reading, learner_id=known[1].id, said=said)).made
        return Thoughts(made=made, seen=seen)

    async def answer(
        self, session: AsyncSession, message: InboundText, *, thoughts: Thoughts = NO_THOUGHTS
    ) -> str | None:
        """The one reply to this text, one part of GSM-7, or None when none may be sent. Saves all, never commits.

        A text that was answered before gets the very same reply. Raises `Unavailable`, `Conflict`, and `Invalid` for
        a message id that is none.
        """
        e164 = to_e164(message.line)
        if e164 is None:
            self._count("text.no_number")
            _log.info("text.no_number")
            return None
        typed, message = _bounded(message), _bounded(with_words(message, thoughts.seen))
        learners, journal = Learners(session), Journal(session)
        known, learner = await learners.at(e164)
        command = command_of(typed)
        # An argument may be a name, a question or a PIN.
        keep = learner.consent is Consent.GRANTED or (command is not None and not command[1])
        keep = keep and not (_MAYBE_A_PIN.fullmatch(message.body.strip()) or (command and command[0] is Command.PIN))
        if not await journal.claim_text(message, known.id, keep_body=keep, parts=inbound_parts(message.body)):
            return await journal.text_reply(message.message_id)
        reply = await self._reply(session, learners, known, learner, message, thoughts, typed)
        if reply is None:
            return None
        if self._tariff is not None:
            use = Use("text", self._vendor, "sms", "parts", parts(reply), "reply", learner.id, None, message.message_id)
            await Ledger(session, self._tariff).enter([use])
        return await journal.record_reply(message.message_id, reply, line_id=known.id, parts=parts(reply))

    async def _reply(
        self,
        session: AsyncSession,
        learners: Learners,
        known: Line,
        learner: Learner,
        message: InboundText,
        thoughts: Thoughts,
        typed: InboundText,
    ) -> str | None:
        """`typed`: the text without the words of pictures and voice notes, which are no command of a line's."""
        if message.opted is not None:
            # The gateway has answered such a word itself; a second answer from us would be one too many.
            if message.opted in _OPTED:
                await learners.opt(known.id, out=_OPTED[message.opted])
            return None
        command, argument = command_of(typed) or (None, "")
        if command is Command.STOP:
            if known.opted_out:
                return None
            await learners.opt(known.id, out=True)
            return self._words("sms.stopped", learner)
        if known.opted_out:
            if command is Command.HELP:
                return self._words("sms.help_stopped", learner)
            if command is not Command.START:
                await self._tutor.heed(session, learner_id=learner.id, said=self._said(message, Act.ANSWER))
                return None
            await learners.opt(known.id, out=False)
        if command is Command.START:
            return await self._teach(session, learner, message, act=Act.OPEN)
        if command is Command.CALL:
            called = self._call_back is not None and await self._call_back(session, known, learner)
            return self._words("sms.calling" if called else "sms.no_call", learner)
        if command is Command.JOIN:
            return await self._join(session, learner, argument)
        if thoughts.seen is not None and self._attachments is not None:
            return await self._attached(session, self._attachments, learner, message, thoughts, typed)
        return await self._teach(session, learner, message, thoughts=thoughts)

    async def _attached(
        self,
        session: AsyncSession,
        attachments: Attachments,
        learner: Learner,
        message: InboundText,
        thoughts: Thoughts,
        typed: InboundText,
    ) -> str:
        """The reply to what a picture or a voice note says, with what was read before it."""
        seen, language = thoughts.seen or NOT_MET, learner.language
        command = command_of(typed)
        if not seen.words:
            goes_on = seen == NOT_MET or bool(typed.body.strip())
            reply = await self._teach(session, learner, message, thoughts=thoughts) if goes_on else ""
        elif attachments.is_danger(message):
            # What it says is not said back: others read this telephone.
            return await self._teach(session, learner, message, thoughts=thoughts)
        elif seen.homework is not None and (command is None or command[0] is not Command.TEACHER):
            seat = await Progress(session).seat(learner.id)
            keep = learner.consent is Consent.GRANTED
            return await attachments.help(session, seen, message, seat=seat, keep=keep)
        elif command is not None:
            reply = await self._teach(session, learner, message, thoughts=thoughts)
        elif (refused := attachments.no_command(seen, message, language=language)) is not None:
            return refused
        else:
            said = replace(said_by(seen, message), made=thoughts.made)
            turn = self._tutor.turn(session, learner_id=learner.id, said=said, explained=thoughts.explained)
            reply = (await turn).text
        return attachments.note(seen, reply, language=language)

    async def _join(self, session: AsyncSession, learner: Learner, code: str) -> str:
        """Puts a learner into a class by its code; without one, says how that is done and how the class gets on."""
        classes = Classes(session)
        if not code:
            challenge = await classes.challenge_of(learner.id)
            if challenge is None:
                return self._words("join.how", learner)
            goal, earned = str(challenge.goal), str(challenge.earned)
            return self._words("join.challenge", learner, name=challenge.name, goal=goal, earned=earned)
        try:
            joined = await classes.join(code, learner.id)
        except Missing:
            return self._words("join.unknown", learner)
        return self._words("join.done", learner, name=joined.name)

    async def _teach(
        self,
        session: AsyncSession,
        learner: Learner,
        message: InboundText,
        *,
        act: Act = Act.ANSWER,
        thoughts: Thoughts = NO_THOUGHTS,
    ) -> str:
        said = replace(self._said(message, act), made=thoughts.made)
        return (await self._tutor.turn(session, learner_id=learner.id, said=said, explained=thoughts.explained)).text

    def _said(self, message: InboundText, act: Act) -> Said:
        return Said(channel=Channel.SMS, act=act, text=message.body, by="text", message_id=message.message_id)

    def _words(self, key: str, learner: Learner, **fields: str) -> str:
        return rendered((Words(key, fields),), wording=self._wording, language=learner.language, rng=self._rng)


def _bounded(message: InboundText) -> InboundText:
    return replace(message, body=message.body[:LONGEST_BODY])
