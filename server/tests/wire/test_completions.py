"""What an error of a server comes to."""

import pytest

from bakame.wire.completions import Declined, error_code


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
