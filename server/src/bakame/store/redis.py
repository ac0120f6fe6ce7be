"""Redis, or its twin inside the process when none is configured. Nothing durable lives in either."""

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bakame.errors import Invalid, Unavailable

TIMEOUT_S = 2.0


def connect(url: str | None) -> Redis:
    """A client, which connects at its first command. Without a `url` it is an empty Redis of its own, in memory.

    Raises `Invalid` when `url` is not one of Redis.
    """
    if url is None:
        # Loaded only where it is used: it brings a Lua interpreter.
        from fakeredis import FakeAsyncRedis

        return FakeAsyncRedis(decode_responses=True)
    try:
        return Redis.from_url(url, decode_responses=True, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
    except ValueError as error:
        raise Invalid(f"the Redis URL cannot be used: {error}") from None


async def once(redis: Redis, key: str, ttl_s: int) -> bool:
    """True for the first who asks for `key` within `ttl_s` seconds, False for all others. Raises `Unavailable`."""
    try:
        return bool(await redis.set(key, "1", nx=True, ex=ttl_s))
    except RedisError as error:
        raise Unavailable("Redis does not answer") from error


async def check(redis: Redis) -> None:
    """Returns when Redis answers; raises `Unavailable` when it does not."""
    try:
        await redis.ping()
    except RedisError as error:
        raise Unavailable("Redis does not answer") from error
