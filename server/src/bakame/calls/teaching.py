"""The tutor, for an engine that converses by itself: a briefing, tools, and an ear for what was said.

Such an engine may be in somebody else's cloud, so the learner's name is left out of all that it is told.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bakame.calls.cascade import Teach
from bakame.calls.errands import Errands
from bakame.calls.notebook import Notebook
from bakame.errors import Conflict, Invalid
from bakame.ports.voice import Briefing, CallContext, Tool, ToolAnswer, ToolCall
from bakame.records.journal.service import Journal
from bakame.records.learners.service import Learners
from bakame.store.database import Database
from bakame.text.commands import Command
from bakame.tutor.engine import Tutor
from bakame.tutor.turn import Act, Channel, Reply, Said

HEARD_BY_OTHERS: Final = 0.9
"""How sure we are of an answer that another engine understood: enough to praise it, not to mark it wrong unasked."""
TRIES: Final = 3

TOOLS: Final = (
    Tool("next_exercise", "Gives the open question, word for word. Ask it as it is."),
    Tool(
        "submit_answer",
        "Marks the learner's answer. Say what it returns, word for word.",
        {"answer": "what the learner said, as they said it"},
    ),
    Tool("hint", "Gives the next hint for the open question."),
    Tool("dont_know", "The learner does not know or wants another question."),
    Tool("switch_module", "Changes the subject.", {"module": "the subject's name"}),
    Tool("end_lesson", "Says goodbye when the learner wants to stop."),
)
_COMMANDS: Final = {
    "next_exercise": Command.REPEAT,
    "hint": Command.HINT,
    "dont_know": Command.DONT_KNOW,
    "end_lesson": Command.BYE,
}


class CallTeacher:
    """One call's tutor. Implements `ports.voice.Teacher`."""

    def __init__(
        self,
        call: CallContext,
        *,
        teach: Teach,
        tutor: Tutor,
        database: Database,
        errands: Errands,
        notebook: Notebook,
    ) -> None:
        self._call = call
        self._teach = teach
        self._tutor = tutor
        self._database = database
        self._errands = errands
        self._notebook = notebook
        self._lesson_id: int | None = None
        self._unmarked: str | None = None
        self._told: int | None = None
        self._name: str | None = None

    async def brief(self) -> Briefing:
        learner_id = self._learner_id()
        reply = await self._teach(self._call, Said(Channel.VOICE, Act.OPEN, by="speech", call_id=self._call.call_id))
        async with self._database.session() as session:
            self._name = (await Learners(session).get(learner_id)).name
            instructions = await self._tutor.brief(session, learner_id=learner_id)
        self._told = reply.turn_id
        return Briefing(
            instructions=instructions,
            first_message=self._spoken(reply),
            language=self._call.language,
            variables={"question_kind": reply.expect.kind.value},
            tools=TOOLS,
        )

    async def use(self, call: ToolCall) -> ToolAnswer:
        reply = await self._teach(self._call, self._said(call))
        self._told = reply.turn_id
        return ToolAnswer(self._spoken(reply), reply.expect.kind.value, ends=reply.ends)

    def caller_said(self, text: str) -> None:
        """An answer that the engine does not hand in before the caller speaks again is marked all the same."""
        self._mark_unmarked()
        self._unmarked = text

    def tutor_said(self, text: str, *, heard: str, complete: bool) -> None:
        turn_id, self._told = self._told, None
        self._notebook.write(lambda session: self._note(session, turn_id, text, heard, complete=complete))

    def _said(self, call: ToolCall) -> Said:
        if call.name == "submit_answer":
            answer = str(call.arguments.get("answer", "")).strip()
            if not answer:
                raise Invalid("submit_answer needs an answer")
            self._unmarked = None
            return self._act(Act.ANSWER, text=answer)
        if call.name == "switch_module":
            subject = str(call.arguments.get("module", "")).strip().lower()
            if subject not in self._tutor.modules:
                raise Invalid(f"there is no such subject; there are {', '.join(sorted(self._tutor.modules))}")
            return self._act(Act.ANSWER, text=subject)
        command = _COMMANDS.get(call.name)
        if command is None:
            raise Invalid("there is no such tool")
        return self._act(Act.COMMAND, command=command)

    def _act(self, act: Act, *, text: str = "", command: Command | None = None) -> Said:
        return Said(
            Channel.VOICE,
            act,
            text=text,
            by="speech",
            confidence=HEARD_BY_OTHERS,
            command=command,
            call_id=self._call.call_id,
            elapsed_ms=int(self._call.elapsed_s * 1000),
        )

    def _mark_unmarked(self) -> None:
        text, self._unmarked = self._unmarked, None
        if text:
            self._errand(lambda: self._observe(text))

    async def _observe(self, text: str) -> None:
        async with self._database.session() as session:
            said = self._act(Act.ANSWER, text=text)
            await self._tutor.observe(session, learner_id=self._learner_id(), said=said)

    async def _note(self, session: AsyncSession, turn_id: int | None, text: str, heard: str, *, complete: bool) -> None:
        if turn_id is None:
            learner_id = self._learner_id()
            if self._lesson_id is None:
                self._lesson_id = await self._tutor.lesson_id(session, learner_id=learner_id)
            if self._lesson_id is None:
                return
            turn_id = await Journal(session).turn(
                self._lesson_id, learner_id, channel=Channel.VOICE, role="tutor", text=text, call_id=self._call.call_id
            )
        await Journal(session).turn_heard(turn_id, heard, complete=complete)

    def _errand(self, work: Callable[[], Awaitable[None]]) -> None:
        async def tried() -> None:
            for left in reversed(range(TRIES)):
                try:
                    return await work()
                except Conflict:
                    if not left:
                        raise
            return None

        self._errands.run(self._call.call_id, tried())

    def _spoken(self, reply: Reply) -> str:
        """What is to be said, without calling the learner by name."""
        words = " ".join(reply.sentences)
        return re.sub(rf",?\s*\b{re.escape(self._name)}\b", "", words, flags=re.IGNORECASE) if self._name else words

    def _learner_id(self) -> int:
        if self._call.learner_id is None:
            raise Invalid("a call without a learner cannot be taught")
        return self._call.learner_id
