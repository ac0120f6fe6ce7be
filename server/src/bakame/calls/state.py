"""The life of a call as a state machine: an enum, a table of legal moves, and nothing else.

The names are the owner's ("Audio Processing State Machine"). `CallState` is where a call stands; it is stored and
shown. `Stage` names the steps that each frame takes on its way down while a call is PROCESSING; they are far too quick
to store, and are timed in metrics.

    Idle → Connecting → Connected → StreamReady ⇄ Processing
                 ↓           ↓           ↓  ↘        ↓  ↘
               Failed ←──────┴─── Reconnecting ←─────┘   Stopping → Cleanup → Idle
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol

from bakame.errors import BakameError


class CallState(StrEnum):
    """Where a call stands."""

    IDLE = "idle"
    """Offered by the gateway; our document opens the stream."""
    CONNECTING = "connecting"
    """The gateway's socket is being opened."""
    CONNECTED = "connected"
    """The socket is open; the stream has not started, and nothing may be sent."""
    STREAM_READY = "stream_ready"
    """The stream started and its token was accepted; sound may flow."""
    PROCESSING = "processing"
    """The conversation runs."""
    RECONNECTING = "reconnecting"
    """The carrier's socket or the engine was lost and is being opened again."""
    STOPPING = "stopping"
    """The end was asked for, by either side; what is queued is flushed or dropped."""
    CLEANUP = "cleanup"
    """Everything is being saved and released."""
    FAILED = "failed"
    """It cannot go on; the reason is logged."""


class Stage(StrEnum):
    """The steps of sound on its way to the caller, and what is timed of each."""

    CONVERTING = "converting"
    """Into telephone format: the work for one piece of the engine's sound."""
    FRAMING = "framing"
    """Into frames, words placed: the work for one piece."""
    BUFFERING = "buffering"
    """From the engine's sound to its first frame's leaving, when the line was idle."""
    SENDING = "sending"
    """The write of what is due."""
    PACING = "pacing"
    """How long after the ear needed it sound left; 0 while the lead holds."""
    SILENCE = "silence"
    """From the end of the tutor's sound in the ear to the next."""
    SILENCE_FRAMES = "silence_frames"
    """A last frame was filled up with silence."""


class Stages(Protocol):
    """Whoever times the stages. Returns at once."""

    def took(self, stage: Stage, seconds: float) -> None: ...


_S = CallState
MOVES: Final[dict[CallState, frozenset[CallState]]] = {
    _S.IDLE: frozenset({_S.CONNECTING}),
    _S.CONNECTING: frozenset({_S.CONNECTED, _S.FAILED}),
    _S.CONNECTED: frozenset({_S.STREAM_READY, _S.STOPPING, _S.FAILED}),
    _S.STREAM_READY: frozenset({_S.PROCESSING, _S.RECONNECTING, _S.STOPPING, _S.FAILED}),
    _S.PROCESSING: frozenset({_S.STREAM_READY, _S.RECONNECTING, _S.STOPPING, _S.FAILED}),
    _S.RECONNECTING: frozenset({_S.CONNECTED, _S.PROCESSING, _S.STOPPING, _S.FAILED}),
    _S.STOPPING: frozenset({_S.CLEANUP, _S.FAILED}),
    _S.CLEANUP: frozenset({_S.IDLE}),
    _S.FAILED: frozenset({_S.CLEANUP}),
}


class IllegalMove(BakameError):
    """A call was told to go where it cannot go from here: a fault of ours, never of the caller's."""


class CallMachine:
    """One call's state. `on_move(before, after)` is called after each legal move, `on_illegal` before the raise."""

    __slots__ = ("_on_illegal", "_on_move", "state")

    def __init__(
        self,
        *,
        on_move: Callable[[CallState, CallState], None],
        on_illegal: Callable[[CallState, CallState], None],
    ) -> None:
        self.state = CallState.IDLE
        self._on_move = on_move
        self._on_illegal = on_illegal

    def move(self, to: CallState) -> None:
        """Moves, or raises `IllegalMove`."""
        before = self.state
        if to not in MOVES[before]:
            self._on_illegal(before, to)
            raise IllegalMove(f"a call cannot move from {before} to {to}")
        self.state = to
        self._on_move(before, to)
