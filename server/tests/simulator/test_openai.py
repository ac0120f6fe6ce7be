"""OpenAI's stand-in keeps OpenAI's rules: a client that breaks them is told, as OpenAI would tell it."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import SILENCE_FRAME
from bakame.learning.expect import AnswerKind, Expect
from bakame.providers.local.recogniser import GrammarRecogniser
from bakame.providers.local.synthesiser import EspeakSynthesiser
from bakame.simulator.openai import KEY, MODEL, OpenAIStandIn
from bakame.simulator.openai.agent import Ear, Situation, Turn, obliging
from bakame.simulator.openai.answer import RealtimeFaults
from bakame.simulator.openai.chat import Answer, Messages, ToolUse
from bakame.simulator.speech import speech_of
from bakame.simulator.virtual_time import run_virtual
from bakame.wire.sockets import Socket, connect
from fakes.speech import word_sound
from providers.openai.vendor import Tutor, talking, until, visit

TELEPHONE = {
    "type": "realtime",
    "audio": {
        "input": {"format": {"type": "audio/pcmu"}, "turn_detection": {"type": "server_vad"}},
        "output": {"format": {"type": "audio/pcmu"}},
    },
}
AUTH = {"authorization": f"Bearer {KEY}"}


class Client:
    """A Realtime client without manners; a `wire.sockets.Peer`."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.socket: Socket | None = None

    def received(self, message: bytes) -> None:
        self.events.append(json.loads(message))

    def received_binary(self, message: bytes) -> None:
        raise AssertionError("binary")

    def lost(self, code: int, reason: str) -> None: ...

    def send(self, kind: str, **fields: Any) -> None:
        assert self.socket is not None
        self.socket.send(json.dumps({"type": kind, **fields}))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    async def told(self, kind: str, *, times: int = 1) -> dict[str, Any]:
        await until(lambda: len(self.of(kind)) >= times)
        return self.of(kind)[-1]

    def hears(self, sound: bytes) -> None:
        for start in range(0, len(sound), 480):
            self.send("input_audio_buffer.append", audio=b64encode(sound[start : start + 480]).decode())


def meet(work: Callable[[Client, OpenAIStandIn], Awaitable[None]], **options: Any) -> Client:
    meeting = Client()

    async def met(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        meeting.socket = await connect(f"{openai.realtime.url}?model=m", meeting, headers=AUTH)
        await meeting.told("session.created")
        meeting.send("session.update", session=TELEPHONE)
        await meeting.told("session.updated")
        await work(meeting, openai)
        meeting.socket.close()

    visit(met, **options)
    return meeting


def test_a_response_tells_its_story_in_order() -> None:
    async def ask(client: Client, openai: OpenAIStandIn) -> None:
        client.send("response.create", response={"instructions": "Say exactly this and nothing else: one two"})
        await client.told("response.done")

    events = [event["type"] for event in meet(ask).events]
    assert list(dict.fromkeys(events)) == [
        "session.created",
        "session.updated",
        "response.created",
        "rate_limits.updated",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
    ]


def test_events_are_numbered_and_sound_comes_faster_than_it_is_played() -> None:
    async def ask(client: Client, openai: OpenAIStandIn) -> None:
        began = asyncio.get_running_loop().time()
        client.send("response.create", response={"instructions": "Say exactly this and nothing else: " + "one " * 20})
        await client.told("response.done")
        made_ms = openai.realtime.sessions[0].items["item_1"].audio_ms
        assert made_ms > 4_000
        assert asyncio.get_running_loop().time() - began < made_ms / 1000 / 3

    events = meet(ask).events
    assert len({event["event_id"] for event in events}) == len(events)


def test_a_truncation_is_checked() -> None:
    async def truncate(client: Client, openai: OpenAIStandIn) -> None:
        client.send("response.create", response={"instructions": "Say exactly this and nothing else: one"})
        item_id = (await client.told("response.output_audio.done"))["item_id"]
        for end_ms in (241, -1, 100.5):
            client.send(
                "conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=end_ms, event_id="e"
            )
        error = (await client.told("error", times=3))["error"]
        assert (error["code"], error["param"], error["event_id"]) == ("invalid_value", "audio_end_ms", "e")
        client.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=240)
        assert (await client.told("conversation.item.truncated"))["audio_end_ms"] == 240
        client.send("conversation.item.truncate", item_id="item_9", content_index=0, audio_end_ms=0)
        assert (await client.told("error", times=4))["error"]["code"] == "item_truncate_invalid_item_id"

    meet(truncate)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"type": "session.upgrade"}, "invalid_value"),
        ({"type": "session.update"}, "missing_required_parameter"),
        ({"type": "session.update", "session": {}}, "missing_required_parameter"),
        ({"type": "session.update", "session": {"type": "realtime", "voice": "x"}}, "unknown_parameter"),
        (
            {
                "type": "session.update",
                "session": {"type": "realtime", "audio": {"input": {"format": {"type": "g711_ulaw"}}}},
            },
            "invalid_value",
        ),
        (
            {"type": "session.update", "session": {"type": "realtime", "output_modalities": ["text", "audio"]}},
            "invalid_value",
        ),
        ({"type": "input_audio_buffer.append", "audio": "!"}, "invalid_value"),
        ({"type": "input_audio_buffer.append", "sound": ""}, "missing_required_parameter"),
        ({"type": "input_audio_buffer.commit"}, "input_audio_buffer_commit_empty"),
        ({"type": "response.cancel"}, "response_cancel_not_active"),
        ({"type": "response.create", "response": {"modalities": []}}, "unknown_parameter"),
        ({"type": "conversation.item.create", "item": {"type": "message", "role": "user"}}, "invalid_value"),
        ({"type": "conversation.item.delete", "item_id": "x"}, "item_delete_invalid_item_id"),
        ({"type": "conversation.item.retrieve", "item_id": "x"}, "item_retrieve_invalid_item_id"),
        ([], "invalid_json"),
    ],
    ids=str,
)
def test_a_client_that_breaks_the_rules_is_told_which(event: Any, code: str) -> None:
    async def break_rules(client: Client, openai: OpenAIStandIn) -> None:
        assert client.socket is not None
        client.socket.send(json.dumps(event))
        assert (await client.told("error"))["error"]["code"] == code

    meet(break_rules)


