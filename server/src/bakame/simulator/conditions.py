"""What one call goes through, sans-I/O: its network and its room, made of `network` and `degrade`.

`MouthWay` is the way of the caller's frames to the carrier, `EarWay` that of the carrier's sound to the ear. Both last
as long as the call, over all its streams.
"""

import random
from collections import deque
from dataclasses import dataclass
from typing import Final

from bakame.audio.format import FRAME_BYTES, FRAME_MS, SILENCE_BYTE, SILENCE_FRAME, TELEPHONE
from bakame.simulator.degrade import Concealer, Microphone, MobileCodec, Room
from bakame.simulator.network import IDEAL, Flight, LossShown, Network, Stream
from bakame.simulator.playout import Playout

SILENCE: Final = bytes([SILENCE_BYTE])


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame of the caller's. `audio` left the handset; at `at` the carrier has `shown` of it, None for nothing."""

    audio: bytes
    shown: bytes | None
    at: float


class MouthWay:
    """Microphone, codec and air, up to the carrier."""

    def __init__(self, network: Network, room: Room, *, rng: random.Random) -> None:
        self._microphone = Microphone(room) if room != Room() else None
        self._codec = MobileCodec(bits=network.codec_bits) if network.codec_bits else None
        self._concealer = Concealer()
        self._flight = Flight(network.up, rng=rng)
        self._shown = network.shown

    def push(self, frame: bytes, *, ear: Playout, now: float) -> SentFrame:
        """One frame that is said now, while `ear` hears what it hears."""
        audio = frame
        if self._microphone is not None:
            audio = self._microphone.push(frame, ear=ear.recent(self._microphone.echo_from, len(frame)))
        coded = self._codec.push(audio) if self._codec is not None else audio
        arrival = self._flight.packet(now)
        if not arrival.lost:
            return SentFrame(audio, self._concealer.heard(coded), arrival.at)
        match self._shown:
            case LossShown.HOLE:
                shown = None
            case LossShown.CONCEALED:
                shown = self._concealer.missing()
            case LossShown.SILENT:
                shown = SILENCE_FRAME
        return SentFrame(audio, shown, arrival.at)


class EarWay:
    """Codec, air and the handset's buffer, from the carrier to the ear: as much sound out as in, some time later."""

    def __init__(self, network: Network, *, rng: random.Random) -> None:
        self._codec = MobileCodec(bits=network.codec_bits) if network.codec_bits else None
        self._flight = Flight(network.down, rng=rng)
        self._concealer = Concealer()
        self._packet = bytearray()
        self._ahead = bytearray(SILENCE * TELEPHONE.bytes_for(self._flight.depth_ms + FRAME_MS))

    def push(self, audio: bytes) -> bytes:
        """What is heard while the carrier plays `audio`."""
        self._packet += audio
        while len(self._packet) >= FRAME_BYTES:
            packet = bytes(self._packet[:FRAME_BYTES])
            del self._packet[:FRAME_BYTES]
            if self._codec is not None:
                packet = self._codec.push(packet)
            self._ahead += self._concealer.heard(packet) if self._flight.buffered() else self._concealer.missing()
        heard = bytes(self._ahead[: len(audio)])
        del self._ahead[: len(audio)]
        return heard


class Conditions:
    """One call's network and room, with the state of both directions."""

    def __init__(self, network: Network, room: Room, *, seed: str) -> None:
        """The same `seed` brings the same losses, delays and noises."""
        self.network = network
        self.faults = deque(sorted(network.faults, key=lambda fault: fault.at_s))
        """What is still to come, the next first."""
        self._rng = random.Random(seed)
        self.mouth = MouthWay(network, room, rng=random.Random(seed + " up"))
        self._ear_rng = random.Random(seed + " down")
        self._hop_rng = random.Random(seed + " hop")

    def ear(self, *, now: float) -> Playout:
        """The caller's ear, from now on."""
        ideal = self.network.down == IDEAL.down and not self.network.codec_bits
        return Playout(now=now, way=None if ideal else EarWay(self.network, rng=self._ear_rng).push)

    def hops(self) -> tuple[Stream, Stream]:
        """Both directions of a new media socket: to the server, and from it."""
        return Stream(self.network.hop_up, rng=self._hop_rng), Stream(self.network.hop_down, rng=self._hop_rng)

    def loses_mark(self) -> bool:
        """Whether the carrier forgets the next mark."""
        return bool(self.network.marks.lost) and self._rng.random() < self.network.marks.lost
