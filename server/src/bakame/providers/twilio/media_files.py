"""Pictures and voice notes that wait at Twilio.

Source: Twilio Docs, "Media Resource": a media URL is answered with a redirect to storage, which wants no credentials.
"""

import asyncio
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from bakame.errors import Invalid, Missing, Unavailable
from bakame.ports.media import MOST_BYTES, PICTURES, VOICE_NOTES, Media, OtherType, TooLarge, plain_type
from bakame.ports.messaging import MediaItem
from bakame.providers.twilio.rest import BASE_URL

TIMEOUT_S: Final = 4.0
"""For all of it, redirects included: a learner waits for the answer."""
MOST_REDIRECTS: Final = 2
_TAKEN: Final = PICTURES | VOICE_NOTES
_NOT_TOLD: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_TWILIO: Final = ("twilio.com",)
_STORAGE: Final = (*_TWILIO, "twiliocdn.com", "amazonaws.com")
_GONE: Final = frozenset({404, 410})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
WHO: Final = "Twilio's media"


class TwilioMediaFiles:
    """A `ports.media.MediaSource`. The HTTP client belongs to whoever passes it in.

    Credentials go with the first request alone. Nothing is fetched from anywhere but the configured API and Twilio's
    own hosts, so that a forged address cannot make us ask somebody else, or ourselves.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        http: httpx.AsyncClient,
        base_url: str = BASE_URL,
        timeout_s: float = TIMEOUT_S,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._http = http
        self._ours = _origin(base_url)
        self._timeout_s = timeout_s
        self._most_bytes = most_bytes

    async def fetch(self, item: MediaItem) -> Media:
        """The bytes of a picture or a voice note; raises as `MediaSource.fetch` says."""
        if plain_type(item.media_type) not in _TAKEN:
            raise OtherType("what came with the text is neither a picture nor a voice note that is taken")
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._followed(item)
        except TimeoutError:
            raise Unavailable(f"{WHO} did not come in time") from None
        except httpx.InvalidURL:
            raise Invalid("a media address cannot be used") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"{WHO} cannot be fetched: {type(error).__name__}") from None

    async def _followed(self, item: MediaItem) -> Media:
        url, auth, hosts = item.url, self._auth, _TWILIO
        for _ in range(MOST_REDIRECTS + 1):
            self._check(url, hosts)
            request = self._http.build_request("GET", url, headers={"accept-encoding": "identity"})
            response = await self._http.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                if response.status_code not in _REDIRECTS:
                    return await self._taken(response, item)
                url = urljoin(url, response.headers.get("location", ""))
            finally:
                await response.aclose()
            auth, hosts = None, _STORAGE
        raise Unavailable(f"{WHO} redirects too often", retryable=False)

    def _check(self, url: str, hosts: tuple[str, ...]) -> None:
        try:
            address = urlsplit(url)
            ours = _origin(url) == self._ours
        except ValueError:
            raise Invalid("a media address cannot be used") from None
        host = address.hostname or ""
        theirs = address.scheme == "https" and any(host == known or host.endswith(f".{known}") for known in hosts)
        if address.username is not None or address.password is not None or not (ours or theirs):
            raise Invalid("a media address is not Twilio's")

    async def _taken(self, response: httpx.Response, item: MediaItem) -> Media:
        status = response.status_code
        if status in _GONE:
            raise Missing("the media of this text is no longer there")
        if not response.is_success:
            raise Unavailable(f"{WHO} answered {status}", retryable=status >= 500 or status == 429)
        told = plain_type(response.headers.get("content-type", ""))
        media_type = plain_type(item.media_type) if told in _NOT_TOLD else told
        if media_type not in _TAKEN or response.headers.get("content-encoding", "identity") != "identity":
            raise OtherType("what was fetched is neither a picture nor a voice note that is taken")
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._most_bytes:
            raise TooLarge("the media of this text is too large")
        data = bytearray()
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > self._most_bytes:
                raise TooLarge("the media of this text is too large")
        return Media(bytes(data), media_type)


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port. Raises `ValueError` for a port that is no number."""
    address = urlsplit(url)
    default = {"http": 80, "https": 443}.get(address.scheme)
    return address.scheme, address.hostname or "", address.port or default
