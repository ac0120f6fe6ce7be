"""What happens on a simulated call, in the order in which it happened. Times are milliseconds since it was placed."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class CallState(StrEnum):
    """The carrier's own words for where a call stands."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"

    @property
    def is_over(self) -> bool:
        return self not in (CallState.QUEUED, CallState.RINGING, CallState.IN_PROGRESS)


class EndReason(StrEnum):
    """Who or what ended a call."""

    SERVER = "server"
    CALLER = "caller"
    CABLE = "cable"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    at_ms: int

    def as_json(self) -> dict[str, object]:
        """The event with its name, for one line of JSON."""
        return {"event": NAMES[type(self)], **asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(_Event):
    """The call moved on."""

    state: CallState


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOpened(_Event):
    """The media socket is open and sound flows."""

    stream_sid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamClosed(_Event):
    """The media socket is closed; `code` of the WebSocket, None when the caller's side ended it."""

    code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkEchoed(_Event):
    """A mark went back to the server; `cleared`: its sound was dropped, not played."""

    name: str
    cleared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioCleared(_Event):
    """The server dropped what was queued."""

    dropped_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(_Event):
    """The carrier's debugger reports something; `code` as in its error dictionary."""

    code: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierSaid(_Event):
    """The carrier's own voice spoke, by a Say verb."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(_Event):
    """The caller pressed a key."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorHeard(_Event):
    """The words of utterance number `utterance` that the caller has heard so far, as the server knows."""

    utterance: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerUnderstood(_Event):
    """What the server understood the caller to say; `by` speech or keys."""

    text: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorState(_Event):
    """Where the server says that the conversation stands."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsUnavailable(_Event):
    """The server does not show its words; the call goes on without."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(_Event):
    """The last event of a call."""

    reason: EndReason
    state: CallState
    message: str = ""


CallEvent = (
    StateChanged
    | StreamOpened
    | StreamClosed
    | MarkEchoed
    | AudioCleared
    | Warned
    | CarrierSaid
    | KeyPressed
    | TutorHeard
    | CallerUnderstood
    | TutorState
    | WordsUnavailable
    | Ended
)

NAMES: dict[type[_Event], str] = {
    StateChanged: "state",
    StreamOpened: "stream_opened",
    StreamClosed: "stream_closed",
    MarkEchoed: "mark",
    AudioCleared: "clear",
    Warned: "warning",
    CarrierSaid: "carrier_said",
    KeyPressed: "key",
    TutorHeard: "heard",
    CallerUnderstood: "said",
    TutorState: "tutor_state",
    WordsUnavailable: "words_unavailable",
    Ended: "ended",
}
