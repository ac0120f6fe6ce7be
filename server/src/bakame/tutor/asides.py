"""Questions of learners in the middle of a lesson: what is one, and what a model may say to it.

A model's words go through a guard, sentence by sentence: none of them may hold the open question's answer.
"""

import asyncio
import random
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Final

import structlog

from bakame.errors import BakameError
from bakame.learning.exercises import Exercise
from bakame.learning.grading import HEDGED, Grade, Verdict
from bakame.learning.skills import Curriculum
from bakame.ports.chat import ChatModel, ChatTool, Moderator
from bakame.text.compare import normalise
from bakame.text.gsm import septets
from bakame.text.sentences import Sentences
from bakame.tutor.guard import Banned, Guard, holds
from bakame.tutor.module import Step
from bakame.tutor.prompts import MOST_TOKENS, MOST_WORDS, Scene, aside_messages, bounded
from bakame.tutor.turn import Said
from bakame.tutor.wording import SOURCE_LANGUAGE, Form, Part, Wording, line

SURE_OF_QUESTION: Final = 0.8
"""A recogniser's confidence under which nobody is taken to ask something."""
QUIET_S: Final = 0.8
"""How long an answer may take before the tutor says that it thinks."""
FIRST_S: Final = 1.5
"""How long the first sentence may take on a call; then the tutor says that it cannot answer."""
TEXT_S: Final = 6.0
"""How long a text waits for an answer: the carrier wants ours within eight seconds."""
MODERATION_S: Final = 0.7
"""How long a moderator may take; its silence is no objection, because the guard looks at every sentence anyway."""
LEAST_ROOM: Final = 30
"""Septets in which something can be explained."""

_LEADING: Final = re.compile(
    r"^(?:(?:um|uh|er|erm|eh|hmm|mm|ah|oh|so|and|but|ok|okay|yes|no|well|wait|please|sorry|excuse me|teacher|then)\s+)+"
)
_SURELY: Final = re.compile(
    r"""
    why\b | how\ (?:come|do|does|did|can|could|would|should|to|is|are|was)\b
    | what\ (?:do|does|did)\b
    | what(?:s|\ is|\ are|\ was|\ were)\ (?:an?|meant|the\ (?:meaning|difference|use|point))\b
    | (?:(?:can|could|would|will)\ you\ )?(?:please\ )?
      (?:explain|(?:tell|show|teach)\ me\ (?:why|how|what|about|more))\b
    | i\ (?:dont|do\ not|didnt|did\ not)\ (?:understand|know|get|see)\ (?:why|how|what)\b | i\ want\ to\ know\b
    """,
    re.VERBOSE,
)
"""Beginnings that no answer has, even when the rest holds a number or one of the choices."""
_PERHAPS: Final = re.compile(
    r"(?:whats?|whos?|whose|when|where|which|how|is|are|was|were|do|does|did|can|could|should|would|will|has|have)\b"
)
_LEAST_WORDS: Final = 3
"""Words that make a question of what only begins like one."""

_FINISHED: Final = re.compile(r"[.!?…][\"'”’»)\]]*$")

_log = structlog.get_logger(__name__)


def question_in(said: Said, understood: Grade) -> str | None:
    """The question, in English, that a learner asks instead of answering; None when it is an answer, or not clear.

    `understood`: what the words are worth as an answer to the open question.
    """
    if said.by == "keys" or (said.by == "speech" and said.confidence < SURE_OF_QUESTION):
        return None
    if understood.reason == HEDGED:
        # "Maybe it's seven?" asks whether it is right, not why.
        return None
    words = _LEADING.sub("", normalise(said.text) + " ", count=1).strip()
    if _SURELY.match(words):
        return said.text.strip()
    asks = _PERHAPS.match(words) or said.text.rstrip().endswith("?")
    if understood.verdict is Verdict.UNCLEAR and asks and len(words.split()) >= _LEAST_WORDS:
        return said.text.strip()
    return None


