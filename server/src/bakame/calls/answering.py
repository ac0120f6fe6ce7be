"""What a caller does about one reply of the tutor's: speaks, presses keys, thinks, or says nothing at all."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from bakame.calls.answers import Progress, is_backchannel, is_hesitation, progress
from bakame.calls.keys import Entry, KeyedCommand, KeyPad
from bakame.calls.listening import MEANT_MS, Listener
from bakame.calls.speaking import Speaker
from bakame.calls.turns import Pace
from bakame.calls.understanding import Understanding, Utterance
from bakame.errors import Unavailable
from bakame.learning.expect import AnswerKind
from bakame.ports.clock import Clock
from bakame.ports.speech import Hypothesis
from bakame.ports.voice import Alive, CallerSaid, CallNotes, Listening, VoiceEvent
from bakame.tutor.turn import Act, Channel, Reply, Said

COUGH_GRACE_S: Final = 2.0
"""After a cough the caller gets at least this long."""
MORE_S: Final = 0.7
"""For the rest of a number that was heard only in part, as it seems."""
ASIDE_SURE: Final = 0.7
"""The confidence from which a word that was dropped into the tutor's sentence is an answer."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pressed:
    digit: str


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    at: float


@dataclass(frozen=True, slots=True)
class Understood:
    """`hypothesis` is None when nobody could tell."""

    utterance: Utterance
    hypothesis: Hypothesis | None


@dataclass(frozen=True, slots=True)
class HeardAll:
    """The ear has all of the reply."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that runs beside the conversation ended with an error."""

    error: BaseException


Input = Pressed | SpeechBegan | Utterance | Understood | HeardAll | Failed

GoOn = Literal["go on"]
"""It was only a noise that cut the tutor off: the rest is still to be said."""
Outcome = Said | GoOn | None
"""None while nothing has come of it yet."""


