"""Messages that are wrong in themselves."""

import random
from typing import Final

from bakame.audio.format import AudioFormat
from bakame.simulator.convai import messages
from bakame.simulator.convai.settings import Middle

_HUGE_MS: Final = 10_000
_NOT_MESSAGES: Final = (b"{", b"[]", b"null", b'{"type":7}', b'{"type":"audio"}')


def broken(middle: Middle, *, speaks: AudioFormat, event_id: int, rng: random.Random) -> list[bytes]:
    """What a fault amid a word sends."""
    match middle:
        case "garbage":
            return [*_NOT_MESSAGES] * 4
        case "empty":
            return [messages.sound(b"", event_id, None)]
        case "huge":
            return [messages.sound(rng.randbytes(speaks.bytes_for(_HUGE_MS)), event_id, None)]
        case "not_base64":
            return [messages.event("audio", "audio_event", audio_base_64="not base64!", event_id=event_id)]
        case _:
            return []
