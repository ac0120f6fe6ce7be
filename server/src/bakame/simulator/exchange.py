"""What a call uses of its carrier, and what is asked of the carrier about it."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from bakame.simulator.events import CallState, EndReason
from bakame.simulator.live import LiveEvent
from bakame.simulator.signing import Signer
from bakame.simulator.webhook import Webhooks


@dataclass(frozen=True, slots=True)
class Exchange:
    """The carrier's equipment that a call uses.

    `voice` is the carrier's own voice and `sound` fetches a sound file, both as mu-law at 8 kHz. `words` follows the
    tutor's words of a call, given its id.
    """

    webhooks: Webhooks
    signer: Signer
    rng: random.Random
    account_sid: str
    base_url: str
    voice: Callable[[str], Awaitable[bytes]]
    sound: Callable[[str], Awaitable[bytes]]
    words: Callable[[str], AsyncIterator[LiveEvent]]


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """Where the carrier reports a call's progress, and which of initiated, ringing, answered, completed."""

    url: str
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a call ended."""

    reason: EndReason
    state: CallState
    message: str = ""
