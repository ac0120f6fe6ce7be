"""The parts of the cascade and the chain of models, from what is configured, in the operator's order."""

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

import httpx
from pydantic import SecretStr

from bakame.app.settings import Settings
from bakame.app.spending import Spending
from bakame.calls.clips import ClipCache
from bakame.calls.parts import RecogniserChain, SynthesiserChain
from bakame.errors import Invalid
from bakame.ports.clock import Clock
from bakame.ports.speech import LiveRecogniser, Recogniser, Synthesiser
from bakame.ports.voice import CallContext
from bakame.providers.deepgram.hearing import DeepgramRecogniser
from bakame.providers.deepgram.recording import DeepgramBatch
from bakame.providers.deepgram.speech import DeepgramSynthesiser
from bakame.providers.elevenlabs.speech import ElevenLabsSynthesiser
from bakame.providers.llama.chat import LlamaChat
from bakame.providers.local.engine import LocalSpeech
from bakame.providers.openai.chat import OpenAIChat, OpenAIModerator
from bakame.providers.openai.speech import OpenAIRecogniser, OpenAISynthesiser
from bakame.providers.openai.vision import OpenAIVision
from bakame.providers.openai.voice_notes import OpenAINotes
from bakame.store.database import Database
from bakame.tutor.engine import Tutor

T = TypeVar("T")

RECOGNISERS: Final = "BAKAME_RECOGNISERS"
VOICES: Final = "BAKAME_VOICES"
MODELS: Final = "BAKAME_MODELS"


def needed(value: SecretStr | str | None, variable: str, *, setting: str, name: str) -> str:
    """The value of a variable that what a setting names cannot do without. Raises `Invalid` when it is not set."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value or ""
    if not text:
        raise Invalid(f"{setting} names {name}, which needs {variable}")
    return text


def recogniser(settings: Settings, http: httpx.AsyncClient, speech: LocalSpeech, *, clock: Clock) -> Recogniser:
    """Whoever hears an utterance that is over; the embedded one last in any case."""
    makers: dict[str, Callable[[], Recogniser]] = {
        "deepgram": lambda: DeepgramBatch(
            api_key=needed(settings.deepgram_api_key, "DEEPGRAM_API_KEY", setting=RECOGNISERS, name="deepgram"),
            http=http,
            base_url=settings.deepgram_base_url,
        ),
        "openai": lambda: OpenAIRecogniser(
            key=needed(settings.openai_api_key, "OPENAI_API_KEY", setting=RECOGNISERS, name="openai"),
            model=settings.openai_transcription_model,
            http=http,
            base_url=settings.openai_base_url,
        ),
        "local": lambda: speech.recogniser,
    }
    return RecogniserChain(_made(_with_local(settings.recognisers), makers, RECOGNISERS), clock=clock)


def live_recogniser(settings: Settings) -> LiveRecogniser | None:
    """Whoever hears while the caller speaks, when one that can is the operator's first."""
    if settings.recognisers[:1] != ("deepgram",):
        return None
    key = needed(settings.deepgram_api_key, "DEEPGRAM_API_KEY", setting=RECOGNISERS, name="deepgram")
    return DeepgramRecogniser(api_key=key, base_url=settings.deepgram_base_url)


def voice(settings: Settings, http: httpx.AsyncClient, local: ClipCache, *, clock: Clock) -> Synthesiser:
    """Whoever speaks, each with the sentences that it said before; the embedded one last in any case."""
    makers: dict[str, Callable[[], Synthesiser]] = {
        "elevenlabs": lambda: ElevenLabsSynthesiser(
            api_key=needed(settings.elevenlabs_api_key, "ELEVENLABS_API_KEY", setting=VOICES, name="elevenlabs"),
            voices={
                "en": needed(settings.elevenlabs_voice_id, "ELEVENLABS_VOICE_ID", setting=VOICES, name="elevenlabs")
            },
            base_url=settings.elevenlabs_base_url,
        ),
        "openai": lambda: OpenAISynthesiser(
            key=needed(settings.openai_api_key, "OPENAI_API_KEY", setting=VOICES, name="openai"),
            model=settings.openai_speech_model,
            http=http,
            base_url=settings.openai_base_url,
        ),
        "deepgram": lambda: DeepgramSynthesiser(
            api_key=needed(settings.deepgram_api_key, "DEEPGRAM_API_KEY", setting=VOICES, name="deepgram"),
            http=http,
            base_url=settings.deepgram_base_url,
        ),
    }
    cached: dict[str, Callable[[], Synthesiser]] = {
        **{name: partial(_cached, maker) for name, maker in makers.items()},
        "local": lambda: local,
    }
    return SynthesiserChain(_made(_with_local(settings.voices), cached, VOICES), clock=clock)


