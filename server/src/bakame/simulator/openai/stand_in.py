"""OpenAI on the other side of the wire: chat, speech, transcription and Realtime, with real speech, and with faults.

    async with OpenAIStandIn(synthesiser=espeak, understand=ear) as openai:
        OpenAIChat(base_url=openai.url, key=openai.key, model=openai.model, http=http)
        OpenAIRealtimeEngine(url=openai.realtime.url, ...)

It stands in for a self-hosted LLaMA server too (`ChatFaults(flavour="llama")`, `key=None`).
"""

from contextlib import AsyncExitStack
from typing import Final, Self

from starlette.applications import Starlette
from starlette.routing import Route

from bakame.ports.speech import Synthesiser
from bakame.simulator.hosting import hosted
from bakame.simulator.openai.agent import Think, obliging
from bakame.simulator.openai.answer import RealtimeFaults
from bakame.simulator.openai.chat import Answerer, Chat, ChatFaults, echo
from bakame.simulator.openai.realtime import RealtimeServer
from bakame.simulator.openai.session import RealtimeSession
from bakame.simulator.openai.speech import SpeechDesk, SpeechFaults, Understand
from bakame.wire.sockets import Socket

KEY: Final = "sk-stand-in"
MODEL: Final = "stand-in-1"
NO_CHAT_FAULTS: Final = ChatFaults()
NO_SPEECH_FAULTS: Final = SpeechFaults()
NO_REALTIME_FAULTS: Final = RealtimeFaults()


class OpenAIStandIn:
    """Serves while its block runs. `answer` is the mind of chat, `think` that of Realtime; `understand` their ear.

    The synthesiser belongs to whoever passes it in.
    """

    def __init__(
        self,
        *,
        synthesiser: Synthesiser,
        understand: Understand,
        answer: Answerer = echo,
        think: Think = obliging,
        key: str | None = KEY,
        model: str = MODEL,
        chat: ChatFaults = NO_CHAT_FAULTS,
        speech: SpeechFaults = NO_SPEECH_FAULTS,
        realtime: RealtimeFaults = NO_REALTIME_FAULTS,
    ) -> None:
        self.key = key or ""
        self.model = model
        self.url = ""
        self.chat = Chat(answer=answer, model=model, key=key, faults=chat)
        self.speech = SpeechDesk(synthesiser=synthesiser, understand=understand, key=key, faults=speech)

        def begin(socket: Socket, faults: RealtimeFaults) -> RealtimeSession:
            return RealtimeSession(socket, synthesiser=synthesiser, understand=understand, think=think, faults=faults)

        self.realtime = RealtimeServer(key=key, faults=realtime, begin=begin)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = Starlette(
            routes=[
                Route("/v1/models", self.chat.models),
                Route("/v1/moderations", self.chat.moderate, methods=["POST"]),
                Route("/v1/chat/completions", self.chat.complete, methods=["POST"]),
                Route("/v1/audio/speech", self.speech.speak, methods=["POST"]),
                Route("/v1/audio/transcriptions", self.speech.transcribe, methods=["POST"]),
            ]
        )
        async with AsyncExitStack() as opening:
            self.url = f"{await opening.enter_async_context(hosted(app))}/v1"
            await opening.enter_async_context(self.realtime)
            self._stack = opening.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()
