"""The agent's messages, read: every documented kind, every way in which one can be broken."""

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import AudioFormat
from bakame.errors import Invalid
from bakame.providers.elevenlabs import messages
from bakame.providers.elevenlabs.events import (
    AgentCorrection,
    AgentText,
    AgentThinks,
    Began,
    CallerSpeaks,
    CallerText,
    Characters,
    Connections,
    Failed,
    Interruption,
    Malformed,
    Ping,
    Sound,
    ToolNews,
    ToolUse,
    TurnOver,
)
from bakame.providers.elevenlabs.failures import ERROR_TYPES, failure_of_event
from bakame.providers.elevenlabs.protocol import FORMATS, Conversation

TELEPHONE = AudioFormat("mulaw", 8000)


def message(kind: str, payload: str, **fields: object) -> bytes:
    return json.dumps({"type": kind, payload: fields}).encode()


def metadata(*, hears: object = "ulaw_8000", speaks: object = "ulaw_8000") -> bytes:
    return message(
        "conversation_initiation_metadata",
        "conversation_initiation_metadata_event",
        conversation_id="conv_1",
        agent_output_audio_format=speaks,
        user_input_audio_format=hears,
    )


def sound(event_id: object = 1, audio: object = "//////8=", **fields: object) -> bytes:
    return message("audio", "audio_event", audio_base_64=audio, event_id=event_id, **fields)


def interruption(event_id: int) -> bytes:
    return message("interruption", "interruption_event", event_id=event_id)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (metadata(), Began("conv_1", TELEPHONE, TELEPHONE)),
        (sound(), Sound(1, b"\xff" * 5)),
        (sound(audio=""), Sound(1, b"")),
        (
            sound(alignment={"chars": ["H", "i"], "char_start_times_ms": [0, 70], "char_durations_ms": [70, 60]}),
            Sound(1, b"\xff" * 5, Characters(["H", "i"], [0, 70], [70, 60])),
        ),
        (b'{"type":"ping","ping_event":{"event_id":1,"ping_ms":null}}', Ping(1)),
        (b'{"type":"ping","ping_event":{"event_id":2,"ping_ms":31}}', Ping(2, 31)),
        (
            b'{"type":"agent_response","agent_response_event":{"agent_response":"Muraho!","event_id":1}}',
            AgentText("Muraho!", 1),
        ),
        (b'{"type":"agent_response","agent_response_event":{"agent_response":"Muraho!"}}', AgentText("Muraho!")),
        (
            message(
                "agent_response_correction",
                "agent_response_correction_event",
                original_agent_response="Seven is correct, now",
                corrected_agent_response="Seven is",
                event_id=5,
            ),
            AgentCorrection("Seven is correct, now", "Seven is", 5),
        ),
        (
            b'{"type":"user_transcript","user_transcription_event":{"user_transcript":"seven","event_id":4}}',
            CallerText("seven", event_id=4),
        ),
        (
            message("tentative_user_transcript", "tentative_user_transcription_event", user_transcript="se"),
            CallerText("se", tentative=True),
        ),
        (interruption(5), Interruption(5)),
        (
            message(
                "client_tool_call",
                "client_tool_call",
                tool_name="save_score",
                tool_call_id="t1",
                parameters={"score": 7},
                event_id=6,
            ),
            ToolUse("t1", "save_score", {"score": 7}, 6),
        ),
        (
            message("client_tool_call", "client_tool_call", tool_name="hint", tool_call_id="t2"),
            ToolUse("t2", "hint", {}),
        ),
        (message("agent_tool_request", "agent_tool_request", tool_name="hint"), ToolNews("hint", "request")),
        (
            message("agent_tool_response", "agent_tool_response", tool_name="hint", is_error=True, event_id=3),
            ToolNews("hint", "failure", 3),
        ),
        (
            message("agent_tool_response_full_payload", "agent_tool_response_full_payload", tool_name="hint"),
            ToolNews("hint", "success"),
        ),
        (
            message("mcp_tool_call", "mcp_tool_call", tool_name="find", state="awaiting_approval"),
            ToolNews("find", "awaiting_approval"),
        ),
        (
            message(
                "mcp_connection_status",
                "mcp_connection_status",
                integrations=[{"is_connected": True}, {"is_connected": False}, {}],
            ),
            Connections(1, 3),
        ),
        (b'{"type":"vad_score","vad_score_event":{"vad_score":0.95}}', CallerSpeaks(0.95)),
        (
            message("agent_chat_response_part", "text_response_part", text="Mu", type="delta", event_id=1),
            AgentThinks("Mu", 1),
        ),
        (
            message(
                "internal_tentative_agent_response",
                "tentative_agent_response_internal_event",
                tentative_agent_response="Mu",
            ),
            AgentThinks("Mu"),
        ),
        (
            message("internal_turn_probability", "turn_probability_internal_event", turn_probability=1),
            TurnOver(1),
        ),
        (message("error", "error_event", code=1008, error_type="override_error"), Failed(1008, "override_error")),
        (message("error", "error_event", code=1011, error_type="a child's name"), Failed(1011, "unknown")),
        (message("error", "error_event", code=1011), Failed(1011, "unknown")),
        (message("context_usage", "context_usage_event", tokens=1), None),
        (message("from_the_future", "what", is_it=[None]), None),
        (b'{"type":"rich_content"}', None),
    ],
)
def test_every_documented_message_is_understood_and_others_mean_nothing(text: bytes, event: object) -> None:
    assert Conversation().decode(text) == event


