"""Where Deepgram is asked for what, sans-I/O.

Source: Deepgram, references of `/v1/listen` and `/v1/speak`. The key is never part of an address.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import orjson

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.errors import Invalid

BASE_URL: Final = "https://api.deepgram.com"
MOST_HINTS: Final = 50
"""Words whose recognition is favoured; the limit is 500 tokens a request, and a name has several."""
SLOWEST, FASTEST = 0.7, 1.5
"""Bounds of the voice's `speed`."""
_ENCODINGS: Final = {"mulaw": "mulaw", "pcm16": "linear16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What is asked of live recognition.

    Formatting (`smart_format`, `numerals`, `punctuate`) is off: it guesses at what digits belong together, so that
    "seven, eight" may come back as 78, and the tutor reads number words itself, in context. `endpointing_ms`: silence
    that settles the words before it; the vendor's 10 ms cuts within words. `utterance_end_ms` is at least 1000.
    Learners are children: `opts_out` keeps their voices out of the training of Deepgram's models.
    """

    model: str = "nova-3"
    language: str = "en"
    sound: AudioFormat = TELEPHONE
    channels: int = 1
    interim_results: bool = True
    endpointing_ms: int | None = 300
    utterance_end_ms: int | None = None
    vad_events: bool = False
    smart_format: bool = False
    numerals: bool = False
    opts_out: bool = True
    hints: tuple[str, ...] = ()


def listen_url(base_url: str, listening: Listening) -> str:
    """The address of a live recognition. Raises `Invalid` for what Deepgram would refuse."""
    if listening.utterance_end_ms is not None and (listening.utterance_end_ms < 1_000 or not listening.interim_results):
        raise Invalid("utterance_end_ms is at least 1000 and needs interim results")
    query = [
        ("model", listening.model),
        ("language", listening.language),
        ("encoding", _ENCODINGS[listening.sound.encoding]),
        ("sample_rate", str(listening.sound.rate_hz)),
        ("channels", str(listening.channels)),
        ("interim_results", _flag(listening.interim_results)),
        ("endpointing", "false" if listening.endpointing_ms is None else str(listening.endpointing_ms)),
        ("vad_events", _flag(listening.vad_events)),
        ("smart_format", _flag(listening.smart_format)),
        ("numerals", _flag(listening.numerals)),
        ("mip_opt_out", _flag(listening.opts_out)),
        *_hints(listening.model, listening.hints),
    ]
    if listening.utterance_end_ms is not None:
        query.append(("utterance_end_ms", str(listening.utterance_end_ms)))
    return _address(base_url, "listen", query, socket=True)


def recording_url(base_url: str, *, model: str, language: str, hints: Sequence[str] = (), opts_out: bool = True) -> str:
    """Where a recording in a container is sent. Unformatted, for the reason given at `Listening`."""
    query = [("model", model), ("language", language), ("smart_format", "false"), ("numerals", "false")]
    query += [("mip_opt_out", _flag(opts_out)), *_hints(model, hints)]
    return _address(base_url, "listen", query, socket=False)


def speak_url(base_url: str, *, model: str, sound: AudioFormat, speed: float | None, opts_out: bool = True) -> str:
    """Where a text is sent to be spoken as raw sound: a WAV header at its beginning would click."""
    query = [
        ("model", model),
        ("encoding", _ENCODINGS[sound.encoding]),
        ("sample_rate", str(sound.rate_hz)),
        ("container", "none"),
        ("mip_opt_out", _flag(opts_out)),
    ]
    if speed is not None:
        query.append(("speed", f"{min(max(speed, SLOWEST), FASTEST):.2f}"))
    return _address(base_url, "speak", query, socket=False)


def speak_body(text: str) -> bytes:
    return orjson.dumps({"text": text})


def authorization(api_key: str) -> dict[str, str]:
    """The only place where the key goes."""
    return {"Authorization": f"Token {api_key}"}


def wav_of_mulaw(audio: bytes) -> bytes:
    """Telephone sound as a WAV file, which says itself what is in it (RIFF, format 7: mu-law, mono, 8 kHz)."""
    rate, size = TELEPHONE.rate_hz, len(audio)
    form = struct.pack("<HHIIHHH", 7, 1, rate, rate, 1, 8, 0)
    fact = struct.pack("<I", size)
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
        for name, data in ((b"fmt ", form), (b"fact", fact), (b"data", audio))
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _hints(model: str, hints: Sequence[str]) -> list[tuple[str, str]]:
    """Nova-3 takes key terms, older models keywords, which are single words."""
    clean = [" ".join(hint.split()) for hint in hints]
    chosen = [hint for hint in dict.fromkeys(clean) if 0 < len(hint) <= 60][:MOST_HINTS]
    if model.startswith(("nova-3", "flux")):
        return [("keyterm", hint) for hint in chosen]
    return [("keywords", hint) for hint in chosen if " " not in hint and ":" not in hint]


def _address(base_url: str, name: str, query: Sequence[tuple[str, str]], *, socket: bool) -> str:
    parts = urlsplit(base_url)
    scheme = {"https": "wss", "http": "ws"}.get(parts.scheme) if socket else parts.scheme
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
        raise Invalid("Deepgram's address is not one of http or https")
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/v1/{name}?{urlencode(query, quote_via=quote)}"
