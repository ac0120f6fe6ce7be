"""A carrier on the other side of the wire: it calls and texts the server as the real one does, and takes its orders.

async with Carrier("http://127.0.0.1:8000", auth_token=token) as carrier:
    call = await carrier.place_call("+250788000001", "+250788000000")
    await call.until_quiet()
    await call.press("56#")
    await call.hang_up()
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from typing import Final, Self
from urllib.parse import urljoin

import httpx

from bakame.errors import Unavailable
from bakame.ports.speech import Synthesiser
from bakame.simulator.call import Call
from bakame.simulator.degrade import QUIET_ROOM, Room
from bakame.simulator.events import CallState, EndReason
from bakame.simulator.exchange import CallEnd, Exchange, StatusCallback
from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.leg import Leg
from bakame.simulator.live import LiveEvent, live_events
from bakame.simulator.network import IDEAL, Network
from bakame.simulator.script import Source
from bakame.simulator.signing import Signer
from bakame.simulator.speech import sound_of, speech_of
from bakame.simulator.storage import Attachment, Storage
from bakame.simulator.texting import ReceivedText, Texting, TextReply
from bakame.simulator.twiml import Document
from bakame.simulator.webhook import Webhooks, http_client

__all__ = ["Call", "Carrier"]

CALL_PATH: Final = "/call"
STATUS_PATH: Final = "/call/status"
TEXT_PATH: Final = "/sms"


class Carrier:
    """The carrier of one account, configured as its operator would: where calls, their status and texts are posted.

    `server_url` is the server's public address, over which everything is signed. `voice` speaks for the carrier itself
    (Say); without it those words take no time. `incoming` holds the calls and texts that the server sends to phones.
    """

    def __init__(
        self,
        server_url: str,
        *,
        auth_token: str,
        account_sid: str = ACCOUNT_SID,
        status_path: str | None = STATUS_PATH,
        voice: Synthesiser | None = None,
        rng: random.Random | None = None,
        network: Network = IDEAL,
        room: Room = QUIET_ROOM,
    ) -> None:
        """`network` and `room` are those of phones for which nothing else is said."""
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.rng = rng or random.SystemRandom()
        self.incoming: asyncio.Queue[Call | ReceivedText] = asyncio.Queue()
        self._base_url = server_url.rstrip("/") + "/"
        self._status = StatusCallback(self._url(status_path)) if status_path else None
        self._voice = voice
        self._network = network
        self._room = room
        self._client = http_client(server_url)
        self._signer = Signer(auth_token)
        self._tasks: list[asyncio.Task[None]] = []
        self._legs: dict[str, Leg] = {}
        webhooks = Webhooks(client=self._client, signer=self._signer)
        self._exchange = Exchange(
            webhooks=webhooks,
            signer=self._signer,
            rng=self.rng,
            account_sid=account_sid,
            base_url=self._base_url,
            voice=self._speak,
            sound=self._fetch_sound,
            words=self._words,
        )
        self.storage = Storage(account_sid=account_sid, rng=self.rng)
        self.texting = Texting(
            webhooks=webhooks,
            url=self._url(TEXT_PATH),
            account_sid=account_sid,
            rng=self.rng,
            storage=self.storage,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hangs up every call that still goes on. What went wrong in the carrier itself comes out here."""
        for leg in self._legs.values():
            leg.leave(CallEnd(EndReason.CALLER, CallState.COMPLETED))
        try:
            await asyncio.gather(*self._tasks)
        finally:
            await self._client.aclose()

    async def place_call(
        self, from_: str, to: str, *, network: Network | None = None, room: Room | None = None
    ) -> Call:
        """A learner dials, over this network and from this room, with what may go wrong there drawn from the call's id.

        The call webhook is posted and answered in the background; see `Call.events`.
        """
        leg = Leg(
            exchange=self._exchange,
            from_=from_,
            to=to,
            direction="inbound",
            status=self._status,
            network=network or self._network,
            room=room or self._room,
        )
        return self._run(leg, Source(self._url(CALL_PATH)))

    async def ring(
        self, to: str, *, from_: str, program: Source | Document, status: StatusCallback | None, ring_s: float = 60.0
    ) -> Leg:
        """The server calls a phone: it rings (`incoming`) until it is answered, refused or `ring_s` have passed."""
        leg = Leg(
            exchange=self._exchange,
            from_=from_,
            to=to,
            direction="outbound-api",
            status=status,
            network=self._network,
            room=self._room,
        )
        self.incoming.put_nowait(self._run(leg, program, ring_s=ring_s))
        return leg

    def leg(self, call_sid: str) -> Leg | None:
        """A call of this carrier's, over or not."""
        return self._legs.get(call_sid)

    async def send_text(
        self, from_: str, to: str, body: str, *, media: Sequence[Attachment] = (), message_sid: str | None = None
    ) -> TextReply:
        """A learner texts; what the server answered at once. A given `message_sid` repeats a delivery.

        `media` is fetched by the server from `storage`, whose `base_url` must be set. Raises `WebhookError` and
        `TwimlError`.
        """
        return await self.texting.send(from_, to, body, media=media, message_sid=message_sid)

    def _run(self, leg: Leg, program: Source | Document, *, ring_s: float = 60.0) -> Call:
        self._legs[leg.sid] = leg
        self._tasks.append(asyncio.create_task(leg.run(program, ring_s=ring_s), name=f"call {leg.sid}"))
        return Call(leg)

    def _url(self, path: str) -> str:
        return urljoin(self._base_url, path.lstrip("/"))

    def _words(self, call_sid: str) -> AsyncIterator[LiveEvent]:
        return live_events(self._url(f"calls/{call_sid}/live"), client=self._client, signer=self._signer)

    async def _speak(self, text: str) -> bytes:
        return await speech_of(text, synthesiser=self._voice) if self._voice else b""

    async def _fetch_sound(self, url: str) -> bytes:
        try:
            answer = await self._client.get(urljoin(self._base_url, url), follow_redirects=True)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable("the sound file cannot be fetched") from error
        return sound_of(answer.content)