def test_one_response_at_a_time() -> None:
    async def ask_twice(client: Client, openai: OpenAIStandIn) -> None:
        client.send("response.create")
        client.send("response.create")
        assert (await client.told("error"))["error"]["code"] == "conversation_already_has_active_response"
        client.send("response.cancel")
        done = (await client.told("response.done"))["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "client_cancelled")

    meet(ask_twice)


def test_a_voice_that_has_spoken_is_kept() -> None:
    async def change(client: Client, openai: OpenAIStandIn) -> None:
        client.send("response.create")
        await client.told("response.done")
        client.send("session.update", session={"type": "realtime", "audio": {"output": {"voice": "echo"}}})
        assert (await client.told("error"))["error"]["code"] == "cannot_update_voice"

    meet(change)


def test_who_speaks_is_heard_understood_and_answered() -> None:
    async def speak(client: Client, openai: OpenAIStandIn) -> None:
        client.hears(SILENCE_FRAME * 50 + word_sound("seven") + SILENCE_FRAME * 40)
        started = await client.told("input_audio_buffer.speech_started")
        # Five of the last ten frames are loud, and the turn begins 300 ms before those ten.
        assert 300 <= started["audio_start_ms"] <= 1_000
        stopped = await client.told("input_audio_buffer.speech_stopped")
        assert stopped["audio_end_ms"] == pytest.approx(1_000 + 360 + 500, abs=40)
        told = await client.told("conversation.item.input_audio_transcription.completed")
        assert told["transcript"] == "seven"
        assert (await client.told("response.output_audio_transcript.done"))["transcript"] == "You said seven."

    meet(speak)


def test_a_caller_who_speaks_over_an_answer_cancels_it() -> None:
    async def speak(client: Client, openai: OpenAIStandIn) -> None:
        client.send("response.create", response={"instructions": "Say exactly this and nothing else: " + "one " * 20})
        await client.told("response.output_audio.delta")
        client.hears(word_sound("wait"))
        await client.told("input_audio_buffer.speech_started")
        done = (await client.told("response.done"))["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "turn_detected")

    meet(speak)


@pytest.mark.parametrize(("path", "status"), [("?model=m", 401), ("", 400), ("/x?model=m", 404)])
def test_a_socket_without_key_model_or_place_is_refused(path: str, status: int) -> None:
    async def knock(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        headers = {} if status == 401 else AUTH
        with pytest.raises(Exception, match=str(status)):
            await connect(f"{openai.realtime.url}{path}", Client(), headers=headers)

    visit(knock)


@pytest.mark.parametrize("streamed", [True, False])
def test_two_tools_at_once_are_called_in_fragments(streamed: bool) -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> list[Any]:
        body = {"model": MODEL, "messages": [{"role": "user", "content": "x"}], "stream": streamed}
        answer = await http.post(f"{openai.url}/chat/completions", json=body, headers=AUTH)
        if not streamed:
            return [call["function"] for call in answer.json()["choices"][0]["message"]["tool_calls"]]
        calls: dict[int, dict[str, str]] = {}
        for line in answer.text.splitlines():
            if line.startswith("data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    for call in choice["delta"].get("tool_calls", []):
                        known = calls.setdefault(call["index"], {"name": "", "arguments": ""})
                        for name, value in call["function"].items():
                            known[name] += value
        return [calls[index] for index in sorted(calls)]

    def answer(messages: Messages) -> Answer:
        return ToolUse("a", {"x": 1}), ToolUse("b", {"y": "é"})

    calls, _ = visit(ask, answer=answer)
    assert [(call["name"], json.loads(call["arguments"])) for call in calls] == [("a", {"x": 1}), ("b", {"y": "é"})]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"model":"other","messages":[{"role":"user"}]}', 404),
        (b'{"model":"stand-in-1","messages":[]}', 400),
        (b'{"model":"stand-in-1","messages":[{"role":"tutor"}]}', 400),
    ],
)
def test_requests_that_chat_does_not_take(body: bytes, status: int) -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> int:
        answer = await http.post(f"{openai.url}/chat/completions", content=body, headers=AUTH)
        assert answer.json()["error"]["message"]
        return answer.status_code

    assert visit(ask)[0] == status


def test_a_file_without_a_name_that_tells_its_kind_is_refused() -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> list[int]:
        url = f"{openai.url}/audio/transcriptions"
        files = ({"file": ("speech", b"x")}, {"file": ("speech.wav", b"not sound")})
        answers = [await http.post(url, data={"model": "m"}, files=file, headers=AUTH) for file in files]
        return [answer.status_code for answer in answers]

    assert visit(ask)[0] == [400, 400]


@pytest.mark.parametrize(
    "change", [{"input": ""}, {"input": "x" * 4097}, {"voice": "nobody"}, {"speed": 9}, {"response_format": "mp3"}]
)
def test_speech_that_openai_would_not_make(change: dict[str, Any]) -> None:
    async def ask(openai: OpenAIStandIn, http: httpx.AsyncClient) -> int:
        body = {"model": "m", "voice": "alloy", "input": "hi", "response_format": "pcm", **change}
        return (await http.post(f"{openai.url}/audio/speech", json=body, headers=AUTH)).status_code

    assert visit(ask)[0] == 400


@given(st.lists(st.integers(0, 700), max_size=30))
def test_turns_are_the_same_however_the_sound_is_cut(cuts: list[int]) -> None:
    sound = SILENCE_FRAME * 20 + word_sound("seven") + SILENCE_FRAME * 40 + word_sound("two") + SILENCE_FRAME * 40
    at_once, in_pieces = Ear(), Ear()
    turns: list[Turn] = []
    start = 0
    for cut in [*cuts, len(sound)]:
        turns += in_pieces.push(sound[start : start + cut])
        start += cut
    assert turns == at_once.push(sound) == [Turn.STARTED, Turn.STOPPED] * 2
    assert in_pieces.take() == at_once.take()


def test_an_obliging_mind() -> None:
    def think(instructions: str = "", user: str = "", outputs: tuple[str, ...] = (), tools: Any = ()) -> str:
        return repr(obliging(Situation(instructions, tools, user, outputs)))

    assert "I did not hear you" in think()
    assert "wrong" in think(outputs=("{half of",))
    assert "All right" in think(outputs=('{"say":""}',))
    assert "submit_answer" in think(user="x", tools=({"name": "submit_answer"},))


def test_real_speech_is_spoken_and_understood() -> None:
    """A synthetic voice asks, a synthetic caller answers, and the embedded recogniser understands it."""

    async def lesson() -> tuple[list[str], list[dict[str, Any]]]:
        espeak, sphinx = EspeakSynthesiser(), GrammarRecogniser()
        tutor = Tutor()

        async def understand(audio: bytes) -> str:
            return (await sphinx.recognise(audio, expect=Expect(AnswerKind.INTEGER))).text

        try:
            async with (
                OpenAIStandIn(synthesiser=espeak, understand=understand) as openai,
                talking(openai, tutor) as talk,
            ):
                await talk.goes_on()
                talk.line.hear(await speech_of("twelve", synthesiser=espeak))
                await talk.goes_on(quiet_s=3.0)
                return talk.caller_said, [dict(call.arguments) for call in tutor.used]
        finally:
            await sphinx.close()
            await espeak.close()

    said, used = run_virtual(lesson(), limit_s=300)
    assert said[0] in ("twelve", "12")
    assert used[0]["answer"] == said[0]


def test_faults_of_a_later_connection_can_be_chosen() -> None:
    async def calls(openai: OpenAIStandIn, http: httpx.AsyncClient) -> None:
        openai.realtime.faults = RealtimeFaults(refuse=503)
        with pytest.raises(Exception, match="503"):
            await connect(f"{openai.realtime.url}?model=m", Client(), headers=AUTH)

    visit(calls)
