"""One open media stream: the caller's frames go up on a 20 ms clock, the server's messages come down.

Source: Twilio, "Media Streams". Frames are said at absolute deadlines, so lateness never adds up; what the network
(`network.Network`) then makes of them is in the times at which they reach carrier and server.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from bakame.audio.format import FRAME_MS
from bakame.simulator.conditions import Conditions, SentFrame
from bakame.simulator.media import CarrierStream, ClearAudio, PlaceMark, PlayAudio, Refused
from bakame.simulator.mouth import Mouth
from bakame.simulator.network import Drop, Stall
from bakame.simulator.playout import Echoes, Playout
from bakame.simulator.transit import Transit

BUFFER_FULL: Final = 31931


class LineWatch(Protocol):
    """Whoever is told what happens on a line."""

    def warned(self, code: int, message: str) -> None:
        """The carrier's debugger reports something."""
        ...

    def echoed(self, name: str, *, cleared: bool) -> None:
        """A mark goes back to the server."""
        ...

    def cleared(self, dropped_ms: float) -> None:
        """The server dropped queued sound."""
        ...

    def received(self, audio: bytes) -> None:
        """Sound of the server's was queued to be played."""
        ...

    def spoke(self, frame: bytes) -> None:
        """A frame of the caller's was sent."""
        ...

    def acted(self) -> None:
        """In the last 20 ms the caller spoke or pressed a key, and the tutor owes an answer."""
        ...

    def pressed(self, key: str) -> None:
        """A key of the caller's was sent."""
        ...


class Line:
    """A socket to the server, the caller's ear and the caller's mouth, joined by the stream's protocol."""

    def __init__(
        self,
        *,
        socket: ClientConnection,
        stream: CarrierStream,
        ear: Playout,
        mouth: Mouth,
        watch: LineWatch,
        conditions: Conditions,
        answered_at: float,
    ) -> None:
        self._socket = socket
        self._stream = stream
        self._ear = ear
        self._mouth = mouth
        self._watch = watch
        self._conditions = conditions
        self._answered_at = answered_at
        self._now = asyncio.get_running_loop().time
        self._full = False
        self._hop_up, self._hop_down = conditions.hops()
        self._air = Transit()
        self._to_server = Transit()
        self._to_carrier = Transit()

    async def run(self, parameters: Mapping[str, str]) -> int | None:
        """Carries the call until the server closes the socket; its close code, None when the connection broke."""
        try:
            async with asyncio.TaskGroup() as tasks:
                transits = (self._air, self._to_server, self._to_carrier)
                running = [tasks.create_task(transit.run()) for transit in transits]
                await self._send(self._stream.connected)
                await self._send(partial(self._stream.start, parameters))
                running += [tasks.create_task(self._talk()), tasks.create_task(self._suffer())]
                await self._listen()
                await self._to_carrier.drained()
                for task in running:
                    task.cancel()
        except* ConnectionClosed:
            pass
        received = self._socket.protocol.close_rcvd
        return received.code if received else None

    async def stop(self) -> None:
        """The caller's side is over: says so and closes. What the carrier has sent before arrives before."""
        self._read_again()
        await self._to_server.hurry()
        try:
            await self._socket.send(self._stream.stop())
        except ConnectionClosed:
            return
        await self._socket.close()

    def cut(self) -> None:
        """The connection is gone without a word."""
        self._socket.transport.abort()

    def stall(self, for_s: float) -> None:
        """No byte passes for so long, in either direction: not even a pong, for pings are not read."""
        until = self._now() + for_s
        for hop, transit in ((self._hop_up, self._to_server), (self._hop_down, self._to_carrier)):
            hop.hold(until)
            transit.hold(until)
        self._socket.transport.pause_reading()
        asyncio.get_running_loop().call_later(for_s, self._read_again)

    def _read_again(self) -> None:
        if not self._socket.transport.is_closing():
            self._socket.transport.resume_reading()

    async def _suffer(self) -> None:
        """The network's faults, each at its time or, when there was no stream then, as soon as there is one."""
        faults = self._conditions.faults
        while faults:
            await asyncio.sleep(self._answered_at + faults[0].at_s - self._now())
            match faults.popleft():
                case Stall(for_s=for_s):
                    self.stall(for_s)
                case Drop():
                    self.cut()

    async def _talk(self) -> None:
        start = self._now()
        sent = 0
        while True:
            sent += 1
            await asyncio.sleep(start + sent * FRAME_MS / 1000 - self._now())
            said = self._mouth.frame()
            frame = self._conditions.mouth.push(said.audio, ear=self._ear, now=self._now())
            await self._air.carry(frame.at, partial(self._reach_carrier, frame, sent * FRAME_MS))
            self._watch.spoke(frame.audio)
            if said.asks:
                self._watch.acted()
            if said.key is not None:
                await self._air.carry(frame.at, partial(self._send, partial(self._stream.dtmf, said.key)))
                self._watch.pressed(said.key)
            await self._echo(self._ear.advance(now=self._now()))

    async def _reach_carrier(self, frame: SentFrame, timestamp_ms: int) -> None:
        if frame.shown is None:
            self._stream.hole()
        else:
            await self._send(partial(self._stream.media, frame.shown, timestamp_ms=timestamp_ms))

    async def _send(self, message: Callable[[], str]) -> None:
        """The carrier sends a message now: this is when it gets its number. The server reads it some time later."""
        await self._to_server.carry(self._hop_up.message(self._now()), partial(self._deliver, message()))

    async def _deliver(self, message: str) -> None:
        # That the socket is closed is noticed where it is read, once all has been read that came before.
        with suppress(ConnectionClosed):
            await self._socket.send(message)

    async def _listen(self) -> None:
        async for message in self._socket:
            await self._to_carrier.carry(self._hop_down.message(self._now()), partial(self._take, message))

    async def _take(self, message: str | bytes) -> None:
        match self._stream.receive(message):
            case PlayAudio(audio):
                echoes, taken = self._ear.play(audio, now=self._now())
                if taken:
                    self._watch.received(audio)
                elif not self._full:
                    self._full = True
                    self._watch.warned(BUFFER_FULL, "more than ten minutes of sound are queued; the rest is lost")
            case PlaceMark(name):
                echoes = self._ear.mark(name, now=self._now())
            case ClearAudio():
                echoes = self._ear.advance(now=self._now())
                self._watch.cleared(self._ear.queued_ms)
                echoes += self._ear.clear(now=self._now())
            case Refused(code, reason, first):
                echoes = ()
                if first:
                    self._watch.warned(code, reason)
        await self._echo(echoes)

    async def _echo(self, echoes: Echoes) -> None:
        for echo in echoes:
            if self._conditions.loses_mark():
                continue
            self._watch.echoed(echo.name, cleared=echo.cleared)
            at = self._now() + self._conditions.network.marks.delay_ms / 1000
            await self._air.carry(at, partial(self._send, partial(self._stream.mark, echo.name)))