@pytest.mark.parametrize("name", FORMATS)
def test_both_formats_are_read_from_the_metadata(name: str) -> None:
    began = Conversation().decode(metadata(hears=name, speaks="pcm_24000"))
    encoding, _, rate = name.partition("_")
    expected = AudioFormat("mulaw" if encoding == "ulaw" else "pcm16", int(rate))
    assert began == Began("conv_1", expected, AudioFormat("pcm16", 24_000))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 20_000, "not JSON"),
        (b"null", "not an object"),
        (b'"secret"', "not an object"),
        (b"{}", "type is missing"),
        (b'{"type":7}', "type is missing"),
        (b'{"type":"audio"}', "audio_event is missing"),
        (b'{"type":"ping","ping_event":[1]}', "ping_event is missing"),
        (sound(event_id=None), "event_id is missing"),
        (sound(event_id="secret"), "event_id is missing"),
        (sound(event_id=-1), "event_id is missing"),
        (sound(event_id=True), "event_id is missing"),
        (sound(audio=None), "audio_base_64 is missing"),
        (sound(audio="secret!"), "not base64"),
        (sound(audio="//////8"), "not base64"),
        (metadata(hears="mp3_44100"), "format"),
        (metadata(speaks="secret"), "format"),
        (metadata(speaks=None), "agent_output_audio_format is missing"),
        (b'{"type":"ping","ping_event":{"event_id":1,"ping_ms":"secret"}}', "ping_ms"),
        (b'{"type":"agent_response","agent_response_event":{"agent_response":7}}', "agent_response is missing"),
        (b'{"type":"vad_score","vad_score_event":{"vad_score":2}}', "vad_score"),
        (message("client_tool_call", "client_tool_call", tool_name="x", tool_call_id="t", parameters=[]), "parameters"),
        (message("client_tool_call", "client_tool_call", tool_name="x"), "tool_call_id is missing"),
        (message("mcp_connection_status", "mcp_connection_status", integrations={}), "integrations"),
        (message("error", "error_event", code="secret"), "code is missing"),
    ],
)
def test_a_broken_message_is_named_without_its_content(text: bytes, reason: str) -> None:
    conversation = Conversation()
    with pytest.raises(Malformed, match=reason) as caught:
        conversation.decode(text)
    assert "secret" not in str(caught.value)
    assert conversation.decode(sound()) == Sound(1, b"\xff" * 5)


def test_a_conversation_begins_once() -> None:
    conversation = Conversation()
    conversation.decode(metadata())
    with pytest.raises(Malformed, match="twice"):
        conversation.decode(metadata())


@pytest.mark.parametrize(
    "alignment",
    [
        [],
        {},
        {"chars": ["a"], "char_start_times_ms": [0], "char_durations_ms": []},
        {"chars": [1], "char_start_times_ms": [0], "char_durations_ms": [1]},
        {"chars": ["a"], "char_start_times_ms": ["0"], "char_durations_ms": [1]},
        {"chars": ["a"], "char_start_times_ms": [-1], "char_durations_ms": [1]},
        {"chars": ["a"], "char_start_times_ms": [1e300], "char_durations_ms": [1]},
    ],
)
def test_sound_with_a_broken_alignment_is_still_heard(alignment: object) -> None:
    assert Conversation().decode(sound(alignment=alignment)) == Sound(1, b"\xff" * 5)


