"""Pictures and voice notes that come with texts: where they are fetched from, and who reads and hears them."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from bakame.errors import Invalid
from bakame.learning.expect import Expect
from bakame.ports.messaging import MediaItem
from bakame.ports.speech import Hypothesis

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
VOICE_NOTES: Final = frozenset({"audio/ogg", "audio/amr", "audio/mpeg", "audio/mp4", "audio/wav"})
MOST_BYTES: Final = 5 * 1024 * 1024

_ALSO: Final = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
}


class TooLarge(Invalid):
    """It has more bytes than are taken."""


class OtherType(Invalid):
    """It is neither a picture nor a voice note of a type that is taken."""


@dataclass(frozen=True, slots=True)
class Media:
    """What was fetched. `media_type` is one of `PICTURES` or `VOICE_NOTES`, by what the gateway says of it."""

    data: bytes = field(repr=False)
    media_type: str


class MediaSource(Protocol):
    """Where media wait that came with texts."""

    async def fetch(self, item: MediaItem) -> Media:
        """The bytes, at most `MOST_BYTES`.

        Raises `TooLarge`, `OtherType`, `Invalid` for an address that is not the gateway's, `Missing` for what is no
        longer there, and `Unavailable` for what does not come in time.
        """
        ...


class ImageReader(Protocol):
    """Reads what is written in a picture."""

    @property
    def name(self) -> str: ...

    async def read(self, image: bytes, media_type: str) -> str:
        """The words in a picture of one of the types `PICTURES`; empty when none can be read. Raises `Unavailable`."""
        ...


class NoteTranscriber(Protocol):
    """Hears voice notes as phones record them."""

    @property
    def name(self) -> str: ...

    def takes(self, media_type: str) -> bool:
        """Whether it can hear this type."""
        ...

    async def transcribe(self, audio: bytes, media_type: str, *, expect: Expect) -> Hypothesis:
        """What is said, given what was asked. Raises `Unavailable`."""
        ...


def plain_type(given: str) -> str:
    """The one name of a media type: small letters, no parameters, no synonym."""
    plain = given.partition(";")[0].strip().lower()
    return _ALSO.get(plain, plain)
