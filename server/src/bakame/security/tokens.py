"""Stream tokens: a media socket proves with one that it belongs to a call which we answered.

A token is `expiry.nonce.mac` (seconds since 1970, then base64url without padding); the MAC is HMAC-SHA256
(RFC 2104) over the call's id, the expiry and the nonce, cut to 128 bits. It holds for one call, one minute, one use.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode

from redis.asyncio import Redis

from bakame.ports.clock import Clock
from bakame.store.redis import once

LIFETIME_S = 60
NONCE_BYTES = 9
MAC_BYTES = 16

_SHAPE = re.compile(r"([0-9]{10,12})\.([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{22})", re.ASCII)


class StreamTokens:
    """Makes and takes stream tokens. Every replica shares the secret and the Redis.

    `secret` should have 32 random bytes; fewer than 16 raise `ValueError`.
    """

    def __init__(self, secret: bytes, redis: Redis, clock: Clock) -> None:
        if len(secret) < 16:
            raise ValueError("the secret of stream tokens must have at least 16 bytes")
        self._secret = secret
        self._redis = redis
        self._clock = clock

    def issue(self, call_id: str) -> str:
        """A token for one stream of this call: letters, digits, `-`, `_` and `.`, at most 48 of them."""
        expiry = str(int(self._clock.now().timestamp()) + LIFETIME_S)
        nonce = _text(secrets.token_bytes(NONCE_BYTES))
        return f"{expiry}.{nonce}.{self._mac(call_id, expiry, nonce)}"

    async def accept(self, token: str, call_id: str) -> bool:
        """Whether the token is ours, for this call, not older than `LIFETIME_S`, and was not accepted before.

        Raises `Unavailable` when Redis cannot tell whether it was.
        """
        shaped = _SHAPE.fullmatch(token)
        if shaped is None:
            return False
        expiry, nonce, mac = shaped.groups()
        if not hmac.compare_digest(mac, self._mac(call_id, expiry, nonce)):
            return False
        if self._clock.now().timestamp() > int(expiry):
            return False
        # Remembered for longer than it is valid, so that it cannot come back in the second in which both end.
        return await once(self._redis, f"stream-token:{nonce}", 2 * LIFETIME_S)

    def _mac(self, call_id: str, expiry: str, nonce: str) -> str:
        # Neither expiry nor nonce can hold a NUL, so no two different triples make the same message.
        message = f"{expiry}\0{nonce}\0{call_id}".encode("utf-8", "surrogatepass")
        return _text(hmac.digest(self._secret, message, "sha256")[:MAC_BYTES])


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
