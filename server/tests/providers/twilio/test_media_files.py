"""Media fetched from a carrier on the loopback: what comes, what is refused, and who is never asked."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bakame.errors import BakameError, Invalid, Missing, Unavailable
from bakame.ports.media import Media, OtherType, TooLarge
from bakame.ports.messaging import MediaItem
from bakame.providers.twilio.media_files import TwilioMediaFiles
from bakame.simulator.carrier import Carrier
from bakame.simulator.hosting import hosted
from bakame.simulator.pictures import picture_saying
from bakame.simulator.rest import RestApi
from bakame.simulator.storage import Attachment, StorageFaults
from bakame.simulator.virtual_time import run_virtual
from providers.openai.vendor import TLS

TOKEN = "carrier-token"
PICTURE = Attachment(picture_saying("7 x 8 = ?"), "image/png")

Fetch = Callable[[TwilioMediaFiles, Carrier], Awaitable[Any]]


def visit(fetch: Fetch, *, token: str = TOKEN, **options: Any) -> tuple[Any, Carrier]:
    """What comes of fetching from a carrier's REST side."""

    async def visiting() -> tuple[Any, Carrier]:
        async with (
            Carrier("http://127.0.0.1:1", auth_token=TOKEN, rng=random.Random(1)) as carrier,
            hosted(RestApi(carrier).app()) as rest,
            httpx.AsyncClient(trust_env=False, verify=TLS) as http,
        ):
            carrier.storage.base_url = rest
            source = TwilioMediaFiles(
                account_sid=carrier.account_sid, auth_token=token, http=http, base_url=f"{rest}/", **options
            )
            return await fetch(source, carrier), carrier

    return run_virtual(visiting(), limit_s=600)


def fetched(attachment: Attachment = PICTURE, *, announced: str | None = None, **faults: Any) -> tuple[Media, Carrier]:
    async def fetch(source: TwilioMediaFiles, carrier: Carrier) -> Media:
        carrier.storage.faults = StorageFaults(**faults)
        url = carrier.storage.keep(attachment, message_sid="MM1")
        return await source.fetch(MediaItem(url, announced or attachment.media_type))

    return visit(fetch)


def refused(kind: type[BakameError], attachment: Attachment = PICTURE, **faults: Any) -> BakameError:
    with pytest.raises(kind) as caught:
        fetched(attachment, **faults)
    assert "127.0.0.1" not in str(caught.value), "an address may be as good as a key"
    return caught.value


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_picture_comes_through_redirects_to_a_storage_that_wants_no_credentials(hops: int) -> None:
    media, carrier = fetched(hops=hops)
    assert media == Media(PICTURE.data, "image/png")
    assert len(carrier.storage.asked) == 1 + hops


def test_types_have_one_name_and_an_untold_one_is_as_announced() -> None:
    assert fetched(Attachment(b"RIFF", "audio/x-wav"))[0].media_type == "audio/wav"
    assert fetched(Attachment(b"OggS", "audio/ogg; codecs=opus"))[0].media_type == "audio/ogg"
    assert fetched(told="application/octet-stream")[0].media_type == "image/png"
    assert fetched(told="")[0].media_type == "image/png"


def test_what_is_too_large_is_given_up_with_and_without_a_stated_length() -> None:
    big = Attachment(bytes(5 * 1024 * 1024 + 1), "image/jpeg")
    refused(TooLarge, big)
    refused(TooLarge, big, counted=False)
    just = Attachment(bytes(5 * 1024 * 1024), "image/jpeg")
    assert len(fetched(just)[0].data) == len(just.data)


def test_what_is_no_picture_or_voice_note_is_not_taken() -> None:
    refused(OtherType, Attachment(b"%PDF", "application/pdf"))
    refused(OtherType, Attachment(b"<svg/>", "image/svg+xml"))
    refused(OtherType, told="text/html")


def test_nobody_is_asked_for_a_type_that_is_not_taken() -> None:
    async def fetch(source: TwilioMediaFiles, carrier: Carrier) -> None:
        with pytest.raises(OtherType):
            await source.fetch(MediaItem(carrier.storage.keep(PICTURE, message_sid="MM1"), "text/vcard"))

    assert visit(fetch)[1].storage.asked == []


