"""Writes down what happens on one call, behind the call's back.

The call never waits for the database: notes go into a queue, and a task of the call saves them in batches. When the
database does not answer they stay queued and are tried again; what cannot be saved in the end is logged by kind.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog

from bakame.calls import meters
from bakame.calls.live import LiveCall
from bakame.calls.quality import LineQuality
from bakame.calls.state import CallMachine, CallState
from bakame.errors import BakameError
from bakame.ports.voice import CallerSaid, Heard
from bakame.records.journal.service import Journal
from bakame.store.database import Database

RETRY_S: Final = (0.2, 1.0, 5.0)
"""Pauses between tries; the last one repeats while the call goes on."""
FINISH_S: Final = 10.0
"""How long an ended call's last notes are tried."""

_log = structlog.get_logger(__name__)
Note = Callable[[Journal], Awaitable[object]]


@dataclass(slots=True)
class _Told:
    utterance: int = -1
    text: str = ""


class Scribe:
    """One call's notes, its state and its line. Implements `bridge.Watch` and `ports.voice.CallNotes`."""

    def __init__(self, *, call_id: str, database: Database, live: LiveCall) -> None:
        self._call_id = call_id
        self._database = database
        self._live = live
        self._notes: dict[str, Note] = {}
        self._wake = asyncio.Event()
        self._told = _Told()
        self.quality = LineQuality()
        self.machine = CallMachine(on_move=lambda _, after: self._moved(after), on_illegal=_count_illegal)

    # What is noted

    def _moved(self, state: CallState) -> None:
        self._live.tell("state", state=state.value)
        self._note("state", lambda journal: journal.call_state(self._call_id, state.value))

    def turn_heard(self, turn_id: int, text: str, *, complete: bool) -> None:
        self._note(f"turn {turn_id}", lambda journal: journal.turn_heard(turn_id, text, complete=complete))

    def heard(self, heard: Heard) -> None:
        if (heard.utterance, heard.text) != (self._told.utterance, self._told.text):
            self._told = _Told(heard.utterance, heard.text)
            self._live.tell("heard", utterance=heard.utterance, text=heard.text, complete=heard.complete, cut=heard.cut)

    def said(self, said: CallerSaid) -> None:
        self._live.tell("said", text=said.text, by=said.by)

    def malformed(self, reason: str) -> None:
        meters.stream_malformed.inc()
        _log.warning("call.malformed", call=self._call_id, reason=reason)

    def engine_took(self, engine: str) -> None:
        if self.machine.state is not CallState.PROCESSING:
            self.machine.move(CallState.PROCESSING)
        self._live.tell("engine", name=engine)
        self._note(f"engine {engine}", lambda journal: journal.call_engine(self._call_id, engine))

    def engine_left(self, engine: str, why: str) -> None:
        meters.engines_left.labels(engine).inc()
        if self.machine.state is CallState.PROCESSING:
            self.machine.move(CallState.RECONNECTING)
        self._live.tell("engine_left", name=engine)

    def not_understood(self) -> None:
        self.quality.not_understood += 1

    @property
    def line_is_poor(self) -> bool:
        return self.quality.report().is_poor

    # How it is kept

    async def run(self) -> None:
        """Saves notes as they come, until cancelled."""
        failures = 0
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._notes:
                if await self._save():
                    failures = 0
                else:
                    await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
                    failures += 1

    async def finish(self) -> None:
        """Saves what is left, for as long as `FINISH_S`."""
        try:
            async with asyncio.timeout(FINISH_S):
                for pause_s in itertools.chain(RETRY_S, itertools.repeat(RETRY_S[-1])):
                    if not self._notes or await self._save():
                        break
                    await asyncio.sleep(pause_s)
        except TimeoutError:
            _log.error("call.notes_lost", call=self._call_id, notes=len(self._notes))
            self._notes.clear()

    def _note(self, about: str, note: Note) -> None:
        """The last word about a thing is the one that is saved, so a busy call writes no more than a slow one."""
        self._notes[about] = note
        self._wake.set()

    async def _save(self) -> bool:
        batch = dict(self._notes)
        try:
            async with self._database.session() as session:
                journal = Journal(session)
                for note in batch.values():
                    await note(journal)
        except BakameError as error:
            _log.warning("call.notes_wait", call=self._call_id, kind=type(error).__name__)
            return False
        for about, note in batch.items():
            if self._notes[about] is note:
                del self._notes[about]
        return True


def _count_illegal(before: CallState, after: CallState) -> None:
    meters.call_moves_illegal.labels(before.value, after.value).inc()
