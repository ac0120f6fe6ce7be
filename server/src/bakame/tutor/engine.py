"""One turn of teaching, kept: what is known of the learner is read, the conversation responds, the outcome is saved."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import BakameError, Conflict
from bakame.learning.difficulty import Rating
from bakame.learning.lesson import Lesson, restored
from bakame.records.cases.service import Cases
from bakame.records.journal.service import Journal
from bakame.records.learners.service import Learners
from bakame.records.progress.schemas import Attempt, Seat, Sitter, StoredLesson
from bakame.records.progress.service import Progress
from bakame.security.pins import hash_pin
from bakame.store.database import moment
from bakame.text.commands import Command
from bakame.text.gsm import SINGLE, septets
from bakame.tutor.asides import Digression, Explainer
from bakame.tutor.conversation import Conversation, command_in
from bakame.tutor.judging import TEXT_S as JUDGE_TEXT_S
from bakame.tutor.judging import VOICE_S, Judge
from bakame.tutor.module import Library, Matter, Standing, Step, TutorModule, View, Watch
from bakame.tutor.rendering import sentences, text
from bakame.tutor.routing import taught
from bakame.tutor.sitters import (
    after_step,
    as_shown,
    aside_of,
    last_here,
    lesson_of,
    person_of,
    pin_was_given,
    words_may_be_kept,
)
from bakame.tutor.turn import Act, Channel, Reply, Said
from bakame.tutor.wording import SOURCE_LANGUAGE, Part, Wording

WORDS_PER_MINUTE: Final = 130
SURE: Final = 0.5
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is known when a learner was last here."""
TRIES: Final = 5
"""How often a turn is worked out anew when another one of the same lesson was saved first."""

