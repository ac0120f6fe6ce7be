"""The stand-in for Deepgram behaves as its reference says, on the wire."""

import asyncio
import random
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.audio.format import SILENCE_BYTE, SILENCE_FRAME, TELEPHONE
from bakame.errors import Unavailable
from bakame.simulator.deepgram import DeepgramStandIn, Faults
from bakame.simulator.deepgram.segments import Began, Fell, Segmenter, Stretch
from bakame.simulator.deepgram.stand_in import KEY
from bakame.simulator.virtual_time import run_virtual
from bakame.wire.sockets import Refused, Socket, connect
from fakes.speech import LetterVoice, word_sound

TLS = ssl.create_default_context()
AUTHORIZATION = {"Authorization": f"Token {KEY}"}
TELEPHONY = "model=nova-3&encoding=mulaw&sample_rate=8000&channels=1&interim_results=true&endpointing=300"
SPEAK = "/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000&container=none"
SECOND = TELEPHONE.bytes_for(1_000)


async def count_letters(sound: bytes) -> str:
    """A model that understands how many letters were said in a row, in words of as many."""
    runs = [len(list(run)) for silent, run in groupby(sound, lambda byte: byte == SILENCE_BYTE) if not silent]
    return " ".join(f"w{round(size / 480)}" for size in runs)


