"""A session in telephone format, whatever formats the engine declares. Chosen once, when the session begins."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from bakame.audio.format import TELEPHONE, AudioFormat
from bakame.audio.shaping import Shaper
from bakame.audio.transcode import converter
from bakame.calls.state import Stage, Stages
from bakame.ports.voice import Heard, Interrupt, Speech, VoiceEvent, VoiceSession


class _Converted:
    """Converts both ways; an utterance's last sound is flushed out of the converter, and out of the shaper, with it."""

    def __init__(self, session: VoiceSession, stages: Stages, shaper: Shaper | None) -> None:
        self._session = session
        self._stages = stages
        self._up = converter(TELEPHONE, session.hears)
        self._down = converter(session.speaks, TELEPHONE)
        self._shaper = shaper

    @property
    def hears(self) -> AudioFormat:
        return TELEPHONE

    @property
    def speaks(self) -> AudioFormat:
        return TELEPHONE

    async def run(self, emit: Callable[[VoiceEvent], None]) -> None:
        def converted(event: VoiceEvent) -> None:
            match event:
                case Speech():
                    emit(self._convert(event))
                case Interrupt():
                    self._down.flush()
                    if self._shaper is not None:
                        self._shaper.flush()
                    emit(event)
                case _:
                    emit(event)

        await self._session.run(converted)

    def send_audio(self, audio: bytes) -> None:
        self._session.send_audio(self._up.push(audio))

    def send_key(self, digit: str) -> None:
        self._session.send_key(digit)

    def ear_moved(self, heard: Heard) -> None:
        self._session.ear_moved(heard)

    def _convert(self, speech: Speech) -> Speech:
        began = perf_counter()
        sound = self._down.push(speech.audio) if speech.audio else b""
        if speech.last:
            sound += self._down.flush()
        if self._shaper is not None:
            sound = self._shaper.push(sound) + (self._shaper.flush() if speech.last else b"")
        self._stages.took(Stage.CONVERTING, perf_counter() - began)
        return replace(speech, audio=sound)


def in_telephone_format(session: VoiceSession, *, stages: Stages, shaper: Shaper | None = None) -> VoiceSession:
    """The session itself when it hears and speaks telephone format and nothing is to be shaped.

    Raises `Invalid` for formats we cannot convert.
    """
    if session.hears == session.speaks == TELEPHONE and shaper is None:
        return session
    return _Converted(session, stages, shaper)
