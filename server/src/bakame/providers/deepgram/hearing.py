"""A call's ear at Deepgram: live recognition over one socket that is opened again for as long as the call lasts."""

import asyncio
import random
import ssl
from collections.abc import Mapping
from typing import Final

import structlog

from bakame.audio.format import TELEPHONE
from bakame.errors import Unavailable
from bakame.learning.expect import Expect
from bakame.ports.speech import Hypothesis
from bakame.providers.deepgram import protocol
from bakame.providers.deepgram.addresses import BASE_URL, Listening, authorization, listen_url
from bakame.providers.deepgram.protocol import Event, Failure, Results, Word
from bakame.providers.deepgram.unsettled import UnsettledSound
from bakame.wire.sockets import Refused, Socket, connect

LANGUAGES: Final[Mapping[str, str]] = {"en": "en", "fr": "fr"}
"""What Nova hears of the languages that we teach in, in Deepgram's names; it knows neither Kinyarwanda nor Swahili."""
FINISH_S: Final = 1.2
KEEP_ALIVE_S: Final = 4.0
"""Deepgram closes after ten seconds without sound or a word, and asks for one every three to five."""
KEPT_MS: Final = 15_000
"""Longer than any utterance that a recogniser is asked about."""

_OPEN_S: Final = 3.0
_HEARTBEAT_S: Final = 3.0
_PATIENCE_S: Final = 2.0
_LITTLE: Final = TELEPHONE.bytes_for(200)
"""No word fits in so little sound, and Deepgram may leave a request to finalize it unanswered."""
_LITTLE_S: Final = 0.3
_STEADY_S: Final = 5.0
"""A connection that held for so long is opened again at once; others after a pause that grows."""
_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 5.0
_GOODBYE_S: Final = 0.5

_log = structlog.get_logger(__name__)


class DeepgramRecogniser:
    """A `ports.speech.LiveRecogniser`. `languages`: what the model is trusted to hear, by its names for them.

    `uplink_ms` of sound go into one message (Deepgram wants 20 to 250): each message costs a system call, and each
    millisecond comes on top of the answer's delay only where the sound ends, where `finish` sends the rest at once.
    """

    name = "deepgram"

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str = BASE_URL,
        model: str = "nova-3",
        languages: Mapping[str, str] = LANGUAGES,
        uplink_ms: int = 60,
        finish_s: float = FINISH_S,
        rng: random.Random | None = None,
    ) -> None:
        """Raises `Invalid` for an address that cannot be one."""
        listen_url(base_url, Listening(model=model))
        self._headers = authorization(api_key)
        self._base_url = base_url
        self._model = model
        self._languages = languages
        # Made once: reading the certificates for each call would hold up every other call for some 20 ms.
        self._tls = ssl.create_default_context() if base_url.startswith("https:") else None
        self._uplink_bytes = TELEPHONE.bytes_for(uplink_ms)
        self._finish_s = finish_s
        self._rng = rng or random.Random()

    def listen(self, *, language: str, hints: tuple[str, ...] = ()) -> "DeepgramHearing":
        """A hearing that connects in a task of its own, until it is closed."""
        name = self._languages.get(language.lower().replace("_", "-").split("-")[0])
        asked = Listening(model=self._model, language=name, hints=hints) if name else None
        return DeepgramHearing(
            url=None if asked is None else listen_url(self._base_url, asked),
            headers=self._headers,
            tls=self._tls,
            uplink_bytes=self._uplink_bytes,
            finish_s=self._finish_s,
            rng=self._rng,
        )


class _Link:
    """One connection, the peer of its socket. What comes in on one that was given up means nothing."""

    def __init__(self, hearing: "DeepgramHearing") -> None:
        self._hearing = hearing
        self.socket: Socket | None = None
        self.begin = 0
        """The position of the first sound that was sent here: Deepgram counts from zero on each connection."""
        self.sent_at = 0.0
        self.messages = 0
        self.asked: int | None = None
        """Up to where a result was asked for, until it has come."""
        self.owes = False
        """The answer to an earlier question may still come."""
        self.closed = (1006, "")

    def received(self, message: bytes) -> None:
        self.messages += 1
        self._hearing.took(self, protocol.decode(message))

    def received_binary(self, message: bytes) -> None:
        """Deepgram sends none here."""

    def lost(self, code: int, reason: str) -> None:
        self.closed = (code, reason)


