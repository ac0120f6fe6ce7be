"""The ladder of engines, put together from what is configured."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from bakame.app import parts
from bakame.app.settings import Settings
from bakame.calls import meters
from bakame.calls.cascade import CascadeEngine, Teach
from bakame.calls.clips import ClipCache, Recordings
from bakame.calls.errands import Errands
from bakame.calls.ladder import Ladder, Rung
from bakame.calls.notebook import Notebook
from bakame.calls.teaching import CallTeacher
from bakame.errors import Invalid
from bakame.ports.circuit import Circuit
from bakame.ports.clock import Clock
from bakame.ports.voice import CallContext, Teacher, VoiceEngine
from bakame.providers.elevenlabs.engine import ElevenLabsEngine
from bakame.providers.local.engine import LocalSpeech
from bakame.providers.openai.realtime import OpenAIRealtimeEngine
from bakame.store.database import Database
from bakame.tutor.engine import Tutor

ORDER: Final = "BAKAME_VOICE_ENGINES"
LOCAL: Final = ("cascade", "embedded")
"""Engines that hear in this process, and so know themselves who has the floor."""
ENGINES: Final = ("elevenlabs", "openai", *LOCAL)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What engines are made from."""

    settings: Settings
    http: httpx.AsyncClient
    database: Database
    tutor: Tutor
    teach: Teach
    speech: LocalSpeech
    clock: Clock
    errands: Errands
    notebook: Notebook
    apology: str
    explain: Callable[[CallContext, str], AsyncIterator[str]] | None = None

    def teacher(self, call: CallContext) -> Teacher:
        """The tutor, for an engine that converses by itself."""
        return CallTeacher(
            call,
            teach=self.teach,
            tutor=self.tutor,
            database=self.database,
            errands=self.errands,
            notebook=self.notebook,
        )


@asynccontextmanager
async def ladder(workshop: Workshop, *, phrases: dict[str, str]) -> AsyncGenerator[Ladder]:
    """The engines in the operator's order, the embedded one last in any case. Raises `Invalid` for what is missing.

    `phrases` are recorded in the background, as soon as the embedded voice is there.
    """
    names = workshop.settings.voice_engines
    if unknown := [name for name in names if name not in ENGINES]:
        raise Invalid(f"{ORDER}: there is no engine called {', '.join(unknown)}; there are {', '.join(ENGINES)}")
    if not set(names) & set(LOCAL):
        names = (*names, "embedded")
    voice = ClipCache(workshop.speech.synthesiser)
    recordings = Recordings(voice)
    closers: list[Callable[[], Awaitable[None]]] = []
    rungs = [Rung(_engine(name, workshop, voice, closers), Circuit(), remote=name not in LOCAL) for name in names]

    async def record() -> None:
        await workshop.speech.ready()
        await recordings.record(phrases, "en")

    recording = asyncio.create_task(record(), name="recordings")
    try:
        yield Ladder(
            rungs,
            recordings=recordings,
            activity=workshop.speech.activity,
            clock=workshop.clock,
            stages=meters.stages,
            shaped=workshop.settings.shape_sound,
        )
    finally:
        recording.cancel()
        await asyncio.wait({recording})
        for close in closers:
            await close()


def _engine(
    name: str, workshop: Workshop, voice: ClipCache, closers: list[Callable[[], Awaitable[None]]]
) -> VoiceEngine:
    settings = workshop.settings
    match name:
        case "elevenlabs":
            engine = ElevenLabsEngine(
                api_key=parts.needed(settings.elevenlabs_api_key, "ELEVENLABS_API_KEY", setting=ORDER, name=name),
                agent_id=parts.needed(settings.elevenlabs_agent_id, "ELEVENLABS_AGENT_ID", setting=ORDER, name=name),
                base_url=settings.elevenlabs_base_url,
                voice_id=settings.elevenlabs_voice_id,
                http=workshop.http,
                teacher=workshop.teacher,
                clock=workshop.clock,
            )
            closers.append(engine.close)
            return engine
        case "openai":
            realtime = OpenAIRealtimeEngine(
                key=parts.needed(settings.openai_api_key, "OPENAI_API_KEY", setting=ORDER, name=name),
                model=settings.openai_realtime_model,
                url=_socket_url(settings.openai_base_url) + "/realtime",
                teacher=workshop.teacher,
            )
            closers.append(realtime.close)
            return realtime
        case "cascade":
            return CascadeEngine(
                name=name,
                teach=workshop.teach,
                voice=parts.voice(settings, workshop.http, voice, clock=workshop.clock),
                recogniser=parts.recogniser(settings, workshop.http, workshop.speech, clock=workshop.clock),
                live=parts.live_recogniser(settings),
                activity=workshop.speech.activity,
                clock=workshop.clock,
                apology=workshop.apology,
                explain=workshop.explain,
            )
        case _:
            return CascadeEngine(
                name=name,
                teach=workshop.teach,
                voice=voice,
                recogniser=workshop.speech.recogniser,
                activity=workshop.speech.activity,
                clock=workshop.clock,
                apology=workshop.apology,
            )


def _socket_url(url: str) -> str:
    """The same address for sockets."""
    return "ws" + url.rstrip("/").removeprefix("http")
