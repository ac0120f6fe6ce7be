"""Whole runs in virtual time: callers and agents with a server between them, one that does it well or badly."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import orjson
import picows
import pytest

from bakame.errors import Unavailable
from bakame.simulator.hosting import hosted
from bakame.simulator.load.agent import Manner
from bakame.simulator.load.report import Report
from bakame.simulator.load.run import Load, Plan, Target
from bakame.simulator.virtual_time import run_virtual
from bakame.wire.sockets import connect
from simulator.fake_server import TOKEN, FakeServer, Stream
from simulator.load.floor import floor, free_port, voice_floor
from simulator.test_carrier import OPEN

MANNER = Manner(utterance_s=2.0, interrupt_every_s=6.0)
PLAN = Plan(calls=3, seconds=9.0, settle_s=3.0, ramp_calls_s=10, manner=MANNER)
SHORT = Plan(calls=2, seconds=2.0, settle_s=1.0, ramp_calls_s=10, manner=MANNER)


def over_the_floor(plan: Plan, *, call: type = voice_floor.Call) -> Report:
    """A run with the floor between callers and agents."""

    async def main() -> Report:
        now, port = asyncio.get_running_loop().time, free_port()
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(floor(port, now=now, call=call))
            target = Target(stream_url=url)
            load = await stack.enter_async_context(Load(target, engine_port=port, now=now, seed=1))
            return await load.run(plan)

    return run_virtual(main())


def test_a_bridge_that_does_its_work_loses_nothing_and_is_never_late() -> None:
    report = over_the_floor(PLAN)
    measures = report.measures
    assert report.failures == []
    assert measures.speech_s > 8
    assert measures.grid_late.largest_ms < 3
    assert measures.gaps_s == 0
    assert len(measures.first_frame) >= 5
    assert measures.first_frame.largest_ms < 3
    assert len(measures.clear) >= 2
    assert measures.clear.largest_ms < 3
    assert measures.cut_bytes > 0
    assert len(measures.pong) == pytest.approx(13, abs=3)
    assert measures.pong.largest_ms < 3
    assert measures.uplink.largest_ms < 3
    assert 39 <= measures.uplink_oldest.percentile(50) <= 43
    assert measures.drift.largest_ms < 1


def test_a_long_utterance_is_one_piece_of_speech_over_the_whole_call() -> None:
    manner = Manner(utterance_s=20.0, interrupt_every_s=0)
    report = over_the_floor(Plan(calls=1, seconds=15.0, settle_s=1.0, manner=manner))
    assert report.failures == []
    assert report.measures.drift_over_s > 12
    assert len(report.measures.clear) == 0


class Spoiled(voice_floor.Call):
    """A bridge that loses each 50th message of the carrier's and each 50th frame down, and never clears."""

    messages = 0

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        self.messages += 1
        if self.messages % 50:
            super().on_ws_frame(transport, frame)

    def pace(self) -> None:
        if len(self.frames) > 1 and self.sent % 50 == 49:
            self.frames.popleft()
        super().pace()

    def interrupt(self) -> None:
        self.frames.clear()


def test_a_bridge_that_loses_and_does_not_clear_is_found_out() -> None:
    faults = over_the_floor(PLAN, call=Spoiled).measures.faults
    assert faults.lost > 0
    assert faults.uplink_lost > 0
    assert faults.clears_missing > 0


Talk = Callable[[Stream], Awaitable[None]]


def over(
    server: FakeServer, talk: Callable[[str], Talk] | None = None, *, plan: Plan = SHORT, token: str = TOKEN
) -> Report:
    """A run whose calls begin with the server's webhook. `talk` is told where the agents are."""

    async def main() -> Report:
        now = asyncio.get_running_loop().time
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(hosted(server.app()))
            target = Target(url=url, auth_token=token)
            load = await stack.enter_async_context(Load(target, engine_port=0, now=now, seed=1))
            if talk is not None:
                server.talk = talk(f"http://127.0.0.1:{load.engine_port}")
            return await load.run(plan)

    return run_virtual(main())


