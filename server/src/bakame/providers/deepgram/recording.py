"""Whole utterances heard by Deepgram: one request for each, without a connection that has to be kept."""

import asyncio
from typing import Final

import httpx

from bakame.errors import Unavailable
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import Hypothesis
from bakame.providers.deepgram import protocol
from bakame.providers.deepgram.addresses import BASE_URL, authorization, recording_url, wav_of_mulaw

TIMEOUT_S: Final = 4.0
_SHORTEST: Final = 160
"""Bytes. In less than a telephone frame there is nothing to hear."""


class DeepgramBatch:
    """A `ports.speech.Recogniser`. The HTTP client belongs to whoever passes it in."""

    name = "deepgram recordings"

    def __init__(
        self,
        *,
        api_key: str,
        http: httpx.AsyncClient,
        base_url: str = BASE_URL,
        model: str = "nova-3",
        language: str = "en",
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Raises `Invalid` for an address that cannot be one."""
        recording_url(base_url, model=model, language=language)
        # A container that says what is in it: Deepgram's reference promises raw sound only for live recognition.
        self._headers = {**authorization(api_key), "Content-Type": "audio/wav"}
        self._http = http
        self._base_url = base_url
        self._model = model
        self._language = language
        self._timeout_s = timeout_s

    async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
        """As the port promises. The words of a choice are named as likely; names are not, for HTTP clients log URLs."""
        if len(audio) < _SHORTEST:
            return Hypothesis("", 0.0)
        hints = expect.options if expect.kind is AnswerKind.CHOICE else ()
        url = recording_url(self._base_url, model=self._model, language=self._language, hints=hints)
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._http.post(url, content=wav_of_mulaw(audio), headers=self._headers, timeout=None)
        except TimeoutError:
            raise Unavailable("Deepgram did not answer in time") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"Deepgram did not answer: {type(error).__name__}") from None
        if not response.is_success:
            raise protocol.failure(response.status_code, response.content)
        return protocol.decode_recording(response.content)
