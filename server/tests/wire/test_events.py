"""Server-sent events: the same events however the bytes are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Unavailable
from bakame.wire.events import LARGEST_EVENT, EventReader, ServerEvent

STREAM = (
    ": a comment\r\n\r\n"
    'data: {"délta": "é"}\n\n'
    "event: end\r\ndata: one\r\ndata:two\r\n\r\n"
    "id: 7\nretry: 10\n\n"
    "data\n\n"
    "data: [DONE]\r\r"
).encode()
EVENTS = [
    ServerEvent("message", '{"délta": "é"}'),
    ServerEvent("end", "one\ntwo"),
    ServerEvent("message", ""),
    ServerEvent("message", "[DONE]"),
]


def _read(*chunks: bytes) -> list[ServerEvent]:
    reader = EventReader()
    return [event for chunk in (*chunks, b"\n") for event in reader.push(chunk)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20).map(sorted))
def test_a_stream_is_read_the_same_wherever_it_is_cut(cuts: list[int]) -> None:
    edges = [0, *cuts, len(STREAM)]
    assert _read(*(STREAM[start:end] for start, end in pairwise(edges))) == EVENTS


@given(st.binary(max_size=200))
def test_garbage_raises_nothing(garbage: bytes) -> None:
    _read(garbage)


def test_an_event_that_never_ends_is_refused() -> None:
    with pytest.raises(Unavailable):
        _read(*[b"data: " + b"x" * 1000 + b"\n"] * (LARGEST_EVENT // 1000 + 2))
