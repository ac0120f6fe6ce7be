"""The one place where everything is put together."""

import asyncio
import hashlib
import hmac
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx
import structlog
from fastapi import APIRouter, FastAPI

from bakame.app.clock import SystemClock
from bakame.app.content import Content, load_content
from bakame.app.engines import Workshop, ladder
from bakame.app.http.app import make_app
from bakame.app.http.vendors import elevenlabs_routes
from bakame.app.media import reading_media
from bakame.app.parts import explainer_of
from bakame.app.ratings import RatingBoard
from bakame.app.settings import Settings
from bakame.app.spending import Spending
from bakame.app.tariffs import read_tariff
from bakame.app.tutoring import tutoring
from bakame.calls.admission import Admission
from bakame.calls.desk import CallDesk
from bakame.calls.errands import Errands
from bakame.calls.live import LiveCalls
from bakame.calls.notebook import Notebook
from bakame.calls.routes import Phrases, VoiceChannel, call_routes
from bakame.calls.streams import StreamDoor
from bakame.errors import Conflict, Invalid, Unavailable
from bakame.ports.clock import Clock
from bakame.ports.voice import CallContext
from bakame.providers.elevenlabs.webhook import PostCallWebhooks
from bakame.providers.local.engine import LocalSpeech
from bakame.providers.twilio.gateway import TwilioGateway
from bakame.security.tokens import StreamTokens
from bakame.sms import meters as text_meters
from bakame.sms.delivery import TextDelivery, ask_for_call
from bakame.sms.outbox import Outbox
from bakame.sms.routes import text_routes
from bakame.sms.service import TextService
from bakame.store import redis as redis_store
from bakame.store.database import Database
from bakame.store.jobs import Jobs
from bakame.store.schema import Upgrade, upgrade
from bakame.tutor.engine import Tutor
from bakame.tutor.turn import Reply, Said
from bakame.tutor.wording import line

TURN_TRIES: Final = 3

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Product:
    """The running product: its door, and what start-up wants to tell."""

    app: FastAPI
    door: StreamDoor
    content: Content
    migration: Upgrade
    speech: LocalSpeech