class DeepgramHearing:
    """A `ports.speech.LiveHearing`. Made by `DeepgramRecogniser.listen`.

    Sound is kept until a final result covers it, at most 15 s, and sent again on a new connection from exactly there:
    after a break no word is missing and none comes twice.
    """

    def __init__(
        self,
        *,
        url: str | None,
        headers: Mapping[str, str],
        tls: ssl.SSLContext | None,
        uplink_bytes: int,
        finish_s: float,
        rng: random.Random,
    ) -> None:
        """`url` is None where there is nothing to connect to: the language is not known."""
        self._headers = headers
        self._tls = tls
        self._uplink_bytes = uplink_bytes
        self._finish_s = finish_s
        self._rng = rng
        self._batch = bytearray()
        self._sound = UnsettledSound(most=TELEPHONE.bytes_for(KEPT_MS))
        self._words: list[Word] = []
        self._guess = ""
        self._link: _Link | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._in_turn = asyncio.Lock()
        self._trouble: Unavailable | None = None
        self._closed = False
        self._task: asyncio.Task[None] | None = None
        if url is None:
            self._trouble = Unavailable("Deepgram does not hear this language", retryable=False)
        else:
            self._task = asyncio.create_task(self._stay_connected(url), name="deepgram hearing")

    # What the call tells

    def hears(self, frame: bytes) -> None:
        self._batch += frame
        if len(self._batch) >= self._uplink_bytes:
            self._flush()

    @property
    def interim(self) -> str:
        words = " ".join(word.text for word in self._words)
        return " ".join(f"{words} {self._guess}".lower().split())

    async def finish(self, *, expect: Expect) -> Hypothesis:
        """As the port promises. `expect` changes nothing: Deepgram is told what is likely when a call begins."""
        async with self._in_turn:
            self._flush()
            if self._link is None or self._sound.end > self._sound.begin:
                await self._settle()
            words, self._words, self._guess = self._words, [], ""
            return protocol.hypothesis(words)

    async def close(self) -> None:
        self._closed = True
        self._batch.clear()
        self._stop_waiting(Unavailable("the hearing is closed", retryable=False))
        socket = self._link.socket if self._link is not None else None
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if socket is not None:
            try:
                async with asyncio.timeout(_GOODBYE_S):
                    await socket.wait_lost()
            except TimeoutError:
                socket.abort()

    # Finishing

    async def _settle(self) -> None:
        """Until all that was sent is understood. Raises `Unavailable`."""
        if self._trouble is not None:
            raise _again(self._trouble)
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        self._ask()
        link, before = self._link, self._link.messages if self._link is not None else 0
        little = link is not None and self._sound.end - self._sound.begin <= _LITTLE
        try:
            async with asyncio.timeout(_LITTLE_S if little else self._finish_s):
                await waiting
        except TimeoutError:
            if little:
                return
            if link is not None and link is self._link and link.messages == before and link.socket is not None:
                # Not a word in all this time: another connection may do better, and the sound is sent again there.
                link.socket.abort()
            raise Unavailable("Deepgram did not answer in time") from None
        finally:
            self._waiting = None
            if self._link is not None and self._link.asked is not None:
                self._link.asked, self._link.owes = None, True
        if self._trouble is not None:
            raise _again(self._trouble)

    def _ask(self) -> None:
        """Asks for a result of all that was sent, once somebody waits for it and there is a connection."""
        link, waiting = self._link, self._waiting
        if link is None or link.socket is None or waiting is None or waiting.done():
            return
        if self._sound.end == self._sound.begin:
            waiting.set_result(None)
        else:
            link.asked = self._sound.end
            link.socket.send(protocol.FINALIZE)

    def _stop_waiting(self, trouble: Unavailable) -> None:
        self._trouble = trouble
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    # What Deepgram tells

    def took(self, link: _Link, event: Event) -> None:
        """One event of a connection's."""
        if link is not self._link:
            return
        if isinstance(event, Results):
            self._understand(link, event)
        elif isinstance(event, Failure) and link.socket is not None:
            _log.warning("deepgram.failed", variant=event.variant)
            link.socket.close()

    def _understand(self, link: _Link, results: Results) -> None:
        if not results.is_final:
            self._guess = results.transcript
            return
        self._guess = ""
        self._words += results.heard()
        end = link.begin + results.end_s * TELEPHONE.rate_hz
        self._sound.settle(end)
        if link.asked is None:
            link.owes = link.owes and not results.from_finalize
            return
        if results.from_finalize and link.owes and end < link.asked - _LITTLE:
            link.owes = False  # The answer to a question that nobody waits for any more.
        elif results.from_finalize or end >= link.asked:
            self._sound.settle(link.asked)
            link.asked, link.owes = None, not results.from_finalize
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result(None)

    # The connection

    def _flush(self) -> None:
        """What was heard leaves, or waits for a connection."""
        if not self._batch or self._closed:
            self._batch.clear()
            return
        audio = bytes(self._batch)
        self._batch.clear()
        self._sound.push(audio)
        if self._link is not None:
            self._send(self._link, audio)

    def _send(self, link: _Link, audio: bytes) -> None:
        socket = link.socket
        if socket is None:
            return
        if socket.congested:
            socket.abort()  # It has not read for a minute.
            return
        socket.send_binary(audio)
        link.sent_at = asyncio.get_running_loop().time()

    async def _stay_connected(self, url: str) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            if failures:
                longest = min(_PAUSE_S * 2 ** min(failures - 1, 10), _LONGEST_PAUSE_S)
                await asyncio.sleep(self._rng.uniform(longest / 2, longest))
            link = _Link(self)
            try:
                link.socket = await connect(
                    url,
                    link,
                    headers=self._headers,
                    open_s=_OPEN_S,
                    heartbeat_s=_HEARTBEAT_S,
                    patience_s=_PATIENCE_S,
                    tls=self._tls,
                )
            except Unavailable as error:
                failures += 1
                trouble = protocol.failure(error.status) if isinstance(error, Refused) else _again(error)
                if failures & (failures - 1) == 0:
                    _log.warning("deepgram.unreachable", reason=str(trouble), attempts=failures)
                self._stop_waiting(trouble)
                if not trouble.retryable:
                    return
                continue
            opened_at = loop.time()
            try:
                await self._use(link, link.socket)
            finally:
                self._link = None
                _let_go(link.socket)
            code, reason = link.closed
            _log.warning("deepgram.lost", closing=protocol.closing(code, reason))
            if protocol.is_undecodable(code, reason):
                self._sound.settle(self._sound.end)
            failures = 0 if loop.time() - opened_at >= _STEADY_S else failures + 1

    async def _use(self, link: _Link, socket: Socket) -> None:
        """Sends what waits, and sees to it that the connection is not taken for dead, until it is lost."""
        loop = asyncio.get_running_loop()
        link.begin = self._sound.begin
        link.sent_at = loop.time()
        for piece in self._sound.pieces():
            socket.send_binary(piece)
        self._link = link
        self._trouble = None
        self._ask()
        while True:
            left_s = link.sent_at + KEEP_ALIVE_S - loop.time()
            if left_s <= 0:
                self._flush()
                socket.send(protocol.KEEP_ALIVE)
                link.sent_at = loop.time()
                continue
            try:
                async with asyncio.timeout(left_s):
                    await socket.wait_lost()
            except TimeoutError:
                continue
            return


def _let_go(socket: Socket) -> None:
    if socket.unsent:
        socket.abort()
    elif socket.is_open:
        socket.send(protocol.CLOSE_STREAM)
        socket.close()


def _again(error: Unavailable) -> Unavailable:
    """The same error, without the traceback of where it was met first."""
    return Unavailable(str(error), retryable=error.retryable)