_HOW: Final = {"speech": "speech", "keys": "key", "text": "text"}

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
        judge: Judge | None = None,
        languages: Sequence[str] = ("en",),
        watch: Watch | None = None,
        library: Library | None = None,
        ratings: Callable[[], Mapping[str, Rating]] = dict,
    ) -> None:
        """`names`: given names to listen for, most likely first. `sure`: the recogniser's confidence under which an
        answer is confirmed before it is marked. `explainer` answers questions in mid-lesson; without one they are
        taken for answers. `judge` reads open answers a second time. `languages`, `watch` and `library` as in
        `Conversation`. `ratings` tells how hard skills have proved to be; it must not wait.
        """
        self.modules = modules
        self._conversation = Conversation(
            modules=modules,
            names=names,
            sure=sure,
            asides=explainer is not None,
            languages=languages,
            watch=watch,
            library=library,
        )
        self._ratings = ratings
        self._judge = judge
        self._languages = frozenset(languages)
        self._explainer = explainer
        self._wording = wording
        self._rng = rng

    @property
    def explains(self) -> bool:
        """Whether there is a model that answers questions in mid-lesson."""
        return self._explainer is not None

    async def turn(self, session: AsyncSession, *, learner_id: int, said: Said, explained: str | None = None) -> Reply:
        """Responds to what a learner said and saves everything that came of it; never commits and asks no model.

        On a call, a question in mid-lesson comes back as the reply's `aside`, for `explain`. In a text it is answered
        by `explained`, which `explanation` gave before.

        Raises `Missing` when there is no such learner, and `Conflict` when the lesson kept changing under it.
        """
        step, stored, who, said = await self._respond(session, learner_id, said, explained)
        return await self._reply(session, who, said, step, stored)

    async def heed(self, session: AsyncSession, *, learner_id: int, said: Said) -> None:
        """Looks only whether somebody may be in danger, and opens a case; for words that get no answer."""
        seat = await Progress(session).seat(learner_id)
        matter = self._conversation.sees(View(lesson=Lesson(), knowledge={}), said)
        if matter is not None:
            await self._open_case(session, seat, said, matter, may_keep=seat.present.consent is True)

    async def brief(self, session: AsyncSession, *, learner_id: int) -> str:
        """What an engine that converses by itself is told of the lesson, without the learner's name.

        Raises `Missing` when there is no such learner.
        """
        seat = await Progress(session).seat(learner_id)
        view = await self._view(session, seat, Said(Channel.VOICE))
        return self.modules[view.lesson.module].brief(replace(view, name=None))

    async def observe(self, session: AsyncSession, *, learner_id: int, said: Said) -> None:
        """Marks what another engine understood, and says nothing. Raises as `turn`."""
        seat = await Progress(session).seat(learner_id)
        stored = seat.present.open_lesson
        if stored is None:
            return
        view = await self._view(session, seat, said)
        step = self.modules[view.lesson.module].observe(view, said)
        state = step.lesson.to_state()
        stored = await Progress(session).save_lesson(stored, state, closed=step.closes, module=step.lesson.module)
        await self._keep(session, seat, said, step, stored)

    async def summary(self, session: AsyncSession, *, learner_id: int, since: datetime) -> tuple[int, str] | None:
        """One text after a call: what was learnt in it, and one question to go on with, which is open from then on.

        Gives whose it is (another one of the line may have taken the telephone) and the text; None when nobody learnt
        anything since that time, or who did is taught under a PIN: others read this telephone. Raises as `turn`.
        """
        seat = await Progress(session).seat(learner_id)
        who = seat.present
        if who.lesson is None or who.lesson.updated_at < since or who.pin_hash is not None:
            return None
        sitting = restored(who.lesson.state)[0].sitting
        if not sitting.asked:
            return None
        said = Said(Channel.SMS, Act.OPEN, by="chosen")
        view = await self._view(session, seat, said)
        view = replace(view, lesson=replace(view.lesson, greeted=True, asking=None, heard=None, misses=0))
        step = self._conversation.homework(view, said, sitting, rng=self._rng)
        if await self._save(session, seat, step) is None:
            raise Conflict("the lesson went on while its summary was written")
        return who.learner_id, text(step.parts, wording=self._wording, language=self._spoken_with(who), rng=self._rng)

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
                aside = aside_of(await Progress(session).seat(learner_id), question)
        except BakameError as error:
            _log.warning("aside.no_lesson", learner_id=learner_id, kind=type(error).__name__, error=str(error))
            aside = None
        if aside is None:
            yield self._explainer.unable()
            return
        async with aclosing(self._explainer.explain(aside)) as explanation:
            async for sentence in explanation:
                yield sentence

    async def read_again(self, reading: Reading, *, learner_id: int, said: Said) -> Said:
        """What was said, with the points of an open answer that a model found in it; for `turn`, before it.

        Waits for a model, a little on a call and longer in a text, and only where rules found too few points. Never
        raises for what fails: then rules alone decide.
        """
        if self._judge is None or said.act is not Act.ANSWER or said.by == "keys" or command_in(said)[0] is not None:
            return said
        try:
            async with reading() as session:
                seat = await Progress(session).seat(learner_id)
        except BakameError:
            return said
        aside = aside_of(seat, said.text)
        if aside is None or aside.exercise is None or not self._judge.is_needed(aside.exercise, said.text):
            return said
        within_s = VOICE_S if said.channel is Channel.VOICE else JUDGE_TEXT_S
        made = await self._judge.points(aside.exercise, said.text, names=aside.names, within_s=within_s)
        return replace(said, made=made)

    async def explanation(self, reading: Reading, *, learner_id: int, said: Said) -> str | None:
        """What `turn` can answer to a question in a text, in the room that the open question leaves in one part.

        None when it is no question, when no model answers in time, and where there is no model. Raises `Missing` and
        `Unavailable`.
        """
        if self._explainer is None:
            return None
        async with reading() as session:
            seat = await Progress(session).seat(learner_id)
            view = await self._view(session, seat, said)
            question = self._conversation.question(view, said)
            aside = aside_of(seat, question) if question else None
        if aside is None:
            return None
        room = SINGLE if aside.exercise is None else SINGLE - septets(aside.exercise.sms) - 1
        return await self._explainer.collect(aside, room=room)

    async def _respond(
        self, session: AsyncSession, learner_id: int, said: Said, explained: str | None
    ) -> tuple[Step, StoredLesson, Sitter, Said]:
        """The step, saved, and what it responds to. Of two turns at once the later one goes on from the earlier one.

        When it was said that somebody else of the line is here, the turn goes on with that person's lesson.
        """
        before: tuple[Part, ...] = ()
        for _ in range(TRIES):
            seat = await Progress(session).seat(learner_id)
            view = await self._view(session, seat, said)
            step = self._conversation.respond(view, said, rng=self._rng, explained=explained)
            stored = await self._save(session, seat, step)
            if stored is None:
                continue
            await self._keep(session, seat, said, step, stored)
            if step.becomes is None:
                return replace(step, parts=(*before, *step.parts)), stored, after_step(seat.present, step), said
            learners = Learners(session)
            learner_id = step.becomes or (await learners.add(seat.line_id, language=seat.present.language)).id
            await learners.present(seat.line_id, learner_id)
            before = (*before, *step.parts)
            said = replace(said, act=Act.OPEN, text="", command=None, by="chosen")
        raise Conflict("the lesson kept changing while this turn was worked out")

    def _spoken_with(self, who: Sitter) -> str:
        """The language in which a learner is taught now: one that is no longer offered falls back to English."""
        return who.language if who.language in self._languages else SOURCE_LANGUAGE

    async def _save(self, session: AsyncSession, seat: Seat, step: Step) -> StoredLesson | None:
        """The lesson as it is kept now; None when another turn of it was saved first."""
        progress, state = Progress(session), step.lesson.to_state()
        stored = seat.present.open_lesson
        try:
            if stored is None:
                stored = await progress.open_lesson(seat.present_id, state, module=step.lesson.module)
                if not step.closes:
                    return stored
            return await progress.save_lesson(stored, state, closed=step.closes, module=step.lesson.module)
        except Conflict:
            return None

    async def _view(self, session: AsyncSession, seat: Seat, said: Said) -> View:
        who, now = seat.present, moment(session)
        lesson = taught(lesson_of(who), self.modules)
        progress = Progress(session)
        standing = Standing()
        if command_in(said)[0] is Command.STATUS:
            summary = await progress.summary(who.learner_id)
            standing = Standing(asked=summary.attempts, right=summary.right)
        people = sorted(seat.people, key=partial(last_here, present_id=seat.present_id), reverse=True)
        return View(
            lesson=lesson,
            knowledge=await progress.knowledge(who.learner_id),
            name=who.name,
            consent=who.consent,
            standing=standing,
            now=now,
            channel=said.channel,
            free_speech=said.free_speech,
            language=self._spoken_with(who),
            language_asked=who.language_by is not None,
            people=tuple(person_of(one, now) for one in people),
            learner_id=who.learner_id,
            pin_matches=await pin_was_given(seat, lesson, said),
            ratings=self._ratings(),
        )

    async def _keep(self, session: AsyncSession, seat: Seat, said: Said, step: Step, stored: StoredLesson) -> None:
        who, learners, progress = seat.present, Learners(session), Progress(session)
        if step.name:
            await learners.rename(who.learner_id, step.name)
        if step.consent is not None:
            await learners.consent(who.learner_id, granted=step.consent, how=_HOW.get(said.by, said.by))
        if step.language is not None:
            await learners.speaks(who.learner_id, step.language)
        if step.pin is not None:
            await learners.guard(who.learner_id, await asyncio.to_thread(hash_pin, step.pin) if step.pin else None)
        if step.pin_missed is not None:
            await learners.pin_missed(step.pin_missed)
        if step.pin_right is not None:
            await learners.pin_right(step.pin_right)
        if said.act is Act.OPEN or who.last_seen_at is None or moment(session) - who.last_seen_at > SEEN_EVERY:
            await learners.seen(who.learner_id)
        may_keep = words_may_be_kept(who, step)
        if step.matter is not None:
            await self._open_case(session, seat, said, step.matter, may_keep=may_keep)
        await progress.attempts(
            who.learner_id,
            stored.id,
            [
                Attempt(
                    skill_id=tried.skill_id,
                    prompt=tried.prompt,
                    expected=tried.expected,
                    said=tried.said if may_keep else None,
                    verdict=tried.grade.verdict,
                    misconception=tried.grade.misconception,
                    hinted=tried.hinted,
                    by=said.by,
                    channel=said.channel,
                    took_ms=said.took_ms,
                    points=tried.points,
                    ability=tried.ability,
                )
                for tried in step.tried
            ],
        )
        await progress.save_knowledge(who.learner_id, step.learnt)

    async def _open_case(
        self, session: AsyncSession, seat: Seat, said: Said, matter: Matter, *, may_keep: bool
    ) -> None:
        who = seat.present
        await Cases(session).open(
            matter.kind,
            line_id=seat.line_id,
            learner_id=who.learner_id,
            channel=str(said.channel),
            language=who.language,
            urgent=matter.urgent,
            signs=matter.signs,
            # A question is kept for whoever answers it: that is what it was asked for.
            said=said.text if may_keep or matter.kind == "question" else None,
            call_id=said.call_id,
            message_id=said.message_id,
        )

    async def _reply(self, session: AsyncSession, who: Sitter, said: Said, step: Step, stored: StoredLesson) -> Reply:
        spoken = sentences(step.parts, wording=self._wording, language=self._spoken_with(who), rng=self._rng)
        written = text(step.parts, wording=self._wording, language=self._spoken_with(who), rng=self._rng)
        may_keep = words_may_be_kept(who, step)
        aside = step.question if isinstance(step, Digression) else None
        answered = aside is not None and said.channel is not Channel.VOICE
        told = " ".join(spoken) if said.channel is Channel.VOICE else written
        if answered and not may_keep:
            # An explanation tells what was asked, so it is kept like the learner's own words.
            told = None
        journal = Journal(session)
        learner = (as_shown(said, step) or said.command) if may_keep else None
        turn_id = await journal.exchange(
            stored.id,
            who.learner_id,
            channel=said.channel,
            learner=learner,
            tutor=told,
            spoke=bool(said.text or said.command),
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
            keeps_aside=may_keep,
        )
