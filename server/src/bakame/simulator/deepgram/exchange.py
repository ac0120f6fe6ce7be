"""One HTTP exchange of the stand-in's, by hand: a web server would finish politely what has to break off here.

Source: RFC 9112.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson

LARGEST_HEAD: Final = 16 * 1024
LARGEST_BODY: Final = 2 * 1024 * 1024
_PHRASES: Final = {101: "Switching Protocols", 200: "OK"}
_CODES: Final = {
    400: ("INVALID_QUERY_PARAMETER", "the request cannot be understood"),
    401: ("INVALID_AUTH", "Invalid credentials."),
    402: ("ASR_PAYMENT_REQUIRED", "Project does not have enough credits for an ASR request."),
    403: ("INSUFFICIENT_PERMISSIONS", "User does not have sufficient permissions."),
    404: ("NOT_FOUND", "The requested resource does not exist."),
    413: ("PAYLOAD_TOO_LARGE", "Input text exceeds maximum character limit."),
    429: ("TOO_MANY_REQUESTS", "Too many requests. Please try again later."),
}


@dataclass(frozen=True, slots=True)
class Head:
    """The first lines of a request. Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str] = field(repr=False)

    @property
    def length(self) -> int:
        length = self.headers.get("content-length", "0")
        return int(length) if length.isdecimal() else 0


class Wrong(Exception):
    """An answer other than success."""

    def __init__(self, status: int, why: str = "") -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def head_of(data: bytes) -> Head | None:
    """The head that these bytes begin with; None while it is not whole. Raises `Wrong`."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        if len(data) > LARGEST_HEAD:
            raise Wrong(400, "the head does not end")
        return None
    lines = data[:end].decode("latin-1").split("\r\n")
    start = lines[0].split(" ")
    if len(start) != 3:
        raise Wrong(400, "not HTTP")
    parts = urlsplit(start[1])
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Head(start[0], parts.path, parse_qs(parts.query, keep_blank_values=True), headers)


def answer_of(status: int, *, request_id: str, body: bytes, kind: str = "application/json", why: str = "") -> bytes:
    """A whole answer."""
    lines = [
        f"HTTP/1.1 {status} {_PHRASES.get(status, 'Error')}",
        f"content-type: {kind}",
        f"content-length: {len(body)}",
        f"dg-request-id: {request_id}",
    ]
    if why:
        lines.append(f"dg-error: {why}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def refusal_of(wrong: Wrong, *, request_id: str) -> bytes:
    """The answer to what is refused, worded as Deepgram does."""
    code, message = _CODES.get(wrong.status, ("INTERNAL_SERVER_ERROR", "Something went wrong."))
    why = wrong.why or message
    body = orjson.dumps({"err_code": code, "err_msg": why, "request_id": request_id})
    return answer_of(wrong.status, request_id=request_id, body=body, why=why)


class Exchange:
    """A request whose body was read, and the connection that waits for the answer."""

    def __init__(self, head: Head, body: bytes, writer: asyncio.StreamWriter, *, request_id: str) -> None:
        self.head = head
        self.body = body
        self.request_id = request_id
        self._writer = writer

    def parameter(self, name: str, default: str = "") -> str:
        values = self.head.query.get(name)
        return values[-1] if values else default

    async def answer(self, fields: Mapping[str, Any]) -> None:
        self._writer.write(answer_of(200, request_id=self.request_id, body=orjson.dumps(fields)))
        await self._writer.drain()

    async def nonsense(self) -> None:
        """An answer of the wrong kind, as from a proxy on the way."""
        page = b"<html>\xff\xfe</html>"
        self._writer.write(answer_of(200, request_id=self.request_id, body=page, kind="text/html"))
        await self._writer.drain()

    async def begin(self, *, kind: str, fields: Mapping[str, str]) -> None:
        """The head of an answer whose length is not known yet."""
        lines = ["HTTP/1.1 200 OK", f"content-type: {kind}", "transfer-encoding: chunked"]
        lines += [f"dg-request-id: {self.request_id}", *(f"{name}: {value}" for name, value in fields.items())]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        await self._writer.drain()

    async def piece(self, data: bytes) -> None:
        """A part of it; an empty one is the end."""
        self._writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self._writer.drain()

    def abort(self) -> None:
        """Drops the connection in the middle of whatever it is."""
        self._writer.transport.abort()
