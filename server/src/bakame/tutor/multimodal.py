"""What a photo or a voice note says: fetched, read by whoever can, cleaned and bounded.

Words out of a picture are data. They are no command, they are redacted, and no model is asked anything by them that
typed words would not be asked by. Nothing of the picture or the sound is kept.
"""

import asyncio
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import structlog

from bakame.audio.wav import telephone_sound
from bakame.errors import BakameError, Invalid, Missing
from bakame.learning.exercises import Exercise
from bakame.learning.expect import Expect
from bakame.ports.media import (
    PICTURES,
    VOICE_NOTES,
    ImageReader,
    Media,
    MediaSource,
    NoteTranscriber,
    OtherType,
    TooLarge,
    plain_type,
)
from bakame.ports.messaging import MediaItem
from bakame.ports.speech import Hypothesis, Recogniser
from bakame.text.redact import redact
from bakame.tutor.homework import Subject, answer_in, subject_of
from bakame.tutor.wording import Part, line

LONGEST_WORDS: Final = 600
"""Characters of one picture or voice note that are looked at."""
LONGEST_SHOWN: Final = 60
"""Characters of it that are said back."""
PICTURE_SURE: Final = 0.84
"""What a picture's words are worth, as a recogniser's confidence: a mistake is confirmed before it is marked."""
WAV: Final = "audio/wav"

_FENCES: Final = str.maketrans({"<": " ", ">": " ", "{": " ", "}": " ", "`": "'"})
_log = structlog.get_logger(__name__)


class Trouble(StrEnum):
    """Why nothing came of a picture or a voice note."""

    NOT_MET = "not_met"
    """It came from somebody new, and was not looked at."""
    LARGE = "large"
    TYPE = "type"
    GONE = "gone"
    LATER = "later"
    BROKEN = "broken"
    EMPTY = "empty"
    SILENT = "silent"
    NO_EYES = "no_eyes"
    """There is nobody here who reads pictures."""
    NO_EARS = "no_ears"
    """There is nobody here who hears this kind of voice note."""


class Failed(Exception):
    """What is to be told of one item."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of the media of one text.

    `words`: for the tutor; empty when there are none. `spoken`: a voice note says them; else they stand in a picture.
    `answers`: they answer the open question. `homework`: they are to be helped with and not marked. `confidence` and
    `free_speech` as in `turn.Said`.
    `troubles`: what became of those that gave no words. `left_out`: more media than are looked at.
    """

    words: str = field(default="", repr=False)
    spoken: bool = False
    answers: bool = False
    homework: Subject | None = None
    confidence: float = 1.0
    free_speech: bool = True
    troubles: tuple[Trouble, ...] = ()
    left_out: bool = False


