"""Deepgram's messages, sans-I/O: control messages out, events, transcripts and errors in.

Source: Deepgram, "Live streaming" and "Pre-recorded" (`/v1/listen`) references, and the guides on endpointing, interim
results, keep-alive, finalize and closing codes. Seconds are seconds of the sound that
this connection was sent, not of any clock. What people said is kept out of every repr.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson

from bakame.errors import Unavailable
from bakame.ports.speech import Hypothesis

KEEP_ALIVE: Final = b'{"type":"KeepAlive"}'
FINALIZE: Final = b'{"type":"Finalize"}'
CLOSE_STREAM: Final = b'{"type":"CloseStream"}'

_CLOSE_TOKEN: Final = re.compile(r"^\s*([A-Z]{2,10}-\d{4})\b")
_ERROR_CODE: Final = re.compile(r"^[A-Z_]{3,40}$")
_LATER: Final = frozenset({408, 425, 429})
_MEANINGS: Final = {
    400: "the request was not understood",
    401: "the key was refused",
    402: "the account has no credit",
    403: "the key may not do this",
    404: "there is no such address or model",
    413: "the request is too large",
    415: "the kind of sound was refused",
    429: "too many requests",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word, when it was said, and how sure Deepgram is of it, from 0 to 1."""

    text: str = field(repr=False)
    confidence: float
    start_s: float = 0.0
    end_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Results:
    """What was understood in the sound from `start_s` on.

    Not `is_final`: a guess that the next message about this stretch replaces. `is_final`: settled, to be appended.
    `speech_final`: a silence ended the utterance here. `from_finalize`: an answer to `FINALIZE`.
    """

    transcript: str = field(repr=False)
    confidence: float
    words: tuple[Word, ...]
    start_s: float
    duration_s: float
    is_final: bool
    speech_final: bool
    from_finalize: bool

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s

    def heard(self) -> tuple[Word, ...]:
        """The words; the transcript's, with its confidence, where it came without any."""
        return self.words or tuple(Word(word, self.confidence) for word in self.transcript.split())


@dataclass(frozen=True, slots=True)
class UtteranceEnd:
    """No word for so long that the utterance is over, told by the words and not by silence. None: no word at all."""

    last_word_end_s: float | None


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    at_s: float


@dataclass(frozen=True, slots=True)
class Metadata:
    """The last word before the end; `duration_s` of sound were taken."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Deepgram gives up on this connection. `variant` is a word such as SchemaError."""

    variant: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of a kind that means nothing to us."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message that cannot be read."""

    reason: str


Event = Results | UtteranceEnd | SpeechStarted | Metadata | Failure | Unknown | Malformed


def decode(message: bytes | str) -> Event:
    """The event of a text message; never raises."""
    try:
        fields: object = orjson.loads(message)
    except ValueError:
        return Malformed("not JSON")
    if not isinstance(fields, dict):
        return Malformed("not an object")
    return _event(cast(Mapping[str, Any], fields))


def _event(fields: Mapping[str, Any]) -> Event:
    match fields.get("type"):
        case "Results":
            return _results(fields)
        case "UtteranceEnd":
            last = _number(fields.get("last_word_end"), -1.0)
            return UtteranceEnd(last if last >= 0 else None)
        case "SpeechStarted":
            return SpeechStarted(max(_number(fields.get("timestamp")), 0.0))
        case "Metadata":
            return Metadata(max(_number(fields.get("duration")), 0.0))
        case "Error":
            return Failure(_token(fields.get("variant")))
        case str():
            return Unknown()
        case _:
            return Malformed("no type")


def _results(fields: Mapping[str, Any]) -> Event:
    best = _best(_mapping(fields.get("channel")).get("alternatives"))
    if best is None:
        return Malformed("results without an alternative")
    transcript, confidence, words = best
    start_s, duration_s = _number(fields.get("start"), -1.0), _number(fields.get("duration"), -1.0)
    if start_s < 0 or duration_s < 0:
        return Malformed("results without their time")
    return Results(
        transcript=transcript,
        confidence=confidence,
        words=words,
        start_s=start_s,
        duration_s=duration_s,
        is_final=fields.get("is_final") is True,
        speech_final=fields.get("speech_final") is True,
        from_finalize=fields.get("from_finalize") is True,
    )


def decode_recording(body: bytes) -> Hypothesis:
    """What was said in a recording. Raises `Unavailable` for an answer that cannot be read."""
    try:
        answer: object = orjson.loads(body)
    except ValueError:
        raise Unavailable("Deepgram's answer is not JSON") from None
    channels = _mapping(_mapping(answer).get("results")).get("channels")
    first = cast(list[object], channels)[0] if isinstance(channels, list) and channels else None
    best = _best(_mapping(first).get("alternatives"))
    if best is None:
        raise Unavailable("Deepgram's answer has no transcript")
    transcript, confidence, words = best
    return hypothesis(words or tuple(Word(word, confidence) for word in transcript.split()))


def hypothesis(words: Sequence[Word]) -> Hypothesis:
    """The words in lower case, with the mean of what Deepgram thinks of each."""
    text = " ".join(" ".join(word.text for word in words).lower().split())
    return Hypothesis(text, sum(word.confidence for word in words) / len(words)) if text else Hypothesis("", 0.0)


def closing(code: int, reason: str) -> str:
    """A closing code for logs: of the reason only Deepgram's own token, such as NET-0001."""
    token = _CLOSE_TOKEN.match(reason)
    return f"{code} {token[1]}" if token else str(code)


def is_undecodable(code: int, reason: str) -> bool:
    """The connection was closed because the sound was not understood as sound; the same sound will not do better."""
    return code == 1008 and reason.strip().startswith("DATA-0000")


def failure(status: int, body: bytes = b"") -> Unavailable:
    """The error of an HTTP status. Deepgram's own sentence is left out, for it may quote what was sent."""
    try:
        answer: object = orjson.loads(body)
    except ValueError:
        answer = None
    code = _mapping(answer).get("err_code")
    meaning = _MEANINGS.get(status, "it failed" if status >= 500 else "it was refused")
    named = f", {code}" if isinstance(code, str) and _ERROR_CODE.match(code) else ""
    return Unavailable(f"Deepgram answered {status}{named}: {meaning}", retryable=status in _LATER or status >= 500)


def _best(alternatives: object) -> tuple[str, float, tuple[Word, ...]] | None:
    """Transcript, confidence and words of the first alternative."""
    if not isinstance(alternatives, list) or not alternatives:
        return None
    best = _mapping(cast(list[object], alternatives)[0])
    transcript, words = best.get("transcript"), best.get("words")
    if not isinstance(transcript, str):
        return None
    listed = cast(list[object], words) if isinstance(words, list) else []
    return transcript, _share(best.get("confidence")), tuple(filter(None, map(_word, listed)))


def _word(value: object) -> Word | None:
    fields = _mapping(value)
    text = fields.get("word")
    if not isinstance(text, str) or not text.strip():
        return None
    return Word(text, _share(fields.get("confidence")), _number(fields.get("start")), _number(fields.get("end")))


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def _number(value: object, default: float = 0.0) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def _share(value: object) -> float:
    return min(max(_number(value), 0.0), 1.0)


def _token(value: object) -> str:
    return value if isinstance(value, str) and value.isascii() and value.isalnum() and len(value) <= 40 else "unknown"
