"""The near end of a loaded line, sans-I/O: what the caller sent, and what of it reached the agent, when."""

from typing import Final

from bakame.audio.format import FRAME_BYTES
from bakame.simulator.load import tape
from bakame.simulator.load.measures import Measures

_REMEMBERED: Final = 1024
"""Frames whose time of sending is kept: 20 s."""


class Uplink:
    """One call's. Times are in seconds of one clock."""

    def __init__(self, call: int, measures: Measures) -> None:
        self._measures = measures
        self._codes = tape.number_codes()
        self._rest = tape.rest_of_frame(call)
        self._sent_s = [0.0] * _REMEMBERED
        self._expected: int | None = None
        self._carried = b""
        self.sent = 0
        """Frames sent so far; also the number of the next."""

    def sending(self, now_s: float) -> bytes:
        """The base64 of the next frame's number, with which its payload begins."""
        number = self.sent
        self._sent_s[number % _REMEMBERED] = now_s
        self.sent = number + 1
        return tape.encoded_numbers()[number % tape.NUMBERS]

    def arrived(self, sound: bytes, now_s: float) -> None:
        """A piece of the caller's sound reached the agent. What came before the first piece is not missed."""
        if self._carried:
            sound = self._carried + sound
        whole = len(sound) - len(sound) % FRAME_BYTES
        self._carried = sound[whole:]
        if not whole:
            return
        first = self._frame(sound[:FRAME_BYTES])
        last = first
        for start in range(FRAME_BYTES, whole, FRAME_BYTES):
            last = self._frame(sound[start : start + FRAME_BYTES])
        if first is not None and last is not None and self.sent - first <= _REMEMBERED:
            self._measures.uplink.add((now_s - self._sent_s[last % _REMEMBERED]) * 1000)
            self._measures.uplink_oldest.add((now_s - self._sent_s[first % _REMEMBERED]) * 1000)

    def _frame(self, frame: bytes) -> int | None:
        """The number of a frame that was due; None for one that is not this call's or came before."""
        expected, head = self._expected, frame[:3]
        if expected is not None and head == self._codes[expected % tape.NUMBERS] and frame[3:] == self._rest:
            self._expected = expected + 1
            return expected
        return self._astray(frame)

    def _astray(self, frame: bytes) -> int | None:
        faults = self._measures.faults
        if frame[3:] != self._rest or tape.call_of(frame) is None:
            faults.uplink_foreign += 1
            return None
        behind = (self.sent - 1 - tape.number_of(frame)) % tape.NUMBERS
        number = self.sent - 1 - behind
        if number < 0:
            faults.uplink_foreign += 1
            return None
        if self._expected is None:
            self._expected = number
        if number < self._expected:
            faults.uplink_repeated += 1
            return None
        faults.uplink_lost += number - self._expected
        self._expected = number + 1
        return number
