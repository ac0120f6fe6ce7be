"""One conversation with OpenAI Realtime, sans-I/O: who speaks, what is dropped, when an answer is asked for.

OpenAI makes an utterance (an item of a response) faster than it is played and forgets it; only we know how much of it
the ear got, so an interruption is told back as a truncation to the millisecond. At most one response is active at a
time: what needs another waits until it is done. What the caller says is answered without being asked for
(`create_response`); keys and tools' answers are not, so for these we ask.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from bakame.audio.format import TELEPHONE
from bakame.errors import Unavailable
from bakame.learning.expect import AnswerKind
from bakame.ports.voice import (
    Alive,
    Briefing,
    CallerSaid,
    Finished,
    Heard,
    Interrupt,
    Speech,
    ToolAnswer,
    VoiceEvent,
    Wording,
)
from bakame.providers.openai import realtime_requests as requests
from bakame.providers.openai.realtime_protocol import (
    AudioDelta,
    AudioDone,
    CallerTranscribed,
    ErrorTold,
    FunctionCalled,
    FunctionNamed,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TranscriptDelta,
    TranscriptDone,
)
from bakame.providers.openai.realtime_utterances import Utterance, Utterances
from bakame.wire.completions import Declined

WHO: Final = "OpenAI Realtime"
LONGEST_MS: Final = 300_000
"""An utterance longer than this does not end."""
_FATAL: Final = frozenset({"session_expired", "insufficient_quota", "invalid_api_key", "model_not_found"})
_ACTIVE: Final = "conversation_already_has_active_response"
_COMMANDS: Final = {
    "*": "Please repeat that.",
    "0": "Please give me a hint.",
    "9": "I don't know the answer.",
    "#": "Please go on.",
}
_AT_ONCE: Final = frozenset(kind.value for kind in AnswerKind if not kind.is_number)


class Listener(Protocol):
    """Who is told what was said (`ports.voice.Teacher`)."""

    def caller_said(self, text: str) -> None: ...

    def tutor_said(self, text: str, *, heard: str, complete: bool) -> None: ...


class Dialogue:
    """Takes events, the ear's moves, keys and tools' answers; sends, emits and has tools used.

    `send` takes a message for OpenAI, `use` a call of a tool, to be answered by `tool_answered`. All return at once.
    """

    def __init__(
        self,
        *,
        briefing: Briefing,
        manner: requests.Manner,
        send: Callable[[bytes], None],
        emit: Callable[[VoiceEvent], None],
        use: Callable[[FunctionCalled], None],
        listener: Listener,
        not_understood: Callable[[], None],
    ) -> None:
        self._briefing = briefing
        self._manner = manner
        self._send = send
        self._emit = emit
        self._use = use
        self._listener = listener
        self._not_understood = not_understood
        self._utterances = Utterances()
        self._functions: dict[str, str] = {}
        self._calls: set[str] = set()
        self._tools_running = 0
        self._active: str | None = None
        self._muted = False
        """What the active response still says was interrupted."""
        self._asked = False
        """An answer was asked for and has not begun."""
        self._wanted = False
        """An answer is to be asked for as soon as that can be."""
        self._stale = False
        """The answer that is about to begin was overtaken by a key."""
        self._greeting = False
        """The answer that was asked for says the first message, and answers nothing."""
        self._caller_speaks = False
        self._turn_taken = False
        """The caller has finished; OpenAI begins an answer by itself."""
        self._said = self._called = False
        self._empty_answers = 0
        self._ending = False
        self.one_key = False
        """The tutor expects what a single key answers."""
        self.ready = False
        """The settings hold, and the caller's sound may be sent."""

    @property
    def waiting(self) -> bool:
        """Whether it is OpenAI's turn to send something."""
        return not self.ready or self._active is not None or self._asked or self._turn_taken

    @property
    def busy(self) -> bool:
        """Whether something is being said or is about to be."""
        return self.waiting or self._wanted or self._tools_running > 0 or self._utterances.audible

    def begin(self) -> None:
        """Sends the settings, once the session takes them."""
        self._send(requests.session_update(self._briefing, self._manner))

    # What OpenAI tells

    def take(self, event: ServerEvent) -> str | None:
        """One event; the code of an error that changes nothing. Raises `Unavailable` for one that ends it all."""
        match event:
            case AudioDelta():
                self._audio(event)
            case TranscriptDelta() | TranscriptDone():
                self._transcript(event)
            case AudioDone():
                if self._accepts(event.response_id):
                    self._close(self._utterances.of(event.item_id))
            case SpeechStarted():
                self._caller_speaks = True
                self._fall_silent()
            case SpeechStopped():
                self._caller_speaks, self._turn_taken = False, True
                self._emit(Alive())
            case CallerTranscribed(text):
                if text:
                    self._emit(CallerSaid(text, "speech"))
                    self._listener.caller_said(text)
                else:
                    self._not_understood()
            case ResponseCreated():
                self._response_created(event)
            case ResponseDone():
                self._response_done(event)
            case FunctionNamed(item_id, name):
                self._functions[item_id] = name
            case FunctionCalled():
                self._function_called(event)
            case SessionUpdated():
                self._set_up(event)
            case ErrorTold():
                return self._error(event)
            case _:
                pass
        return None

    def _set_up(self, event: SessionUpdated) -> None:
        if not event.telephone:
            raise Unavailable(f"{WHO} does not take the telephone's format", retryable=False)
        if self.ready:
            return
        self.ready = self._asked = self._greeting = True
        first = requests.fill(self._briefing.first_message, self._briefing.variables)
        self._send(requests.say(first) if first.strip() else requests.create_response())

    def _response_created(self, event: ResponseCreated) -> None:
        self._active, self._muted = event.response_id, False
        self._said = self._called = False
        self._asked = self._turn_taken = False
        if self._stale or self._caller_speaks:
            self._cancel()
        else:
            self._wanted = self._wanted and self._greeting
            self._emit(Alive())
        self._stale = self._greeting = False

    def _audio(self, event: AudioDelta) -> None:
        if not event.audio or not self._accepts(event.response_id):
            return
        utterance = self._utterances.of(event.item_id)
        if utterance.closed:
            return
        first = not utterance.size
        utterance.size += len(event.audio)
        if TELEPHONE.ms_for(utterance.size) > LONGEST_MS:
            raise Unavailable(f"{WHO} does not end its sentence")
        self._said = True
        self._emit(Speech(utterance.number, event.audio))
        if first and utterance.text:
            self._emit(Wording(utterance.number, utterance.text))

    def _transcript(self, event: TranscriptDelta | TranscriptDone) -> None:
        if not self._accepts(event.response_id):
            return
        utterance = self._utterances.of(event.item_id)
        text = event.text if isinstance(event, TranscriptDone) else utterance.text + event.text
        if text == utterance.text or utterance.over:
            return
        utterance.text = text
        if utterance.size:
            # Words that never get a sound would be an utterance that nobody ever finishes.
            self._emit(Wording(utterance.number, text))

    def _function_called(self, event: FunctionCalled) -> None:
        if not self._accepts(event.response_id) or event.call_id in self._calls:
            return
        self._calls.add(event.call_id)
        self._called = True
        self._tools_running += 1
        name = event.name or self._functions.pop(event.item_id, "")
        self._emit(Alive())
        self._use(FunctionCalled(event.response_id, event.item_id, event.call_id, name, event.arguments))

    def _response_done(self, event: ResponseDone) -> None:
        if self._active is None or (event.response_id and event.response_id != self._active):
            return
        if event.status == "failed":
            raise Declined(WHO, code=event.code or event.reason)
        if event.status == "cancelled" and event.reason == "turn_detected":
            self._fall_silent()
        for utterance in self._utterances:
            self._close(utterance)
        muted, self._active, self._muted = self._muted, None, False
        self._calls.clear()
        if event.status == "incomplete" and not self._said and not self._called:
            raise Declined(WHO, code=event.reason)
        if event.status == "completed" and not muted:
            self._answered()
        self._ask()

    def _answered(self) -> None:
        if self._said or self._called:
            self._empty_answers = 0
        else:
            self._empty_answers += 1
            if self._empty_answers > 1:
                raise Unavailable(f"{WHO} says nothing")
            self._wanted = True
        if self._said and self._ending and not self._tools_running:
            self._emit(Finished("goodbye"))

    def _error(self, event: ErrorTold) -> str | None:
        if event.code in _FATAL or event.event_id == requests.SETUP_ID:
            raise Declined(WHO, code=event.code, retryable=event.event_id != requests.SETUP_ID)
        if event.event_id == requests.RESPONSE_ID:
            if event.code != _ACTIVE:
                raise Declined(WHO, code=event.code)
            self._asked, self._wanted = False, True
        return event.code or event.kind or "unknown"

    # What the caller does

    def ear_moved(self, heard: Heard) -> None:
        """The ear's account of an utterance; what was cut off is taken out of OpenAI's memory too."""
        utterance = self._utterances.numbered(heard.utterance)
        if utterance is None or utterance.over or not (heard.complete or heard.cut):
            return
        utterance.over = True
        if heard.cut and utterance.size:
            length_ms = int(TELEPHONE.ms_for(utterance.size))
            self._send(requests.truncate(utterance.item_id, audio_end_ms=min(heard.played_ms, length_ms)))
        self._listener.tutor_said(utterance.text, heard=heard.text, complete=heard.complete)

    def key_pressed(self) -> None:
        """A key takes the floor; what the keys mean comes by `keyed`."""
        self._emit(Alive())
        unheard = self._active is not None and not self._muted
        self._fall_silent()
        if unheard:
            self._cancel()
        elif self._active is None and (self._asked or self._turn_taken):
            self._stale = True

    def keyed(self, keys: str, *, by_hash: bool) -> None:
        """The caller keyed this in. A lone `*`, `0` or `9` without a hash is a command, as on every call."""
        text = keys if by_hash else _COMMANDS.get(keys, keys)
        self._emit(CallerSaid(keys, "keys"))
        self._listener.caller_said(text)
        self._send(requests.user_text(text))
        self._wanted = True
        self._ask()

    # What a tool came to

    def tool_answered(self, call_id: str, output: Mapping[str, Any], answer: ToolAnswer | None = None) -> None:
        """What the model is told that a tool came to, after which it goes on; `answer` when the tutor gave one."""
        self._tools_running -= 1
        if answer is not None:
            self._ending = answer.ends
            self.one_key = answer.expects in _AT_ONCE
        self._send(requests.function_output(call_id, output))
        self._wanted = True
        self._ask()

    # Within

    def _accepts(self, response_id: str) -> bool:
        return self._active is not None and not self._muted and response_id in ("", self._active)

    def _close(self, utterance: Utterance) -> None:
        if not utterance.closed:
            utterance.closed = True
            if utterance.size and not utterance.over:
                self._emit(Speech(utterance.number, b"", last=True))

    def _fall_silent(self) -> None:
        """The caller takes the floor: what is still to be played is dropped, and so is what is still to come."""
        self._muted = self._active is not None
        audible = self._utterances.audible
        for utterance in self._utterances:
            utterance.closed = True
        if audible:
            self._emit(Interrupt())
        for utterance in self._utterances:
            utterance.over = True

    def _cancel(self) -> None:
        self._muted = True
        self._send(requests.CANCEL)

    def _ask(self) -> None:
        busy = self._active is not None or self._asked or self._caller_speaks or self._turn_taken
        if self._wanted and self.ready and not busy and not self._tools_running:
            self._wanted, self._asked = False, True
            self._send(requests.create_response())
