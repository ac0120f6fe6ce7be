"""Deepgram's messages, word for word as its reference has them, and everything that could come instead."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Unavailable
from bakame.providers.deepgram import protocol
from bakame.providers.deepgram.protocol import (
    Failure,
    Malformed,
    Metadata,
    Results,
    SpeechStarted,
    Unknown,
    UtteranceEnd,
    Word,
    closing,
    decode,
    decode_recording,
    failure,
    hypothesis,
    is_undecodable,
)

RESULTS = (
    '{"type":"Results","channel_index":[0,1],"start":0.5,"duration":1.2,"is_final":true,"speech_final":true,'
    '"from_finalize":false,"channel":{"alternatives":[{"transcript":"seven","confidence":0.98,"words":[{"word":"seven",'
    '"start":0.4,"end":0.8,"confidence":0.97,"punctuated_word":"Seven."}]}]},"metadata":{"request_id":"r",'
    '"model_uuid":"u","model_info":{"name":"general-nova-3","version":"v","arch":"nova-3"}}}'
)
RECORDING = (
    '{"metadata":{"request_id":"r","sha256":"0","created":"2026-01-01T00:00:00.000Z","duration":1.2,"channels":1},'
    '"results":{"channels":[{"alternatives":[{"transcript":"Seven eight","confidence":0.9,"words":['
    '{"word":"Seven","start":0.1,"end":0.4,"confidence":0.9},{"word":"eight","start":0.5,"end":0.8,"confidence":0.7}'
    "]}]}]}}"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def with_field(message: str, path: str, value: Any) -> str:
    document = json.loads(message)
    *outer, name = (int(step) if step.isdecimal() else step for step in path.split("."))
    place = document
    for step in outer:
        place = place[step]
    place[name] = value
    return json.dumps(document)


def test_settled_words_are_read() -> None:
    word = Word("seven", 0.97, 0.4, 0.8)
    assert decode(RESULTS) == Results("seven", 0.98, (word,), 0.5, 1.2, True, True, False)
    assert decode(RESULTS.encode()) == decode(RESULTS)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ('{"type":"UtteranceEnd","channel":[0,1],"last_word_end":0.8}', UtteranceEnd(0.8)),
        ('{"type":"UtteranceEnd","channel":[0,1],"last_word_end":-1}', UtteranceEnd(None)),
        ('{"type":"SpeechStarted","channel":[0,1],"timestamp":0.4}', SpeechStarted(0.4)),
        (
            '{"type":"Metadata","transaction_key":"deprecated","request_id":"r","duration":1.2,"channels":1}',
            Metadata(1.2),
        ),
        ('{"type":"Error","variant":"SchemaError","description":"d","message":"m"}', Failure("SchemaError")),
        ('{"type":"Error","variant":"she said: hello"}', Failure("unknown")),
        ('{"type":"ConfigureSuccess","request_id":"r"}', Unknown()),
        ("", Malformed("not JSON")),
        ("[]", Malformed("not an object")),
        ("{}", Malformed("no type")),
        ('{"type":7}', Malformed("no type")),
        ('{"type":"Results"}', Malformed("results without an alternative")),
        (with_field(RESULTS, "start", None), Malformed("results without their time")),
        (with_field(RESULTS, "duration", -3), Malformed("results without their time")),
        (with_field(RESULTS, "channel.alternatives", []), Malformed("results without an alternative")),
        (with_field(RESULTS, "channel.alternatives.0.transcript", 7), Malformed("results without an alternative")),
    ],
)
def test_each_message_is_what_it_is(message: str, event: protocol.Event) -> None:
    assert decode(message) == event


def test_words_that_come_without_their_list_take_the_transcripts_confidence() -> None:
    event = decode(with_field(with_field(RESULTS, "channel.alternatives.0.words", None), "is_final", False))
    assert isinstance(event, Results)
    assert event.heard() == (Word("seven", 0.98),)
    assert not event.is_final


@pytest.mark.parametrize(("told", "taken"), [(7, 1.0), (-1, 0.0), ("high", 0.0), (True, 0.0), (None, 0.0)])
def test_a_confidence_is_always_a_share(told: object, taken: float) -> None:
    event = decode(with_field(RESULTS, "channel.alternatives.0.words.0.confidence", told))
    assert isinstance(event, Results)
    assert event.words[0].confidence == taken


@given(JSON | st.binary(max_size=40))
def test_nothing_that_comes_raises(value: Any) -> None:
    decode(value if isinstance(value, bytes) else json.dumps(value))


@given(
    st.sampled_from(
        [
            "start",
            "duration",
            "is_final",
            "channel",
            "channel.alternatives",
            "channel.alternatives.0",
            "channel.alternatives.0.transcript",
            "channel.alternatives.0.words",
            "channel.alternatives.0.words.0",
            "channel.alternatives.0.words.0.word",
            "channel.alternatives.0.words.0.confidence",
        ]
    ),
    JSON,
)
def test_results_of_any_shape_are_sound_or_malformed(path: str, value: Any) -> None:
    event = decode(with_field(RESULTS, path, value))
    assert isinstance(event, Results | Malformed)
    if isinstance(event, Results):
        assert math.isfinite(event.start_s)
        assert event.start_s >= 0
        assert event.duration_s >= 0
        for word in event.heard():
            assert word.text.strip()
            assert 0 <= word.confidence <= 1


@given(JSON | st.binary(max_size=40))
def test_an_answer_about_a_recording_is_a_hypothesis_or_unavailable(value: Any) -> None:
    try:
        answer = decode_recording(value if isinstance(value, bytes) else json.dumps(value).encode())
    except Unavailable:
        return
    assert 0 <= answer.confidence <= 1


def test_a_recording_is_read_in_lower_case_with_the_mean_of_its_words() -> None:
    heard = decode_recording(RECORDING.encode())
    assert heard.text == "seven eight"
    assert heard.confidence == pytest.approx(0.8)


@given(st.lists(st.builds(Word, st.text(max_size=6), st.floats(0, 1)), max_size=6))
def test_what_was_heard_is_in_lower_case_and_single_spaces(words: list[Word]) -> None:
    heard = hypothesis(words)
    assert heard.text == " ".join(heard.text.lower().split())
    assert 0 <= heard.confidence <= 1


def test_what_was_said_is_in_no_repr() -> None:
    assert "seven" not in repr(decode(RESULTS))


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [
        (1000, "", "1000"),
        (1008, "DATA-0000", "1008 DATA-0000"),
        (1011, "NET-0001 Deepgram did not receive audio", "1011 NET-0001"),
        (1006, "amina said seven", "1006"),
    ],
)
def test_of_a_closing_only_deepgrams_own_token_is_told(code: int, reason: str, told: str) -> None:
    assert closing(code, reason) == told


def test_only_undecodable_sound_is_not_worth_sending_again() -> None:
    assert is_undecodable(1008, "DATA-0000 the payload cannot be decoded as audio")
    assert not is_undecodable(1011, "NET-0000")
    assert not is_undecodable(1008, "")


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        *((status, False) for status in (302, 400, 401, 402, 403, 404, 413, 415)),
        *((status, True) for status in (408, 429, 500, 502, 503, 504)),
    ],
)
def test_a_status_says_whether_to_ask_again(status: int, retryable: bool) -> None:
    assert failure(status).retryable is retryable


def test_an_error_is_worded_by_its_code_and_not_by_deepgrams_sentence() -> None:
    error = failure(401, b'{"err_code":"INVALID_AUTH","err_msg":"the key abc is wrong","request_id":"r"}')
    assert str(error) == "Deepgram answered 401, INVALID_AUTH: the key was refused"
    assert "abc" not in str(failure(400, b'{"err_code":"abc said","err_msg":"abc"}'))


def test_control_messages_are_those_of_the_reference() -> None:
    sent = [json.loads(each) for each in (protocol.KEEP_ALIVE, protocol.FINALIZE, protocol.CLOSE_STREAM)]
    assert sent == [{"type": "KeepAlive"}, {"type": "Finalize"}, {"type": "CloseStream"}]
