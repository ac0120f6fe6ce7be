"""The stand-in for ElevenLabs is as strict as the vendor, converses as its agents do, and fails as it is told to."""

import asyncio
import json
import random
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bakame.audio.format import SILENCE_FRAME, TELEPHONE
from bakame.simulator.convai.ear import Ear
from bakame.simulator.convai.settings import FORMATS, AgentSettings, ConvaiFaults
from bakame.simulator.convai.stand_in import ConvaiStandIn, Webhook
from bakame.simulator.hosting import hosted
from bakame.simulator.virtual_time import run_virtual
from bakame.wire.sockets import Refused, Socket, connect
from fakes.speech import LetterVoice, word_sound

KEY = "xi-test-key"
INITIATION: dict[str, Any] = {"type": "conversation_initiation_client_data"}


class Client:
    """A client of the vendor's that does only what it is told."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.closed: tuple[int, str] | None = None
        self.pongs = True
        self._came = asyncio.Event()
        self.socket: Socket | None = None

    def received(self, message: bytes) -> None:
        frame = _frame(message)
        if self.pongs and frame["type"] == "ping":
            self.send({"type": "pong", "event_id": frame["ping_event"]["event_id"]})
        self.frames.append(frame)
        self.times.append(asyncio.get_running_loop().time())
        self._came.set()

    def received_binary(self, message: bytes) -> None:
        self.frames.append({"type": "binary"})

    def lost(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._came.set()

    def send(self, frame: object) -> None:
        assert self.socket is not None
        self.socket.send(frame if isinstance(frame, bytes) else json.dumps(frame))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The frame of this kind."""
        async with asyncio.timeout(60):
            while len(self.of(kind)) < count:
                assert self.closed is None, self.closed
                self._came.clear()
                await self._came.wait()
        return self.of(kind)[count - 1]

    async def until_closed(self) -> tuple[int, str]:
        async with asyncio.timeout(60):
            while self.closed is None:
                self._came.clear()
                await self._came.wait()
        return self.closed

    async def speak(self, audio: bytes, *, silence_ms: int = 800) -> None:
        """The caller's sound in real time, and silence behind it."""
        for at in range(0, len(audio), 160):
            self.send({"user_audio_chunk": b64encode(audio[at : at + 160]).decode()})
            await asyncio.sleep(0.02)
        for _ in range(silence_ms // 20):
            self.send({"user_audio_chunk": b64encode(SILENCE_FRAME).decode()})
            await asyncio.sleep(0.02)

    def sound(self) -> bytes:
        return b"".join(b64decode(frame["audio_event"]["audio_base_64"]) for frame in self.of("audio"))


def _frame(message: bytes) -> dict[str, Any]:
    try:
        frame: Any = json.loads(message)
    except ValueError:
        frame = None
    return cast(dict[str, Any], frame) if isinstance(frame, dict) else {"type": "garbage"}


def stand_in_of(**options: Any) -> ConvaiStandIn:
    async def understand(_: bytes) -> str:
        return "seven"

    return ConvaiStandIn(synthesiser=LetterVoice(), understand=understand, api_key=KEY, **options)


async def signed_url(stand_in: ConvaiStandIn) -> str:
    async with httpx.AsyncClient() as http:
        answer = await http.get(
            f"{stand_in.base_url}/v1/convai/conversation/get-signed-url",
            params={"agent_id": stand_in.settings.agent_id},
            headers={"xi-api-key": KEY},
        )
    return str(answer.json()["signed_url"])


def converse(scene: Callable[[ConvaiStandIn, Client], Awaitable[None]], **options: Any) -> None:
    """Runs a scene with a client whose socket is open, on virtual time."""

    async def scenario() -> None:
        before = asyncio.all_tasks()
        async with stand_in_of(**options) as stand_in:
            client = Client()
            client.socket = await connect(await signed_url(stand_in), client, heartbeat_s=None)
            await scene(stand_in, client)
        await asyncio.sleep(0.1)
        assert asyncio.all_tasks() == before

    run_virtual(scenario())


# Doors


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("get-signed-url?agent_id=agent_stand_in", KEY, 200),
        ("get_signed_url?agent_id=agent_stand_in", KEY, 200),
        ("get-signed-url?agent_id=agent_stand_in", "wrong", 401),
        ("get-signed-url?agent_id=agent_stand_in", "", 401),
        ("get-signed-url?agent_id=other", KEY, 404),
        ("get-signed-url", KEY, 422),
        ("elsewhere", KEY, 404),
    ],
)
def test_signed_urls_are_for_those_with_the_key(path: str, key: str, status: int) -> None:
    async def scenario() -> None:
        async with stand_in_of() as stand_in, httpx.AsyncClient() as http:
            url = f"{stand_in.base_url}/v1/convai/conversation/{path}"
            answer = await http.get(url, headers={"xi-api-key": key} if key else {})
            assert answer.status_code == status
            assert ("signed_url" in answer.json()) is (status == 200)
            assert ("detail" in answer.json()) is (status != 200)

    run_virtual(scenario())


