"""Stream tokens: one call, one minute, one use."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.security.tokens import LIFETIME_S, StreamTokens
from bakame.store.redis import connect

SECRET = bytes(range(32))
CALL = "CA0123456789abcdef0123456789abcdef"


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it is put."""

    at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at.timestamp()

    def now(self) -> datetime:
        return self.at


def accepted(token: str, call_id: str, *, clock: SetClock, secret: bytes = SECRET) -> bool:
    """What a server with an empty Redis says."""

    async def scenario() -> bool:
        async with connect(None) as redis:
            return await StreamTokens(secret, redis, clock).accept(token, call_id)

    return asyncio.run(scenario())


def issued(call_id: str, *, clock: SetClock) -> str:
    return StreamTokens(SECRET, connect(None), clock).issue(call_id)


def test_a_token_opens_one_stream() -> None:
    async def scenario() -> None:
        async with connect(None) as redis:
            one, replica = (StreamTokens(SECRET, redis, SetClock()) for _ in range(2))
            token = one.issue(CALL)
            answers = await asyncio.gather(*(server.accept(token, CALL) for server in (one, replica) * 5))
            assert sorted(answers) == [False] * 9 + [True]
            assert await replica.accept(replica.issue(CALL), CALL)

    asyncio.run(scenario())


@pytest.mark.parametrize(("age_s", "valid"), [(0, True), (LIFETIME_S, True), (LIFETIME_S + 1, False), (86_400, False)])
def test_a_token_lives_for_a_minute(age_s: int, *, valid: bool) -> None:
    clock = SetClock()
    token = issued(CALL, clock=clock)
    clock.at += timedelta(seconds=age_s)
    assert accepted(token, CALL, clock=clock) is valid


def test_a_refused_token_can_still_be_used_where_it_belongs() -> None:
    async def scenario() -> None:
        async with connect(None) as redis:
            tokens = StreamTokens(SECRET, redis, SetClock())
            token = tokens.issue(CALL)
            assert not await tokens.accept(token, "CAsomebodyelse")
            assert await tokens.accept(token, CALL)

    asyncio.run(scenario())


@given(call_id=st.text(max_size=80))
@settings(max_examples=30, deadline=None)
def test_a_token_fits_into_a_url_and_is_for_its_call_alone(call_id: str) -> None:
    clock = SetClock()
    token = issued(call_id, clock=clock)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,48}", token)
    assert accepted(token, call_id, clock=clock)
    assert not accepted(token, call_id + "0", clock=clock)
    assert not accepted(token, call_id, clock=clock, secret=SECRET[::-1])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    clock = SetClock()
    token = issued(CALL, clock=clock).encode("ascii")
    at = data.draw(st.integers(0, len(token) - 1))
    bit = data.draw(st.integers(0, 7))
    forged = bytes([*token[:at], token[at] ^ (1 << bit), *token[at + 1 :]]).decode("latin-1")
    assert not accepted(forged, CALL, clock=clock)


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{10}\.[A-Za-z0-9_-]{12}\.[A-Za-z0-9_-]{22}", fullmatch=True))
@settings(max_examples=60, deadline=None)
def test_whatever_is_sent_instead_is_refused(token: str) -> None:
    assert not accepted(token, CALL, clock=SetClock())


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        StreamTokens(b"secret", connect(None), SetClock())
