"""How long things may take in a conversation with an agent."""

from dataclasses import dataclass
from typing import Final

MOST_MALFORMED: Final = 10
"""A server that breaks the protocol more often than this is not the vendor's."""
CORRECTION_S: Final = 1.0
"""How long an utterance that was cut waits for the vendor's correction before it is put down as it is."""
GOODBYE_BEGINS_S: Final = 6.0
"""How long the agent may take to say goodbye once the tutor has."""
GOODBYE_MARKS_S: Final = 3.0
"""How long a goodbye that was played is waited for when the carrier loses its marks."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, and how much of the caller's sound travels in a message.

    `uplink_ms` trades delay for work. Measured at 100 calls, in milliseconds of processor a call-second: 0.36 for
    messages of 20 ms, 0.23 for 60, 0.18 for 100, 0.12 for 200. The delay comes on top of every answer.
    """

    metadata_s: float = 3.0
    tool_s: float = 4.0
    silence_s: float = 10.0
    """Once the vendor has pinged, it is gone when nothing at all comes for this long."""
    uplink_ms: int = 60
