"""Signatures equal the published vectors."""

import pytest

from bakame.simulator.signing import SIGNATURE_HEADER, Signer

TOKEN = "test_auth_token_0123456789abcdef"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
TEXT = {
    "MessageSid": "SM00000000000000000000000000000001",
    "AccountSid": "AC00000000000000000000000000000001",
    "From": "+250788123456",
    "To": "+15005550006",
    "Body": "Muraho, math please",
    "NumMedia": "0",
    "NumSegments": "1",
}


GET = "https://tutor.example.org/call?CallSid=CA1&From=%2B250788123456"


@pytest.mark.parametrize(
    ("token", "url", "form", "signature"),
    [
        ("12345", "https://example.com/myapp.php?foo=1&bar=2", CALL, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        (TOKEN, "https://tutor.example.org/sms", TEXT, "l1+0cSF+UbJzcrxOamUTvOniymQ="),
        (TOKEN, "https://tutor.example.org/sms#rc=2&rp=all", TEXT, "l1+0cSF+UbJzcrxOamUTvOniymQ="),
        (
            TOKEN,
            "https://tutor.example.org/call?CallSid=CA1&From=%2B250788123456",
            None,
            "e+aFZrX1Uf9+SxjAau0FEsrJG5Q=",
        ),
        (TOKEN, "wss://tutor.example.org/twilio-stream", None, "y7xzg9X2ywQSY4It+XOPTrp7wDo="),
        (TOKEN, "https://tutor.example.org/twilio-stream", None, "wnGPJtstp61VuWHPKfscnCnscOE="),
    ],
)
def test_signatures_are_the_carriers(token: str, url: str, form: dict[str, str] | None, signature: str) -> None:
    assert Signer(token).headers(url, form) == {SIGNATURE_HEADER: signature}
