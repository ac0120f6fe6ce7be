"""ElevenLabs' agents as a voice engine: they converse by themselves and teach through the tutor's tools.

The connection is begun while the call is still being offered, because nothing of the learner is needed for it. What
the learner needs is sent when the call is there: instructions and variables as the tutor gives them, nothing else.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx
import orjson

from bakame.errors import Invalid, Unavailable
from bakame.ports.clock import Clock
from bakame.ports.voice import Briefing, CallContext, CallNotes, Teacher
from bakame.providers.elevenlabs.failures import failure_of_status
from bakame.providers.elevenlabs.limits import Limits
from bakame.providers.elevenlabs.messages import Initiation
from bakame.providers.elevenlabs.session import ElevenLabsSession
from bakame.wire.sockets import Refused, Socket, connect

BASE_URL: Final = "https://api.elevenlabs.io"
KEPT_S: Final = 15.0
"""A connection made for a call that has not come by then is let go."""
OPEN_S: Final = 3.0
BRIEF_S: Final = 5.0
HEARTBEAT_S: Final = 3.0
PATIENCE_S: Final = 2.0
LANGUAGES: Final = frozenset({"en", "fr", "sw"})
"""Of the product's languages those that the vendor's agents know; Kinyarwanda is not among theirs."""


class ElevenLabsEngine:
    """Implements `ports.voice.VoiceEngine`. The HTTP client belongs to whoever passes it in; `close` at the end."""

    def __init__(
        self,
        *,
        api_key: str,
        agent_id: str,
        http: httpx.AsyncClient,
        teacher: Callable[[CallContext], Teacher],
        clock: Clock,
        base_url: str = BASE_URL,
        voice_id: str = "",
        limits: Limits | None = None,
        open_s: float = OPEN_S,
        brief_s: float = BRIEF_S,
        kept_s: float = KEPT_S,
    ) -> None:
        """The agent must allow overriding its prompt, first message and language (and voice, if `voice_id` is given).

        `base_url` may be a residency's.
        """
        self._api_key = api_key
        self._agent_id = agent_id
        self._http = http
        self._teacher = teacher
        self._clock = clock
        self._url = f"{base_url.rstrip('/')}/v1/convai/conversation/get-signed-url"
        self._secure = base_url.startswith("https")
        # Made once: reading the certificates takes milliseconds, in which no call would be served.
        self._tls = ssl.create_default_context() if self._secure else None
        self._voice_id = voice_id
        self._limits = limits or Limits()
        self._open_s = open_s
        self._brief_s = brief_s
        self._kept_s = kept_s
        self._expected: dict[str, tuple[asyncio.Task[Socket], asyncio.TimerHandle]] = {}
        self._letting_go: set[asyncio.Task[Socket]] = set()

    @property
    def name(self) -> str:
        return "elevenlabs"

    def expect_call(self, call_id: str) -> None:
        if call_id in self._expected:
            return
        opening = asyncio.create_task(self._open(), name="elevenlabs connection")
        timer = asyncio.get_running_loop().call_later(self._kept_s, self._let_go, call_id)
        self._expected[call_id] = opening, timer

    async def converse(self, call: CallContext, *, notes: CallNotes) -> ElevenLabsSession:
        teacher = self._teacher(call)
        briefing = asyncio.create_task(self._brief(teacher), name="elevenlabs briefing")
        try:
            socket = await self._socket(call.call_id)
            try:
                told = await briefing
                initiation = self._initiation(told)
                session = ElevenLabsSession(
                    socket=socket, teacher=teacher, notes=notes, clock=self._clock, limits=self._limits
                )
                await session.begin(initiation, first_message=told.first_message)
            except BaseException:
                socket.abort()
                raise
            return session
        finally:
            briefing.cancel()
            await asyncio.wait([briefing])
            _retrieved(briefing)

    async def close(self) -> None:
        """Lets go of all connections for calls that have not come."""
        for call_id in list(self._expected):
            self._let_go(call_id)
        if self._letting_go:
            await asyncio.wait(self._letting_go)

    # Connecting

    async def _brief(self, teacher: Teacher) -> Briefing:
        try:
            async with asyncio.timeout(self._brief_s):
                return await teacher.brief()
        except TimeoutError:
            raise Unavailable("the lesson was not ready in time") from None

    def _initiation(self, briefing: Briefing) -> bytes:
        try:
            return Initiation(
                instructions=briefing.instructions,
                first_message=briefing.first_message,
                language=briefing.language if briefing.language in LANGUAGES else "",
                voice_id=self._voice_id,
                variables=briefing.variables,
            ).encode()
        except Invalid as error:
            raise Unavailable(f"the briefing cannot be sent: {error}", retryable=False) from None

    async def _socket(self, call_id: str) -> Socket:
        """The connection made ready for this call when it is still good, else a new one."""
        expected = self._expected.pop(call_id, None)
        if expected is None:
            return await self._open()
        opening, timer = expected
        timer.cancel()
        was_over = opening.done()
        try:
            socket = await opening
        except Unavailable as error:
            if was_over and error.retryable:
                return await self._open()
            raise
        except asyncio.CancelledError:
            self._abandon(opening)
            raise
        return socket if socket.is_open else await self._open()

    async def _open(self) -> Socket:
        try:
            return await connect(
                await self._signed_url(),
                _NOBODY,
                open_s=self._open_s,
                heartbeat_s=HEARTBEAT_S,
                patience_s=PATIENCE_S,
                tls=self._tls,
            )
        except Refused as error:
            raise failure_of_status(error.status) from None

    async def _signed_url(self) -> str:
        """Where this conversation is. It is a secret. Raises `Unavailable`."""
        try:
            # httpx counts each step of a request; this counts all of it.
            async with asyncio.timeout(self._open_s):
                response = await self._http.get(
                    self._url, params={"agent_id": self._agent_id}, headers={"xi-api-key": self._api_key}
                )
        except TimeoutError:
            raise Unavailable("ElevenLabs did not answer in time") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"ElevenLabs cannot be reached: {type(error).__name__}") from None
        if not response.is_success:
            raise failure_of_status(response.status_code)
        try:
            fields: object = orjson.loads(response.content)
        except ValueError:
            fields = None
        url = cast(Mapping[str, Any], fields).get("signed_url") if isinstance(fields, dict) else None
        if not isinstance(url, str) or urlsplit(url).scheme != ("wss" if self._secure else "ws"):
            raise Unavailable("ElevenLabs gave no address for the conversation")
        return url

    def _let_go(self, call_id: str) -> None:
        expected = self._expected.pop(call_id, None)
        if expected is not None:
            expected[1].cancel()
            self._abandon(expected[0])

    def _abandon(self, opening: asyncio.Task[Socket]) -> None:
        """Ends an opening, or closes what it opened."""
        opening.cancel()
        self._letting_go.add(opening)
        opening.add_done_callback(self._abandoned)

    def _abandoned(self, opening: asyncio.Task[Socket]) -> None:
        self._letting_go.discard(opening)
        if _retrieved(opening):
            opening.result().close(1000, "not needed")


class _Nobody:
    """Our end of a connection whose call has not come: the vendor says nothing before it is spoken to."""

    def received(self, message: bytes) -> None: ...

    def received_binary(self, message: bytes) -> None: ...

    def lost(self, code: int, reason: str) -> None: ...


_NOBODY: Final = _Nobody()


def _retrieved(task: asyncio.Task[Any]) -> bool:
    """Whether the task has a result; an error that nobody waits for any more is taken note of."""
    return not task.cancelled() and task.exception() is None
