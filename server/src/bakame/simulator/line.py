"""One open media stream: the caller's frames go up on a 20 ms clock, the server's messages come down.

Source: Twilio, "Media Streams". Frames are sent at absolute deadlines, so lateness never adds up.
"""

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from bakame.audio.format import FRAME_MS
from bakame.simulator.media import CarrierStream, ClearAudio, PlaceMark, PlayAudio, Refused
from bakame.simulator.mouth import Mouth
from bakame.simulator.playout import Echoes, Playout

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

    def spoke(self, frame: bytes) -> None:
        """A frame of the caller's was sent."""
        ...

    def pressed(self, key: str) -> None:
        """A key of the caller's was sent."""
        ...


class Line:
    """A socket to the server, the caller's ear and the caller's mouth, joined by the stream's protocol."""

    def __init__(
        self, *, socket: ClientConnection, stream: CarrierStream, ear: Playout, mouth: Mouth, watch: LineWatch
    ) -> None:
        self._socket = socket
        self._stream = stream
        self._ear = ear
        self._mouth = mouth
        self._watch = watch
        self._now = asyncio.get_running_loop().time
        self._full = False

    async def run(self, parameters: Mapping[str, str]) -> int | None:
        """Carries the call until the server closes the socket; its close code, None when the connection broke."""
        try:
            await self._socket.send(self._stream.connected())
            await self._socket.send(self._stream.start(parameters))
            async with asyncio.TaskGroup() as tasks:
                talking = tasks.create_task(self._talk())
                await self._listen()
                talking.cancel()
        except* ConnectionClosed:
            pass
        received = self._socket.protocol.close_rcvd
        return received.code if received else None

    async def stop(self) -> None:
        """The caller's side is over: says so and closes."""
        try:
            await self._socket.send(self._stream.stop())
        except ConnectionClosed:
            return
        await self._socket.close()

    def cut(self) -> None:
        """The connection is gone without a word."""
        self._socket.transport.abort()

    async def _talk(self) -> None:
        start = self._now()
        sent = 0
        while True:
            sent += 1
            await asyncio.sleep(start + sent * FRAME_MS / 1000 - self._now())
            said = self._mouth.frame()
            await self._socket.send(self._stream.media(said.audio, timestamp_ms=sent * FRAME_MS))
            self._watch.spoke(said.audio)
            if said.key is not None:
                await self._socket.send(self._stream.dtmf(said.key))
                self._watch.pressed(said.key)
            await self._echo(self._ear.advance(now=self._now()))

    async def _listen(self) -> None:
        async for message in self._socket:
            match self._stream.receive(message):
                case PlayAudio(audio):
                    echoes, taken = self._ear.play(audio, now=self._now())
                    if not taken and not self._full:
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
            self._watch.echoed(echo.name, cleared=echo.cleared)
            await self._socket.send(self._stream.mark(echo.name))
