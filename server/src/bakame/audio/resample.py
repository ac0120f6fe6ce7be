"""Changes of sampling rate for live sound: streaming, stateful, exact for any chunking.

A polyphase FIR filter (Kaiser-windowed sinc; Oppenheim and Schafer, "Discrete-Time Signal Processing", 7.6 and 4.7).
For 16 to 8 kHz it has 127 taps, beta 8 and cut-off 3,700 Hz: flat to 3,400 Hz, nothing above 4 kHz comes back as an
image, and sound is 3.9 ms late. Other rates use the same filter, scaled.

The taps are multiples of 2^-30 and the sums are in float64, so every product and every partial sum is exact: the result
cannot depend on where chunks end, nor on the order in which a processor adds.
"""

from dataclasses import dataclass
from functools import cache
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bakame.audio.g711 import Pcm
from bakame.errors import Invalid

RATES_HZ: Final = (8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000)
"""Rates that speech engines use, and that any two of can be changed into each other."""

_HALF_PERIODS: Final = 31.5
"""Half the filter's length, in samples of the lower rate: 63 taps each side at twice that rate."""
_CUT_OFF: Final = 0.4625
"""Cut-off in parts of the lower rate: 3,700 Hz of 8,000."""
_KAISER_BETA: Final = 8.0
_TAP_STEP: Final = 2.0**-30
_FEW_PHASES: Final = 4


@dataclass(frozen=True, slots=True)
class _Bank:
    """The filter from one rate to another, cut into one row of reversed taps for each phase.

    Output m of a stream stands at tick m·`down`; there are `up` ticks an input sample. `rows[r]` is the filter of every
    output whose number is r modulo `up`; the rows are there twice, so that `up` of them can be taken from any start.
    """

    up: int
    down: int
    taps: int
    half_ticks: int
    rows: NDArray[np.float64]


@cache
def _bank(source_hz: int, target_hz: int) -> _Bank:
    divisor = gcd(source_hz, target_hz)
    up, down = target_hz // divisor, source_hz // divisor
    ticks_hz = source_hz * up
    lower_hz = min(source_hz, target_hz)
    half = round(_HALF_PERIODS * ticks_hz / lower_hz)
    turns = np.arange(-half, half + 1) * (_CUT_OFF * lower_hz / ticks_hz)
    prototype = np.sinc(2 * turns) * np.kaiser(2 * half + 1, _KAISER_BETA)
    prototype *= up / prototype.sum()

    taps = -(-prototype.size // up)
    phases = np.zeros(taps * up)
    phases[: prototype.size] = np.rint(prototype / _TAP_STEP) * _TAP_STEP
    by_phase = phases.reshape(taps, up).T[:, ::-1]
    by_output = by_phase[np.arange(2 * up) * down % up]
    by_output.setflags(write=False)
    return _Bank(up, down, taps, half, by_output)


class Resampler:
    """One stream of linear samples from `source_hz` to `target_hz`.

    `push` gives as much time as it takes, at once, `delay_ms` late; `flush` gives the rest. Results that do not fit
    sixteen bits saturate.
    """

    def __init__(self, source_hz: int, target_hz: int) -> None:
        """Raises `Invalid` for a rate that is not in `RATES_HZ` and for two equal ones."""
        if source_hz not in RATES_HZ or target_hz not in RATES_HZ or source_hz == target_hz:
            raise Invalid(f"cannot resample {source_hz} Hz to {target_hz} Hz")
        self._bank = _bank(source_hz, target_hz)
        self._restart()
        self.delay_ms: float = self._bank.half_ticks / (source_hz * self._bank.up) * 1000

    def _restart(self) -> None:
        self._past = np.zeros(self._bank.taps - 1)
        self._next_tick = 0
        self._row = 0
        self._heard_any = False

    def push(self, pcm: Pcm) -> Pcm:
        """Samples at the target rate, for a chunk of any length at the source rate."""
        bank = self._bank
        end_tick = pcm.size * bank.up
        count = max(0, -(-(end_tick - self._next_tick) // bank.down))
        sound = np.concatenate((self._past, pcm), dtype=np.float64)
        exact = self._filter(sound, count)
        self._past = sound[pcm.size :]
        self._next_tick += count * bank.down - end_tick
        self._row = (self._row + count) % bank.up
        self._heard_any = self._heard_any or pcm.size > 0

        np.rint(exact, out=exact)
        np.minimum(exact, 32767, out=exact)
        np.maximum(exact, -32768, out=exact)
        return exact.astype(np.int16)

    def flush(self) -> Pcm:
        """The last `delay_ms` of the stream; what is pushed next begins a new one."""
        if not self._heard_any:
            return np.zeros(0, np.int16)
        tail = self.push(np.zeros(-(-self._bank.half_ticks // self._bank.up), np.int16))
        self._restart()
        return tail

    def _filter(self, sound: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """The next `count` outputs, before rounding. `sound` begins `taps - 1` samples before the new ones."""
        bank = self._bank
        width = sound.itemsize
        out = np.empty(count)
        if bank.up <= _FEW_PHASES:
            for first in range(min(bank.up, count)):
                start = (self._next_tick + first * bank.down) // bank.up
                rows = -(-(count - first) // bank.up)
                strides = (bank.down * width, width)
                windows = np.ndarray((rows, bank.taps), np.float64, sound, start * width, strides)
                out[first :: bank.up] = np.vecdot(windows, bank.rows[self._row + first])
            return out
        windows = np.ndarray((sound.size - bank.taps + 1, bank.taps), np.float64, sound, 0, (width, width))
        for first in range(0, count, bank.up):
            some = min(bank.up, count - first)
            starts = (self._next_tick + np.arange(first, first + some) * bank.down) // bank.up
            out[first : first + some] = np.vecdot(windows[starts], bank.rows[self._row : self._row + some])
        return out
