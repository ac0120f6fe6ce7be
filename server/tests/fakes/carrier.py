"""A carrier at the other end of a `Wire`, and no socket: it plays, echoes marks, sends frames on the loop's time."""

import asyncio
from collections.abc import Callable, Sequence

from bakame.audio.format import SILENCE_FRAME
from bakame.simulator.media import CarrierStream, ClearAudio, PlaceMark, PlayAudio, Refused
from bakame.simulator.playout import Echoes, Playout
from bakame.wire.sockets import Peer


class FakeCarrier:
    """Implements `calls.bridge.Wire`. `echoing=False` loses every mark; what it sends arrives in the next turn of the
    loop, as from a socket.
    """

    congested = False

    def __init__(self, *, echoing: bool = True) -> None:
        self._now: Callable[[], float] = asyncio.get_running_loop().time
        self._echoing = echoing
        self.ear = Playout(now=self._now())
        self.stream = CarrierStream(stream_sid="MZ" + "0" * 32, call_sid="CA" + "0" * 32, account_sid="AC" + "0" * 32)
        self._peer: Peer | None = None
        self._waiting: list[bytes | None] = []
        self._chunk = 0
        self.refused: list[Refused] = []
        self.clears: list[float] = []
        self.marks = 0
        self.writes = 0
        self.arrived: list[float] = []
        """When each piece of sound came."""

    def attach(self, peer: Peer) -> None:
        self._peer = peer
        asyncio.get_running_loop().call_soon(self._deliver)

    def send_together(self, messages: Sequence[bytes]) -> None:
        self.writes += 1
        for message in messages:
            self._take(message.decode())

    def _take(self, message: str) -> None:
        now = self._now()
        match self.stream.receive(message):
            case PlayAudio(audio):
                self.arrived.append(now)
                self._echo(self.ear.play(audio, now=now)[0])
            case PlaceMark(name):
                self.marks += 1
                self._echo(self.ear.mark(name, now=now))
            case ClearAudio():
                self._echo(self.ear.advance(now=now))
                self.clears.append(now)
                self._echo(self.ear.clear(now=now))
            case Refused() as refused:
                self.refused.append(refused)

    def inject(self, message: str | bytes | None) -> None:
        """Any text message, or None for a lost connection."""
        self._waiting.append(message.encode() if isinstance(message, str) else message)
        asyncio.get_running_loop().call_soon(self._deliver)

    def press(self, digit: str) -> None:
        self.inject(self.stream.dtmf(digit))

    async def run(self, *, until_s: float, say: Callable[[float], bytes] = lambda _: SILENCE_FRAME) -> None:
        """A frame each 20 ms until `until_s`; `say(now)` gives the caller's sound."""
        while self._now() < until_s:
            await asyncio.sleep(0.02)
            self._chunk += 1
            self.inject(self.stream.media(say(self._now()), timestamp_ms=self._chunk * 20))
            self._echo(self.ear.advance(now=self._now()))

    def _deliver(self) -> None:
        while self._peer is not None and self._waiting:
            message = self._waiting.pop(0)
            if message is None:
                self._peer.lost(1006, "")
            else:
                self._peer.received(message)

    def _echo(self, echoes: Echoes) -> None:
        for echo in echoes:
            if self._echoing:
                self.inject(self.stream.mark(echo.name))
