"""Server-sent events, sans-I/O: bytes in, events out.

Source: WHATWG HTML, "Server-sent events", 9.2.6. `id` and `retry` mean nothing to us and are left out.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bakame.errors import Unavailable

LARGEST_EVENT: Final = 1024 * 1024
"""Characters an event may have; a server that never ends one is broken."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: `kind` is `message` unless the server names it."""

    kind: str
    data: str


class EventReader:
    """Reads one stream. Bytes may be cut anywhere, also inside a character or a line ending."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._kind = ""
        self._data: list[str] = []
        self._size = 0

    def push(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events that a chunk completes. Raises `Unavailable` for one that is too large."""
        self._rest += self._decode(chunk)
        while (line := self._line()) is not None:
            event = self._take(line)
            if event is not None:
                yield event
        if self._size + len(self._rest) > LARGEST_EVENT:
            raise Unavailable("the server sent an event that does not end", retryable=False)

    def _line(self) -> str | None:
        """The next whole line. A carriage return at the very end may be half of a line ending."""
        text = self._rest
        ends = [at for at in (text.find("\n"), text.find("\r")) if at >= 0]
        if not ends or (text[min(ends)] == "\r" and min(ends) == len(text) - 1):
            return None
        end = min(ends)
        self._rest = text[end + (2 if text[end : end + 2] == "\r\n" else 1) :]
        return text[:end]

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            kind, data = self._kind or "message", self._data
            self._kind, self._data, self._size = "", [], 0
            return ServerEvent(kind, "\n".join(data)) if data else None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
            self._size += len(value)
        elif field == "event":
            self._kind = value
        return None
