"""Pictures and voice notes of texts: who fetches them, reads them and hears them, from what is configured."""

import random
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from bakame.app.content import Content
from bakame.app.parts import image_reader, note_transcriber, recogniser
from bakame.app.settings import Settings
from bakame.app.spending import Spending
from bakame.app.tutoring import watch_of
from bakame.ports.clock import Clock
from bakame.providers.local.engine import LocalSpeech
from bakame.providers.twilio.media_files import TwilioMediaFiles
from bakame.providers.twilio.rest import BASE_URL
from bakame.sms.media import Attachments
from bakame.tutor.multimodal import MediaReader


@asynccontextmanager
async def reading_media(
    settings: Settings,
    content: Content,
    *,
    http: httpx.AsyncClient,
    speech: LocalSpeech,
    clock: Clock,
    rng: random.Random,
    spending: Spending,
) -> AsyncGenerator[Attachments]:
    """What looks at media; the connections of its models are closed at exit."""
    async with AsyncExitStack() as stack:
        images = image_reader(settings, spending)
        if images is not None:
            stack.push_async_callback(images.aclose)
        reader = MediaReader(
            source=TwilioMediaFiles(
                account_sid=settings.twilio_account_sid,
                auth_token=settings.auth_token,
                http=http,
                base_url=settings.twilio_api_base_url or BASE_URL,
            ),
            images=images,
            notes=note_transcriber(settings, http),
            recogniser=recogniser(settings, http, speech, clock=clock),
        )
        watch = watch_of(settings, content)
        yield Attachments(reader, wording=content.wording, rng=rng, names=content.names, watch=watch)