class Answering:
    """One reply's answer in the making. Told of everything that happens, it says when there is one.

    `post` takes what was understood back into the queue from which `take` is fed. `silences`: how many replies in a row
    were met with silence before this one.
    """

    def __init__(
        self,
        reply: Reply,
        *,
        call_id: str,
        notes: CallNotes,
        speaker: Speaker,
        listener: Listener,
        understanding: Understanding,
        pace: Pace,
        clock: Clock,
        silences: int,
        emit: Callable[[VoiceEvent], None],
        post: Callable[[Input], None],
    ) -> None:
        self._reply = reply
        self._expect = reply.expect
        self._call_id = call_id
        self._notes = notes
        self._speaker = speaker
        self._listener = listener
        self._understanding = understanding
        self._pace = pace
        self._clock = clock
        self._silences = silences
        self._emit = emit
        self._post = post
        self._keypad = KeyPad(reply.expect)
        self._patience_s = pace.patience_s(reply.expect)
        self._quiet_until: float | None = None
        self._heard_at: float | None = None
        self._answer_began: float | None = None
        self._waiting: deque[Utterance] = deque()
        self._asking: asyncio.Task[None] | None = None
        self._words = ""
        self._confidence = 1.0
        self._longest_pause_ms = 0
        self._more_until: float | None = None

    @property
    def deadline(self) -> float | None:
        """When `quiet` is to be called, if nothing happens before; None while that cannot be said."""
        if self._keypad.due is not None:
            return self._keypad.due
        if self._asking is not None:
            return None
        return self._quiet_until if self._more_until is None else self._more_until

    def quiet(self) -> Outcome:
        """Nothing happened until the deadline."""
        now = self._clock.monotonic()
        if self._keypad.due is not None:
            if entry := self._keypad.pause(self._keypad.due):
                return self._keyed(entry)
            self._quiet_until = now + COUGH_GRACE_S
        elif self._more_until is not None:
            if not self._listener.speaking:
                return self._answered()
            self._more_until = now + MORE_S
        elif self._listener.speaking:
            self._quiet_until = now + COUGH_GRACE_S
        else:
            return self._silence()
        return None

    def take(self, item: Input) -> Outcome:
        """What comes of one thing that happened. Raises what failed."""
        now = self._clock.monotonic()
        match item:
            case HeardAll():
                self._heard_at = now
                self._quiet_until = now + self._patience_s
            case SpeechBegan(at):
                self._answer_began = self._answer_began or at
                if self._asking is not None or self._more_until is not None:
                    self._pace.cut_short(self._expect)
            case Pressed(digit):
                self._answer_began = self._answer_began or now
                if entry := self._keypad.press(digit, now):
                    return self._keyed(entry)
                if self._keypad.due is None and self._cut_off:
                    return "go on"
                self._quiet_until = now + self._patience_s
            case Utterance():
                self._waiting.append(item)
                if item.speech_ms >= MEANT_MS and not self._listener.cut:
                    # Whatever it was, an answer follows; a cough asks for none.
                    self._emit(Alive())
                self._ask()
            case Understood(utterance, hypothesis):
                self._asking = None
                outcome = self._weigh(utterance, hypothesis)
                self._ask()
                if outcome is None and self._asking is None:
                    self._emit(Listening())
                return outcome
            case Failed(error):
                raise error
        return None

    async def close(self) -> None:
        """Nobody is asked any more what was said."""
        self._waiting.clear()
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
            self._asking = None

    @property
    def _cut_off(self) -> bool:
        """Whether the tutor was stopped before the ear had everything."""
        spoken = self._speaker.spoken
        return self._listener.cut and spoken is not None and not spoken.complete

    # What the caller said

    def _ask(self) -> None:
        """Has the next utterance understood, one at a time; keys and sound go on meanwhile."""
        if self._asking is None and self._waiting:
            self._asking = asyncio.create_task(self._understand(self._waiting.popleft()))
            self._asking.add_done_callback(self._asked)

    def _asked(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._post(Failed(error))

    async def _understand(self, utterance: Utterance) -> None:
        hypothesis: Hypothesis | None = None
        try:
            hypothesis = await self._understanding.understand(utterance, expect=self._expect)
        except Unavailable as error:
            # Keys still work, and the tutor offers them to somebody whom it does not understand.
            _log.warning("call.recogniser_failed", call=self._call_id, error=str(error))
        self._post(Understood(utterance, hypothesis))

    def _weigh(self, utterance: Utterance, hypothesis: Hypothesis | None) -> Outcome:
        """What an utterance means; None for a noise."""
        if utterance.aside:
            return self._weigh_aside(utterance, hypothesis)
        if hypothesis is None:
            return self._not_understood()
        text = hypothesis.text
        if self._listener.cut and (not text or is_backchannel(text, asking=not utterance.over_statement)):
            if self._keypad.due is None and self._cut_off:
                return "go on"
        elif text and not is_hesitation(text, self._expect):
            return self._add(hypothesis, utterance)
        elif self._words:
            return self._answered()
        elif not text and utterance.speech_ms >= MEANT_MS:
            return self._not_understood()
        # Who says "um" is thinking, and is left in peace for as long as at first.
        grace_s = self._patience_s if text else max(COUGH_GRACE_S, self._patience_s / 2)
        self._quiet_until = self._clock.monotonic() + grace_s
        return None

    def _weigh_aside(self, utterance: Utterance, hypothesis: Hypothesis | None) -> Said | None:
        """A word that was dropped into the tutor's sentence, which goes on: an answer stops it after all."""
        if hypothesis is None or not hypothesis.text or hypothesis.confidence < ASIDE_SURE:
            return None
        if is_backchannel(hypothesis.text, asking=not utterance.over_statement):
            return None
        any_words = self._expect.kind in (AnswerKind.OPEN, AnswerKind.NAME) and self._understanding.live
        if not any_words and progress(hypothesis.text, self._expect) is Progress.UNKNOWN:
            return None
        if self._speaker.audible:
            self._listener.interrupt()
        self._words, self._confidence = hypothesis.text, hypothesis.confidence
        return self._answered()

    def _add(self, hypothesis: Hypothesis, utterance: Utterance) -> Said | None:
        """Words of the answer: all of it, or a part that waits for the rest."""
        self._words = f"{self._words} {hypothesis.text}".strip()
        self._confidence = min(self._confidence, hypothesis.confidence)
        self._longest_pause_ms = max(self._longest_pause_ms, utterance.longest_pause_ms)
        far = progress(self._words, self._expect)
        # With words at hand the listener has waited for the rest already.
        in_part = far is Progress.GOES_ON and not self._understanding.live and self._more_until is None
        more = bool(self._waiting) or (self._listener.speaking and far is not Progress.COMPLETE)
        if not (more or in_part):
            return self._answered()
        self._more_until = self._clock.monotonic() + MORE_S
        return None

    # What comes of it

    def _answered(self) -> Said:
        self._listener.understood()
        self._emit(CallerSaid(self._words, "speech"))
        said = self._said(text=self._words, confidence=self._confidence)
        self._pace.answered(self._expect, longest_pause_ms=self._longest_pause_ms, response_ms=said.took_ms)
        return said

    def _not_understood(self) -> Said:
        self._notes.not_understood()
        return self._said()

    def _silence(self) -> Said:
        self._notes.not_understood()
        self._pace.silent(self._expect)
        return Said(Channel.VOICE, Act.SILENCE, by="speech", silences=self._silences + 1, call_id=self._call_id)

    def _keyed(self, entry: Entry) -> Said:
        if isinstance(entry, KeyedCommand):
            self._emit(CallerSaid(entry.command.value, "keys"))
            return self._said(act=Act.COMMAND, by_keys=True, command=entry)
        self._emit(CallerSaid(entry.text, "keys"))
        return self._said(text=entry.text, by_keys=True)

    def _said(
        self,
        *,
        act: Act = Act.ANSWER,
        text: str = "",
        by_keys: bool = False,
        confidence: float = 1.0,
        command: KeyedCommand | None = None,
    ) -> Said:
        took_ms = None
        if self._heard_at is not None and self._answer_began is not None:
            took_ms = max(0, int((self._answer_began - self._heard_at) * 1000))
        return Said(
            Channel.VOICE,
            act,
            text=text,
            by="keys" if by_keys else "speech",
            confidence=confidence,
            command=command.command if command is not None else None,
            took_ms=took_ms,
            call_id=self._call_id,
        )