def test_a_socket_opens_with_a_fresh_signature_or_the_key_alone() -> None:
    async def scenario() -> None:
        async with stand_in_of() as stand_in:
            base = f"ws{stand_in.base_url.removeprefix('http')}/v1/convai/conversation"
            for url, headers, status in (
                (f"{base}?agent_id=agent_stand_in", {}, 403),
                (f"{base}?agent_id=agent_stand_in&conversation_signature=made-up", {}, 403),
                (f"{base}?agent_id=other", {"xi-api-key": KEY}, 404),
            ):
                with pytest.raises(Refused) as caught:
                    await connect(url, Client(), headers=headers)
                assert caught.value.status == status
            by_key = await connect(f"{base}?agent_id=agent_stand_in", Client(), headers={"xi-api-key": KEY})
            by_key.close()
            url = await signed_url(stand_in)
            await asyncio.sleep(16 * 60)
            with pytest.raises(Refused):
                await connect(url, Client())

    run_virtual(scenario())


# Strictness


@pytest.mark.parametrize(
    ("first", "code", "kind"),
    [
        ({"user_audio_chunk": "//8="}, 1002, "invalid_message"),
        ({"type": "pong", "event_id": 1}, 1002, "invalid_message"),
        (b"{", 1002, "invalid_message"),
        (b"[]", 1002, "invalid_message"),
        ({**INITIATION, "surprise": 1}, 1002, "invalid_message"),
        ({**INITIATION, "conversation_config_override": {"agent": {"first_message": None}}}, 1008, "value_error"),
        ({**INITIATION, "conversation_config_override": {"agent": {"first_message": ""}}}, 1008, "value_error"),
        ({**INITIATION, "conversation_config_override": {"agent": {"language": "rw"}}}, 1008, "value_error"),
        ({**INITIATION, "conversation_config_override": {"tts": {"voice_id": "v"}}}, 1008, "override_error"),
        ({**INITIATION, "conversation_config_override": {"agent": {"colour": "v"}}}, 1008, "override_error"),
        ({**INITIATION, "conversation_config_override": []}, 1008, "value_error"),
        ({**INITIATION, "dynamic_variables": {"system__x": 1, "grade": 1}}, 1008, "value_error"),
        ({**INITIATION, "dynamic_variables": {"grade": None}}, 1008, "value_error"),
        (INITIATION, 1008, "missing_dynamic_variable"),
    ],
)
def test_a_conversation_that_begins_wrongly_ends_with_the_vendors_words(first: Any, code: int, kind: str) -> None:
    async def scene(stand_in: ConvaiStandIn, client: Client) -> None:
        client.send(first)
        assert (await client.until_closed())[0] == code
        (error,) = client.of("error")
        assert (error["error_event"]["code"], error["error_event"]["error_type"]) == (code, kind)
        assert stand_in.records[0].refusals

    converse(scene, settings=AgentSettings(required_variables=frozenset({"grade"})))


def test_a_client_that_says_nothing_is_let_go() -> None:
    async def scene(_: ConvaiStandIn, client: Client) -> None:
        assert (await client.until_closed())[0] == 1008
        assert asyncio.get_running_loop().time() == pytest.approx(5.0, abs=0.1)

    converse(scene)


