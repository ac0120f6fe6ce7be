"""One turn of teaching, kept: what is known of the learner is read, the conversation responds, the outcome is saved."""

import random
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import BakameError, Conflict
from bakame.learning.lesson import Lesson, restored
from bakame.records.journal.service import Journal
from bakame.records.learners.schemas import Consent, Learner
from bakame.records.learners.service import Learners
from bakame.records.progress.schemas import StoredLesson
from bakame.records.progress.service import Progress
from bakame.store.database import moment
from bakame.text.commands import Command
from bakame.text.gsm import SINGLE, septets
from bakame.tutor.asides import Aside, Digression, Explainer
from bakame.tutor.conversation import Conversation, command_in
from bakame.tutor.module import Standing, Step, TutorModule, View
from bakame.tutor.rendering import sentences, text
from bakame.tutor.turn import Channel, Reply, Said
from bakame.tutor.wording import Wording

WORDS_PER_MINUTE: Final = 130
SURE: Final = 0.5
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is known when a learner was last here."""
TRIES: Final = 5
"""How often a turn is worked out anew when another one of the same lesson was saved first."""

_HOW: Final = {"speech": "speech", "keys": "key", "text": "text"}
_CONSENT: Final = {Consent.UNASKED: None, Consent.GRANTED: True, Consent.DECLINED: False}

Reading = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a short transaction that only reads."""

_log = structlog.get_logger(__name__)


