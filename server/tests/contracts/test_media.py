"""What every reader of pictures, hearer of voice notes and source of media promises. A new one is one line."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Final

import pytest

from bakame.errors import BakameError, Missing
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.media import ImageReader, MediaSource, NoteTranscriber, OtherType
from bakame.ports.messaging import MediaItem
from bakame.providers.openai.vision import OpenAIVision
from bakame.providers.openai.voice_notes import OpenAINotes
from bakame.providers.twilio.media_files import TwilioMediaFiles
from bakame.simulator.carrier import Carrier
from bakame.simulator.hosting import hosted
from bakame.simulator.openai.chat import echo
from bakame.simulator.openai.sight import reads_pictures
from bakame.simulator.pictures import note_saying, picture_saying
from bakame.simulator.rest import RestApi
from bakame.simulator.storage import Attachment
from providers.openai.vendor import client, stand_in

Keep = Callable[[Attachment], str]


@asynccontextmanager
async def _openai_eyes() -> AsyncGenerator[ImageReader]:
    async with (
        stand_in(answer=reads_pictures(echo)) as openai,
        aclosing(OpenAIVision(key=openai.key, model=openai.model, base_url=openai.url)) as vision,
    ):
        yield vision


@asynccontextmanager
async def _openai_ears() -> AsyncGenerator[NoteTranscriber]:
    async with stand_in() as openai, client() as http:
        yield OpenAINotes(key=openai.key, model="ear", http=http, base_url=openai.url)


@asynccontextmanager
async def _twilio() -> AsyncGenerator[tuple[MediaSource, Keep]]:
    async with (
        Carrier("http://127.0.0.1:1", auth_token="token", rng=random.Random(1)) as carrier,
        hosted(RestApi(carrier).app()) as rest,
        client() as http,
    ):
        carrier.storage.base_url = rest
        source = TwilioMediaFiles(account_sid=carrier.account_sid, auth_token="token", http=http, base_url=rest)
        yield source, lambda attachment: carrier.storage.keep(attachment, message_sid="MM1")


EYES: Final[dict[str, Callable[[], AbstractAsyncContextManager[ImageReader]]]] = {"openai": _openai_eyes}
EARS: Final[dict[str, Callable[[], AbstractAsyncContextManager[NoteTranscriber]]]] = {"openai": _openai_ears}
SOURCES: Final[dict[str, Callable[[], AbstractAsyncContextManager[tuple[MediaSource, Keep]]]]] = {"twilio": _twilio}


@pytest.mark.parametrize("reader", EYES)
def test_the_words_of_a_picture_are_read_and_a_picture_without_any_is_empty(reader: str) -> None:
    async def main() -> None:
        async with EYES[reader]() as eyes:
            assert eyes.name.isidentifier()
            assert await eyes.read(picture_saying("7 x 8 = ?"), "image/png") == "7 x 8 = ?"
            assert await eyes.read(picture_saying(""), "image/png") == ""

    asyncio.run(main())


@pytest.mark.parametrize("hearer", EARS)
@pytest.mark.parametrize("expect", [Expect(kind) for kind in AnswerKind], ids=lambda expect: expect.kind)
def test_a_voice_note_is_heard_whatever_was_asked(hearer: str, expect: Expect) -> None:
    async def main() -> None:
        async with EARS[hearer]() as ears:
            assert ears.takes("audio/ogg")
            assert not ears.takes("image/png")
            heard = await ears.transcribe(note_saying("Fifty six"), "audio/ogg", expect=expect)
            assert heard.text == "fifty six"
            assert 0 < heard.confidence < 0.9, "a mistake that was only heard is confirmed before it is marked"

    asyncio.run(main())


@pytest.mark.parametrize("source", SOURCES)
def test_what_waits_at_the_gateway_comes_and_what_does_not_is_of_a_kind_we_know(source: str) -> None:
    async def fails(media: MediaSource, item: MediaItem, kind: type[BakameError]) -> None:
        with pytest.raises(kind) as caught:
            await media.fetch(item)
        assert item.url not in str(caught.value)

    async def main() -> None:
        async with SOURCES[source]() as (media, keep):
            url = keep(Attachment(picture_saying("x"), "image/jpg"))
            fetched = await media.fetch(MediaItem(url, "image/jpg"))
            assert (fetched.data, fetched.media_type) == (picture_saying("x"), "image/jpeg")
            assert "PNG" not in repr(fetched)
            await fails(media, MediaItem(f"{url}0", "image/png"), Missing)
            await fails(media, MediaItem(url, "text/html"), OtherType)

    asyncio.run(main())
