"""What ElevenLabs tells after a call: signed webhooks.

Source: reference/elevenlabs-convai.md, section 12. `ElevenLabs-Signature: t=<unix seconds>,v0=<hex>`, where the hex is
HMAC-SHA256 of `"{t}.{body}"` with the webhook's secret, over the body as it came.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

import orjson

from bakame.errors import Denied, Invalid

SIGNATURE_HEADER: Final = "ElevenLabs-Signature"
TOLERANCE_S: Final = 30 * 60
"""Older than this, a signature may have been taken from elsewhere. The vendor's own library takes as long."""
_LATEST_UNIX_S: Final = 253_402_300_799
_MAX_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class CallReport:
    """What the vendor says of a conversation that is over. What was said in it is left where it is.

    `status`: `done` or `failed`. `cost` in the vendor's credits. `reason` is its word for how it ended.
    """

    conversation_id: str
    agent_id: str
    at: datetime
    status: str
    duration_s: float
    cost: float
    turns: int
    reason: str = ""


class PostCallWebhooks:
    """Reads what one webhook receives."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def verify(self, *, body: bytes, signature: str, now: datetime) -> None:
        """Raises `Denied` unless ElevenLabs signed exactly this body within the tolerance."""
        stamp, digests = _parts(signature)
        if abs(now.timestamp() - int(stamp)) > TOLERANCE_S:
            raise Denied("the webhook's signature is too old, or from the future")
        expected = hmac.new(self._secret, stamp.encode() + b"." + body, "sha256").hexdigest()
        if not any(hmac.compare_digest(expected, digest) for digest in digests):
            raise Denied("the webhook's signature does not fit")

    def read(self, *, body: bytes, signature: str, now: datetime) -> CallReport | None:
        """The report in a webhook; None for another kind of webhook.

        Raises `Denied` when ElevenLabs did not send it, `Invalid` when it makes no sense. The same report may come
        more than once.
        """
        self.verify(body=body, signature=signature, now=now)
        try:
            fields: object = orjson.loads(body)
        except ValueError:
            raise Invalid("the webhook is not JSON") from None
        envelope = _object(fields, "the webhook")
        if envelope.get("type") != "post_call_transcription":
            return None
        data = _object(envelope.get("data"), "data")
        metadata = _object(data.get("metadata") or {}, "metadata")
        transcript: object = data.get("transcript") or []
        if not isinstance(transcript, list):
            raise Invalid("transcript is not a list")
        return CallReport(
            conversation_id=_text(data, "conversation_id", required=True),
            agent_id=_text(data, "agent_id"),
            at=datetime.fromtimestamp(_number(envelope, "event_timestamp"), UTC),
            status=_text(data, "status"),
            duration_s=_number(metadata, "call_duration_secs"),
            cost=_number(metadata, "cost"),
            turns=len(cast(list[object], transcript)),
            reason=_text(metadata, "termination_reason"),
        )


def _parts(signature: str) -> tuple[str, list[str]]:
    """The time and the digests of a signature. Raises `Denied`."""
    stamp, digests = "", list[str]()
    for part in signature.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            stamp = value
        elif name == "v0" and value.isascii():
            digests.append(value)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _MAX_DIGITS) or not digests:
        raise Denied("the webhook has no signature that can be read")
    return stamp, digests


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"{name} is not an object")
    return cast(Mapping[str, Any], value)


def _text(fields: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = fields.get(name)
    if isinstance(value, str) and (value or not required):
        return value
    if value is None and not required:
        return ""
    raise Invalid(f"{name} is missing or is not text")


def _number(fields: Mapping[str, Any], name: str) -> float:
    """A number that may be missing."""
    value = fields.get(name)
    if value is None:
        return 0
    if type(value) not in (int, float) or not 0 <= value <= _LATEST_UNIX_S:
        raise Invalid(f"{name} is not a number that makes sense")
    return value
