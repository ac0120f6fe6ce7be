"""The carrier's signature on everything it sends: webhooks, status callbacks and the upgrade of a media socket.

Source: Twilio, "Security: validating requests". base64(HMAC-SHA1(auth token, URL + each form field, sorted by name,
as name and value without a delimiter)). A socket's upgrade is signed over its ws or wss URL, without fields.
"""

from collections.abc import Mapping
from typing import Final

from twilio.request_validator import RequestValidator

SIGNATURE_HEADER: Final = "X-Twilio-Signature"


class Signer:
    """Signs with one account's auth token."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def headers(self, url: str, form: Mapping[str, str] | None = None) -> dict[str, str]:
        """The header that proves that the carrier sent `form` (nothing: a GET or an upgrade) to exactly this URL.

        The fragment of a URL holds connection options and is not signed.
        """
        signature: str = self._validator.compute_signature(url.partition("#")[0], dict(form or {}))
        return {SIGNATURE_HEADER: signature}
