"""The carrier's HTTP requests to the server: signed forms out, documents back.

Source: Twilio, "TwiML for Programmable Voice", "Webhooks: Connection Overrides". A request has 15 s in all, a failed
connection is tried once more, nothing else is. Redirects are followed, each signed for its own address.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

import httpx

from bakame.errors import Unavailable
from bakame.simulator.signing import Signer

TIMEOUT_S: Final = 15.0
CONNECT_TIMEOUT_S: Final = 5.0
MAX_REDIRECTS: Final = 10
_DOCUMENT_TYPES: Final = ("text/xml", "application/xml", "text/html")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Method = Literal["GET", "POST"]


class WebhookError(Unavailable):
    """The server did not answer as a carrier needs; `code` as in the carrier's error dictionary, `status` of HTTP."""

    def __init__(self, code: int, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    @property
    def cure(self) -> str:
        """What a person at the phone can do about it."""
        match self.status:
            case None:
                return "Is the server running, and is its address right?"
            case 403:
                return (
                    "The server did not accept the signature: is it the same auth token, and the server's public URL?"
                )
            case 404:
                return "There is no such webhook at this address."
            case _:
                return "The server's log says why."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook answered, and the address that answered, for relative URLs in it."""

    body: bytes
    url: str


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine, where neither TLS nor a proxy is wanted."""
    return urlsplit(url).hostname in _LOOPBACK


class Webhooks:
    """Sends one account's webhooks."""

    def __init__(self, *, client: httpx.AsyncClient, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    async def ask(self, url: str, form: Mapping[str, str], *, method: Method = "POST") -> Answer:
        """A webhook that is to be answered with a document. Raises `WebhookError`."""
        response = await self._send(url, form, method=method)
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        if kind not in _DOCUMENT_TYPES:
            raise WebhookError(12300, f"content type {kind or 'missing'} is no document", status=response.status_code)
        return Answer(response.content, str(response.url))

    async def tell(self, url: str, form: Mapping[str, str]) -> None:
        """A status callback; what it answers is ignored. Raises `WebhookError`."""
        await self._send(url, form, method="POST")

    async def _send(self, url: str, form: Mapping[str, str], *, method: Method) -> httpx.Response:
        token = {"I-Twilio-Idempotency-Token": str(uuid4())}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                try:
                    return await self._follow(url, form, method, token)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    return await self._follow(url, form, method, token)
        except TimeoutError as error:
            raise WebhookError(11205, f"no answer from {_place(url)} within {TIMEOUT_S:g} s") from error
        except httpx.InvalidURL as error:
            raise WebhookError(11100, "the URL is not valid") from error
        except httpx.HTTPError as error:
            raise WebhookError(11205, f"{_place(url)} cannot be reached: {type(error).__name__}") from error

    async def _follow(self, url: str, form: Mapping[str, str], method: Method, token: dict[str, str]) -> httpx.Response:
        for _ in range(MAX_REDIRECTS + 1):
            url = url.partition("#")[0]
            if method == "GET" and form:
                url, form = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(form)}", {}
            headers = self._signer.headers(url, form) | token
            data = dict(form) if method == "POST" else None
            response = await self._client.request(method, url, data=data, headers=headers)
            if response.is_success:
                return response
            if response.next_request is None:
                status = response.status_code
                raise WebhookError(11200, f"{_place(url)} answered {status}", status=status)
            url = urljoin(url, response.headers["location"])
            if response.status_code not in (307, 308):
                method = "GET"
        raise WebhookError(11215, f"more than {MAX_REDIRECTS} redirects from {_place(url)}")


def _place(url: str) -> str:
    """A URL without what may be secret in it."""
    scheme, host, path, *_ = urlsplit(url)
    return f"{scheme}://{host}{path}"


def http_client(server_url: str) -> httpx.AsyncClient:
    """A client for a server; on this machine no proxy of the environment is asked."""
    timeout = httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    headers = {"User-Agent": "TwilioProxy/1.1 (bakame phone)"}
    return httpx.AsyncClient(timeout=timeout, headers=headers, trust_env=not is_loopback(server_url))
