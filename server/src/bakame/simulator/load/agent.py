"""The vendor's agents for a loaded server: one conversation a call, that speaks most of the time.

Protocol: ElevenLabs Conversational AI, sockets with sound in base64 (mu-law at 8 kHz both ways), and the request for a
signed URL. An agent knows its call by the sound it hears, which holds the call's number. Sound is sent faster than it
is spoken and in uneven pieces, as the vendor does; a piece of an interrupted utterance follows its interruption.
"""

import random
from binascii import Error, a2b_base64, b2a_base64
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, cast

import orjson

from bakame.audio.format import FRAME_BYTES
from bakame.simulator.load import tape
from bakame.simulator.load.caller import Agent as CallersAgent
from bakame.simulator.load.ear import BYTES_S, Ear, Utterance
from bakame.simulator.load.measures import Measures
from bakame.simulator.load.uplink import Uplink
from bakame.wire.sockets import Socket

LATE_MS: Final = 100
"""Sound of an interrupted utterance that comes after its interruption."""
PIECE_MS: Final = (200, 1500)
FIRST_S: Final = (0.05, 0.3)
"""From the caller's first sound to the agent's first words."""
VARIATION: Final = 0.2
"""By how much of their length utterances differ, so that calls do not fall into step."""
_AUDIO_HEAD: Final = b'{"user_audio_chunk":"'
_AUDIO_TAIL: Final = b'"}'
_METADATA: Final = orjson.dumps(
    {
        "type": "conversation_initiation_metadata",
        "conversation_initiation_metadata_event": {
            "conversation_id": "conv_load",
            "agent_output_audio_format": "ulaw_8000",
            "user_input_audio_format": "ulaw_8000",
        },
    }
)
_WORDS: Final = "Three and four make seven. Now you: how much is five and eight?"


@dataclass(frozen=True, slots=True)
class Manner:
    """How agents speak. `interrupt_every_s` 0: they are never interrupted."""

    utterance_s: float = 4.0
    pause_s: float = 1.5
    interrupt_every_s: float = 10.0
    ping_every_s: float = 2.0
    times_real: float = 4.0
    """How much faster than it is spoken sound is sent."""
    words: bool = True
    """Whether the text of each utterance is sent, and its correction, as the vendor does; a server writes them down."""


class Line(Protocol):
    """What an agent must know of a call."""

    ear: Ear
    uplink: Uplink
    agent: CallersAgent | None


