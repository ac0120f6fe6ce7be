"""`bakame phone` and `bakame text` as a person or a script runs them, against a server on loopback."""

import asyncio
import io
import json
import socket
import wave
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from bakame.simulator.cli import Kit, mount
from bakame.simulator.hosting import hosted
from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.pictures import picture_saying
from bakame.simulator.rest import ACCOUNTS
from bakame.simulator.virtual_time import run_virtual
from simulator.fake_server import TOKEN, FakeServer, Stream
from simulator.test_carrier import OPEN, SOUND, payload
from simulator.test_speech import Tone, tone, wav


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Place:
    """Where the server and the carrier's REST side are."""

    server: str
    rest: str


Meanwhile = Callable[[Place], Coroutine[Any, Any, None]]


def bakame(
    server: FakeServer | None,
    *args: str,
    token: str | None = TOKEN,
    stdin: str = "",
    meanwhile: Meanwhile | None = None,
) -> Result:
    """Runs a command in virtual time, with a server on the address it is given, while something else happens."""
    port, rest_port = free_port(), free_port()
    place = Place(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{rest_port}{ACCOUNTS}/{ACCOUNT_SID}")

    def run(command: Coroutine[Any, Any, int]) -> int:
        async def with_server() -> int:
            async with AsyncExitStack() as stack:
                if server is not None:
                    await stack.enter_async_context(hosted(server.app(), port=port))
                async with asyncio.TaskGroup() as tasks:
                    if meanwhile is not None:
                        tasks.create_task(meanwhile(place))
                    return await command

        return run_virtual(with_server(), limit_s=900)

    app = typer.Typer()
    mount(app, Kit(token=lambda: token, synthesiser=Tone, run=run))
    command, *rest = args
    options = ["--to", place.server, "--rest-port", str(rest_port)]
    return CliRunner().invoke(app, [command, *options, *rest], input=stdin, env={})


async def lesson(stream: Stream) -> None:
    """A tutor that speaks a second, and again after each key or each second of a caller's speech."""
    await stream.until("start")
    await stream.send("media", media=payload(SOUND * 8000))
    loud = 0
    while (frame := await stream.receive()) is not None:
        if frame["event"] == "media" and frame["media"]["payload"].strip("/") != "w==":
            loud += 1
        if frame["event"] == "dtmf" or loud >= 45:
            loud = 0
            await stream.send("media", media=payload(SOUND * 8000))


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_steps_are_done_in_the_order_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "twelve.wav").write_bytes(wav(tone(8000)))
    server = FakeServer(documents={"/call": [OPEN]}, talk=lesson)
    steps = ["--keys", "1", "--say", "my name is Aline", "--keys", "5#", "--wav", str(tmp_path / "twelve.wav")]
    result = bakame(server, "phone", "--json", *steps)
    assert result.exit_code == 0, result.output
    done = [event for event in lines(result) if event["event"] in ("key", "spoken")]
    assert [event.get("key") or event["text"] for event in done] == [
        "1",
        "my name is Aline",
        "5",
        "#",
        f"({tmp_path / 'twelve.wav'})",
    ]
    assert lines(result)[-1] | {"at_ms": 0} == {
        "event": "ended",
        "at_ms": 0,
        "reason": "caller",
        "state": "completed",
        "message": "",
    }
    frames = server.streams[0].frames
    first_key = next(frame for frame in frames if frame["event"] == "dtmf")
    sound_before = [frame for frame in frames[: frames.index(first_key)] if frame["event"] == "media"]
    assert len(sound_before) * 20 >= 2000, "a key was pressed before the tutor had finished and was quiet for a second"


def test_a_step_over_the_voice_does_not_wait_for_its_end() -> None:
    async def long_speech(stream: Stream) -> None:
        await stream.until("start")
        await stream.send("media", media=payload(SOUND * 80_000))
        await stream.until("dtmf")
        await stream.send("clear")
        await stream.drain()

    server = FakeServer(documents={"/call": [OPEN]}, talk=long_speech)
    result = bakame(server, "phone", "--json", "--keys-over", "0")
    (key,) = [event for event in lines(result) if event["event"] == "key"]
    (clear,) = [event for event in lines(result) if event["event"] == "clear"]
    assert key["at_ms"] < 2000
    assert clear["dropped_ms"] > 8000