class MediaReader:
    """Looks at what came with a text. `images` and `notes` are None where no model may be asked."""

    def __init__(
        self,
        *,
        source: MediaSource,
        images: ImageReader | None = None,
        notes: NoteTranscriber | None = None,
        recogniser: Recogniser | None = None,
    ) -> None:
        """`recogniser` hears WAV notes with the open question's grammar, where `notes` does not."""
        self._source = source
        self._images = images
        self._notes = notes
        self._recogniser = recogniser

    async def read(
        self,
        items: Sequence[MediaItem],
        *,
        expect: Expect,
        exercise: Exercise | None = None,
        names: Collection[str] = (),
        left_out: bool = False,
    ) -> Seen:
        """What they say together. `exercise`: the open question; `names` are taken out of pictures. Never raises."""
        read = await asyncio.gather(*(self._one(item, expect) for item in items))
        troubles = tuple(each for each in read if isinstance(each, Trouble))
        said = [each for each in read if not isinstance(each, Trouble)]
        if not said:
            return Seen(troubles=troubles, left_out=left_out)
        words = _cut(" ".join(each.text for each in said), LONGEST_WORDS)
        spoken = all(each.spoken for each in said)
        answer = None if spoken else answer_in(words, exercise)
        return Seen(
            words=words if spoken else answer or redact(words, names=names),
            spoken=spoken,
            answers=answer is not None,
            homework=None if spoken or answer else subject_of(words),
            confidence=min(each.confidence for each in said),
            free_speech=all(each.free for each in said),
            troubles=troubles,
            left_out=left_out,
        )

    async def _one(self, item: MediaItem, expect: Expect) -> "_Words | Trouble":
        try:
            return await self._words(item, expect)
        except Failed as failed:
            trouble = failed.trouble
            why = ""
        except BakameError as error:
            trouble, why = _trouble(error), str(error)
        _log.info("media.not_read", type=plain_type(item.media_type)[:40], trouble=trouble.value, error=why)
        return trouble

    async def _words(self, item: MediaItem, expect: Expect) -> "_Words":
        announced = plain_type(item.media_type)
        if announced in PICTURES and self._images is None:
            raise Failed(Trouble.NO_EYES)
        if announced in VOICE_NOTES and not self._hears(announced):
            raise Failed(Trouble.NO_EARS)
        if announced not in PICTURES | VOICE_NOTES:
            raise Failed(Trouble.TYPE)
        media = await self._source.fetch(item)
        real = kind_of(media.data)
        if real in PICTURES and announced in PICTURES and self._images is not None:
            text = cleaned(await self._images.read(media.data, real))
            if not any(map(str.isalnum, text)):
                raise Failed(Trouble.EMPTY)
            return _Words(text, PICTURE_SURE, spoken=False)
        if real in VOICE_NOTES and announced in VOICE_NOTES:
            if not self._hears(real):
                raise Failed(Trouble.NO_EARS)
            return await self._heard(Media(media.data, real), expect)
        raise Failed(Trouble.BROKEN)

    def _hears(self, media_type: str) -> bool:
        by_file = self._notes is not None and self._notes.takes(media_type)
        return by_file or (media_type == WAV and self._recogniser is not None)

    async def _heard(self, note: Media, expect: Expect) -> "_Words":
        """The file as it is to who hears files; else, or when that fails, a WAV as telephone sound to a recogniser."""
        heard, free = Hypothesis("", 0.0), False
        by_ear = note.media_type == WAV and self._recogniser is not None
        if self._notes is not None and self._notes.takes(note.media_type):
            try:
                heard = await self._notes.transcribe(note.data, note.media_type, expect=expect)
                free = True
            except BakameError as error:
                _log.warning("media.not_heard", by=self._notes.name, kind=type(error).__name__, error=str(error))
                if not by_ear:
                    raise
        if not free and self._recogniser is not None:
            try:
                sound = telephone_sound(note.data)
            except Invalid:
                raise Failed(Trouble.BROKEN) from None
            heard = await self._recogniser.recognise(sound, expect=expect)
        text = cleaned(heard.text)
        if not text:
            raise Failed(Trouble.SILENT)
        return _Words(text, heard.confidence, spoken=True, free=free)


@dataclass(frozen=True, slots=True)
class _Words:
    text: str = field(repr=False)
    confidence: float
    spoken: bool
    free: bool = True


def cleaned(text: str) -> str:
    """One line without control characters and fences, at most `LONGEST_WORDS` characters, cut after a word."""
    seen = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text[: 8 * LONGEST_WORDS])
    words = " ".join(unicodedata.normalize("NFC", seen).translate(_FENCES).split())
    return _cut(words, LONGEST_WORDS)


def shown(words: str) -> str:
    """As much of it as is said back."""
    short = _cut(words, LONGEST_SHOWN)
    return short if short == words else f"{short.rstrip(' .,;:')}..."


def kind_of(data: bytes) -> str | None:
    """The media type that a file's first bytes tell; None when they tell none of those that are taken."""
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": WAV}.get(data[8:12])
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    if len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 0x06:
        return "audio/mpeg"
    return next((kind for start, kind in _STARTS if data.startswith(start)), None)


def told(seen: Seen) -> tuple[Part, ...]:
    """What is said of media that gave no words, each trouble once; nothing of those that did."""
    parts = tuple(_told(trouble) for trouble in dict.fromkeys(seen.troubles))
    return (*parts, line("media.left_out")) if seen.left_out else parts


_STARTS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
)


def _cut(words: str, longest: int) -> str:
    if len(words) <= longest:
        return words
    space = words.rfind(" ", 0, longest + 1)
    return words[: space if space > 0 else longest]


def _trouble(error: BakameError) -> Trouble:
    match error:
        case TooLarge():
            return Trouble.LARGE
        case OtherType():
            return Trouble.TYPE
        case Missing() | Invalid():
            return Trouble.GONE
        case _:
            return Trouble.LATER


def _told(trouble: Trouble) -> Part:
    match trouble:
        case Trouble.NOT_MET:
            return line("media.first")
        case Trouble.LARGE:
            return line("media.large")
        case Trouble.TYPE:
            return line("media.type")
        case Trouble.GONE:
            return line("media.gone")
        case Trouble.LATER:
            return line("media.later")
        case Trouble.BROKEN:
            return line("media.broken")
        case Trouble.EMPTY:
            return line("media.empty")
        case Trouble.SILENT:
            return line("media.silent")
        case Trouble.NO_EYES:
            return line("media.no_eyes")
        case Trouble.NO_EARS:
            return line("media.no_ears")