class Client:
    """The other end of a live recognition."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.binary: list[bytes] = []
        self.closed: tuple[int, str] | None = None

    def received(self, message: bytes) -> None:
        self.messages.append(orjson.loads(message))

    def received_binary(self, message: bytes) -> None:
        self.binary.append(message)

    def lost(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    def finals(self) -> list[str]:
        texts = [_text(message) for message in self.of("Results") if message["is_final"]]
        return [text for text in texts if text]


def _text(results: dict[str, Any]) -> str:
    return results["channel"]["alternatives"][0]["transcript"]


@asynccontextmanager
async def serving(faults: Faults | None = None) -> AsyncGenerator[DeepgramStandIn]:
    async with DeepgramStandIn(
        understand=count_letters, synthesiser=LetterVoice(), faults=faults or Faults(), rng=random.Random(1)
    ) as stand_in:
        yield stand_in


async def dial(stand_in: DeepgramStandIn, client: Client, query: str = TELEPHONY, path: str = "/v1/listen") -> Socket:
    address = stand_in.base_url.replace("http", "ws", 1)
    return await connect(f"{address}{path}?{query}", client, headers=AUTHORIZATION)


Talk = Callable[[Socket, Client], Awaitable[None]]


def talking(talk: Talk, *, query: str = TELEPHONY, faults: Faults | None = None) -> Client:
    """One connection, closed at the end; what came back."""

    async def scenario() -> Client:
        client = Client()
        async with serving(faults) as stand_in:
            socket = await dial(stand_in, client, query)
            await talk(socket, client)
            await asyncio.sleep(0.05)
            socket.close()
            await socket.wait_lost()
        return client

    return run_virtual(scenario())


async def say(socket: Socket, *sounds: bytes) -> None:
    sound = b"".join(sounds)
    for at in range(0, len(sound), 320):
        socket.send_binary(sound[at : at + 320])
        await asyncio.sleep(0.04)


def silence(ms: int) -> bytes:
    return SILENCE_FRAME * (ms // 20)


@pytest.mark.parametrize("key", ["", "Token wrong", f"Bearer {KEY}", KEY])
def test_who_has_no_key_is_refused(key: str) -> None:
    async def scenario() -> None:
        async with serving() as stand_in, httpx.AsyncClient(verify=TLS, trust_env=False) as http:
            url = stand_in.base_url.replace("http", "ws", 1) + "/v1/listen?" + TELEPHONY
            with pytest.raises(Refused) as refused:
                await connect(url, Client(), headers={"Authorization": key})
            assert refused.value.status == 401
            answer = await http.post(stand_in.base_url + SPEAK, json={"text": "x"}, headers={"Authorization": key})
            assert answer.status_code == 401
            assert answer.json()["err_code"] == "INVALID_AUTH"
            assert answer.headers["dg-error"]
            assert answer.headers["dg-request-id"]

    run_virtual(scenario())


@pytest.mark.parametrize(
    "query",
    [
        "",
        "encoding=mulaw&sample_rate=8000",
        "model=nova-3&encoding=mulaw",
        "model=nova-3&encoding=linear16&sample_rate=8000",
        TELEPHONY + "&utterance_end_ms=999",
        TELEPHONY.replace("interim_results=true", "interim_results=false") + "&utterance_end_ms=1000",
        TELEPHONY + "&smart_format=yes",
        TELEPHONY.replace("300", "soon"),
        TELEPHONY + "&keywords=tea",
        TELEPHONY.replace("nova-3", "nova-2") + "&keyterm=tea",
    ],
)
def test_what_deepgram_would_refuse_is_refused(query: str) -> None:
    async def scenario() -> None:
        async with serving() as stand_in:
            with pytest.raises(Refused) as refused:
                await dial(stand_in, Client(), query)
            assert refused.value.status == 400

    run_virtual(scenario())


def test_other_addresses_are_not_there() -> None:
    async def scenario() -> None:
        async with serving() as stand_in:
            with pytest.raises(Refused) as refused:
                await dial(stand_in, Client(), path="/v2/listen")
            assert refused.value.status == 404

    run_virtual(scenario())


def test_guesses_come_while_speech_goes_on_and_the_settled_words_after_a_silence() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        await say(socket, word_sound("x" * 40))  # 2.46 s
        assert [message["is_final"] for message in client.of("Results")] == [False, False]
        await say(socket, silence(280))
        assert not client.finals()
        await say(socket, silence(80))
        assert client.finals() == ["w41"]

    client = talking(talk)
    final = client.of("Results")[2]
    assert (final["start"], final["duration"]) == (0.0, pytest.approx(2.76))
    assert (final["speech_final"], final["from_finalize"]) == (True, False)
    (word,) = final["channel"]["alternatives"][0]["words"]
    assert word == {"word": "w41", "start": 0.0, "end": pytest.approx(2.76), "confidence": 0.95}


def test_without_interim_results_there_are_no_guesses() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        await say(socket, word_sound("x" * 40), silence(400))

    client = talking(talk, query=TELEPHONY.replace("interim_results=true", "interim_results=false"))
    assert [message["is_final"] for message in client.of("Results")] == [True]


def test_a_long_speech_is_settled_in_pieces_and_only_the_last_ends_it() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        for _piece in range(4):
            await say(socket, word_sound("x" * 24), silence(200))
        await say(socket, silence(400))

    settled = [message for message in talking(talk).of("Results") if message["is_final"]]
    assert [message["speech_final"] for message in settled] == [False, True]
    assert settled[0]["start"] + settled[0]["duration"] == pytest.approx(settled[1]["start"])


def test_in_silence_empty_stretches_are_settled() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        await say(socket, silence(7_000))

    settled = talking(talk).of("Results")
    assert [(_text(message), message["is_final"], message["speech_final"]) for message in settled] == [
        ("", True, False)
    ] * 2


def test_speech_and_its_end_are_told_by_events() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        await say(socket, silence(400), word_sound("seven"), silence(1_600))

    client = talking(talk, query=TELEPHONY + "&vad_events=true&utterance_end_ms=1000")
    assert [message["timestamp"] for message in client.of("SpeechStarted")] == [0.4]
    assert [message["last_word_end"] for message in client.of("UtteranceEnd")] == [pytest.approx(0.76)]
    kinds = [message["type"] for message in client.messages]
    assert kinds.index("SpeechStarted") < kinds.index("Results") < kinds.index("UtteranceEnd")


def test_where_the_end_of_speech_is_not_told_the_words_gap_is_and_twice_if_so_wished() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        await say(socket, word_sound("seven"), silence(1_600))

    faults = Faults(misses_speech_final=True, repeats_utterance_end=True)
    client = talking(talk, query=TELEPHONY + "&utterance_end_ms=1000", faults=faults)
    assert not any(message["speech_final"] for message in client.of("Results"))
    assert len(client.of("UtteranceEnd")) == 2


def test_finalize_settles_what_is_pending_and_where_nothing_is_it_is_not_answered() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        await say(socket, word_sound("seven"))
        for _ in range(2):
            socket.send('{"type":"Finalize"}')
            await asyncio.sleep(0.1)
        assert client.finals() == ["w6"]
        assert [message["from_finalize"] for message in client.of("Results")] == [True]

    talking(talk)


def test_sound_of_any_cut_counts() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        for size in (1, 159, 161, 7):
            socket.send_binary(b"\x20" * size)
        socket.send('{"type":"Finalize"}')
        await asyncio.sleep(0.1)
        assert client.of("Results")[0]["duration"] == pytest.approx(328 / 8000)

    talking(talk)


def test_the_end_of_the_stream_brings_the_last_words_then_the_metadata_then_the_close() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        await say(socket, word_sound("seven"))
        socket.send('{"type":"CloseStream"}')
        await socket.wait_lost()

    client = talking(talk)
    assert [message["type"] for message in client.messages] == ["Results", "Metadata"]
    assert client.finals() == ["w6"]
    assert client.messages[-1]["duration"] == pytest.approx(0.36)
    assert client.closed == (1000, "")


def test_an_empty_message_ends_the_stream() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        socket.send_binary(b"")
        await socket.wait_lost()

    assert talking(talk).closed == (1000, "")


def test_ten_seconds_without_a_word_end_it() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        await say(socket, silence(200))
        began = asyncio.get_running_loop().time()
        await socket.wait_lost()
        assert asyncio.get_running_loop().time() - began == pytest.approx(10, abs=0.1)
        assert client.closed is not None
        assert client.closed[0] == 1011
        assert client.closed[1].startswith("NET-0001")

    talking(talk)


def test_a_word_every_five_seconds_keeps_it_open_but_only_as_text() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        for _ in range(12):
            socket.send('{"type":"KeepAlive"}')
            await asyncio.sleep(5)
        assert client.closed is None
        socket.send_binary(b'{"type":"KeepAlive"}')
        socket.send('{"type":"Finalize"}')
        await asyncio.sleep(0.1)
        assert client.of("Results")[0]["duration"] == pytest.approx(20 / 8000)

    talking(talk)


@pytest.mark.parametrize("message", ["nonsense", "[]", '{"type":"Weather"}', "{}"])
def test_what_it_does_not_know_is_an_error(message: str) -> None:
    async def talk(socket: Socket, _: Client) -> None:
        socket.send(message)
        await socket.wait_lost()

    client = talking(talk)
    assert client.messages[0]["type"] == "Error"
    assert client.messages[0]["variant"] == "SchemaError"
    assert client.closed is not None
    assert client.closed[0] == 1008


def test_key_terms_may_be_changed() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        socket.send('{"type":"Configure","keyterms":["tea"]}')
        await asyncio.sleep(0.1)
        assert client.of("ConfigureSuccess")[0]["keyterms"] == ["tea"]

    talking(talk)


@pytest.mark.parametrize("closes", [(1008, "DATA-0000"), (1011, "NET-0000"), (1011, "NET-0001"), (1000, "")])
def test_it_closes_as_told(closes: tuple[int, str]) -> None:
    async def talk(socket: Socket, _: Client) -> None:
        await say(socket, silence(600))
        await socket.wait_lost()

    assert talking(talk, faults=Faults(dies_after_s=0.5, closes=closes)).closed == closes


def test_it_breaks_off_without_a_word_as_told() -> None:
    async def talk(socket: Socket, _: Client) -> None:
        await say(socket, silence(600))
        await socket.wait_lost()

    client = talking(talk, faults=Faults(dies_after_s=0.5))
    assert client.closed is not None
    assert client.closed[0] == 1006


def test_it_says_nothing_from_where_it_was_told_but_answers_pings() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        await say(socket, word_sound("seven"), silence(600), word_sound("eight"), silence(20_000))
        assert client.finals() == ["w6"]
        assert socket.is_open

    talking(talk, faults=Faults(mute_after_s=0.9))


def test_it_fails_with_an_error_as_told() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        await say(socket, silence(200), word_sound("seven"), silence(1_000))
        assert [message["type"] for message in client.messages] == ["Error"]

    talking(talk, faults=Faults(fails_after_s=0.2))


def test_frozen_it_answers_nothing_at_all() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        await say(socket, word_sound("seven"), silence(8_000))
        assert not client.messages
        assert not socket.is_open

    talking(talk, faults=Faults(freezes_after_s=0.1))


def test_every_message_is_late_as_told() -> None:
    async def talk(socket: Socket, client: Client) -> None:
        await say(socket, word_sound("seven"))
        socket.send('{"type":"Finalize"}')
        await asyncio.sleep(1.9)
        assert not client.messages
        await asyncio.sleep(0.2)
        assert client.finals() == ["w6"]

    talking(talk, faults=Faults(late_s=2))


def test_a_model_that_fails_closes_the_connection_as_deepgram_does() -> None:
    async def broken(_: bytes) -> str:
        raise Unavailable("no model")

    async def scenario() -> tuple[int, str] | None:
        client = Client()
        async with DeepgramStandIn(understand=broken, synthesiser=LetterVoice()) as stand_in:
            socket = await dial(stand_in, client)
            await say(socket, word_sound("seven"), silence(600))
            await socket.wait_lost()
        return client.closed

    closed = run_virtual(scenario())
    assert closed is not None
    assert closed[1].startswith("NET-0000")


def test_two_callers_are_heard_apart() -> None:
    async def scenario() -> list[list[str]]:
        clients = [Client(), Client()]
        async with serving() as stand_in:
            sockets = [await dial(stand_in, client) for client in clients]
            await asyncio.gather(
                say(sockets[0], word_sound("seven"), silence(500)), say(sockets[1], word_sound("two"), silence(500))
            )
            for socket in sockets:
                socket.close()
        return [client.finals() for client in clients]

    assert run_virtual(scenario()) == [["w6"], ["w4"]]


def test_when_it_is_left_every_connection_is_gone() -> None:
    async def scenario() -> None:
        before = asyncio.all_tasks()
        client = Client()
        async with serving() as stand_in, httpx.AsyncClient(verify=TLS, trust_env=False) as http:
            socket = await dial(stand_in, client)
            await http.post(stand_in.base_url + SPEAK, json={"text": "one"}, headers=AUTHORIZATION)
        await socket.wait_lost()
        await asyncio.sleep(0.01)
        assert asyncio.all_tasks() == before
        assert client.closed is not None

    run_virtual(scenario())


# The voice


async def _post(stand_in: DeepgramStandIn, path: str = SPEAK, **request: Any) -> httpx.Response:
    async with httpx.AsyncClient(verify=TLS, trust_env=False) as http:
        return await http.post(stand_in.base_url + path, headers=AUTHORIZATION, **request)


def posted(path: str = SPEAK, faults: Faults | None = None, **request: Any) -> httpx.Response:
    async def scenario() -> httpx.Response:
        async with serving(faults) as stand_in:
            return await _post(stand_in, path, **request)

    return run_virtual(scenario())


def test_a_text_is_spoken_in_pieces_without_a_container() -> None:
    answer = posted(json={"text": "one two"})
    assert answer.content == word_sound("one") + word_sound("two")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.headers["content-type"].startswith("audio/mulaw")
    assert answer.headers["dg-char-count"] == "7"


def test_who_does_not_decline_the_container_gets_its_click() -> None:
    assert posted(SPEAK.replace("&container=none", ""), json={"text": "one"}).content.startswith(b"RIFF")


def test_linear_sound_is_twice_as_long() -> None:
    answer = posted(SPEAK.replace("mulaw", "linear16"), json={"text": "one"})
    assert len(answer.content) == 2 * len(word_sound("one"))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (SPEAK, {"text": "x" * 2_001}, 413),
        (SPEAK, {"text": " "}, 400),
        (SPEAK, {"words": "x"}, 400),
        (SPEAK, [], 400),
        (SPEAK.replace("8000", "11025"), {"text": "x"}, 400),
        (SPEAK.replace("mulaw", "mp3"), {"text": "x"}, 400),
        (SPEAK.replace("aura-2-thalia-en", "nova-3"), {"text": "x"}, 400),
        (SPEAK + "&speed=1.6", {"text": "x"}, 400),
        (SPEAK + "&speed=fast", {"text": "x"}, 400),
        ("/v1/sing", {"text": "x"}, 404),
    ],
)
def test_what_cannot_be_spoken_is_refused(path: str, body: object, status: int) -> None:
    answer = posted(path, json=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"err_code", "err_msg", "request_id"}


@pytest.mark.parametrize("status", [402, 403, 429, 500, 503])
def test_every_request_is_refused_as_told(status: int) -> None:
    assert posted(json={"text": "x"}, faults=Faults(refuse=status)).status_code == status


# Recordings


@pytest.mark.parametrize(
    "body", [b"", b"RIFF", b"RIFF0000WAVE", b'{"url":"https://x"}', b"RIFF0000WAVEfmt \x01\0\0\0x"]
)
def test_what_is_no_recording_is_refused(body: bytes) -> None:
    assert posted("/v1/listen?model=nova-3", content=body).status_code == 400


# Where speech is cut


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 3_000)), min_size=1, max_size=8),
    st.sampled_from([None, 10, 300]),
    st.sampled_from([None, 1_000]),
    st.integers(1, 999),
)
def test_settled_stretches_cover_all_the_sound_once(
    parts: list[tuple[bool, int]], endpointing_ms: int | None, utterance_end_ms: int | None, cut: int
) -> None:
    sound = b"".join((b"\x20" if loud else b"\xff") * (ms * 8) for loud, ms in parts)
    segmenter = Segmenter(endpointing_ms=endpointing_ms, utterance_end_ms=utterance_end_ms, interim=True)
    steps = [step for at in range(0, len(sound), cut) for step in segmenter.push(sound[at : at + cut])]
    steps.append(segmenter.flush())
    assert segmenter.position == len(sound)
    settled = [step for step in steps if isinstance(step, Stretch) and step.settled]
    assert b"".join(step.sound for step in settled) == sound
    at = 0
    for step in settled:
        assert step.start == at
        at += len(step.sound)
    for step in steps:
        if isinstance(step, Began | Fell):
            assert 0 <= step.position <= len(sound)