def test_the_call_is_cut_after_the_seconds_given_and_recorded(tmp_path: Path) -> None:
    server = FakeServer(documents={"/call": [OPEN]}, talk=lesson)
    record = tmp_path / "call.wav"
    result = bakame(server, "phone", "--hang-up-after", "7.5", "--record", str(record))
    assert result.exit_code == 0
    assert "You hung up." in result.stdout
    assert len(server.streams[0].of("stop")) == 1
    with wave.open(io.BytesIO(record.read_bytes())) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        assert file.getnframes() == pytest.approx(7.5 * 8000, abs=800)
        sides = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert not sides[:, 0].any()
    assert np.count_nonzero(sides[:, 1]) == 8000


def test_the_tutors_words_and_texts_are_shown() -> None:
    words = [
        b'event: heard\ndata: {"utterance": 1, "text": "What is"}\n\n',
        b'event: heard\ndata: {"utterance": 1, "text": "What is 7 times 8?"}\n\n',
        b'event: said\ndata: {"text": "56", "by": "keys"}\n\n',
    ]
    server = FakeServer(documents={"/call": [OPEN]}, talk=lesson, words=words)
    result = bakame(server, "phone", "--keys", "5")
    assert "tutor: What is 7 times 8?\nheard you: 56 (by keys)\n" in result.stdout


def test_the_phone_answers_a_call_from_the_server() -> None:
    server = FakeServer(documents={"/answered": [OPEN]}, talk=lesson)

    async def calls_back(place: Place) -> None:
        await asyncio.sleep(30)
        form = {"To": "+250788000001", "From": "+250788000000", "Url": f"{place.server}/answered"}
        async with httpx.AsyncClient(auth=(ACCOUNT_SID, TOKEN), trust_env=False) as client:
            assert (await client.post(f"{place.rest}/Calls.json", data=form)).status_code == 201
            text = {"To": "+250788000001", "From": "+250788000000", "Body": "You did well."}
            assert (await client.post(f"{place.rest}/Messages.json", data=text)).status_code == 201

    result = bakame(server, "phone", "--answer", "--keys", "5", meanwhile=calls_back)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Waiting for a call.\n")
    assert "you: key 5" in result.stdout
    assert "text: You did well." in result.stdout
    assert server.got("/answered")[0]["Direction"] == "outbound-api"


def test_a_reply_that_comes_later_is_waited_for() -> None:
    async def replies(place: Place) -> None:
        await asyncio.sleep(2)
        text = {"To": "+250788000001", "From": "+250788000000", "Body": "7 x 8 = ?"}
        async with httpx.AsyncClient(auth=(ACCOUNT_SID, TOKEN), trust_env=False) as client:
            assert (await client.post(f"{place.rest}/Messages.json", data=text)).status_code == 201

    server = FakeServer(documents={"/sms": ["<Response/>"]})
    result = bakame(server, "text", "MATH", meanwhile=replies)
    assert "text: 7 x 8 = ?" in result.stdout