def test_failures_are_of_kinds_we_know() -> None:
    refused(Missing, status=404)
    refused(Missing, status=410)
    assert refused(Unavailable, status=503).retryable
    assert not refused(Unavailable, hops=3).retryable


def test_wrong_credentials_are_no_secret_told() -> None:
    async def fetch(source: TwilioMediaFiles, carrier: Carrier) -> None:
        with pytest.raises(Unavailable) as caught:
            await source.fetch(MediaItem(carrier.storage.keep(PICTURE, message_sid="MM1"), "image/png"))
        assert not caught.value.retryable
        assert "wrong-token" not in str(caught.value)

    visit(fetch, token="wrong-token")


def test_storage_that_hangs_is_left_after_four_seconds() -> None:
    async def fetch(source: TwilioMediaFiles, carrier: Carrier) -> float:
        carrier.storage.faults = StorageFaults(hangs=True)
        now = asyncio.get_running_loop().time
        began = now()
        with pytest.raises(Unavailable):
            await source.fetch(MediaItem(carrier.storage.keep(PICTURE, message_sid="MM1"), "image/png"))
        return now() - began

    assert 3.9 < visit(fetch)[0] < 4.5


FORGED = [
    "http://169.254.169.254/latest/meta-data",
    "http://localhost:6379/",
    "https://evil.example/x",
    "https://twilio.com.evil.example/x",
    "https://nottwilio.com/x",
    "http://api.twilio.com/x",
    "https://user:pass@api.twilio.com/x",
    "https://s3.amazonaws.com/x",
    "file:///etc/passwd",
    "ftp://api.twilio.com/x",
    "//api.twilio.com/x",
    "http://127.0.0.1:99999/x",
    "http://[::1/x",
    "not an address",
]


@pytest.mark.parametrize("url", FORGED)
def test_only_the_carriers_own_addresses_are_asked(url: str) -> None:
    asked: list[str] = []

    async def main() -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            return httpx.Response(200, content=b"x", headers={"content-type": "image/png"})

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            source = TwilioMediaFiles(account_sid="AC1", auth_token=TOKEN, http=http)
            with pytest.raises(Invalid):
                await source.fetch(MediaItem(url, "image/png"))

    asyncio.run(main())
    assert asked == []


@pytest.mark.parametrize(
    ("to", "taken"),
    [
        ("https://mms.twiliocdn.com/x?sig=1", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/x", True),
        ("https://evil.example/x", False),
        ("http://169.254.169.254/", False),
    ],
)
def test_a_redirect_is_followed_to_storage_alone_and_without_credentials(to: str, taken: bool) -> None:
    asked: list[httpx.Request] = []

    async def main() -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            if len(asked) == 1:
                return httpx.Response(307, headers={"location": to})
            return httpx.Response(200, stream=httpx.ByteStream(b"x"), headers={"content-type": "image/png"})

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            source = TwilioMediaFiles(account_sid="AC1", auth_token=TOKEN, http=http)
            item = MediaItem("https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1", "image/png")
            if taken:
                assert (await source.fetch(item)).data == b"x"
            else:
                with pytest.raises(Invalid):
                    await source.fetch(item)

    asyncio.run(main())
    assert "authorization" in asked[0].headers
    assert all("authorization" not in request.headers for request in asked[1:])
    assert len(asked) == 1 + taken


def test_a_compressed_answer_is_not_unpacked() -> None:
    async def bomb(_: Request) -> Response:
        return PlainTextResponse("x", headers={"content-type": "image/png", "content-encoding": "gzip"})

    async def main() -> None:
        app = Starlette(routes=[Route("/x", bomb)])
        async with hosted(app) as url, httpx.AsyncClient(trust_env=False, verify=TLS) as http:
            source = TwilioMediaFiles(account_sid="AC1", auth_token=TOKEN, http=http, base_url=url)
            with pytest.raises(OtherType):
                await source.fetch(MediaItem(f"{url}/x", "image/png"))

    run_virtual(main(), limit_s=60)
