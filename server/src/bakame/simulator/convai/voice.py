"""The vendor's text to speech: one `stream-input` socket."""

import asyncio
import random
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from bakame.audio.format import AudioFormat
from bakame.errors import BakameError
from bakame.ports.speech import Voice
from bakame.simulator.convai.messages import Refusal, fields_of
from bakame.simulator.convai.speech import Mouth
from bakame.wire.sockets import Socket

_ALIGNMENT: Final = ("chars", "charStartTimesMs", "charsDurationsMs")
_FIELDS: Final = frozenset(
    {"text", "voice_settings", "generation_config", "xi_api_key", "try_trigger_generation", "flush"}
)
_USUAL_WORDS_PER_MINUTE: Final = 150


@dataclass(frozen=True, slots=True)
class VoiceFaults:
    """What goes wrong with a voice. The default is nothing."""

    refuse: int = 0
    """HTTP status of the upgrade."""
    refusal: str = ""
    """The vendor's code for not speaking, as the reason of a close with 1008."""
    error: str = ""
    """The same, as the `error` of a message."""
    hang: Literal["", "socket", "first", "next"] = ""
    """Never answers the upgrade; never speaks; stops after a piece."""
    middle: Literal["", "drop", "close", "garbage", "not_base64"] = ""
    """After the first piece."""
    close_code: int = 1011
    silent: bool = False
    """Ends without any sound."""
    no_alignment: bool = False


class VoiceSocket:
    """Implements `wire.sockets.Peer` at the vendor's end of one text to speech socket."""

    def __init__(
        self,
        *,
        socket: Socket,
        speaks: AudioFormat,
        mouth: Mouth,
        faults: VoiceFaults,
        rng: random.Random,
        key_fits: Callable[[str], bool] | None,
        ended: Callable[["VoiceSocket"], None],
    ) -> None:
        """`key_fits` checks the key of the first message, when the upgrade had none."""
        self._socket = socket
        self._speaks = speaks
        self._mouth = mouth
        self._faults = faults
        self._rng = rng
        self._key_fits = key_fits
        self._ended = ended
        self._text: list[str] = []
        self._words_per_minute = _USUAL_WORDS_PER_MINUTE
        self._begun = False
        self._closing = False
        self._work: asyncio.Queue[str | None] = asyncio.Queue()
        self._task = asyncio.get_running_loop().create_task(self._speak())
        self.said: list[str] = []

    async def close(self) -> None:
        """Ends the socket and its work."""
        self._socket.abort()
        self._task.cancel()
        await asyncio.wait([self._task])

    def received(self, message: bytes) -> None:
        try:
            self._take(fields_of(message))
        except Refusal as refusal:
            self._socket.close(refusal.code, str(refusal))

    def received_binary(self, message: bytes) -> None:
        self._socket.close(1003, "text only")

    def lost(self, code: int, reason: str) -> None:
        self._task.cancel()
        self._ended(self)

    def _take(self, fields: Mapping[str, Any]) -> None:
        text = fields.get("text")
        if not isinstance(text, str) or set(fields) - _FIELDS:
            raise Refusal(1008, "invalid_message", "text is missing, or fields are unknown")
        if not self._begun:
            self._begin(fields, text)
        elif not text:
            self._flush()
            self._work.put_nowait(None)
        elif self._closing or not text.endswith(" "):
            raise Refusal(1008, "invalid_message", "text does not end with a space, or comes after the end")
        else:
            self._text.append(text)
            if fields.get("flush") is True:
                self._flush()

    def _begin(self, fields: Mapping[str, Any], text: str) -> None:
        if text != " ":
            raise Refusal(1008, "invalid_message", "the first text is not a space")
        if self._key_fits is not None and not self._key_fits(str(fields.get("xi_api_key", ""))):
            raise Refusal(1008, "invalid_api_key", "invalid_api_key")
        speed = fields.get("voice_settings", {}).get("speed", 1.0)
        if not isinstance(speed, int | float) or not 0.7 <= speed <= 1.2:
            raise Refusal(1008, "value_error", "speed is not between 0.7 and 1.2")
        self._words_per_minute = round(_USUAL_WORDS_PER_MINUTE * speed)
        self._begun = True
        if self._faults.refusal:
            self._socket.close(1008, f"{self._faults.refusal}: stand-in")
        elif self._faults.error:
            self._socket.send(orjson.dumps({"error": self._faults.error, "code": 1008, "message": "stand-in"}))

    def _flush(self) -> None:
        text, self._text = "".join(self._text), []
        if text.strip():
            self._work.put_nowait(text.strip())

    async def _speak(self) -> None:
        while (text := await self._work.get()) is not None:
            if self._faults.silent:
                continue
            self.said.append(text)
            if self._faults.hang == "first":
                await asyncio.get_running_loop().create_future()
            try:
                spoken = await self._mouth.say(text, self._speaks, Voice(words_per_minute=self._words_per_minute))
            except BakameError:
                self._socket.close(1011, "the voice failed")
                return
            for index, (audio, begin_ms, end_ms) in enumerate(spoken.pieces(self._rng)):
                alignment = None if self._faults.no_alignment else spoken.alignment(begin_ms, end_ms, names=_ALIGNMENT)
                self._send(audio, alignment)
                if index == 0:
                    await self._break()
                await asyncio.sleep(0.01)
        self._socket.send(orjson.dumps({"audio": None, "isFinal": True}))
        self._socket.close(1000)

    async def _break(self) -> None:
        """The fault after the first piece."""
        if self._faults.hang == "next":
            await asyncio.get_running_loop().create_future()
        match self._faults.middle:
            case "drop":
                self._socket.abort()
            case "close":
                self._socket.close(self._faults.close_code, "stand-in")
            case "garbage":
                self._socket.send(b"[garbage")
            case "not_base64":
                self._socket.send(orjson.dumps({"audio": "not base64!", "isFinal": None}))
            case _:
                pass

    def _send(self, audio: bytes, alignment: Mapping[str, object] | None) -> None:
        self._socket.send(orjson.dumps({"audio": b64encode(audio).decode(), "isFinal": None, "alignment": alignment}))