def models(settings: Settings, spending: Spending) -> tuple[OpenAIChat | LlamaChat, ...]:
    """The models that may answer a question; those that are configured when no order is given."""
    makers: dict[str, Callable[[], OpenAIChat | LlamaChat]] = {
        "openai": lambda: OpenAIChat(
            key=needed(settings.openai_api_key, "OPENAI_API_KEY", setting=MODELS, name="openai"),
            model=settings.openai_chat_model,
            base_url=settings.openai_base_url,
            spent=spending.of_model("openai", settings.openai_chat_model, purpose="teaching"),
        ),
        "llama": lambda: LlamaChat(
            base_url=needed(settings.llama_base_url, "LLAMA_BASE_URL", setting=MODELS, name="llama"),
            model=settings.llama_model or None,
            spent=spending.of_model("llama", settings.llama_model or "default", purpose="teaching"),
        ),
    }
    configured = [
        name for name, value in (("openai", settings.openai_api_key), ("llama", settings.llama_base_url)) if value
    ]
    return _made(settings.models or tuple(configured), makers, MODELS)


def moderator(settings: Settings) -> OpenAIModerator | None:
    """Who looks at questions before a model answers them, where OpenAI may be asked."""
    key = key_for_models(settings)
    return OpenAIModerator(key=key, base_url=settings.openai_base_url) if key else None


def image_reader(settings: Settings, spending: Spending) -> OpenAIVision | None:
    """Who reads pictures, where OpenAI may be asked."""
    key = key_for_models(settings)
    if not key:
        return None
    model = settings.openai_vision_model
    spent = spending.of_model("openai", model, purpose="reading")
    return OpenAIVision(key=key, model=model, base_url=settings.openai_base_url, spent=spent)


def note_transcriber(settings: Settings, http: httpx.AsyncClient) -> OpenAINotes | None:
    """Who hears voice notes as phones record them, where OpenAI may be asked."""
    key = key_for_models(settings)
    if not key:
        return None
    model = settings.openai_transcription_model
    return OpenAINotes(key=key, model=model, http=http, base_url=settings.openai_base_url)


def key_for_models(settings: Settings) -> str:
    """OpenAI's key, where the operator's order of models lets OpenAI be asked; else nothing."""
    if settings.openai_api_key is None or (settings.models and "openai" not in settings.models):
        return ""
    return settings.openai_api_key.get_secret_value()


def explainer_of(database: Database, tutor: Tutor) -> Callable[[CallContext, str], AsyncIterator[str]]:
    """Answers to what a learner asks in mid-lesson, sentence by sentence, by the tutor's models."""

    def explain(call: CallContext, question: str) -> AsyncIterator[str]:
        if call.learner_id is None:
            raise Invalid("a call without a learner cannot be taught")
        return tutor.explain(partial(database.session, read_only=True), learner_id=call.learner_id, question=question)

    return explain


def _cached(make: Callable[[], Synthesiser]) -> Synthesiser:
    return ClipCache(make())


def _with_local(names: Sequence[str]) -> tuple[str, ...]:
    return (*names, *(() if "local" in names else ("local",)))


def _made(names: Sequence[str], makers: dict[str, Callable[[], T]], setting: str) -> tuple[T, ...]:
    if unknown := [name for name in names if name not in makers]:
        raise Invalid(f"{setting}: there is no {', '.join(unknown)}; there are {', '.join(makers)}")
    return tuple(makers[name]() for name in names)
