"""The vendor's server: signed URLs, conversations and text to speech on one port of this machine.

Source: reference/elevenlabs-convai.md, sections 1, 13 and 14. The HTTP side answers GET alone, which is all that a
bridge asks for.
"""

import asyncio
import hmac
import random
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import orjson
import picows

from bakame.ports.speech import Synthesiser
from bakame.simulator.convai.agent import ConvaiConversation
from bakame.simulator.convai.front import Front
from bakame.simulator.convai.record import Record
from bakame.simulator.convai.report import report, send_report
from bakame.simulator.convai.settings import FORMATS, AgentSettings, ConvaiFaults
from bakame.simulator.convai.speech import Mouth
from bakame.simulator.convai.voice import VoiceFaults, VoiceSocket
from bakame.wire.sockets import Socket

SIGNED_FOR_S: Final = 15 * 60
_CONVERSATION: Final = "/v1/convai/conversation"
_SIGNED_URL: Final = (f"{_CONVERSATION}/get-signed-url", f"{_CONVERSATION}/get_signed_url")
_CONVERSATIONS: Final = "/v1/convai/conversations/"
_SPEECH: Final = "/v1/text-to-speech/"

Understand = Callable[[bytes], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the report after a call goes, and the secret that signs it."""

    url: str
    secret: str


class ConvaiStandIn:
    """Serves while its block runs. `understand`: one turn of the caller's, mu-law at 8 kHz, to text."""

    def __init__(
        self,
        *,
        synthesiser: Synthesiser,
        understand: Understand,
        settings: AgentSettings | None = None,
        faults: ConvaiFaults | None = None,
        voice_faults: VoiceFaults | None = None,
        api_key: str = "xi-stand-in",
        voices: frozenset[str] = frozenset({"voice"}),
        webhook: Webhook | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        rng: random.Random | None = None,
        port: int = 0,
    ) -> None:
        """`faults` and `voice_faults` may be changed at any time; they hold for what begins afterwards."""
        self.settings = settings or AgentSettings()
        self.faults = faults or ConvaiFaults()
        self.voice_faults = voice_faults or VoiceFaults()
        self.records: list[Record] = []
        self.requests = 0
        """Signed URLs that were asked for."""
        self.refused = 0
        self.report_statuses: list[int] = []
        self._mouth = Mouth(synthesiser)
        self._understand = understand
        self._api_key = api_key
        self._voices = voices
        self._webhook = webhook
        self._now = now
        self._rng = rng or random.Random(7)
        self._port = port
        self._signatures: dict[str, float] = {}
        self._live: set[ConvaiConversation | VoiceSocket] = set()
        self._fronts: set[asyncio.Transport] = set()
        self._reports: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        # With the protocol named, asyncio turns Nagle's algorithm off; without, a small message may wait 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", self._port))
        except OSError:
            listening.close()
            raise
        self._port = listening.getsockname()[1]
        self._server = await asyncio.get_running_loop().create_server(lambda: Front(self), sock=listening)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for live in list(self._live):
            await live.close()
        for transport in list(self._fronts):
            transport.abort()
        if self._reports:
            await asyncio.wait(self._reports)
        if self._server is not None:
            await self._server.wait_closed()

    @property
    def base_url(self) -> str:
        """The base URL of its HTTP side."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def open_sockets(self) -> int:
        """Conversations and voices that are connected, and connections that are left hanging."""
        return len(self._live) + len(self._fronts)

    # Doors

    def hangs(self, path: str) -> bool:
        """Whether a request for this path is never answered."""
        if path in _SIGNED_URL:
            return self.faults.hang == "rest"
        if path == _CONVERSATION:
            return self.faults.hang == "socket"
        return path.startswith(_SPEECH) and self.voice_faults.hang == "socket"

    def admitted(self, request: picows.WSUpgradeRequest) -> Any:
        """Whom a socket is opened to, and what everybody else is answered."""
        parts = urlsplit(request.path.decode("latin-1"))
        query = dict(parse_qsl(parts.query))
        if parts.path == _CONVERSATION:
            status = self._refuses_conversation(query, request.headers)
            return self._error(status) if status else _Accepted(self._conversation)
        if parts.path.startswith(_SPEECH) and parts.path.endswith("/stream-input"):
            return self._speech(parts.path.split("/")[3], query, request.headers)
        if not self._knows(request.headers.get("xi-api-key", "")):
            return self._error(401)
        if parts.path in _SIGNED_URL:
            return self._sign(query)
        if parts.path.startswith(_CONVERSATIONS):
            return self._describe(parts.path.removeprefix(_CONVERSATIONS))
        return self._error(404)

    def _sign(self, query: Mapping[str, str]) -> Any:
        self.requests += 1
        if "agent_id" not in query:
            return self._error(422)
        if query["agent_id"] != self.settings.agent_id:
            return self._error(404)
        if self.faults.refuse_rest == 200:
            return _answer({"signed_url": None})
        if self.faults.refuse_rest:
            return self._error(self.faults.refuse_rest)
        signature = secrets.token_urlsafe(16)
        self._signatures[signature] = asyncio.get_running_loop().time()
        signed = urlencode({"agent_id": query["agent_id"], "conversation_signature": signature})
        return _answer({"signed_url": f"ws://127.0.0.1:{self._port}{_CONVERSATION}?{signed}"})

    def _refuses_conversation(self, query: Mapping[str, str], headers: Mapping[str, str]) -> int:
        if self.faults.refuse_socket:
            return self.faults.refuse_socket
        if query.get("agent_id") != self.settings.agent_id:
            return 404
        signed_at = self._signatures.get(query.get("conversation_signature", ""))
        fresh = signed_at is not None and asyncio.get_running_loop().time() - signed_at <= SIGNED_FOR_S
        return 0 if fresh or self._knows(headers.get("xi-api-key", "")) else 403

    def _conversation(self, socket: "_Accepted") -> ConvaiConversation:
        conversation = ConvaiConversation(
            settings=self.settings,
            faults=self.faults,
            mouth=self._mouth,
            understand=self._understand,
            rng=self._rng,
            socket=socket,
            freeze=socket.freeze,
            conversation_id=f"conv_{self._rng.getrandbits(64):016x}",
            ended=self._over,
        )
        self._live.add(conversation)
        self.records.append(conversation.record)
        return conversation

    def _over(self, conversation: ConvaiConversation) -> None:
        self._live.discard(conversation)
        if self._webhook is not None and conversation.record.initiation is not None:
            task = asyncio.get_running_loop().create_task(self._report(conversation.record, self._webhook))
            self._reports.add(task)
            task.add_done_callback(self._reports.discard)

    async def _report(self, record: Record, webhook: Webhook) -> None:
        body = report(record, agent_id=self.settings.agent_id, at=self._now())
        async with httpx.AsyncClient() as http:
            for _ in range(self.faults.reports):
                status = await send_report(body, url=webhook.url, secret=webhook.secret, at=self._now(), http=http)
                self.report_statuses.append(status)

    def _speech(self, voice: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        speaks = FORMATS.get(query.get("output_format", ""))
        key = headers.get("xi-api-key")
        if self.voice_faults.refuse or (key is not None and not self._knows(key)):
            return self._error(self.voice_faults.refuse or 401)
        if voice not in self._voices:
            return self._error(404)
        if speaks is None:
            return self._error(422)

        def opened(socket: _Accepted) -> VoiceSocket:
            talking = VoiceSocket(
                socket=socket,
                speaks=speaks,
                mouth=self._mouth,
                faults=self.voice_faults,
                rng=self._rng,
                key_fits=self._knows if key is None else None,
                ended=self._live.discard,
            )
            self._live.add(talking)
            return talking

        return _Accepted(opened)

    def _describe(self, conversation_id: str) -> Any:
        record = next((each for each in self.records if each.conversation_id == conversation_id), None)
        if record is None:
            return self._error(404)
        fields = orjson.loads(report(record, agent_id=self.settings.agent_id, at=self._now()))["data"]
        return _answer(fields if record.ended_at is not None else {**fields, "status": "in-progress"})

    def _knows(self, key: str) -> bool:
        return hmac.compare_digest(key.encode(), self._api_key.encode())

    def _error(self, status: int) -> Any:
        self.refused += 1
        detail: object = {"status": _DETAILS.get(status, "error"), "message": "stand-in"}
        if status == 422:
            detail = [{"loc": ["query", "agent_id"], "msg": "Field required", "type": "missing"}]
        return _answer({"detail": detail}, status=status)

    # For the front

    def came(self, transport: asyncio.Transport) -> None:
        self._fronts.add(transport)

    def went(self, transport: asyncio.Transport) -> None:
        self._fronts.discard(transport)


_DETAILS: Final = {
    401: "invalid_api_key",
    403: "not_allowed",
    404: "not_found",
    429: "too_many_concurrent_requests",
    503: "system_busy",
}


def _answer(fields: object, *, status: int = 200) -> Any:
    """An HTTP answer in JSON."""
    body, headers = orjson.dumps(fields), {"Content-Type": "application/json"}
    if status == 200:
        response = picows.WSUpgradeResponse.create_ok_response(body, headers)
    else:
        response = picows.WSUpgradeResponse.create_error_response(status, body, headers)
    return picows.WSUpgradeResponseWithListener(response, None)


class _Accepted(Socket):
    """A socket that was let in; it has a peer from the moment it is open."""

    def __init__(self, opened: Callable[["_Accepted"], ConvaiConversation | VoiceSocket]) -> None:
        super().__init__()
        self._opened = opened
        self._reading: asyncio.Transport | None = None

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        super().on_ws_connected(transport)
        self._reading = transport.underlying_transport
        self.attach(self._opened(self))

    def freeze(self) -> None:
        """Reads nothing more, so that even control pings stay unanswered."""
        if self._reading is not None:
            self._reading.pause_reading()
