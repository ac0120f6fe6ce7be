"""Redis, or its twin in the process."""

import asyncio
import socket

import pytest

from bakame.errors import Invalid, Unavailable
from bakame.store.redis import check, connect, once


def test_only_the_first_gets_a_key_and_it_expires() -> None:
    async def scenario() -> None:
        async with connect(None) as redis:
            await check(redis)
            asked = await asyncio.gather(*(once(redis, "text:SM1", 60) for _ in range(10)))
            assert sorted(asked) == [False] * 9 + [True]
            assert await once(redis, "text:SM2", 60)
            assert 0 < await redis.ttl("text:SM1") <= 60

    asyncio.run(scenario())


def test_two_servers_without_redis_share_nothing() -> None:
    async def scenario() -> None:
        async with connect(None) as one, connect(None) as other:
            assert await once(one, "key", 60)
            assert await once(other, "key", 60)

    asyncio.run(scenario())


def test_redis_out_of_reach_is_unavailable() -> None:
    async def scenario() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        async with connect(f"redis://127.0.0.1:{port}/0") as redis:
            with pytest.raises(Unavailable):
                await once(redis, "key", 60)
            with pytest.raises(Unavailable):
                await check(redis)

    asyncio.run(scenario())


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid):
        connect("ftp://127.0.0.1/0")
