"""A streamed reply, however its bytes are cut and whoever sent it."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Unavailable
from bakame.wire.completions import CompletionReader, Declined, Usage, error_code


def event(body: object) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def delta(content: str | None = None, *, finish: str | None = None, **more: Any) -> str:
    fields = more if content is None else {"content": content, **more}
    return event({"choices": [{"index": 0, "delta": fields, "finish_reason": finish}], "usage": None})


def read(stream: bytes, cuts: list[int] | None = None) -> tuple[str, CompletionReader]:
    at = [0, *sorted(cut % (len(stream) + 1) for cut in cuts or []), len(stream)]
    reader = CompletionReader(who="OpenAI")
    text = "".join(piece for start, end in pairwise(at) for piece in reader.push(stream[start:end]))
    return text, reader


@given(st.lists(st.text(), max_size=8), st.lists(st.integers(0), max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_the_text_is_the_same_wherever_it_is_cut(pieces: list[str], cuts: list[int], ending: str) -> None:
    usage = event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}})
    stream = ": hello\n\n" + "".join(map(delta, pieces)) + delta("", finish="stop") + usage + "data: [DONE]\n\n"
    # In JSON a carriage return is escaped, so only line endings change.
    text, reader = read(stream.replace("\n", ending).encode(errors="replace"), cuts)
    assert text == "".join(piece.encode(errors="replace").decode() for piece in pieces)
    assert reader.finished
    assert reader.usage == Usage(3, 4)
    if text:
        reader.end()
    else:
        with pytest.raises(Unavailable, match="nothing"):
            reader.end()


@given(st.binary(), st.lists(st.integers(0), max_size=4))
def test_any_bytes_are_read_or_refused(stream: bytes, cuts: list[int]) -> None:
    try:
        _, reader = read(b"data: " + stream + b"\n\n", cuts)
        reader.end()
    except Unavailable:
        pass


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "delta", "content", "usage", "error", "code", "finish_reason", "refusal"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_document_is_read_or_refused(document: object) -> None:
    try:
        _, reader = read(event(document).encode(errors="replace"))
        reader.end()
    except Unavailable:
        pass


def test_a_stream_that_ends_before_the_reply_is_cut_off() -> None:
    text, reader = read(delta("half a").encode())
    assert text == "half a"
    with pytest.raises(Unavailable, match="middle"):
        reader.end()


@pytest.mark.parametrize("ending", ["data: [DONE]\n\n", delta(finish="stop"), delta(finish="length")])
def test_any_word_for_the_end_will_do(ending: str) -> None:
    _, reader = read((delta("hi", role="assistant") + delta(finish="") + ending).encode())
    reader.end()


def test_thoughts_are_not_text() -> None:
    assert read((delta(reasoning_content="hm") + delta(reasoning="hm") + delta("hi")).encode())[0] == "hi"


@pytest.mark.parametrize(
    "bad",
    [
        delta(refusal="No."),
        delta("", finish="content_filter"),
        event({"error": {"message": "m", "type": "server_error", "code": None}}),
        "data: {\n\n",
    ],
)
def test_what_is_no_reply_raises_and_what_came_before_was_given(bad: str) -> None:
    reader = CompletionReader(who="OpenAI")
    pieces = reader.push((delta("hi") + bad).encode())
    assert next(pieces) == "hi"
    with pytest.raises(Unavailable):
        next(pieces)


def test_only_a_code_is_shown_of_an_error() -> None:
    assert error_code({"error": {"message": "you wrote: Mutoni", "type": "t", "code": "rate_limit_exceeded"}}) == (
        "rate_limit_exceeded"
    )
    assert error_code({"error": {"code": "you wrote: Mutoni", "type": "server_error"}}) == "server_error"
    assert error_code({"object": "error", "type": "BadRequestError", "code": 400}) == "BadRequestError"
    assert error_code(None) == error_code({"error": "text"}) == ""


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (429, "", True),
        (429, "insufficient_quota", False),
        (503, "", True),
        (400, "", False),
        (0, "server_error", True),
        (0, "invalid_request_error", False),
    ],
)
def test_whether_later_may_work(status: int, code: str, retryable: bool) -> None:
    assert Declined("OpenAI", status=status, code=code).retryable is retryable


def test_the_server_s_own_word_on_trying_again_counts_but_not_against_an_empty_purse() -> None:
    assert Declined("OpenAI", status=400, retryable=True).retryable
    assert not Declined("OpenAI", status=503, retryable=False).retryable
    assert not Declined("OpenAI", status=429, code="insufficient_quota", retryable=True).retryable