@dataclass(frozen=True, slots=True)
class Digression(Step):
    """A step that goes back to the open question after the learner asked something: `question`, as it was heard.

    `after`: what is said in a text instead of `parts`, when a model has answered.
    """

    question: str = field(default="", repr=False)
    after: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """One question and the lesson around it. `names` are the learner's and those of others on the same line.

    `exercise`: the open question, whose answer must not be told; None when nothing is open.
    """

    exercise: Exercise | None
    question: str = field(repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    language: str = SOURCE_LANGUAGE


class Explainer:
    """Has a model answer learners' questions, under guard. What fails is told in the tutor's own words, not raised."""

    def __init__(
        self,
        model: ChatModel,
        *,
        curriculum: Curriculum,
        banned: Banned,
        wording: Wording,
        rng: random.Random,
        moderator: Moderator | None = None,
        tools: Callable[[Exercise | None], Sequence[ChatTool]] = lambda _: (),
    ) -> None:
        """`moderator` sees each question before its answer is given; `tools` are what a model may look up meanwhile."""
        self._moderator = moderator
        self._tools = tools
        self._model = model
        self._curriculum = curriculum
        self._banned = banned
        self._wording = wording
        self._rng = rng

    async def explain(self, aside: Aside) -> AsyncGenerator[str]:
        """The sentences to be spoken, as they come, at least one; while none comes, a word that the tutor thinks."""
        if holds(aside.question, self._banned.topics):
            yield self._words("aside.person", aside.language)
            return
        async with aclosing(self._sentences(aside)) as sentences, AsyncExitStack() as stack:
            coming = asyncio.ensure_future(anext(sentences, None))
            stack.push_async_callback(_stopped, coming)
            if await self._is_flagged(aside):
                yield self._words("aside.person", aside.language)
                return
            await asyncio.wait([coming], timeout=QUIET_S)
            if not coming.done():
                yield self._words("aside.moment", aside.language)
                await asyncio.wait([coming], timeout=FIRST_S - QUIET_S)
            sentence = coming.result() if coming.done() else None
            if sentence is None:
                yield self._words("aside.unknown", aside.language)
            while sentence is not None:
                yield sentence
                sentence = await anext(sentences, None)

    def unable(self, language: str = SOURCE_LANGUAGE) -> str:
        """What is said when nothing is known of the lesson around a question."""
        return self._words("aside.unknown", language)

    async def collect(self, aside: Aside, *, room: int, within_s: float = TEXT_S) -> str | None:
        """An answer to be read, of the sentences that come in time and fit in `room` septets; None when none does."""
        if room < LEAST_ROOM:
            return None
        if holds(aside.question, self._banned.topics) or await self._is_flagged(aside):
            words = self._words("aside.person", aside.language, "sms")
            return words if septets(words) <= room else None
        collected = ""
        try:
            async with asyncio.timeout(within_s), aclosing(self._sentences(aside)) as sentences:
                async for sentence in sentences:
                    longer = f"{collected} {sentence}".strip()
                    if septets(longer) > room:
                        break
                    collected = longer
        except TimeoutError:
            _log.info("aside.late", complete=False)
        return collected or None

    async def _is_flagged(self, aside: Aside) -> bool:
        """Whether a moderator, where there is one, finds a question unfit for a model's answer."""
        if self._moderator is None:
            return False
        try:
            async with asyncio.timeout(MODERATION_S):
                flags = await self._moderator.flags(bounded(aside.question, names=aside.names))
        except (TimeoutError, BakameError) as error:
            _log.info("moderation.failed", kind=type(error).__name__)
            return False
        return bool(flags)

    async def _sentences(self, aside: Aside) -> AsyncGenerator[str]:
        """What the model says and the guard admits. A sentence that was cut off is not given, if another one was."""
        guard = Guard(aside.exercise, banned=self._banned, language=aside.language)
        messages = aside_messages(self._scene(aside), aside.question, names=aside.names)
        left = MOST_WORDS
        tools = self._tools(aside.exercise) if aside.exercise else ()
        reply = self._model.reply(messages, most_tokens=MOST_TOKENS, tools=tools)
        try:
            async with aclosing(_split(reply)) as sentences:
                async for sentence, is_rest in sentences:
                    if is_rest and left < MOST_WORDS and not _FINISHED.search(sentence):
                        return
                    if not guard.admits(sentence):
                        skill = aside.exercise.skill_id if aside.exercise else None
                        _log.info("aside.dropped", model=self._model.name, skill=skill)
                        continue
                    left -= len(sentence.split())
                    if left < 0:
                        return
                    yield sentence
        except BakameError as error:
            _log.warning("aside.failed", model=self._model.name, kind=type(error).__name__, error=str(error))

    def _scene(self, aside: Aside) -> Scene:
        exercise = aside.exercise
        never = (*self._curriculum.never_debate, *self._curriculum.never_answer_alone)
        if exercise is None:
            return Scene(topic="the world at large", level="", language=aside.language, never=never)
        skill = self._curriculum.skills.get(exercise.skill_id)
        answer = exercise.answer
        if exercise.offers:
            answer = f"{answer}, which is {exercise.offers[exercise.options.index(answer)]}"
        return Scene(
            topic=skill.title if skill else exercise.skill_id,
            level=skill.level if skill else "",
            asked=exercise.say,
            answer=answer,
            language=aside.language,
            never=never,
        )

    def _words(self, key: str, language: str, form: Form = "voice") -> str:
        return self._wording.text(line(key), form=form, language=language, rng=self._rng)


async def _split(pieces: AsyncIterator[str]) -> AsyncGenerator[tuple[str, bool]]:
    """Each sentence as soon as it is complete, and whether it is what was left at the end.

    Closing it ends the request.
    """
    splitter = Sentences()
    try:
        async for piece in pieces:
            for sentence in splitter.push(piece):
                yield sentence, False
        for sentence in splitter.end():
            yield sentence, True
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


async def _stopped(task: asyncio.Task[str | None]) -> None:
    """Waits until a task is over, whatever it was at."""
    task.cancel()
    await asyncio.wait([task])
