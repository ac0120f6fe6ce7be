"""Voice notes heard by OpenAI, as the phone recorded them. Source: OpenAI API reference, "Create transcription"."""

import asyncio
from dataclasses import replace
from typing import Final

import httpx

from bakame.learning.expect import Expect
from bakame.ports.speech import Hypothesis
from bakame.providers.openai.chat import BASE_URL, WHO
from bakame.providers.openai.speech import hypothesis_in, prompt_for
from bakame.wire.streams import Patience, whole

TIMEOUT_S: Final = 6.0
CONFIDENCE: Final = 0.84
"""What a transcript of a recording is worth: more than one of a telephone line, and still not enough to mark a lone
number wrong without asking."""
_EXTENSIONS: Final = {"audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav"}
_ANSWER_BYTES: Final = 256 * 1024


class OpenAINotes:
    """A `ports.media.NoteTranscriber`. The HTTP client belongs to whoever passes it in."""

    def __init__(
        self,
        *,
        key: str,
        model: str,
        http: httpx.AsyncClient,
        language: str = "en",
        base_url: str = BASE_URL,
        connect_s: float = 1.5,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._headers = {"authorization": f"Bearer {key}"}
        self._http = http
        self._fields = {"model": model, "language": language, "response_format": "json", "temperature": "0"}
        self._url = f"{base_url.rstrip('/')}/audio/transcriptions"
        self._patience = Patience(connect_s=connect_s, first_s=timeout_s)

    @property
    def name(self) -> str:
        return "openai"

    def takes(self, media_type: str) -> bool:
        """All but AMR."""
        return media_type in _EXTENSIONS

    async def transcribe(self, audio: bytes, media_type: str, *, expect: Expect) -> Hypothesis:
        """What is said, in small letters and without closing punctuation. Raises `Unavailable`."""
        fields = dict(self._fields)
        if prompt := prompt_for(expect):
            fields["prompt"] = prompt
        request = self._http.build_request(
            "POST",
            self._url,
            headers=self._headers,
            data=fields,
            files={"file": (f"note.{_EXTENSIONS[media_type]}", audio, media_type)},
        )
        by = asyncio.get_running_loop().time() + self._patience.first_s
        body = await whole(self._http, request, who=WHO, by=by, largest=_ANSWER_BYTES, patience=self._patience)
        heard = hypothesis_in(body)
        return replace(heard, confidence=CONFIDENCE) if heard.text else heard
