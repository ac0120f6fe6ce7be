"""What Deepgram is asked for, as its reference spells it."""

import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import PCM16_16K, TELEPHONE, AudioFormat
from bakame.errors import Invalid
from bakame.providers.deepgram.addresses import (
    MOST_HINTS,
    Listening,
    authorization,
    listen_url,
    recording_url,
    speak_body,
    speak_url,
    wav_of_mulaw,
)

BASE = "https://api.deepgram.com"


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)


def test_the_telephone_is_listened_to_without_formatting_and_without_training_on_children() -> None:
    url = listen_url(BASE, Listening())
    assert url.startswith("wss://api.deepgram.com/v1/listen?")
    assert query_of(url) == {
        "model": ["nova-3"],
        "language": ["en"],
        "encoding": ["mulaw"],
        "sample_rate": ["8000"],
        "channels": ["1"],
        "interim_results": ["true"],
        "endpointing": ["300"],
        "vad_events": ["false"],
        "smart_format": ["false"],
        "numerals": ["false"],
        "mip_opt_out": ["true"],
    }


def test_everything_can_be_asked_for() -> None:
    listening = Listening(
        sound=PCM16_16K, endpointing_ms=None, utterance_end_ms=1_200, vad_events=True, smart_format=True, numerals=True
    )
    query = query_of(listen_url("http://127.0.0.1:9/deepgram/", listening))
    assert query["encoding"] == ["linear16"]
    assert query["sample_rate"] == ["16000"]
    assert query["endpointing"] == ["false"]
    assert query["utterance_end_ms"] == ["1200"]
    assert query["vad_events"] == query["smart_format"] == query["numerals"] == ["true"]


def test_a_server_of_ones_own_keeps_its_path_and_scheme() -> None:
    assert listen_url("http://127.0.0.1:9/dg/", Listening()).startswith("ws://127.0.0.1:9/dg/v1/listen?")
    assert recording_url("http://127.0.0.1:9", model="m", language="en").startswith("http://127.0.0.1:9/v1/listen?")


def test_hints_are_key_terms_of_new_models_and_keywords_of_old_ones() -> None:
    hints = ("Uwimana", "Jean Bosco", "", "Uwimana", "a:b", "x" * 100)
    assert query_of(listen_url(BASE, Listening(hints=hints)))["keyterm"] == ["Uwimana", "Jean Bosco", "a:b"]
    old = query_of(listen_url(BASE, Listening(model="nova-2-phonecall", hints=hints)))
    assert old["keywords"] == ["Uwimana"]
    assert "keyterm" not in old


@given(st.lists(st.text(max_size=80), max_size=80), st.sampled_from(["nova-3", "nova-2"]))
def test_any_hints_make_an_address_of_bounded_length_that_can_be_read(hints: list[str], model: str) -> None:
    url = listen_url(BASE, Listening(model=model, hints=tuple(hints)))
    assert url.isascii()
    assert " " not in url
    terms = [term for name in ("keyterm", "keywords") for term in query_of(url).get(name, [])]
    assert len(terms) <= MOST_HINTS
    assert set(terms) <= {" ".join(hint.split()) for hint in hints}


@pytest.mark.parametrize(
    "listening", [Listening(utterance_end_ms=999), Listening(utterance_end_ms=1_000, interim_results=False)]
)
def test_what_deepgram_would_refuse_is_refused_here(listening: Listening) -> None:
    with pytest.raises(Invalid):
        listen_url(BASE, listening)


@pytest.mark.parametrize("base", ["", "deepgram", "wss://x", "https://", "https://x?key=1", "https://x#y"])
def test_an_address_is_one_of_http_or_https(base: str) -> None:
    with pytest.raises(Invalid):
        listen_url(base, Listening())


def test_a_voice_is_asked_for_raw_sound() -> None:
    url = speak_url(BASE, model="aura-2-thalia-en", sound=TELEPHONE, speed=0.75)
    assert url.startswith("https://api.deepgram.com/v1/speak?")
    assert query_of(url) == {
        "model": ["aura-2-thalia-en"],
        "encoding": ["mulaw"],
        "sample_rate": ["8000"],
        "container": ["none"],
        "mip_opt_out": ["true"],
        "speed": ["0.75"],
    }
    wide = query_of(speak_url(BASE, model="m", sound=AudioFormat("pcm16", 24_000), speed=None))
    assert (wide["encoding"], wide["sample_rate"], wide.get("speed")) == (["linear16"], ["24000"], None)


@pytest.mark.parametrize(("speed", "taken"), [(0.1, "0.70"), (9, "1.50"), (1, "1.00")])
def test_a_voice_is_never_asked_for_a_speed_that_it_has_not(speed: float, taken: str) -> None:
    assert query_of(speak_url(BASE, model="m", sound=TELEPHONE, speed=speed))["speed"] == [taken]


def test_the_key_goes_into_the_header_only() -> None:
    assert authorization("k") == {"Authorization": "Token k"}


@given(st.text(max_size=50))
def test_a_text_is_sent_as_it_is(text: str) -> None:
    assert json.loads(speak_body(text)) == {"text": text}


@given(st.binary(max_size=400))
def test_a_recording_says_what_it_is(audio: bytes) -> None:
    file = io.BytesIO(wav_of_mulaw(audio))
    assert file.read(4) == b"RIFF"
    assert int.from_bytes(file.read(4), "little") == len(file.getvalue()) - 8
    assert file.read(4) == b"WAVE"
    chunks: dict[bytes, bytes] = {}
    while name := file.read(4):
        size = int.from_bytes(file.read(4), "little")
        chunks[name] = file.read(size)
        file.read(size % 2)
    assert chunks[b"data"] == audio
    assert chunks[b"fmt "][:8] == b"\x07\x00\x01\x00\x40\x1f\x00\x00"
    assert int.from_bytes(chunks[b"fact"], "little") == len(audio)
