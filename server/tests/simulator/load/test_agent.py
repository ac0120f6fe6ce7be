"""The load's agents speak the vendor's protocol: signed URL, first messages, uneven sound, interruptions, pings."""

import asyncio
import random
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import orjson
import pytest

from bakame.simulator.load import tape
from bakame.simulator.load.agent import Agent, Manner
from bakame.simulator.load.ear import Ear
from bakame.simulator.load.exchange import Exchange, exchange
from bakame.simulator.load.measures import Measures
from bakame.simulator.load.uplink import Uplink
from bakame.simulator.virtual_time import run_virtual
from bakame.wire.sockets import Socket, connect

T = TypeVar("T")
FRAME = tape.number_codes()[0] + tape.rest_of_frame(0)


class Call:
    """A call that agents look for."""

    def __init__(self, measures: Measures) -> None:
        self.ear = Ear(0, measures)
        self.uplink = Uplink(0, measures)
        self.uplink.sending(0.0)
        self.agent: Any = None


@dataclass
class Client:
    """A server's end of a conversation."""

    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list[tuple[float, dict[str, Any]]])

    def received(self, message: bytes) -> None:
        self.events.append((asyncio.get_running_loop().time(), orjson.loads(message)))

    def received_binary(self, message: bytes) -> None: ...

    def lost(self, code: int, reason: str) -> None: ...

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for _, event in self.events if event["type"] == kind]


def audio(sound: bytes) -> bytes:
    import base64

    return orjson.dumps({"user_audio_chunk": base64.b64encode(sound).decode()})


Story = Callable[[Exchange, Call, Measures], Awaitable[T]]


def told(story: Story[T], *, manner: Manner | None = None) -> T:
    async def main() -> T:
        measures = Measures()
        call = Call(measures)
        async with exchange(port=0, now=asyncio.get_running_loop().time, rng=random.Random(1)) as agents:
            agents.expect(lambda number: None if number else call, manner=manner or Manner(), measures=measures)
            return await story(agents, call, measures)

    return run_virtual(main())


async def conversation(agents: Exchange, client: Client, *, listening: bool = True) -> Socket:
    """An open one; when `listening`, the agent has heard its caller."""
    socket = await connect(f"ws://127.0.0.1:{agents.port}/v1/convai/conversation?agent_id=a", client)
    socket.send(b'{"type":"conversation_initiation_client_data"}')
    if listening:
        socket.send(audio(FRAME))
    await asyncio.sleep(0.01)
    return socket


async def stepped(call: Call, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    until_s = loop.time() + seconds
    while loop.time() < until_s:
        agent: Agent = call.agent
        agent.step(loop.time())
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("path", ["get-signed-url", "get_signed_url"])
def test_a_signed_url_opens_a_conversation(path: str) -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{agents.port}", trust_env=False) as http:
            answer = await http.get(f"/v1/convai/conversation/{path}", params={"agent_id": "a"})
        url = answer.json()["signed_url"]
        assert "conversation_signature=" in url
        client = Client()
        socket = await connect(url, client)
        socket.send(b'{"type":"conversation_initiation_client_data","dynamic_variables":{}}')
        await asyncio.sleep(0.01)
        [metadata] = client.of("conversation_initiation_metadata")
        formats = metadata["conversation_initiation_metadata_event"]
        assert formats["agent_output_audio_format"] == formats["user_input_audio_format"] == "ulaw_8000"
        assert measures.faults.in_calls == 0

    told(story)


def test_other_paths_and_a_missing_agent_are_refused() -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{agents.port}", trust_env=False) as http:
            assert (await http.get("/v1/convai/agents")).status_code == 404
            assert (await http.get("/v1/convai/conversation/get-signed-url")).status_code == 422

    told(story)


def test_an_agent_is_silent_until_it_hears_its_caller() -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        socket = await conversation(agents, Client(), listening=False)
        await asyncio.sleep(5)
        assert call.agent is None
        socket.send(audio(FRAME))
        await asyncio.sleep(0.01)
        assert call.agent is not None

    told(story)


def test_sound_comes_faster_than_it_is_spoken_in_uneven_pieces_and_all_of_it() -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        client = Client()
        await conversation(agents, client)
        await stepped(call, 4.5)
        pieces = [
            (at, b64decode(event["audio_event"]["audio_base_64"]))
            for at, event in client.events
            if event["type"] == "audio"
        ]
        sound = b"".join(piece for _, piece in pieces)
        assert sound == tape.speech()[: len(sound)]
        assert len(sound) == call.ear.next_place
        assert pieces[-1][0] - pieces[0][0] < len(sound) / 8000 / 3
        assert len({len(piece) for _, piece in pieces}) == len(pieces) > 3
        assert len(client.of("agent_response")) == 1

    told(story, manner=Manner(interrupt_every_s=0))


def test_an_interruption_names_the_utterance_and_late_sound_of_it_follows() -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        client = Client()
        await conversation(agents, client)
        await stepped(call, 20)
        kinds = [event["type"] for _, event in client.events]
        cut = kinds.index("interruption")
        number = client.events[cut][1]["interruption_event"]["event_id"]
        assert kinds[cut + 1 : cut + 3] == ["audio", "agent_response_correction"]
        assert client.events[cut + 1][1]["audio_event"]["event_id"] == number
        later = [event["audio_event"]["event_id"] for _, event in client.events[cut + 2 :] if event["type"] == "audio"]
        assert later
        assert min(later) > number

    told(story)


def test_pings_are_timed_until_their_pong() -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        client = Client()
        socket = await conversation(agents, client)
        await stepped(call, 2.1)
        [ping] = client.of("ping")[:1]
        await asyncio.sleep(0.05)
        socket.send(orjson.dumps({"type": "pong", "event_id": ping["ping_event"]["event_id"]}))
        socket.send(orjson.dumps({"type": "pong", "event_id": 999}))
        await asyncio.sleep(0.01)
        assert len(measures.pong) == 1
        assert measures.pong.largest_ms >= 50

    told(story)


@pytest.mark.parametrize("message", [b"no JSON", b"[]", b'{"type":"hello"}', b'{"user_audio_chunk":"A"}'])
def test_what_the_vendor_would_not_take_is_counted(message: bytes) -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        socket = await conversation(agents, Client())
        socket.send(message)
        socket.send_binary(b"sound")
        await asyncio.sleep(0.01)
        assert measures.faults.malformed == 2

    told(story)


def test_a_conversation_that_the_server_closes_or_opens_again_in_a_call_is_told() -> None:
    async def story(agents: Exchange, call: Call, measures: Measures) -> None:
        first = await conversation(agents, Client())
        await conversation(agents, Client())
        assert measures.faults.agents_again == 1
        first.close()
        await asyncio.sleep(0.1)
        assert call.agent is not None

    told(story)
