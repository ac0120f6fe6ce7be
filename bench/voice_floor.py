"""The floor of a voice bridge in Python: the wire work that any must do, and nothing else.

A carrier's media socket on one side, the vendor's conversation on the other, both on picows, uvloop below. No webhook,
token, signature, signed URL, lesson, log, metric or error handling. JSON is cut, not parsed, where its place is known.
As the server does: the caller's frames go up three at a time, frames go down one each 20 ms at absolute deadlines with
a lead of 160 ms and a mark every 120 ms, an interruption clears the line, a ping is answered at once. One ticker paces
all calls, and what goes out together leaves in one write. `python voice_floor.py --port 8072 --agents 8790` runs until
it is stopped.
"""

import argparse
import asyncio
import time
from binascii import a2b_base64, b2a_base64
from collections import deque
from collections.abc import Callable

import picows
import uvloop

FRAME_S = 0.020
LEAD_FRAMES = 8
FRAMES_UP = 3
FRAMES_A_MARK = 6
PAYLOAD = b'"payload":"'
AUDIO = b'{"type":"audio","audio_event":{"audio_base_64":"'
TEXT = picows.WSMsgType.TEXT


class Call(picows.WSListener):
    """A carrier's stream."""

    def __init__(self, floor: "Floor") -> None:
        self.floor = floor
        self.agent: Agent | None = None
        self.up: list[bytes] = []
        self.frames: deque[bytes] = deque()
        self.carried = b""
        self.begun = self.sent = self.marked = 0
        self.head = self.mark = self.clear = b""

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        self.write = transport.underlying_transport.write

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        message = frame.get_payload_as_bytes()
        if message.startswith(b'{"event":"media"'):
            start = message.index(PAYLOAD, 60) + len(PAYLOAD)
            self.up.append(a2b_base64(message[start : start + 216]))
            if len(self.up) == FRAMES_UP and self.agent is not None:
                self.agent.send(b'{"user_audio_chunk":"%b"}' % b2a_base64(b"".join(self.up), newline=False))
                self.up.clear()
        elif message.startswith(b'{"event":"start"'):
            stream = message[(at := message.index(b'"streamSid":"') + 13) : message.index(b'"', at)]
            self.head = b'{"event":"media","streamSid":"%b","media":{"payload":"' % stream
            self.mark = b'{"event":"mark","streamSid":"%b","mark":{"name":"%%d"}}' % stream
            self.clear = b'{"event":"clear","streamSid":"%b"}' % stream
            self.floor.converse(self)
        elif frame.msg_type == picows.WSMsgType.CLOSE or message.startswith(b'{"event":"stop"'):
            transport.disconnect()

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        self.drop()
        if self.agent is not None:
            self.agent.transport.disconnect()

    def speak(self, audio: bytes) -> None:
        sound = self.carried + audio
        whole = len(sound) - len(sound) % 160
        self.frames.extend([sound[start : start + 160] for start in range(0, whole, 160)])
        self.carried = sound[whole:]
        if self not in self.floor.speaking and self.frames:
            self.begun, self.sent = max(self.floor.ticks, self.begun + self.sent), 0
            self.floor.speaking[self] = None
            self.pace()

    def pace(self) -> None:
        due = self.floor.ticks - self.begun + LEAD_FRAMES + 1 - self.sent
        pieces: list[bytes] = []
        for _ in range(min(due, len(self.frames))):
            self.sent += 1
            media = self.head + b2a_base64(self.frames.popleft(), newline=False) + b'"}}'
            pieces += (b"\x81\x7e", len(media).to_bytes(2, "big"), media)
            if self.sent % FRAMES_A_MARK == 0:
                self.marked += 1
                mark = self.mark % self.marked
                pieces += (b"\x81", bytes((len(mark),)), mark)
        if len(pieces) == 3:
            self.transport.send(TEXT, pieces[2])
        elif pieces:
            self.write(b"".join(pieces))
        if not self.frames:
            self.floor.speaking.pop(self, None)

    def interrupt(self) -> None:
        self.drop()
        self.begun = self.sent = 0
        self.transport.send(TEXT, self.clear)

    def drop(self) -> None:
        self.frames.clear()
        self.carried = b""
        self.floor.speaking.pop(self, None)


class Agent(picows.WSListener):
    """The vendor's end of a call."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.cut = 0

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        self.send(b'{"type":"conversation_initiation_client_data"}')

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        message = frame.get_payload_as_bytes()
        if message.startswith(AUDIO):
            end = message.rindex(b'"', 0, message.rindex(b'"event_id"') - 1)
            if int(message[message.rindex(b":") + 1 : -2]) > self.cut:
                self.call.speak(a2b_base64(message[len(AUDIO) : end]))
        elif message.startswith(b'{"type":"ping"'):
            number = message[(at := message.index(b'"event_id":') + 11) : message.index(b",", at)]
            self.send(b'{"type":"pong","event_id":%b}' % number)
        elif message.startswith(b'{"type":"interruption"'):
            self.cut = int(message[message.rindex(b":") + 1 : -2])
            self.call.interrupt()
        elif message.startswith(b'{"type":"conversation_initiation_metadata"'):
            self.call.agent = self
            self.call.up.clear()
        elif frame.msg_type == picows.WSMsgType.CLOSE:
            transport.disconnect()

    def send(self, message: bytes) -> None:
        self.transport.send(TEXT, message)


class Floor:
    """All calls, and the ticker that paces those that speak."""

    def __init__(self, agents: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self.agents = agents
        self.now = now
        self.speaking: dict[Call, None] = {}
        self.ticks = 0
        self.connecting: set[asyncio.Task[object]] = set()

    def converse(self, call: Call) -> None:
        task: asyncio.Task[object] = asyncio.create_task(picows.ws_connect(lambda: Agent(call), self.agents))
        self.connecting.add(task)
        task.add_done_callback(self.connecting.discard)

    async def tick(self) -> None:
        began_s = self.now()
        while True:
            wait_s = began_s + (self.ticks + 1) * FRAME_S - self.now()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self.ticks += 1
            for call in tuple(self.speaking):
                call.pace()


async def serve(port: int, agents: str) -> None:
    floor = Floor(agents)
    server = await picows.ws_create_server(lambda _: Call(floor), "127.0.0.1", port, backlog=1024)
    async with server:
        await floor.tick()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8072)
    options.add_argument("--agents", type=int, default=8790)
    given = options.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(given.port, f"ws://127.0.0.1:{given.agents}/v1/convai/conversation?agent_id=floor"))
