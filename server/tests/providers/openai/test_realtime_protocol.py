"""What OpenAI Realtime sends, read, and what it is sent; anything else is refused by name."""

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.ports.voice import Briefing, Tool
from bakame.providers.openai import realtime_requests as requests
from bakame.providers.openai.realtime_protocol import (
    AudioDelta,
    AudioDone,
    CallerTranscribed,
    ErrorTold,
    FunctionCalled,
    FunctionNamed,
    Malformed,
    Other,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TranscriptDelta,
    TranscriptDone,
    decode,
)
from bakame.simulator.openai.settings import check_event, check_response, check_session

ITEM = {"response_id": "r1", "item_id": "i1", "output_index": 0, "content_index": 0}
CALLED = {"id": "i1", "type": "function_call", "call_id": "c1", "name": "hint", "arguments": "{}"}


def read(kind: str, **fields: Any) -> ServerEvent:
    return decode(json.dumps({"event_id": "e1", "type": kind, **fields}).encode())


@pytest.mark.parametrize(
    ("kind", "fields", "event"),
    [
        ("session.created", {"session": {}}, SessionCreated()),
        ("input_audio_buffer.speech_started", {"audio_start_ms": 1, "item_id": "i"}, SpeechStarted()),
        ("input_audio_buffer.speech_stopped", {"audio_end_ms": 1, "item_id": "i"}, SpeechStopped()),
        (
            "conversation.item.input_audio_transcription.completed",
            {"item_id": "i", "transcript": " Six.\n"},
            CallerTranscribed("Six."),
        ),
        ("response.created", {"response": {"id": "r1"}}, ResponseCreated("r1")),
        ("response.output_audio.delta", {**ITEM, "delta": "//8="}, AudioDelta("r1", "i1", b"\xff\xff")),
        ("response.audio.delta", {**ITEM, "delta": "//8="}, AudioDelta("r1", "i1", b"\xff\xff")),
        ("response.output_audio.done", ITEM, AudioDone("r1", "i1")),
        ("response.output_audio_transcript.delta", {**ITEM, "delta": "a"}, TranscriptDelta("r1", "i1", "a")),
        ("response.audio_transcript.done", {**ITEM, "transcript": "a b"}, TranscriptDone("r1", "i1", "a b")),
        (
            "response.function_call_arguments.done",
            {"response_id": "r1", "item_id": "i1", "call_id": "c1", "arguments": "{}"},
            FunctionCalled("r1", "i1", "c1", "", "{}"),
        ),
        ("response.output_item.added", {"response_id": "r1", "item": CALLED}, FunctionNamed("i1", "hint")),
        (
            "response.output_item.done",
            {"response_id": "r1", "item": CALLED},
            FunctionCalled("r1", "i1", "c1", "hint", "{}"),
        ),
        (
            "response.output_item.done",
            {"response_id": "r1", "item": {**CALLED, "status": "incomplete"}},
            FunctionNamed("i1", "hint"),
        ),
        (
            "response.done",
            {"response": {"id": "r1", "status": "cancelled", "status_details": {"reason": "turn_detected"}}},
            ResponseDone("r1", "cancelled", "turn_detected", ""),
        ),
        (
            "response.done",
            {"response": {"id": "r1", "status": "failed", "status_details": {"error": {"code": "server_error"}}}},
            ResponseDone("r1", "failed", "", "server_error"),
        ),
        (
            "error",
            {"error": {"type": "invalid_request_error", "code": None, "message": "m", "event_id": "setup"}},
            ErrorTold("invalid_request_error", "invalid_request_error", "setup"),
        ),
        ("rate_limits.updated", {"rate_limits": []}, Other("rate_limits.updated")),
        ("something.new", {}, Other("something.new")),
    ],
)
def test_every_event_that_matters_is_read(kind: str, fields: dict[str, Any], event: ServerEvent) -> None:
    assert read(kind, **fields) == event


@pytest.mark.parametrize(
    ("session", "telephone"),
    [
        ({"audio": {"input": {"format": {"type": "audio/pcmu"}}, "output": {"format": {"type": "audio/pcmu"}}}}, True),
        ({"audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}}}}, False),
        ({"input_audio_format": "g711_ulaw", "output_audio_format": "g711_ulaw"}, True),
        ({"input_audio_format": "g711_ulaw", "output_audio_format": "pcm16"}, False),
        ({}, True),
    ],
)
def test_the_format_that_a_session_took_is_known(session: dict[str, Any], telephone: bool) -> None:
    assert read("session.updated", session=session) == SessionUpdated(telephone)


@pytest.mark.parametrize(
    "message",
    [b"", b"{", b"[]", b"null", b'{"type":5}', b'{"type":"response.audio.done"}', b"\xff"],
    ids=repr,
)
def test_what_is_no_event_is_refused(message: bytes) -> None:
    with pytest.raises(Malformed):
        decode(message)


def test_garbled_sound_is_refused_and_not_quoted() -> None:
    with pytest.raises(Malformed, match="base64") as raised:
        read("response.audio.delta", **ITEM, delta="secret!")
    assert "secret" not in str(raised.value)


KINDS = st.sampled_from(
    ["session.updated", "response.done", "error", "response.output_audio.delta", "response.output_item.done", "x"]
)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.dictionaries(
        st.sampled_from(["session", "audio", "response", "error", "item", "type", "delta", "item_id", "status"]), inner
    ),
    max_leaves=15,
)


@given(KINDS, VALUES)
def test_any_message_is_read_or_refused(kind: str, value: object) -> None:
    fields: dict[str, object] = cast(dict[str, object], value) if isinstance(value, dict) else {"item": value}
    with suppress(Malformed):
        decode(json.dumps({**fields, "type": kind}).encode())


@given(st.binary(min_size=1, max_size=500))
def test_sound_comes_back_as_it_went(audio: bytes) -> None:
    event = check_event(json.loads(requests.append_audio(audio)))
    assert event["audio"] == b64encode(audio).decode()
    assert read("response.audio.delta", **ITEM, delta=event["audio"]) == AudioDelta("r1", "i1", audio)


def test_all_that_is_sent_is_taken_by_a_strict_server() -> None:
    briefing = Briefing("{{a}}", "hi", tools=(Tool("t", "d", {"x": "what"}),), variables={"a": 1})
    for message in (
        requests.session_update(briefing, requests.MANNER),
        requests.say("hello"),
        requests.create_response(),
        requests.CANCEL,
        requests.truncate("i1", audio_end_ms=0),
        requests.user_text("5"),
        requests.function_output("c1", {"say": "é"}),
    ):
        event = check_event(json.loads(message))
        if "session" in event:
            check_session(event["session"], voice_used=None)
        if "response" in event:
            check_response(event["response"])


@pytest.mark.parametrize(
    ("text", "arguments"),
    [("", {}), ('{"a":"b","n":1}', {"a": "b", "n": 1}), ("{", None), ("[1]", None), ('{"a":[1]}', None)],
)
def test_arguments_of_a_tool(text: str, arguments: dict[str, Any] | None) -> None:
    assert requests.read_arguments(text) == arguments
