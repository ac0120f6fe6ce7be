"""The network between a caller's ear and mouth and the server, sans-I/O: what it does to each packet, from a seed.

    handset ═══ air: RTP, 20 ms packets, some lost or late ═══ carrier ─── socket: TCP, in order, late ─── server

What is lost or late on the air is shown as the carrier would show it (`reference/twilio-media-streams.md`):

- Media arrive over one TCP connection, so the server never sees them out of order, twice or torn: `sequenceNumber`
  counts every message without a gap. A packet that others overtook on the air is put back in its place: those that
  overtook it wait and come in one bunch behind it. The carrier waits `patience_ms`, then the packet is lost.
- A packet that was lost is a hole in `chunk` and `timestamp` (both count 20 ms pieces of sound; seen in the field as
  jumps of `timestamp` while messages come on time), or a frame with what concealment made of it: `LossShown`.
- What is late on the TCP connection (jitter, a segment sent again) holds back all that is behind it, then comes in one
  bunch; `timestamp` goes on evenly.
- Keys are sent redundantly on the air (RFC 4733, 2.5.1.2) and are not lost.
- On the way to the ear the handset plays from a buffer of a fixed depth: a packet that is later is lost and concealed.
  Marks are echoed when the carrier has played their sound, not the handset.

Which of them a given carrier does, and whether it waits at all, is not documented: these are decisions.

Losses come in bursts, by the Gilbert-Elliott model. Source: E. N. Gilbert, "Capacity of a Burst-Noise Channel", and
E. O. Elliott, "Estimates of Error Rates for Codes on Burst-Noise Channels", Bell System Technical Journal 39 (1960) and
42 (1963); parameters as in G. Hasslinger and O. Hohlfeld, "The Gilbert-Elliott Model for Packet Loss in Real Time
Services on the Internet" (2008).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bakame.audio.format import FRAME_MS
from bakame.errors import Invalid


def _check_shares(*shares: float) -> None:
    if not all(0 <= share <= 1 for share in shares):
        raise Invalid("a share of packets is between 0 and 1")


def _check_times(*times: float) -> None:
    if not all(0 <= time < 3_600_000 for time in times):
        raise Invalid("a network's times are from 0 to one hour")


class LossShown(Enum):
    """What the server gets of a packet that never reached the carrier."""

    HOLE = auto()
    """Nothing: `chunk` and `timestamp` jump."""
    CONCEALED = auto()
    """A frame made of the sound before it, fainter each time."""
    SILENT = auto()
    """A frame of digital silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GilbertElliott:
    """Two states with a step for each packet; all four are probabilities from 0 to 1.

    `p` from the good state to the bad, `r` back again; `good_loss` and `bad_loss` is what is lost in each. A burst
    (a stay in the bad state) lasts 1/r packets on average.
    """

    p: float = 0.0
    r: float = 1.0
    good_loss: float = 0.0
    bad_loss: float = 0.0

    def __post_init__(self) -> None:
        _check_shares(self.p, self.r, self.good_loss, self.bad_loss)
        if self.p and not self.r:
            raise Invalid("a bad state that is never left is no network")

    @property
    def mean_loss(self) -> float:
        """The share of packets that is lost in the long run."""
        bad = self.p / (self.p + self.r) if self.p else 0.0
        return bad * self.bad_loss + (1 - bad) * self.good_loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """One direction between handset and carrier. Times are milliseconds.

    Each packet takes `delay_ms` and an exponentially distributed time more, `jitter_ms` on average; of a share
    `straying` it takes `stray_ms` on top, so that others overtake it. `patience_ms`: how long the receiver waits.
    """

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: GilbertElliott = GilbertElliott()
    straying: float = 0.0
    stray_ms: float = 60.0
    patience_ms: float = 60.0

    def __post_init__(self) -> None:
        _check_times(self.delay_ms, self.jitter_ms, self.stray_ms, self.patience_ms)
        _check_shares(self.straying)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One direction of the TCP connection between carrier and server: nothing is lost or out of order, only late.

    `resent`: the share of messages whose segment is lost and comes `resend_ms` later, with all behind it.
    """

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    resent: float = 0.0
    resend_ms: float = 220.0

    def __post_init__(self) -> None:
        _check_times(self.delay_ms, self.jitter_ms, self.resend_ms)
        _check_shares(self.resent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a bad carrier does to marks: echoes a share `lost` of them never, the others `delay_ms` late."""

    lost: float = 0.0
    delay_ms: float = 0.0

    def __post_init__(self) -> None:
        _check_times(self.delay_ms)
        _check_shares(self.lost)