class Naive:
    """A server's conversation with an agent, by the letter of the protocol: all sound is handed on as it comes."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.down: asyncio.Queue[dict[str, object] | None] = asyncio.Queue()
        self.cut = 0

    def received(self, message: bytes) -> None:
        event = orjson.loads(message)
        match event["type"]:
            case "ping":
                self.agent.send(orjson.dumps({"type": "pong", "event_id": event["ping_event"]["event_id"]}))
            case "audio" if event["audio_event"]["event_id"] > self.cut:
                self.down.put_nowait({"event": "media", "media": {"payload": event["audio_event"]["audio_base_64"]}})
                self.down.put_nowait({"event": "mark", "mark": {"name": "played"}})
            case "interruption":
                self.cut = event["interruption_event"]["event_id"]
                self.down.put_nowait({"event": "clear"})
            case _:
                pass

    def received_binary(self, message: bytes) -> None: ...

    def lost(self, code: int, reason: str) -> None: ...

    async def run(self, agents: str) -> None:
        await self.stream.until("start")
        async with httpx.AsyncClient(trust_env=False) as client:
            path = "/v1/convai/conversation/get-signed-url?agent_id=a"
            url = (await client.get(agents + path)).json()["signed_url"]
        self.agent = await connect(url, self)
        self.agent.send(b'{"type":"conversation_initiation_client_data"}')
        speaking = asyncio.create_task(self.speak())
        while (frame := await self.stream.receive()) is not None and frame["event"] != "stop":
            if frame["event"] == "media":
                self.agent.send(b'{"user_audio_chunk": "%b"}' % frame["media"]["payload"].encode())
        speaking.cancel()
        self.agent.close()

    async def speak(self) -> None:
        while (message := await self.down.get()) is not None:
            await self.stream.send(str(message.pop("event")), **message)


def test_calls_go_through_webhook_token_and_stream() -> None:
    server = FakeServer(documents={"/call": [OPEN]})
    report = over(server, lambda agents: lambda stream: Naive(stream).run(agents), plan=PLAN)
    assert report.measures.faults.in_calls == report.measures.faults.in_content == 0
    assert report.measures.speech_s > 8
    assert report.measures.gaps_s == 0
    forms = server.got("/call")
    assert len({form["From"] for form in forms}) == len({form["CallSid"] for form in forms}) == 3
    assert {(form["CallStatus"], form["Direction"]) for form in forms} == {("ringing", "inbound")}
    for stream in server.streams:
        kinds = [frame["event"] for frame in stream.frames]
        assert kinds[:2] == ["connected", "start"]
        assert kinds[-1] == "stop"
        assert "mark" in kinds
        numbers = [int(frame["sequenceNumber"]) for frame in stream.frames[1:]]
        assert numbers == list(range(1, len(numbers) + 1))
        media = stream.of("media")
        assert [int(frame["media"]["timestamp"]) for frame in media] == [20 * n for n in range(len(media))]


def test_calls_that_a_server_refuses_are_told_with_the_reason() -> None:
    report = over(FakeServer(documents={"/call": [OPEN]}), token="another token")
    assert report.measures.faults.refused.total() == 2
    assert "403" in str(report.measures.faults.refused)
    assert "calls or messages failed" in report.failures


def test_a_document_without_a_stream_is_a_refusal() -> None:
    report = over(FakeServer(documents={"/call": ["<Response><Say>Busy.</Say></Response>"]}))
    assert report.measures.faults.refused == {"the server's document opens no stream": 2}


def test_a_server_that_has_no_conversation_for_a_call_is_told() -> None:
    report = over(FakeServer(documents={"/call": [OPEN]}))
    assert report.measures.faults.unanswered == 2
    assert "nothing was said" in report.failures


def test_a_server_that_hangs_up_is_told() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("media")
        await stream.socket.close(1000)

    report = over(FakeServer(documents={"/call": [OPEN]}, talk=talk))
    assert report.measures.faults.dropped == 2


def test_whoever_stops_a_run_hangs_up_all_its_calls() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def main() -> None:
        now = asyncio.get_running_loop().time
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(hosted(server.app()))
            target = Target(url=url, auth_token=TOKEN)
            load = await stack.enter_async_context(Load(target, engine_port=0, now=now))
            running = asyncio.create_task(load.run(SHORT))
            await asyncio.sleep(2.0)
            running.cancel()
            await asyncio.wait({running})
            assert running.cancelled()
            assert [stream.frames[-1]["event"] for stream in server.streams] == ["closed", "closed"]

    run_virtual(main())
    assert [len(stream.of("stop")) for stream in server.streams] == [1, 1]


def test_runs_follow_each_other_over_the_same_agents() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def main() -> tuple[Report, Report]:
        now = asyncio.get_running_loop().time
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(hosted(server.app()))
            target = Target(url=url, auth_token=TOKEN, pid=os.getpid())
            load = await stack.enter_async_context(Load(target, engine_port=0, now=now))
            server.talk = lambda stream: Naive(stream).run(f"http://127.0.0.1:{load.engine_port}")
            return await load.warm_up(SHORT), await load.run(SHORT)

    first, second = run_virtual(main())
    assert first.measures.faults.in_content == second.measures.faults.in_content == 0
    assert first.measures.faults.in_calls == second.measures.faults.in_calls == 0
    assert second.memory_kib_per_call is not None
    assert second.cpu_ms_per_call_second is not None
    assert len(server.streams) == 4


def test_a_port_in_use_is_said() -> None:
    async def main() -> None:
        async with Load(Target(), engine_port=0) as first:
            with pytest.raises(Unavailable, match=str(first.engine_port)):
                async with Load(Target(), engine_port=first.engine_port):
                    pass

    run_virtual(main())