class Agent:
    """One conversation, at the vendor's end of a socket."""

    def __init__(
        self,
        socket: Socket,
        *,
        manner: Manner,
        measures: Measures,
        line: Callable[[int], Line | None],
        now: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self._socket = socket
        self._manner = manner
        self._measures = measures
        self._find_line = line
        self._line: Line | None = None
        self._now = now
        self._rng = rng
        self._event = 0
        self._pings: dict[int, float] = {}
        self._ping_number = 0
        self._ping_s = self._speak_s = self._interrupt_s = self._due_s = float("inf")
        self._interrupted_s = 0.0
        self._utterance: Utterance | None = None
        self._pieces: deque[tuple[float, int, int]] = deque()

    # What the server sends

    def received(self, message: bytes) -> None:
        now_s = self._now()
        if message.startswith(_AUDIO_HEAD) and message.endswith(_AUDIO_TAIL):
            self._hear(message[len(_AUDIO_HEAD) : -len(_AUDIO_TAIL)], now_s)
        else:
            self._read(message, now_s)

    def received_binary(self, message: bytes) -> None:
        del message
        self._measures.faults.malformed += 1

    def lost(self, code: int, reason: str) -> None:
        del code, reason
        if self._line is not None and self._line.agent is self:
            self._line.agent = None
            self._measures.faults.agents_again += 1

    def _read(self, message: bytes, now_s: float) -> None:
        try:
            fields = cast(dict[str, object], orjson.loads(message))
            audio = fields.get("user_audio_chunk")
            kind = fields.get("type")
        except (ValueError, AttributeError):
            self._measures.faults.malformed += 1
            return
        if isinstance(audio, str):
            self._hear(audio.encode(), now_s)
        elif kind == "pong":
            sent_s = self._pings.pop(cast(int, fields.get("event_id")), None)
            if sent_s is not None:
                self._measures.pong.add((now_s - sent_s) * 1000)
        elif kind == "conversation_initiation_client_data":
            self._socket.send(_METADATA)
        elif kind not in ("contextual_update", "user_message", "user_activity", "client_tool_result"):
            self._measures.faults.malformed += 1

    def _hear(self, audio: bytes, now_s: float) -> None:
        try:
            sound = a2b_base64(audio)
        except Error:
            self._measures.faults.malformed += 1
            return
        if self._line is None and not self._recognise(sound, now_s):
            self._measures.faults.uplink_foreign += 1
        elif self._line is not None:
            self._line.uplink.arrived(sound, now_s)

    def _recognise(self, sound: bytes, now_s: float) -> bool:
        """Knows the call by its first frame, and begins to speak."""
        number = tape.call_of(sound[:FRAME_BYTES])
        self._line = None if number is None else self._find_line(number)
        if self._line is None:
            return False
        if self._line.agent is not None:
            self._measures.faults.agents_again += 1
        self._line.agent = self
        self._ping_s = now_s + self._rng.uniform(0, self._manner.ping_every_s)
        self._speak_s = now_s + self._rng.uniform(*FIRST_S)
        # So that calls that began together are not interrupted together.
        self._interrupted_s = now_s - self._rng.uniform(0, self._manner.interrupt_every_s)
        self._due_s = 0.0
        return True

    # What it says

    def step(self, now_s: float) -> None:
        """Does what is due; called every 20 ms."""
        if now_s < self._due_s or self._line is None:
            return
        if now_s >= self._ping_s:
            self._ping(now_s)
        if now_s >= self._interrupt_s:
            self._interrupt(self._line, now_s)
        if now_s >= self._speak_s:
            self._speak(self._line, now_s)
        while self._pieces and now_s >= self._pieces[0][0]:
            _, start, end = self._pieces.popleft()
            self._send_piece(start, end)
        piece_s = self._pieces[0][0] if self._pieces else self._speak_s
        self._due_s = min(self._ping_s, self._interrupt_s, self._speak_s, piece_s)

    def _ping(self, now_s: float) -> None:
        self._ping_s = now_s + self._manner.ping_every_s
        self._ping_number += 1
        self._pings[self._ping_number] = now_s
        self._socket.send(b'{"type":"ping","ping_event":{"event_id":%d,"ping_ms":null}}' % self._ping_number)

    def _speak(self, line: Line, now_s: float) -> None:
        """Begins an utterance; whole frames, so that its end owes nothing to how a server fills up the last one."""
        manner = self._manner
        length_s = manner.utterance_s * self._rng.uniform(1 - VARIATION, 1 + VARIATION)
        size = max(1, round(length_s * BYTES_S / FRAME_BYTES)) * FRAME_BYTES
        self._event += 1
        self._utterance = utterance = line.ear.coming(size, now_s)
        start = utterance.start
        while start < utterance.end:
            end = min(utterance.end, start + self._rng.randint(*PIECE_MS) * BYTES_S // 1000 + self._rng.randint(0, 99))
            self._pieces.append((now_s + (start - utterance.start) / BYTES_S / manner.times_real, start, end))
            start = end
        self._speak_s = now_s + length_s + manner.pause_s
        if manner.interrupt_every_s and now_s - self._interrupted_s >= manner.interrupt_every_s - length_s / 2:
            self._interrupt_s = now_s + length_s * self._rng.uniform(0.4, 0.6)
        if manner.words:
            self._send("agent_response", "agent_response_event", {"agent_response": _WORDS, "event_id": self._event})

    def _interrupt(self, line: Line, now_s: float) -> None:
        self._interrupt_s, self._interrupted_s = float("inf"), now_s
        self._speak_s = now_s + self._manner.pause_s
        self._pieces.clear()
        late = LATE_MS * BYTES_S // 1000
        assert self._utterance is not None  # noqa: S101  # an interruption is planned when an utterance begins
        line.ear.interrupted(late, self._now())
        self._socket.send(b'{"type":"interruption","interruption_event":{"event_id":%d}}' % self._event)
        self._send_piece(self._utterance.end, self._utterance.end + late)
        if self._manner.words:
            correction = {"original_agent_response": _WORDS, "corrected_agent_response": _WORDS[:26]}
            self._send("agent_response_correction", "agent_response_correction_event", correction)

    def _send_piece(self, start: int, end: int) -> None:
        place = start % tape.PERIOD
        audio = b2a_base64(tape.speech()[place : place + end - start], newline=False)
        self._socket.send(b'{"type":"audio","audio_event":{"audio_base_64":"%b","event_id":%d}}' % (audio, self._event))

    def _send(self, kind: str, payload: str, fields: Mapping[str, object]) -> None:
        self._socket.send(orjson.dumps({"type": kind, payload: fields}))