@pytest.mark.parametrize(
    "message",
    [
        {"user_audio_chunk": "not base64!"},
        {"user_audio_chunk": "//8=", "type": "user_audio_chunk"},
        {"user_audio_chunk": None},
        {"type": "pong", "event_id": 4711},
        {"type": "pong"},
        {"type": "pong", "event_id": "1"},
        {"type": "client_tool_result", "tool_call_id": "t", "result": {"a": 1}, "is_error": False},
        {"type": "client_tool_result", "tool_call_id": "t", "result": "x", "is_error": False},
        {"type": "user_message"},
        {"type": "user_message", "text": "x", "more": 1},
        {"type": "start"},
        {"type": 7},
        INITIATION,
        b"null",
    ],
)
def test_a_message_that_the_vendor_does_not_take_ends_the_conversation(message: Any) -> None:
    async def scene(_: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        await client.until("conversation_initiation_metadata")
        client.send(message)
        assert (await client.until_closed())[0] == 1002

    converse(scene)


def test_a_client_that_does_not_answer_pings_is_let_go() -> None:
    async def scene(_: ConvaiStandIn, client: Client) -> None:
        client.pongs = False
        client.send(INITIATION)
        assert (await client.until_closed())[0] == 1008
        assert asyncio.get_running_loop().time() < 30

    converse(scene)


# Conversing


def test_it_greets_with_the_first_message_faster_than_real_time_in_uneven_pieces() -> None:
    async def scene(_: ConvaiStandIn, client: Client) -> None:
        client.send({**INITIATION, "conversation_config_override": {"agent": {"first_message": "Muraho neza sana."}}})
        await client.until("agent_response")
        assert client.frames[0]["type"] == "conversation_initiation_metadata"
        assert client.sound() == b"".join(map(word_sound, ["Muraho", "neza", "sana."]))
        sizes = [len(frame["audio_event"]["audio_base_64"]) for frame in client.of("audio")]
        assert len(set(sizes)) > 1
        assert asyncio.get_running_loop().time() < TELEPHONE.ms_for(len(client.sound())) / 1000 / 2
        alignments = [frame["audio_event"]["alignment"] for frame in client.of("audio")]
        assert "".join(char for each in alignments for char in each["chars"]) == "Muraho neza sana."
        assert all(len(set(map(len, each.values()))) == 1 for each in alignments)

    converse(scene)


def test_the_caller_is_understood_the_tool_is_asked_and_its_answer_is_said() -> None:
    async def scene(stand_in: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        await client.until("agent_response")
        await asyncio.sleep(3)
        speaking = asyncio.create_task(client.speak(word_sound("seven")))
        call = (await client.until("client_tool_call"))["client_tool_call"]
        assert (call["tool_name"], call["parameters"]) == ("submit_answer", {"answer": "seven"})
        result = json.dumps({"say": "Right.", "ends": True})
        client.send(
            {
                "type": "client_tool_result",
                "tool_call_id": call["tool_call_id"],
                "result": result,
                "is_error": False,
            }
        )
        await client.until("agent_response", 2)
        await speaking
        assert await client.until_closed() == (1000, "agent")
        record = stand_in.records[0]
        assert record.transcript[1:] == [("user", "seven"), ("agent", "Right.")]
        events = [
            frame[key]["event_id"]
            for frame in client.frames
            for key in frame
            if isinstance(frame[key], dict) and "event_id" in frame[key] and frame["type"] != "agent_response"
        ]
        assert all(one <= other for one, other in pairwise(events))

    converse(scene)


def test_a_tool_that_nobody_answers_is_waited_for_and_excused() -> None:
    async def scene(stand_in: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        await client.until("agent_response")
        await asyncio.sleep(3)
        client.send({"type": "user_message", "text": "hint please"})
        call = (await client.until("client_tool_call"))["client_tool_call"]
        assert call["tool_name"] == "hint"
        began = asyncio.get_running_loop().time()
        await client.until("agent_tool_response")
        assert asyncio.get_running_loop().time() - began == pytest.approx(20, abs=0.1)
        await client.until("agent_response", 2)
        assert stand_in.records[0].transcript[-1] == ("agent", stand_in.settings.apology)

    converse(scene)


def test_the_caller_who_speaks_over_it_interrupts_it() -> None:
    async def scene(stand_in: ConvaiStandIn, client: Client) -> None:
        client.send({**INITIATION, "conversation_config_override": {"agent": {"first_message": "word " * 20}}})
        await client.until("audio")
        await client.speak(word_sound("stop"), silence_ms=0)
        number = (await client.until("interruption"))["interruption_event"]["event_id"]
        correction = (await client.until("agent_response_correction"))["agent_response_correction_event"]
        assert correction["original_agent_response"] == "word " * 20
        heard = correction["corrected_agent_response"].split()
        assert 0 < len(heard) < 5
        after = client.frames[client.frames.index(client.of("interruption")[0]) :]
        late = [frame["audio_event"]["event_id"] for frame in after if frame["type"] == "audio"]
        assert late
        assert all(event_id < number for event_id in late)
        assert stand_in.records[0].interruptions == 1

    converse(scene)


def test_pings_come_every_two_seconds_and_tell_the_last_round_trip() -> None:
    async def scene(stand_in: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        await asyncio.sleep(9)
        pings = [frame["ping_event"] for frame in client.of("ping")]
        assert len(pings) == 4
        assert [ping["ping_ms"] for ping in pings] == [None, 0, 0, 0]
        assert stand_in.records[0].pong_latencies_s == [0, 0, 0, 0]

    converse(scene)


def test_it_ends_at_its_longest_and_tells_how_each_conversation_went() -> None:
    async def scene(stand_in: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        assert await client.until_closed() == (1000, "max duration")
        conversation_id = client.frames[0]["conversation_initiation_metadata_event"]["conversation_id"]
        async with httpx.AsyncClient(headers={"xi-api-key": KEY}) as http:
            url = f"{stand_in.base_url}/v1/convai/conversations"
            told = (await http.get(f"{url}/{conversation_id}")).json()
            assert (told["status"], told["metadata"]["call_duration_secs"]) == ("done", 30)
            assert (await http.get(f"{url}/other")).status_code == 404

    converse(scene, settings=AgentSettings(max_duration_s=30))


@pytest.mark.parametrize("reports", [1, 2])
def test_after_the_call_the_webhook_comes_signed(reports: int) -> None:
    got: list[tuple[bytes, str]] = []

    async def take(request: Request) -> Response:
        got.append((await request.body(), request.headers["elevenlabs-signature"]))
        return Response()

    async def scenario() -> None:
        async with (
            hosted(Starlette(routes=[Route("/after", take, methods=["POST"])])) as url,
            stand_in_of(
                webhook=Webhook(f"{url}/after", "wsec_test"),
                faults=ConvaiFaults(reports=reports),
                now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            ) as stand_in,
        ):
            client = Client()
            client.socket = await connect(await signed_url(stand_in), client, heartbeat_s=None)
            client.send(INITIATION)
            await client.until("agent_response")
            client.socket.close()
            await asyncio.sleep(1)
            assert stand_in.report_statuses == [200] * reports

    run_virtual(scenario())
    assert len(got) == reports
    assert all(signature.startswith("t=1767225600,v0=") for _, signature in got)
    assert json.loads(got[0][0])["type"] == "post_call_transcription"


# Faults


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (ConvaiFaults(middle="drop"), 1006),
        (ConvaiFaults(middle="close", close_code=1011), 1011),
        (ConvaiFaults(middle="close", close_code=1008), 1008),
        (ConvaiFaults(middle="error", error_type="llm_error"), 1011),
    ],
)
def test_it_dies_amid_a_word(faults: ConvaiFaults, code: int) -> None:
    async def scene(_: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        assert (await client.until_closed())[0] == code
        assert len(client.of("audio")) == 1
        assert bool(client.of("error")) is (faults.middle == "error")

    converse(scene, faults=faults)


def test_it_stalls_without_closing() -> None:
    async def scene(_: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        await asyncio.sleep(60)
        assert client.closed is None
        assert len(client.frames) == 2

    converse(scene, faults=ConvaiFaults(middle="hang"))


@pytest.mark.parametrize(
    ("faults", "kind"),
    [(ConvaiFaults(middle="garbage"), "garbage"), (ConvaiFaults(middle="binary"), "binary")],
)
def test_it_talks_garbage(faults: ConvaiFaults, kind: str) -> None:
    async def scene(_: ConvaiStandIn, client: Client) -> None:
        client.send(INITIATION)
        await asyncio.sleep(1)
        assert len(client.of(kind)) > 10

    converse(scene, faults=faults)


# Ears


@pytest.mark.parametrize("name", FORMATS)
def test_a_turn_is_what_was_loud_until_it_was_silent(name: str) -> None:
    hears = FORMATS[name]
    ear = Ear(hears, silence_ms=600)
    rng = random.Random(1)
    loud = rng.randbytes(hears.bytes_for(1000)) if hears.encoding == "pcm16" else b"\x20" * 8000
    silence = (b"\xff" if hears.encoding == "mulaw" else b"\x00") * hears.bytes_for(1000)
    assert ear.push(silence) == []
    assert ear.push(loud) == []
    assert ear.speaking
    (turn,) = ear.push(silence)
    assert TELEPHONE.ms_for(len(turn)) == pytest.approx(1000 + 600 + 140, abs=60)
    assert not ear.speaking