class Tutor:
    """Teaches any learner, one turn at a time, on every channel. Deterministic given `rng`."""

    def __init__(
        self,
        *,
        modules: Mapping[str, TutorModule],
        names: Sequence[str],
        wording: Wording,
        rng: random.Random,
        sure: float = SURE,
        explainer: Explainer | None = None,
    ) -> None:
        """`names`: given names to listen for, most likely first. `sure`: the recogniser's confidence under which an
        answer is confirmed before it is marked. `explainer` answers questions in mid-lesson; without one they are
        taken for answers.
        """
        self.modules = modules
        self._conversation = Conversation(modules=modules, names=names, sure=sure, asides=explainer is not None)
        self._explainer = explainer
        self._wording = wording
        self._rng = rng

    async def turn(self, session: AsyncSession, *, learner_id: int, said: Said, explained: str | None = None) -> Reply:
        """Responds to what a learner said and saves everything that came of it; never commits and asks no model.

        On a call, a question in mid-lesson comes back as the reply's `aside`, for `explain`. In a text it is answered
        by `explained`, which `explanation` gave before.

        Raises `Missing` when there is no such learner, and `Conflict` when the lesson kept changing under it.
        """
        learner = await Learners(session).get(learner_id)
        step, stored = await self._respond(session, learner, said, explained)
        await self._keep(session, learner, said, step, stored)
        return await self._reply(session, learner, said, step, stored)

    async def brief(self, session: AsyncSession, *, learner_id: int) -> str:
        """What an engine that converses by itself is told of the lesson, without the learner's name.

        Raises `Missing` when there is no such learner.
        """
        learner = await Learners(session).get(learner_id)
        progress = Progress(session)
        view = await self._view(progress, learner, await progress.lesson(learner.id), Said(Channel.VOICE))
        return self.modules[view.lesson.module].brief(replace(view, name=None))

    async def observe(self, session: AsyncSession, *, learner_id: int, said: Said) -> None:
        """Marks what another engine understood, and says nothing. Raises as `turn`."""
        learner = await Learners(session).get(learner_id)
        progress = Progress(session)
        stored = await progress.lesson(learner.id)
        if stored is None:
            return
        view = await self._view(progress, learner, stored, said)
        step = self.modules[view.lesson.module].observe(view, said)
        state = step.lesson.to_state()
        stored = await progress.save_lesson(stored, state, closed=step.closes, module=step.lesson.module)
        await self._keep(session, learner, said, step, stored)

    async def lesson_id(self, session: AsyncSession, *, learner_id: int) -> int | None:
        """The learner's open lesson; None when there is none."""
        stored = await Progress(session).lesson(learner_id)
        return None if stored is None else stored.id

    async def explain(self, reading: Reading, *, learner_id: int, question: str) -> AsyncGenerator[str]:
        """The sentences that answer a reply's `aside`, as a model gives them; nothing when there is none.

        `reading` is open only while the lesson is looked up, and closed before a model is asked. Never raises for what
        fails: then the tutor says that it cannot answer.
        """
        if self._explainer is None:
            return
        try:
            async with reading() as session:
                aside = await self._aside(session, await Learners(session).get(learner_id), question)
        except BakameError as error:
            _log.warning("aside.no_lesson", learner_id=learner_id, kind=type(error).__name__, error=str(error))
            aside = None
        if aside is None:
            yield self._explainer.unable()
            return
        async with aclosing(self._explainer.explain(aside)) as explanation:
            async for sentence in explanation:
                yield sentence

    async def explanation(self, reading: Reading, *, learner_id: int, said: Said) -> str | None:
        """What `turn` can answer to a question in a text, in the room that the open question leaves in one part.

        None when it is no question, when no model answers in time, and where there is no model. Raises `Missing` and
        `Unavailable`.
        """
        if self._explainer is None:
            return None
        async with reading() as session:
            learner = await Learners(session).get(learner_id)
            progress = Progress(session)
            view = await self._view(progress, learner, await progress.lesson(learner.id), said)
            question = self._conversation.question(view, said)
            aside = await self._aside(session, learner, question) if question else None
        if aside is None:
            return None
        return await self._explainer.collect(aside, room=SINGLE - septets(aside.exercise.sms) - 1)

    async def _aside(self, session: AsyncSession, learner: Learner, question: str) -> Aside | None:
        """The question with the lesson around it; None when nothing is open."""
        stored = await Progress(session).lesson(learner.id)
        item = restored(stored.state)[0].item if stored else None
        if item is None:
            return None
        names = tuple(one.name for one in await Learners(session).on_line(learner.line_id) if one.name)
        return Aside(item.exercise, question, names=names, language=learner.language)

    async def _respond(
        self, session: AsyncSession, learner: Learner, said: Said, explained: str | None
    ) -> tuple[Step, StoredLesson]:
        """The step, with its lesson saved. Of two turns at once the later one responds to what the earlier one left."""
        progress = Progress(session)
        for _ in range(TRIES):
            stored = await progress.lesson(learner.id)
            view = await self._view(progress, learner, stored, said)
            step = self._conversation.respond(view, said, rng=self._rng, explained=explained)
            state = step.lesson.to_state()
            try:
                if stored is None:
                    stored = await progress.open_lesson(learner.id, state, module=step.lesson.module)
                    if not step.closes:
                        return step, stored
                return step, await progress.save_lesson(stored, state, closed=step.closes, module=step.lesson.module)
            except Conflict:
                continue
        raise Conflict("the lesson kept changing while this turn was worked out")

    async def _view(self, progress: Progress, learner: Learner, stored: StoredLesson | None, said: Said) -> View:
        lesson, broken = restored(stored.state) if stored else (Lesson(), None)
        if stored and broken:
            _log.error("lesson.broken", learner_id=learner.id, lesson_id=stored.id, reason=broken)
        standing = Standing()
        if command_in(said)[0] is Command.STATUS:
            summary = await progress.summary(learner.id)
            standing = Standing(asked=summary.attempts, right=summary.right)
        return View(
            lesson=lesson,
            knowledge=await progress.knowledge(learner.id),
            name=learner.name,
            consent=_CONSENT[learner.consent],
            standing=standing,
        )

    async def _keep(
        self, session: AsyncSession, learner: Learner, said: Said, step: Step, stored: StoredLesson
    ) -> None:
        learners, progress = Learners(session), Progress(session)
        if step.name:
            await learners.rename(learner.id, step.name)
        if step.consent is not None:
            await learners.consent(learner.id, granted=step.consent, how=_HOW[said.by])
        if learner.last_seen_at is None or moment(session) - learner.last_seen_at > SEEN_EVERY:
            await learners.seen(learner.id)
        for tried in step.tried:
            await progress.attempt(
                learner.id,
                stored.id,
                skill_id=tried.skill_id,
                prompt=tried.prompt,
                expected=tried.expected,
                said=tried.said if _may_keep(learner, step) else None,
                verdict=tried.grade.verdict,
                misconception=tried.grade.misconception,
                hinted=tried.hinted,
                by=said.by,
                channel=said.channel,
                took_ms=said.took_ms,
            )
        await progress.save_knowledge(learner.id, step.learnt)

    async def _reply(
        self, session: AsyncSession, learner: Learner, said: Said, step: Step, stored: StoredLesson
    ) -> Reply:
        spoken = sentences(step.parts, wording=self._wording, language=learner.language, rng=self._rng)
        written = text(step.parts, wording=self._wording, language=learner.language, rng=self._rng)
        journal = Journal(session)
        if said.text or said.command:
            kept = (said.text or said.command) if _may_keep(learner, step) else None
            await journal.turn(
                stored.id,
                learner.id,
                channel=said.channel,
                role="learner",
                text=kept,
                call_id=said.call_id,
                message_id=said.message_id,
            )
        aside = step.question if isinstance(step, Digression) else None
        answered = aside is not None and said.channel is not Channel.VOICE
        if said.channel is Channel.VOICE:
            told = " ".join(spoken)
        else:
            # An explanation tells what was asked, so it is kept like the learner's own words.
            told = written if not answered or _may_keep(learner, step) else None
        turn_id = await journal.turn(
            stored.id,
            learner.id,
            channel=said.channel,
            role="tutor",
            text=told,
            call_id=said.call_id,
            message_id=said.message_id,
        )
        return Reply(
            sentences=spoken,
            text=written,
            expect=step.expect,
            ends=step.ends,
            words_per_minute=step.words_per_minute or WORDS_PER_MINUTE,
            turn_id=turn_id,
            aside=None if answered else aside,
            keeps_aside=_may_keep(learner, step),
        )


def _may_keep(learner: Learner, step: Step) -> bool:
    """Only the words of those who agreed are kept; a yes in this very turn counts already."""
    return learner.consent is Consent.GRANTED if step.consent is None else step.consent
