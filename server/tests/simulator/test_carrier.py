"""Calls over real sockets: what the server gets from the carrier, and what the caller hears."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from bakame.errors import Invalid
from bakame.simulator.carrier import Carrier
from bakame.simulator.events import (
    CallerUnderstood,
    CallState,
    CarrierSaid,
    EndReason,
    MarkEchoed,
    StreamClosed,
    StreamOpened,
    TutorHeard,
    TutorState,
    WordsUnavailable,
)
from bakame.simulator.hosting import hosted
from bakame.simulator.network import IDEAL, Air, Drop, GilbertElliott, Hop, LossShown, Marks, Network, Stall
from bakame.simulator.twiml import TwimlError
from bakame.simulator.virtual_time import run_virtual
from bakame.simulator.webhook import WebhookError
from simulator.fake_server import TOKEN, FakeServer, Stream

T = TypeVar("T")

LEARNER, TUTOR = "+250788000001", "+250788000000"
STREAM = '<Stream url="ws://HOST/stream"><Parameter name="token" value="abc"/></Stream>'
OPEN = f"<Response><Connect>{STREAM}</Connect></Response>"
SOUND = bytes([0x10])


def media_of(server: FakeServer) -> list[dict[str, str]]:
    return [frame["media"] for frame in server.streams[0].of("media")]


def on_a_call(server: FakeServer, story: Callable[[Carrier], Awaitable[T]], *, token: str = TOKEN) -> T:
    """Tells a story with a carrier whose calls go to `server`, in virtual time."""

    async def main() -> T:
        async with hosted(server.app()) as url, Carrier(url, auth_token=token) as carrier:
            return await story(carrier)

    return run_virtual(main(), limit_s=900)


def payload(audio: bytes) -> dict[str, str]:
    return {"payload": base64.b64encode(audio).decode()}


def test_the_caller_hears_what_was_sent_and_the_server_hears_the_caller() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        await stream.send("media", media=payload(SOUND * 1600))
        await stream.send("mark", mark={"name": "said"})
        await stream.until("mark")
        await stream.until("dtmf")
        await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        assert await call.until_quiet(quiet_s=0.5)
        assert SOUND * 1600 in call.heard.heard
        assert call.heard.gaps == ()
        assert await call.speak_audio(b"\x20" * 400)
        assert await call.press("5#")
        end = await call.hang_up()
        assert (end.reason, end.state) == (EndReason.CALLER, CallState.COMPLETED)
        assert call.warnings == ()
        assert b"\x20" * 400 in call.spoken

    on_a_call(server, story)
    frames = server.streams[0].frames
    assert frames[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert frames[1]["event"] == "start"
    assert frames[1]["start"]["customParameters"] == {"token": "abc"}
    assert frames[1]["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    assert frames[-1]["event"] == "closed"
    assert frames[-2]["event"] == "stop"
    numbered = [int(frame["sequenceNumber"]) for frame in frames[1:-1]]
    assert numbered == list(range(1, len(numbered) + 1))
    media = server.streams[0].of("media")
    assert [frame["media"]["chunk"] for frame in media] == [str(n) for n in range(1, len(media) + 1)]
    assert [frame["media"]["timestamp"] for frame in media] == [str(20 * n) for n in range(1, len(media) + 1)]
    sound = b"".join(base64.b64decode(frame["media"]["payload"]) for frame in media)
    assert len(sound) == 160 * len(media)
    assert sound.strip(b"\xff") == b"\x20" * 400
    assert [frame["dtmf"] for frame in server.streams[0].of("dtmf")] == [
        {"track": "inbound_track", "digit": "5"},
        {"track": "inbound_track", "digit": "#"},
    ]


def test_webhooks_carry_the_calls_fields_and_the_end_is_reported() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        await call.until(StreamOpened)
        await asyncio.sleep(61)
        await call.hang_up()

    on_a_call(server, story)
    offered = server.got("/call")[0]
    assert offered["CallStatus"] == "ringing"
    assert offered["Direction"] == "inbound"
    assert offered["From"] == offered["Caller"] == LEARNER
    assert offered["FromCountry"] == "RW"
    assert offered["FromCity"] == ""
    over = server.got("/call/status")
    assert [form["CallStatus"] for form in over] == ["completed"]
    assert over[0]["CallSid"] == offered["CallSid"]
    assert (over[0]["CallDuration"], over[0]["Duration"], over[0]["SequenceNumber"]) == ("61", "2", "0")
    assert all(headers["i-twilio-idempotency-token"] for headers in server.headers)


def test_marks_come_back_as_they_are_heard_and_a_clear_returns_the_rest() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        for name in ("one", "two", "three"):
            await stream.send("media", media=payload(SOUND * 8000))
            await stream.send("mark", mark={"name": name})
        await stream.until("mark")
        await stream.send("clear")
        await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        assert await call.until_quiet()
        await call.hang_up()
        marks = [event for event in call.log if isinstance(event, MarkEchoed)]
        assert [(mark.name, mark.cleared) for mark in marks] == [("one", False), ("two", True), ("three", True)]
        assert 8000 <= call.heard.heard.count(SOUND) <= 8160

    on_a_call(server, story)
    assert [frame["mark"]["name"] for frame in server.streams[0].of("mark")] == ["one", "two", "three"]


def test_two_minutes_of_paced_speech_are_heard_without_a_gap() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        loop = asyncio.get_running_loop()
        start = loop.time()

        async def speak() -> None:
            for n in range(6_000):
                await asyncio.sleep(start + n * 0.02 - loop.time())
                await stream.send("media", media=payload(SOUND * 160))

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(speak())
            await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        assert await call.until_quiet()
        await call.hang_up()
        assert call.heard.heard.count(SOUND) == 6_000 * 160
        assert all(gap.length_ms < 1 for gap in call.heard.gaps)

    on_a_call(server, story)
    arrived = [int(frame["media"]["timestamp"]) for frame in server.streams[0].of("media")]
    assert arrived == list(range(20, 20 * len(arrived) + 20, 20))


def test_a_pulled_cable_says_nothing() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        await call.until(StreamOpened)
        await asyncio.sleep(1)
        speaking = call.speak_audio(b"\x20" * 80_000)
        call.drop()
        end = await call.ended()
        assert end.reason is EndReason.CABLE
        assert await speaking is False

    on_a_call(server, story)
    assert server.streams[0].of("stop") == []
    assert server.streams[0].frames[-1]["code"] in (1005, 1006)
    assert server.got("/call/status") == []


def test_a_server_that_closes_is_asked_what_comes_next() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        await stream.socket.close(1000)

    again = OPEN.replace("<Connect>", '<Connect action="/call/after">')
    over = "<Response><Say>Goodbye.</Say><Hangup/></Response>"
    server = FakeServer(documents={"/call": [again], "/call/after": [again, over]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        end = await call.ended()
        assert (end.reason, end.state) == (EndReason.SERVER, CallState.COMPLETED)
        assert [event.text for event in call.log if isinstance(event, CarrierSaid)] == ["Goodbye."]
        assert [event.code for event in call.log if isinstance(event, StreamClosed)] == [1000, 1000]

    on_a_call(server, story)
    assert len(server.streams) == 2
    assert server.got("/call/after")[0]["CallStatus"] == "in-progress"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (OPEN.replace("/stream", "/stream?x=1"), 31923),
        (OPEN.replace("ws://HOST", "http://HOST"), 31922),
        (OPEN.replace("ws://HOST", "ws://tutor.example.org"), 31922),
        (OPEN.replace("<Stream ", '<Stream track="both_tracks" '), 31941),
        (OPEN.replace("ws://HOST/stream", "ws://HOST/elsewhere"), 31920),
        (OPEN.replace("HOST", "127.0.0.1:9"), 31902),
    ],
)
def test_a_stream_that_cannot_open_is_reported_and_the_next_verb_follows(document: str, code: int) -> None:
    spoken = document.replace("</Connect>", "</Connect><Say>Call again.</Say>")
    server = FakeServer(documents={"/call": [spoken]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        await call.ended()
        assert [warning.code for warning in call.warnings] == [code]
        assert [event.text for event in call.log if isinstance(event, CarrierSaid)] == ["Call again."]

    on_a_call(server, story)


def test_messages_that_break_the_protocol_are_reported_once_and_the_call_goes_on() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        await stream.socket.send_text("nonsense")
        await stream.socket.send_text('{"event":"clear","streamSid":"MZ0"}')
        await stream.socket.send_bytes(b"\x00")
        await stream.send("media", media=payload(SOUND * 800))
        await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        assert await call.until_quiet()
        assert [warning.code for warning in call.warnings] == [31951, 31950]
        assert call.heard.heard.count(SOUND) == 800

    on_a_call(server, story)


def test_a_wrong_token_ends_the_call_and_says_what_to_do() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        end = await call.ended()
        assert (end.reason, end.state) == (EndReason.FAILED, CallState.FAILED)
        assert isinstance(call.failure, WebhookError)
        assert (call.failure.code, call.failure.status) == (11200, 403)
        assert "auth token" in call.failure.cure

    on_a_call(server, story, token="another")
    assert server.forms == []


@pytest.mark.parametrize(
    ("document", "code"), [("<Response><Say>", 12100), ("x" * 65_537, 11750), ("<!DOCTYPE a><Response/>", 12100)]
)
def test_a_broken_document_ends_the_call(document: str, code: int) -> None:
    server = FakeServer(documents={"/call": [document]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        end = await call.ended()
        assert end.state is CallState.FAILED
        assert isinstance(call.failure, TwimlError)
        assert call.failure.code == code

    on_a_call(server, story)


def test_no_server_at_all() -> None:
    async def main() -> None:
        async with Carrier("http://127.0.0.1:9", auth_token=TOKEN) as carrier:
            call = await carrier.place_call(LEARNER, TUTOR)
            end = await call.ended()
            assert end.reason is EndReason.FAILED
            assert isinstance(call.failure, WebhookError)
            assert "running" in call.failure.cure

    run_virtual(main())


def test_a_slow_webhook_is_given_up_after_fifteen_seconds() -> None:
    server = FakeServer()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def main() -> None:
        listening = await asyncio.start_server(slow, "127.0.0.1", 0)
        host, port = listening.sockets[0].getsockname()[:2]
        async with Carrier(f"http://{host}:{port}", auth_token=TOKEN, status_path=None) as carrier:
            call = await carrier.place_call(LEARNER, TUTOR)
            end = await call.ended()
            assert isinstance(call.failure, WebhookError)
            assert call.failure.code == 11205
            assert 14_900 <= end.at_ms <= 15_100
        listening.close()
        await listening.wait_closed()

    run_virtual(main())
    assert server.forms == []


def test_the_tutors_words_appear_when_the_server_shows_them() -> None:
    words = [
        b'event: state\ndata: {"state": "speaking"}\n\n',
        b': a comment\n\nevent: heard\ndata: {"utterance": 1, "text": "Hello"}\n\n',
        b'event: said\ndata: {"text": "twelve", "by": "speech"}\n\nevent: other\ndata: nothing\n\n',
    ]
    server = FakeServer(documents={"/call": [OPEN]}, words=words)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        await call.until(CallerUnderstood)
        await call.hang_up()
        told = [event for event in call.log if isinstance(event, TutorState | TutorHeard | CallerUnderstood)]
        assert [type(event) for event in told] == [TutorState, TutorHeard, CallerUnderstood]

    on_a_call(server, story)


def test_a_server_that_shows_no_words_is_no_failure() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        assert await call.until(WordsUnavailable)
        end = await call.hang_up()
        assert end.state is CallState.COMPLETED

    on_a_call(server, story)


def test_a_letter_is_no_key() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        with pytest.raises(Invalid, match="key"):
            call.press("5a")
        await call.hang_up()

    on_a_call(server, story)


def test_leaving_the_carrier_hangs_up() -> None:
    server = FakeServer(documents={"/call": [OPEN]})

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        await call.until(StreamOpened)

    on_a_call(server, story)
    assert [form["CallStatus"] for form in server.got("/call/status")] == ["completed"]
    assert len(server.streams[0].of("stop")) == 1


@pytest.mark.parametrize("shown", LossShown)
def test_what_the_air_loses_is_a_hole_in_chunk_and_timestamp_or_a_frame_that_was_made_up(shown: LossShown) -> None:
    server = FakeServer(documents={"/call": [OPEN]})
    network = Network(up=Air(loss=GilbertElliott(good_loss=0.2)), shown=shown)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR, network=network)
        await call.until(StreamOpened)
        await call.speak_audio(b"\x20" * 80_000)
        await call.hang_up()
        assert call.warnings == ()

    on_a_call(server, story)
    frames = server.streams[0].frames[1:-1]
    assert [int(frame["sequenceNumber"]) for frame in frames] == list(range(1, len(frames) + 1))
    media = media_of(server)
    assert all(int(one["timestamp"]) == 20 * int(one["chunk"]) for one in media)
    holes = int(media[-1]["chunk"]) - len(media)
    silent = sum(base64.b64decode(one["payload"]) == b"\xff" * 160 for one in media)
    match shown:
        case LossShown.HOLE:
            assert 60 <= holes <= 140
        case LossShown.CONCEALED:
            assert holes == 0
            assert len({one["payload"] for one in media}) > 2
        case LossShown.SILENT:
            assert holes == 0
            assert 60 <= silent <= 145


def test_marks_that_a_carrier_forgets_never_come_back() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        for number in range(5):
            await stream.send("media", media=payload(SOUND * 800))
            await stream.send("mark", mark={"name": str(number)})
        await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR, network=Network(marks=Marks(lost=1.0)))
        assert await call.until_quiet()
        await call.hang_up()

    on_a_call(server, story)
    assert server.streams[0].of("mark") == []


def test_delays_add_up_on_the_way_and_marks_come_when_the_carrier_has_played() -> None:
    heard_at: list[float] = []

    async def talk(stream: Stream) -> None:
        now = asyncio.get_running_loop().time
        await stream.until("start")
        began = now()
        await stream.send("media", media=payload(SOUND * 800))
        await stream.send("mark", mark={"name": "said"})
        await stream.until("mark")
        heard_at.append(now() - began)
        await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)
    network = Network(
        up=Air(delay_ms=1000),
        down=Air(delay_ms=700),
        hop_up=Hop(delay_ms=50),
        hop_down=Hop(delay_ms=30),
        marks=Marks(delay_ms=200),
    )

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR, network=network)
        assert await call.until_quiet()
        await call.hang_up()
        silence_ms = len(call.heard.heard) - len(call.heard.heard.lstrip(b"\xff"))
        # To the server with connected and start, and back; then the handset's buffer and one packet.
        assert silence_ms / 8 == pytest.approx(50 + 30 + 700 + 60 + 20, abs=25)

    on_a_call(server, story)
    # 100 ms of sound, both hops, the carrier's own delay, and the carrier's tick of 20 ms.
    assert heard_at == [pytest.approx(0.1 + 0.08 + 0.2, abs=0.021)]


def test_nothing_passes_a_socket_that_stalls_and_then_everything_comes_at_once() -> None:
    came: list[float] = []

    async def talk(stream: Stream) -> None:
        now = asyncio.get_running_loop().time
        await stream.until("start")
        began = now()
        while await stream.receive() is not None:
            came.append(now() - began)

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR, network=Network(faults=(Stall(at_s=1.0, for_s=2.0),)))
        await call.until(StreamOpened)
        await asyncio.sleep(5)
        call.stall(1.0)
        await asyncio.sleep(2)
        await call.hang_up()

    on_a_call(server, story)
    assert not [at for at in came if 1.03 < at < 2.97]
    assert len([at for at in came if 2.97 < at < 3.03]) >= 98
    assert not [at for at in came if 5.03 < at < 5.97]
    assert [int(one["timestamp"]) for one in media_of(server)] == [20 * n for n in range(1, len(media_of(server)) + 1)]


def test_a_socket_that_breaks_leaves_the_caller_on_the_line_and_the_server_is_asked_what_comes_next() -> None:
    again = OPEN.replace("<Connect>", '<Connect action="/call/after">')
    server = FakeServer(documents={"/call": [again], "/call/after": [again]})

    async def story(carrier: Carrier) -> None:
        network = Network(faults=(Drop(at_s=1.0), Drop(at_s=3.0)))
        call = await carrier.place_call(LEARNER, TUTOR, network=network)
        await call.until(StreamOpened)
        await asyncio.sleep(5)
        assert call.state is CallState.IN_PROGRESS
        assert [warning.code for warning in call.warnings] == [31903, 31903]
        call.drop_socket()
        await asyncio.sleep(1)
        await call.hang_up()

    on_a_call(server, story)
    assert len(server.streams) == 4
    assert [len(stream.of("stop")) for stream in server.streams] == [0, 0, 0, 1]
    assert len(server.got("/call/after")) == 3


def test_a_late_server_is_heard_late_and_the_report_says_so() -> None:
    voice = bytes(range(128)) * 200

    async def talk(stream: Stream) -> None:
        await stream.until("start")
        await stream.send("media", media=payload(voice[:8000]))
        await asyncio.sleep(1.15)
        await stream.send("media", media=payload(voice[8000:16000]))
        await stream.until("dtmf")
        await asyncio.sleep(0.7)
        await stream.send("media", media=payload(voice[:8000]))
        await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=talk)

    async def story(carrier: Carrier) -> None:
        call = await carrier.place_call(LEARNER, TUTOR, network=IDEAL)
        await call.until_quiet()
        await call.press("1")
        await call.until_quiet()
        report = call.report()
        await call.hang_up()
        assert [gap.length_ms for gap in call.heard.gaps] == pytest.approx([150], abs=1)
        assert report.longest_wait_ms == pytest.approx(700, abs=25)

    on_a_call(server, story)