@pytest.mark.parametrize(
    ("server", "token", "cure"),
    [(None, TOKEN, "Is the server running"), (FakeServer(), "wrong", "auth token")],
    ids=["no server", "wrong token"],
)
@pytest.mark.parametrize("command", [("phone",), ("text", "MATH")])
def test_what_went_wrong_comes_with_a_cure(
    server: FakeServer | None, token: str, cure: str, command: tuple[str, ...]
) -> None:
    result = bakame(server, *command, token=token)
    assert result.exit_code == 1
    assert cure in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "args",
    [
        ("phone", "--keys", "5a"),
        ("phone", "--wav", "nowhere.wav"),
        ("phone", "--wait", "long"),
        ("phone", "--to", "127.0.0.1"),
        ("phone", "--nonsense"),
        ("text", "MATH", "--to", "ftp://127.0.0.1"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(args: tuple[str, ...]) -> None:
    assert bakame(None, *args).exit_code == 2


def test_without_a_token_nothing_is_sent() -> None:
    assert bakame(None, "text", "MATH", token=None).exit_code == 2


def test_a_text_shows_its_reply_with_parts_and_characters() -> None:
    server = FakeServer(documents={"/sms": ["<Response><Message>7 x 8 = ?</Message></Response>"]})
    result = bakame(server, "text", "MATH")
    assert result.exit_code == 0
    assert result.stdout == "text: 7 x 8 = ?\n      (1 part, 9 characters, GSM-7)\n"


def test_a_text_as_json_with_an_id_given() -> None:
    server = FakeServer(documents={"/sms": ["<Response><Message>Yego ✓</Message></Response>"]})
    result = bakame(server, "text", "56", "--json", "--message-sid", "SM1")
    assert lines(result) == [
        {"event": "sent", "message_sid": "SM1", "text": "56"},
        {"event": "reply", "text": "Yego ✓", "parts": 1, "characters": 6, "encoding": "UCS-2"},
    ]


def test_lines_from_a_pipe_are_texted_one_by_one() -> None:
    server = FakeServer(documents={"/sms": ["<Response><Message>ok</Message></Response>"]})
    result = bakame(server, "text", stdin="MATH\n\n56\n")
    assert result.exit_code == 0
    assert [form["Body"] for form in server.got("/sms")] == ["MATH", "56"]


def test_no_reply_is_said_after_the_wait() -> None:
    server = FakeServer(documents={"/sms": ["<Response/>"]})
    assert "No reply." in bakame(server, "text", "hello", "--wait", "60").stdout


def test_run_in_a_loop_of_its_own_by_default() -> None:
    assert Kit(token=lambda: None, synthesiser=Tone).run is asyncio.run


def test_a_persona_answers_with_the_steps_over_a_network_and_the_report_says_what_was_heard() -> None:
    server = FakeServer(documents={"/call": [OPEN]}, talk=lesson)
    steps = ["--persona", "keypad", "--network", "mobile_2g", "--keys", "1", "--keys", "2"]
    result = bakame(server, "phone", "--json", *steps)
    assert result.exit_code == 0, result.output
    told = lines(result)
    assert [event["key"] for event in told if event["event"] == "key"] == ["1", "2"]
    assert told[-1]["event"] == "heard_report"
    assert told[-1]["heard_ms"] > 4000


@pytest.mark.parametrize("option", ["--persona", "--network"])
def test_nobody_of_that_name_and_no_such_network(option: str) -> None:
    server = FakeServer(documents={"/call": [OPEN]}, talk=lesson)
    result = bakame(server, "phone", option, "nobody")
    assert result.exit_code == 2
    assert "nobody is none of" in " ".join(result.output.split())


def test_a_picture_and_a_voice_note_go_with_a_text_and_wait_at_the_carriers_side(tmp_path: Path) -> None:
    (tmp_path / "homework.PNG").write_bytes(picture_saying("7 x 8 = ?"))
    (tmp_path / "answer.wav").write_bytes(wav(tone(8000)))
    server = FakeServer(documents={"/sms": ["<Response/>"]})
    fetched: list[bytes] = []

    async def fetch(place: Place) -> None:
        async with asyncio.timeout(10), httpx.AsyncClient(auth=(ACCOUNT_SID, TOKEN), trust_env=False) as client:
            while not server.got("/sms"):  # noqa: ASYNC110  # nobody tells when it comes
                await asyncio.sleep(0.01)
            for number in range(2):
                first = await client.get(server.got("/sms")[0][f"MediaUrl{number}"])
                assert first.status_code == 307
                at_storage = urljoin(str(first.url), first.headers["location"])
                fetched.append((await client.get(at_storage, auth=None)).content)
                assert (await client.get(at_storage)).status_code == 400, "storage wants no credentials"

    options = ["--photo", str(tmp_path / "homework.PNG"), "--voice", str(tmp_path / "answer.wav")]
    result = bakame(server, "text", *options, meanwhile=fetch)
    assert result.exit_code == 0, result.output
    (form,) = server.got("/sms")
    assert (form["Body"], form["NumMedia"]) == ("", "2")
    assert [form["MediaContentType0"], form["MediaContentType1"]] == ["image/png", "audio/wav"]
    assert form["MessageSid"].startswith("MM")
    assert fetched == [picture_saying("7 x 8 = ?"), wav(tone(8000))]


@pytest.mark.parametrize("options", [("--photo", "x.wav"), ("--voice", "x.png"), ("--photo", "missing.png")])
def test_a_file_that_cannot_be_sent_is_refused_before_anything_is_sent(options: tuple[str, str]) -> None:
    server = FakeServer(documents={"/sms": ["<Response/>"]})
    assert bakame(server, "text", "MATH", *options).exit_code == 2
    assert server.got("/sms") == []
