"""The vendor's word after a call: whom we believe, and what we read of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Denied, Invalid
from bakame.providers.elevenlabs.webhook import CallReport, PostCallWebhooks
from bakame.simulator.convai.report import signed

SECRET = "wsec_test_0123456789"
SENT = datetime.fromtimestamp(1739537297, UTC)
BODY = b'{"type":"post_call_transcription","event_timestamp":1739537297,"data":{"conversation_id":"conv_1"}}'
SIGNATURE = "t=1739537297,v0=b71201c6a60f24ab1f900545ccd275d49d5baf3db258341eeb66c946dd693546"
WEBHOOKS = PostCallWebhooks(SECRET)


def read(body: bytes) -> CallReport | None:
    return WEBHOOKS.read(body=body, signature=signed(body, secret=SECRET, at=SENT), now=SENT)


def test_the_documented_vector_is_authentic() -> None:
    report = WEBHOOKS.read(body=BODY, signature=SIGNATURE, now=SENT + timedelta(minutes=29))
    assert report == CallReport("conv_1", "", SENT, "", 0, 0, 0)
    assert signed(BODY, secret=SECRET, at=SENT) == SIGNATURE


def test_one_of_several_signatures_is_enough() -> None:
    WEBHOOKS.verify(body=BODY, signature=SIGNATURE.replace(",", f",v0={'0' * 64}, "), now=SENT)


@pytest.mark.parametrize("minutes", [-31, 31, 100_000])
def test_an_old_signature_proves_nothing(minutes: int) -> None:
    with pytest.raises(Denied, match="too old"):
        WEBHOOKS.verify(body=BODY, signature=SIGNATURE, now=SENT + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=1739537297",
        "v0=b712",
        "t=,v0=b712",
        "t=x,v0=b712",
        "t=²,v0=b712",
        f"t={'9' * 400},v0=b712",
        "t=1739537297,v0=",
        "t=1739537297,v0=é",
        SIGNATURE.replace("v0", "v1"),
        SIGNATURE[:-1] + "7",
        SIGNATURE.replace("1739537297", "1739537298"),
    ],
)
def test_other_signatures_are_refused(signature: str) -> None:
    with pytest.raises(Denied):
        WEBHOOKS.verify(body=BODY, signature=signature, now=SENT)


def test_another_secret_or_body_is_refused() -> None:
    with pytest.raises(Denied):
        PostCallWebhooks("other").verify(body=BODY, signature=SIGNATURE, now=SENT)
    with pytest.raises(Denied):
        WEBHOOKS.verify(body=BODY + b" ", signature=SIGNATURE, now=SENT)


def test_a_report_tells_how_long_and_how_dear_the_call_was_and_not_what_was_said() -> None:
    body = (
        b'{"type":"post_call_transcription","event_timestamp":1739537297,"data":{"conversation_id":"conv_1",'
        b'"agent_id":"agent_1","status":"done","transcript":[{"role":"user","message":"secret"},{"role":"agent"}],'
        b'"metadata":{"call_duration_secs":61,"cost":432.5,"termination_reason":"end_call"}}}'
    )
    report = read(body)
    assert report == CallReport("conv_1", "agent_1", SENT, "done", 61, 432.5, 2, "end_call")
    assert "secret" not in repr(report)


def test_other_kinds_of_webhook_are_passed_over() -> None:
    assert read(b'{"type":"post_call_audio","data":{}}') is None
    assert read(b'{"type":"call_initiation_failure","data":{}}') is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"type":"post_call_transcription"}',
        b'{"type":"post_call_transcription","data":{}}',
        b'{"type":"post_call_transcription","data":{"conversation_id":""}}',
        b'{"type":"post_call_transcription","data":{"conversation_id":"c","transcript":{"a":1}}}',
        b'{"type":"post_call_transcription","data":{"conversation_id":"c","metadata":[1]}}',
        b'{"type":"post_call_transcription","data":{"conversation_id":"c","metadata":{"cost":"x"}}}',
        b'{"type":"post_call_transcription","event_timestamp":1e300,"data":{"conversation_id":"c"}}',
    ],
)
def test_a_signed_webhook_that_makes_no_sense_is_invalid(body: bytes) -> None:
    with pytest.raises(Invalid):
        read(body)


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_signature(signature: str) -> None:
    with pytest.raises(Denied):
        WEBHOOKS.verify(body=BODY, signature=signature, now=SENT)