@dataclass(frozen=True, slots=True)
class Stall:
    """No byte passes the media socket in either direction for `for_s`, from `at_s` after the call was answered."""

    at_s: float
    for_s: float

    def __post_init__(self) -> None:
        _check_times(self.at_s, self.for_s)


@dataclass(frozen=True, slots=True)
class Drop:
    """The media socket breaks `at_s` after the call was answered; the carrier goes on with the call."""

    at_s: float

    def __post_init__(self) -> None:
        _check_times(self.at_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One caller's network. `codec_bits`: of the mobile codec (`degrade.MobileCodec`), 0 for a line without one."""

    name: str = "ideal"
    up: Air = Air()
    down: Air = Air()
    hop_up: Hop = Hop()
    hop_down: Hop = Hop()
    shown: LossShown = LossShown.HOLE
    marks: Marks = Marks()
    codec_bits: int = 0
    faults: tuple[Stall | Drop, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a packet is with its receiver, in seconds; `lost`: when the receiver stops waiting for it."""

    at: float
    lost: bool = False


class Flight:
    """The packets of one direction on the air. Time is an argument: seconds of any clock that never goes back."""

    def __init__(self, air: Air, *, rng: random.Random) -> None:
        self._air = air
        self._rng = rng
        self._bad = False
        self._latest = 0.0

    def packet(self, now: float) -> Arrival:
        """The fate of a packet that is sent now. Arrivals never go back: the receiver puts packets in order."""
        late_ms, lost = self._fate()
        self._latest = max(self._latest, now + (self._air.delay_ms + late_ms) / 1000)
        return Arrival(self._latest, lost)

    def buffered(self) -> bool:
        """Whether the next packet is there when a receiver plays it that is `depth_ms` behind."""
        return not self._fate()[1]

    @property
    def depth_ms(self) -> float:
        """How far behind a receiver plays that waits `patience_ms` for each packet, whole packets that it is."""
        return self._air.delay_ms + (self._air.patience_ms if self._air != Air() else 0.0)

    def _fate(self) -> tuple[float, bool]:
        """How many milliseconds a packet is late, and whether that is too late or never."""
        air, draw = self._air, self._rng.random
        self._bad = draw() >= air.loss.r if self._bad else draw() < air.loss.p
        late_ms = self._rng.expovariate(1 / air.jitter_ms) if air.jitter_ms else 0.0
        if air.straying and draw() < air.straying:
            late_ms += air.stray_ms
        lost = draw() < (air.loss.bad_loss if self._bad else air.loss.good_loss)
        return (air.patience_ms, True) if lost or late_ms > air.patience_ms else (late_ms, False)


class Stream:
    """The messages of one direction of the TCP connection. Time as for `Flight`."""

    def __init__(self, hop: Hop, *, rng: random.Random) -> None:
        self._hop = hop
        self._rng = rng
        self._latest = 0.0

    def message(self, now: float) -> float:
        """When a message that is sent now is read at the other end; never before the one that was sent before it."""
        hop = self._hop
        late_ms = hop.delay_ms
        if hop.jitter_ms:
            late_ms += self._rng.expovariate(1 / hop.jitter_ms)
        if hop.resent and self._rng.random() < hop.resent:
            late_ms += hop.resend_ms
        self._latest = max(self._latest, now + late_ms / 1000)
        return self._latest

    def hold(self, until: float) -> None:
        """Nothing arrives before `until`."""
        self._latest = max(self._latest, until)


IDEAL: Final = Network()
"""No network at all: what one side sends is with the other at once, unchanged."""

GOOD: Final = Network(
    name="good",
    up=Air(delay_ms=30, jitter_ms=2, loss=GilbertElliott(good_loss=0.001)),
    down=Air(delay_ms=30, jitter_ms=2, loss=GilbertElliott(good_loss=0.001)),
    hop_up=Hop(delay_ms=10, jitter_ms=2),
    hop_down=Hop(delay_ms=10, jitter_ms=2),
    shown=LossShown.CONCEALED,
)
"""A landline or a good 4G call, and a server beside the carrier's edge. Loss 0.1 %; all delays together (100 ms to the
ear, with the handset's buffer) are well within the 150 ms one way that ITU-T G.114 finds good for conversation."""

_AIR_2G: Final = Air(
    delay_ms=95, jitter_ms=4, loss=GilbertElliott(p=0.01, r=0.4, good_loss=0.002, bad_loss=0.5), patience_ms=60
)
MOBILE_2G: Final = Network(
    name="mobile_2g",
    up=_AIR_2G,
    down=_AIR_2G,
    hop_up=Hop(delay_ms=40, jitter_ms=5),
    hop_down=Hop(delay_ms=40, jitter_ms=5),
    shown=LossShown.CONCEALED,
    codec_bits=3,
)
"""GSM full rate with fair reception. 95 ms one way: 3GPP TS 43.050 allows 180 ms for the round trip of a full-rate
channel, and the core network adds a little. Mean loss 1.4 %: networks are planned for frame erasures below 2 %. Bursts
of 1/r = 2.5 frames: a fade at walking speed on 900 MHz (Doppler 2.5 Hz) lasts some 50 ms. 40 ms to a server on another
continent's edge."""

_AIR_RURAL: Final = Air(
    delay_ms=120,
    jitter_ms=8,
    loss=GilbertElliott(p=0.03, r=0.25, good_loss=0.01, bad_loss=0.5),
    straying=0.005,
    patience_ms=80,
)
RURAL: Final = Network(
    name="rural",
    up=_AIR_RURAL,
    down=_AIR_RURAL,
    hop_up=Hop(delay_ms=80, jitter_ms=10, resent=0.0005),
    hop_down=Hop(delay_ms=80, jitter_ms=10, resent=0.0005),
    shown=LossShown.HOLE,
    marks=Marks(delay_ms=40),
    codec_bits=3,
)
"""The edge of a cell. Mean loss 6.2 %: 3GPP TS 45.005 sets the reference sensitivity, where coverage ends, at some 6 %
of full-rate frames erased; bursts of four frames, a person who stands in a fade. The site is reached by microwave, and
the server's own uplink crosses a continent: now and then (one message in 2,000, every 40 s) a segment is sent again
after the 200 ms that Linux waits at least (TCP_RTO_MIN), which is more than a usual playout cushion of 160 ms."""

_AIR_TERRIBLE: Final = Air(
    delay_ms=220,
    jitter_ms=15,
    loss=GilbertElliott(p=0.05, r=0.2, good_loss=0.02, bad_loss=0.7),
    straying=0.02,
    stray_ms=80,
    patience_ms=100,
)
TERRIBLE: Final = Network(
    name="terrible",
    up=_AIR_TERRIBLE,
    down=_AIR_TERRIBLE,
    hop_up=Hop(delay_ms=120, jitter_ms=25, resent=0.003, resend_ms=300),
    hop_down=Hop(delay_ms=120, jitter_ms=25, resent=0.003, resend_ms=300),
    shown=LossShown.HOLE,
    marks=Marks(lost=0.05, delay_ms=150),
    codec_bits=2,
    faults=(Stall(at_s=45, for_s=1.5),),
)
"""As bad as a call can be that is not given up. Mean loss 16 %, in bursts of five: beyond 10 % speech is hardly
understood whatever conceals it (ITU-T G.113, G.107), so keys must do. One way takes over the 400 ms that ITU-T G.114
calls unacceptable. Satellite on the way, marks that never come back, a socket that stands still for 1.5 s."""

PRESETS: Final[Mapping[str, Network]] = {network.name: network for network in (IDEAL, GOOD, MOBILE_2G, RURAL, TERRIBLE)}
"""The networks by name."""

PACKET_MS: Final = FRAME_MS
"""Sound in one packet of the air, and in one message of the caller's."""
