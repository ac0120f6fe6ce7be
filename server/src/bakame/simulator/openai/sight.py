"""Pictures in chat: which of them are taken, and a mind that reads the words in them.

Source: OpenAI API reference, "Create chat completion", image content parts.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from bakame.simulator.pictures import words_in_picture

_DATA: Final = re.compile(r"data:image/(?:png|jpeg|webp|gif);base64,([A-Za-z0-9+/=]*)")
_MOST_BYTES: Final = 50 * 1024 * 1024

Messages = Sequence[Mapping[str, Any]]


def picture_problem(messages: Messages) -> str | None:
    """Why the pictures of a request are not taken; None when they are."""
    for part in _parts(messages):
        if part.get("type") == "text":
            continue
        data = _bytes_of(part)
        if data is None:
            return "You uploaded an unsupported image."
        if len(data) > _MOST_BYTES:
            return "The image is too large."
    return None


def reads_pictures(otherwise: Callable[[Messages], Any]) -> Callable[[Messages], Any]:
    """A mind that fills in what a picture says, by the words that stand in its file; without a picture, `otherwise`."""

    def answer(messages: Messages) -> Any:
        pictures = [data for part in _parts(messages) if (data := _bytes_of(part)) is not None]
        if not pictures:
            return otherwise(messages)
        words = words_in_picture(pictures[-1]) or ""
        return json.dumps({"text": words, "readable": bool(words)})

    return answer


def _parts(messages: Messages) -> Iterator[Mapping[str, Any]]:
    for message in messages:
        content: object = message.get("content")
        if isinstance(content, list):
            yield from cast("list[Mapping[str, Any]]", content)


def _bytes_of(part: Mapping[str, Any]) -> bytes | None:
    address: object = cast("Mapping[str, Any]", part.get("image_url") or {}).get("url")
    found = _DATA.fullmatch(address) if isinstance(address, str) else None
    if found is None:
        return None
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error:
        return None
