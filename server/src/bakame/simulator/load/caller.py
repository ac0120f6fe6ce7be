"""One loaded call as the carrier has it: its webhook, its media socket, 50 frames a second up, the ear at the far end.

Protocol: Twilio, "Media Streams: WebSocket messages". The frame is a template with four holes; of what comes, the first
message of a kind is read strictly, and from then on only what differs from it.
"""

import random
from binascii import Error, a2b_base64, b2a_base64
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from bakame.audio.format import FRAME_MS
from bakame.errors import Unavailable
from bakame.simulator.events import CallState
from bakame.simulator.identity import API_VERSION, legacy_parties, new_sid, parties
from bakame.simulator.load.ear import Ear
from bakame.simulator.load.measures import Measures
from bakame.simulator.load.tape import rest_of_frame
from bakame.simulator.load.uplink import Uplink
from bakame.simulator.media import CarrierStream, ClearAudio, PlaceMark, PlayAudio
from bakame.simulator.signing import Signer
from bakame.simulator.twiml import Connect, parse_twiml
from bakame.simulator.webhook import Webhooks
from bakame.wire.sockets import Socket, connect

OPEN_S: Final = 5.0
FRAME_S: Final = FRAME_MS / 1000
_FIRST_LINE: Final = 250_788_100_000


class Agent(Protocol):
    """Whoever converses with a call at the far end of the server."""

    def step(self, now_s: float) -> None: ...


class Caller:
    """A call. `step` is for its ticker, every 20 ms."""

    def __init__(
        self, number: int, *, measures: Measures, account_sid: str, now: Callable[[], float], rng: random.Random
    ) -> None:
        self.number = number
        self.ear = Ear(number, measures)
        self.uplink = Uplink(number, measures)
        self.agent: Agent | None = None
        """Set once one has heard this caller."""
        self._now = now
        self._measures = measures
        self._account_sid = account_sid
        self._call_sid = new_sid("CA", rng)
        self._stream_sid = new_sid("MZ", rng)
        self._stream = CarrierStream(
            stream_sid=self._stream_sid, call_sid=self._call_sid, account_sid=self._account_sid
        )
        self._socket: Socket | None = None
        self._sequence = 1
        self._marks: deque[tuple[float, bytes]] = deque()
        self._started_s = 0.0
        self._hung_up = False
        stream = self._stream_sid.encode()
        rest = b2a_base64(rest_of_frame(number), newline=False)
        self._frame = (
            b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d","timestamp":"%d",'
            b'"payload":"%b' + rest + b'"},"streamSid":"' + stream + b'"}'
        )
        self._echo = b'{"event":"mark","sequenceNumber":"%d","mark":{"name":"%b"},"streamSid":"' + stream + b'"}'
        self._media_head = self._media_tail = self._mark_head = self._mark_tail = b""

    # Placing the call

    async def call(self, webhooks: Webhooks, *, url: str, number: str, signer: Signer) -> None:
        """Asks the server's webhook and opens the stream that it wants. Raises `Unavailable`, `Invalid`."""
        from_ = f"+{_FIRST_LINE + self.number}"
        form = {
            "CallSid": self._call_sid,
            "AccountSid": self._account_sid,
            "ApiVersion": API_VERSION,
            "CallStatus": CallState.RINGING.value,
            "Direction": "inbound",
            **parties(from_, number),
            **legacy_parties(from_, number),
        }
        answer = await webhooks.ask(url, form)
        verb = next((verb for verb in parse_twiml(answer.body).verbs if isinstance(verb, Connect)), None)
        if verb is None:
            raise Unavailable("the server's document opens no stream")
        await self.open(verb, signer=signer)

    async def open(self, verb: Connect, *, signer: Signer) -> None:
        """Opens the stream. Raises `Unavailable`."""
        socket = await connect(verb.url, self, headers=signer.headers(verb.url), open_s=OPEN_S, heartbeat_s=None)
        socket.send(self._stream.connected())
        socket.send(self._stream.start(verb.parameters))
        self._started_s = self._now()
        self._socket = socket

    # Every 20 ms

    def step(self, now_s: float) -> None:
        """Sends a frame, echoes the marks that were reached, lets the agent go on."""
        socket = self._socket
        if socket is None or not socket.is_open:
            return
        if socket.congested:
            self._measures.faults.withheld += 1
            self.uplink.sent += 1
        else:
            sent = self.uplink.sent
            code = self.uplink.sending(now_s)
            self._sequence += 1
            socket.send(self._frame % (self._sequence, sent + 1, sent * FRAME_MS, code))
        marks = self._marks
        while marks and marks[0][0] <= now_s:
            self._send_mark(marks.popleft()[1])
        if self.agent is not None:
            self.agent.step(now_s)

    # What the server sends

    def received(self, message: bytes) -> None:
        now_s = self._now()
        if self._media_head and message.startswith(self._media_head) and message.endswith(self._media_tail):
            try:
                sound = a2b_base64(message[len(self._media_head) : -len(self._media_tail)])
            except Error:
                self._measures.faults.malformed += 1
                return
            self.ear.play(sound, now_s)
        elif self._mark_head and message.startswith(self._mark_head) and message.endswith(self._mark_tail):
            self._placed(message[len(self._mark_head) : -len(self._mark_tail)], now_s)
        else:
            self._read(message, now_s)

    def received_binary(self, message: bytes) -> None:
        del message
        self._measures.faults.malformed += 1

    def lost(self, code: int, reason: str) -> None:
        del code, reason
        if not self._hung_up:
            self._measures.faults.dropped += 1
            self.ear.hang_up(self._now())
            self._hung_up = True

    def _read(self, message: bytes, now_s: float) -> None:
        """Reads a message as the carrier does, and learns how this server writes it."""
        match self._stream.receive(message.decode("utf-8", "replace")):
            case PlayAudio(audio):
                head, payload, tail = message.rpartition(b2a_base64(audio, newline=False))
                self._media_head, self._media_tail = (head, tail) if payload else (b"", b"")
                self.ear.play(audio, now_s)
            case PlaceMark(name):
                head, written, tail = message.rpartition(b'"' + name.encode() + b'"')
                self._mark_head, self._mark_tail = (head + b'"', b'"' + tail) if written else (b"", b"")
                self._placed(name.encode(), now_s)
            case ClearAudio():
                self.ear.clear(now_s)
                while self._marks:
                    self._send_mark(self._marks.popleft()[1])
            case _:
                self._measures.faults.malformed += 1

    def _placed(self, name: bytes, now_s: float) -> None:
        if self.ear.buffered_until_s <= now_s:
            self._send_mark(name)
        else:
            self._marks.append((self.ear.buffered_until_s, name))

    def _send_mark(self, name: bytes) -> None:
        if self._socket is not None:
            self._sequence += 1
            self._socket.send(self._echo % (self._sequence, name))

    # The end

    def hang_up(self) -> None:
        """The caller hangs up: `stop`, and the socket is closed. Safe to call twice."""
        if self._hung_up:
            return
        self._hung_up = True
        self.agent = None
        self.ear.hang_up(self._now())
        if self._socket is not None:
            stop = b'{"event":"stop","sequenceNumber":"%d","stop":{"accountSid":"%b","callSid":"%b"},"streamSid":"%b"}'
            ids = (self._account_sid.encode(), self._call_sid.encode(), self._stream_sid.encode())
            self._socket.send(stop % (self._sequence + 1, *ids))
            self._socket.close(1000)

    async def wait_closed(self) -> None:
        """Until the socket is gone."""
        if self._socket is not None:
            await self._socket.wait_lost()