@asynccontextmanager
async def product(
    settings: Settings,
    *,
    clock: Clock | None = None,
    rng: random.Random | None = None,
    content: Content | None = None,
    progress: Callable[[str], None] = lambda _: None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[Product]:
    """Everything started, in the order of what needs what; everything stopped at exit.

    `content` is read from the settings' folders when it is not given. `progress` is told each step in a few words;
    `pause` waits between two tries of a job. Raises `Invalid` for content or configuration that cannot be used and
    `Unavailable` for a database that does not answer.
    """
    clock, rng = clock or SystemClock(), rng or random.Random()
    async with AsyncExitStack() as stack:
        progress("curriculum")
        content = content or await asyncio.to_thread(
            load_content, curriculum_dir=settings.curriculum_dir, locales_dir=settings.locales_dir
        )
        progress("database")
        migration = await upgrade(settings.database)
        database = await stack.enter_async_context(
            Database(settings.database, now=clock.now, busy_timeout_s=settings.database_wait_s)
        )
        redis = redis_store.connect(settings.redis)
        stack.push_async_callback(redis.aclose)
        http = await stack.enter_async_context(
            httpx.AsyncClient(timeout=10.0, limits=httpx.Limits(keepalive_expiry=60.0))
        )
        gateway = TwilioGateway(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.auth_token,
            number=settings.twilio_phone_number,
            http=http,
            base_url=settings.twilio_api_base_url or "https://api.twilio.com",
        )
        tariff = read_tariff(settings.prices, currency=settings.currency)
        ratings = RatingBoard(database, content.curriculum)
        spending = Spending(database, tariff)
        tutor = await stack.enter_async_context(
            tutoring(settings, content, clock=clock, rng=rng, spending=spending, ratings=ratings.current)
        )
        phrases = _phrases(content, rng)

        progress("speech")
        speech = LocalSpeech(workers=settings.recogniser_workers, approximations=settings.approximate_voices)
        await speech.start()
        stack.push_async_callback(speech.stop)
        errands = Errands()
        stack.push_async_callback(errands.finish)
        notebook = Notebook(database)
        stack.push_async_callback(notebook.finish)
        workshop = Workshop(
            settings=settings,
            http=http,
            database=database,
            tutor=tutor,
            teach=_teacher(database, tutor),
            speech=speech,
            clock=clock,
            errands=errands,
            notebook=notebook,
            apology=phrases.apology,
            explain=explainer_of(database, tutor) if tutor.explains else None,
        )
        engine = await stack.enter_async_context(ladder(workshop, phrases=_recorded(content, rng)))

        progress("jobs")
        jobs = Jobs(sleep=pause)
        attachments = await stack.enter_async_context(
            reading_media(settings, content, http=http, speech=speech, clock=clock, rng=rng, spending=spending)
        )
        texts = TextDelivery(
            jobs=jobs,
            database=database,
            service=TextService(
                tutor=tutor,
                wording=content.wording,
                rng=rng,
                count=text_meters.count,
                call_back=ask_for_call,
                tariff=tariff,
                vendor=gateway.name,
                attachments=attachments,
            ),
            texts=gateway,
            calls=gateway,
            public_url=settings.public_url,
            kept=content.wording.text(line("sms.kept"), form="sms", rng=rng),
        )
        outbox = Outbox(
            jobs=jobs, database=database, tutor=tutor, texts=gateway, tariff=tariff, count=text_meters.count
        )
        await jobs.start(settings.database)
        stack.push_async_callback(jobs.stop)

        await stack.enter_async_context(
            _background(ratings.keep_fresh(), outbox.keep_sending(), spending.keep_flushing())
        )
        desk = CallDesk(
            database=database,
            gateway=gateway.name,
            over=lambda call_id: errands.run(call_id, outbox.call_is_over(call_id)),
        )
        admission = Admission(most=settings.max_calls, clock=clock)
        live = LiveCalls()
        tokens = StreamTokens(_stream_secret(settings.auth_token), redis=redis, clock=clock)
        voice = VoiceChannel(
            gateway=gateway,
            texts=gateway,
            engine=engine,
            desk=desk,
            admission=admission,
            tokens=tokens,
            live=live,
            clock=clock,
            public_url=settings.public_url,
            phrases=phrases,
        )
        door = StreamDoor(
            gateway=gateway,
            engine=engine,
            desk=desk,
            database=database,
            tokens=tokens,
            live=live,
            clock=clock,
            admission=admission,
            url=voice.stream_url,
            moved_to=(settings.hand_over_url or settings.public_url).rstrip("/") + "/call/after",
            tell_stopped=voice.tell_stopped,
            lead_ms=settings.lead_ms,
        )
        stack.push_async_callback(door.stop)
        app = make_app(
            routers=(
                call_routes(voice),
                text_routes(gateway, texts.answer, public_url=settings.public_url, count=text_meters.count),
                *_reports(settings, clock),
            ),
            checks={
                "database": database.check,
                "redis": lambda: redis_store.check(redis),
                "calls": lambda: _takes_calls(admission),
            },
        )
        yield Product(app=app, door=door, content=content, migration=migration, speech=speech)


@asynccontextmanager
async def _background(*work: Coroutine[None, None, None]) -> AsyncGenerator[None]:
    """Does the work as long as the product runs, and ends it with the product."""
    tasks = [asyncio.create_task(each, name=each.__qualname__) for each in work]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("background.stopped", task=task.get_name(), kind=type(error).__name__)


def _teacher(database: Database, tutor: Tutor) -> Callable[[CallContext, Said], Awaitable[Reply]]:
    async def teach(call: CallContext, said: Said) -> Reply:
        """One turn in one transaction; when another turn of the same lesson came first, it is worked out anew."""
        if call.learner_id is None:
            raise Invalid("a call without a learner cannot be taught")
        reading = partial(database.session, read_only=True)
        said = await tutor.read_again(reading, learner_id=call.learner_id, said=said)
        for _ in range(TURN_TRIES - 1):
            try:
                async with database.session() as session:
                    return await tutor.turn(session, learner_id=call.learner_id, said=said)
            except Conflict:
                _log.info("turn.repeated", call=call.call_id)
        async with database.session() as session:
            return await tutor.turn(session, learner_id=call.learner_id, said=said)

    return teach


def _phrases(content: Content, rng: random.Random) -> Phrases:
    def words(key: str) -> str:
        return content.wording.text(line(key), form="voice", rng=rng)

    return Phrases(
        apology=words("call.apology"),
        number_needed=words("call.number_needed"),
        full=words("call.full"),
        full_text=content.wording.text(line("call.full"), form="sms", rng=rng),
        call_again=words("call.call_again"),
        call_again_text=content.wording.text(line("call.call_again"), form="sms", rng=rng),
    )


def _recorded(content: Content, rng: random.Random) -> dict[str, str]:
    """What must be there when nothing else is, by name."""
    phrases = {
        "greeting": line("call.greeting"),
        "bridge": line("call.bridge"),
        "time_warning": line("call.time_warning"),
        "time_up": line("call.time_up"),
    }
    return {name: content.wording.text(phrase, form="voice", rng=rng) for name, phrase in phrases.items()}


def _reports(settings: Settings, clock: Clock) -> list[APIRouter]:
    """Doors for vendors' reports, of those that are configured."""
    if settings.elevenlabs_webhook_secret is None:
        return []
    webhooks = PostCallWebhooks(settings.elevenlabs_webhook_secret.get_secret_value())
    return [elevenlabs_routes(webhooks, clock=clock)]


async def _takes_calls(admission: Admission) -> None:
    if admission.closed:
        raise Unavailable("the server is stopping and takes no more calls")


def _stream_secret(auth_token: str) -> bytes:
    """A secret of its own for stream tokens, the same in every replica that has the same carrier account."""
    return hmac.digest(auth_token.encode(), b"bakame stream tokens", hashlib.sha256)