def test_after_an_interruption_sound_up_to_its_event_is_void() -> None:
    conversation = Conversation()
    assert conversation.decode(sound(0)) == Sound(0, b"\xff" * 5)
    assert conversation.decode(sound(4)) is not None
    conversation.decode(interruption(5))
    assert [conversation.decode(sound(number)) for number in (3, 4, 5)] == [None, None, None]
    assert conversation.late_sounds == 3
    assert conversation.decode(sound(6)) is not None
    conversation.decode(interruption(2))
    assert conversation.decode(sound(5)) is None, "an older interruption gives nothing back"
    assert conversation.is_void(5)
    assert not conversation.is_void(6)
    assert not conversation.is_void(None)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=40))
def test_void_sound_never_comes_through(steps: list[tuple[bool, int]]) -> None:
    conversation = Conversation()
    void = -1
    for interrupts, event_id in steps:
        if interrupts:
            conversation.decode(interruption(event_id))
            void = max(void, event_id)
        else:
            assert (conversation.decode(sound(event_id)) is not None) == (event_id > void)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_it(text: bytes) -> None:
    conversation = Conversation()
    with suppress(Malformed):
        conversation.decode(text)
    assert conversation.decode(sound()) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
KINDS = {
    "audio": "audio_event",
    "ping": "ping_event",
    "interruption": "interruption_event",
    "agent_response": "agent_response_event",
    "user_transcript": "user_transcription_event",
    "client_tool_call": "client_tool_call",
    "vad_score": "vad_score_event",
    "error": "error_event",
    "mcp_connection_status": "mcp_connection_status",
    "conversation_initiation_metadata": "conversation_initiation_metadata_event",
}
FIELDS = st.sampled_from(
    [
        "event_id",
        "audio_base_64",
        "alignment",
        "tool_name",
        "tool_call_id",
        "parameters",
        "vad_score",
        "code",
        "ping_ms",
    ]
)


@given(kind=st.sampled_from(sorted(KINDS)), payload=JSON | st.dictionaries(FIELDS, JSON))
def test_whatever_the_fields_hold_a_message_is_understood_or_named(kind: str, payload: Any) -> None:
    with suppress(Malformed):
        Conversation().decode(json.dumps({"type": kind, KINDS[kind]: payload}).encode())


# What we send


@given(st.binary(max_size=2000))
def test_the_callers_sound_is_the_only_message_without_a_type(audio: bytes) -> None:
    assert json.loads(messages.user_audio(audio)) == {"user_audio_chunk": b64encode(audio).decode()}


def test_the_other_messages_are_the_vendors() -> None:
    assert json.loads(messages.pong(12345)) == {"type": "pong", "event_id": 12345}
    assert json.loads(messages.tool_result("t1", {"score": 7})) == {
        "type": "client_tool_result",
        "tool_call_id": "t1",
        "result": '{"score":7}',
        "is_error": False,
    }
    assert json.loads(messages.tool_result("t1", 'no "such" tool', is_error=True))["result"] == 'no "such" tool'
    assert json.loads(messages.contextual_update("key 2")) == {"type": "contextual_update", "text": "key 2"}
    assert json.loads(messages.user_message("repeat please")) == {"type": "user_message", "text": "repeat please"}
    assert json.loads(messages.USER_ACTIVITY) == {"type": "user_activity"}


def test_what_is_not_set_is_not_sent() -> None:
    assert json.loads(messages.Initiation().encode()) == {"type": "conversation_initiation_client_data"}
    full = messages.Initiation("Teach.", "Muraho!", "en", "VOICE", {"grade": 4, "name": "", "ok": False, "half": 0.5})
    assert json.loads(full.encode()) == {
        "type": "conversation_initiation_client_data",
        "conversation_config_override": {
            "agent": {"prompt": {"prompt": "Teach."}, "first_message": "Muraho!", "language": "en"},
            "tts": {"voice_id": "VOICE"},
        },
        "dynamic_variables": {"grade": 4, "name": "", "ok": False, "half": 0.5},
    }
    one = messages.Initiation(first_message="Muraho!")
    assert json.loads(one.encode())["conversation_config_override"] == {"agent": {"first_message": "Muraho!"}}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**64, "\ud800"])
def test_what_json_cannot_say_is_refused(value: float | str) -> None:
    with pytest.raises(Invalid):
        messages.Initiation(variables={"x": value}).encode()


@pytest.mark.parametrize("kind", ERROR_TYPES)
def test_every_error_type_says_whether_to_try_again(kind: str) -> None:
    assert failure_of_event(1011, kind).retryable is ERROR_TYPES[kind]
