"""The vendor's webhook after a call, signed.

Source: reference/elevenlabs-convai.md, section 12.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import httpx
import orjson

from bakame.simulator.convai.record import Record

SIGNATURE_HEADER: Final = "ElevenLabs-Signature"


def signed(body: bytes, *, secret: str, at: datetime) -> str:
    """The signature of a body sent at this time."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
    return f"t={stamp},v0={digest}"


def report(record: Record, *, agent_id: str, at: datetime) -> bytes:
    """The body of a `post_call_transcription`."""
    duration_s = (record.ended_at or record.began_at) - record.began_at
    data: Mapping[str, object] = {
        "agent_id": agent_id,
        "conversation_id": record.conversation_id,
        "status": "done" if record.close_code in (1000, 1005) else "failed",
        "transcript": [{"role": role, "message": text, "time_in_call_secs": 0} for role, text in record.transcript],
        "metadata": {
            "start_time_unix_secs": int(at.timestamp() - duration_s),
            "call_duration_secs": round(duration_s),
            "cost": round(duration_s * 10),
            "termination_reason": f"ended by {record.ended_by}",
        },
        "analysis": {"call_successful": "success", "transcript_summary": ""},
        "has_audio": False,
    }
    return orjson.dumps({"type": "post_call_transcription", "event_timestamp": int(at.timestamp()), "data": data})


async def send_report(body: bytes, *, url: str, secret: str, at: datetime, http: httpx.AsyncClient) -> int:
    """Sends it; the HTTP status of the answer, 0 for none."""
    headers = {SIGNATURE_HEADER: signed(body, secret=secret, at=at), "Content-Type": "application/json"}
    try:
        response = await http.post(url, content=body, headers=headers)
    except httpx.HTTPError:
        return 0
    return response.status_code
