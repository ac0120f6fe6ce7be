"""The tutor's own voice from the handset is told from the caller's, at any level and delay that telephones have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.format import FRAME_BYTES, FRAME_MS, SILENCE_FRAME
from bakame.calls.echo import FIRST_COUPLING_DB, FLOOR_DB, EarTape, EchoGuard, level_db, levels
from bakame.providers.local.activity import TelephoneActivity
from bakame.simulator.degrade import Echo, Microphone, NoiseKind, Room

ONSET_MS = 120


def _talk(seconds: float, *, level: float, seed: int) -> bytes:
    """Syllables of a buzzing voice at this level (dBov), with pauses as people make them."""
    rng = np.random.default_rng(seed)
    size = int(seconds * 8000)
    at = np.arange(size) / 8000
    voice = np.sign(np.sin(2 * np.pi * rng.uniform(100, 220) * at)) + 0.3 * rng.standard_normal(size)
    loudness, place = np.zeros(size), 0
    while place < size:
        syllable = int(rng.uniform(0.08, 0.25) * 8000)
        loudness[place : place + syllable] = np.hanning(syllable)[: size - place] * rng.uniform(0.3, 1)
        place += syllable + int(rng.choice([0, 0.03, 0.08, 0.3], p=[0.6, 0.2, 0.15, 0.05]) * 8000)
    sound = voice * loudness
    sound *= 32768 * 10 ** (level / 20) / np.sqrt(np.mean(sound**2))
    return g711.encode(np.clip(sound, -32000, 32000).astype(np.int16))


def _frame(audio: bytes, index: int) -> bytes:
    start = index * FRAME_BYTES
    return audio[start : start + FRAME_BYTES] if start >= 0 else b""


class Line:
    """A tutor who talks for twenty seconds, and a handset. `speech[n]`: whether frame n counts as the caller's.

    `marks`: how many frames late they come back, from and to.
    """

    def __init__(
        self,
        room: Room,
        *,
        caller: bytes = b"",
        caller_at_ms: int = 0,
        seed: int = 1,
        marks: tuple[int, int] = (0, 0),
    ) -> None:
        rng = np.random.default_rng(seed)
        tape, self.guard = EarTape(), EchoGuard()
        microphone, activity = Microphone(room), TelephoneActivity()
        tutor = _talk(20.0, level=-20, seed=seed)
        tape.sent(1, tutor)
        self.speech: list[bool] = []
        for index in range(1000):
            said = _frame(caller, index - caller_at_ms // FRAME_MS) or SILENCE_FRAME
            late = int(rng.integers(marks[0], marks[1] + 1))
            if index % 6 == 0 and index > late:
                tape.moved(1, (index - late) * FRAME_MS)
            back = index * FRAME_BYTES - microphone.echo_from
            frame = microphone.push(said, ear=tutor[back : back + FRAME_BYTES] if back >= 0 else b"")
            callers = self.guard.is_callers(frame, tape.next())
            self.speech.append(activity.is_speech(frame) and callers)

    def onset_ms(self, after_ms: int) -> int | None:
        """How long after `after_ms` enough of the last 300 ms is speech for the tutor to fall silent."""
        for end in range(after_ms // FRAME_MS, len(self.speech)):
            if sum(self.speech[max(0, end - 14) : end + 1]) * FRAME_MS >= ONSET_MS:
                return (end + 1) * FRAME_MS - after_ms
        return None


@pytest.mark.parametrize("loss_db", [10, 15, 20, 30, 40])
@pytest.mark.parametrize("delay_ms", [40, 110, 200, 300, 400])
def test_an_echo_never_stops_the_tutor_and_its_delay_is_found(delay_ms: float, loss_db: float) -> None:
    line = Line(Room(echo=Echo(delay_ms, loss_db)), seed=int(delay_ms + loss_db))
    assert line.onset_ms(0) is None
    assert line.guard.lag is not None
    assert abs(line.guard.lag * FRAME_MS - delay_ms) <= FRAME_MS
    assert line.guard.coupling_db == pytest.approx(-loss_db, abs=4)


@pytest.mark.parametrize("loss_db", [14, 20, 30, 40])
@pytest.mark.parametrize("delay_ms", [40, 200, 400])
def test_a_caller_who_talks_over_the_echo_is_noticed(delay_ms: float, loss_db: float) -> None:
    caller = _talk(1.5, level=-22, seed=int(delay_ms))
    line = Line(Room(echo=Echo(delay_ms, loss_db)), caller=caller, caller_at_ms=12_000)
    onset = line.onset_ms(12_000)
    assert onset is not None
    assert onset <= 300


@pytest.mark.parametrize("loss_db", [10, 20, 30])
@pytest.mark.parametrize("delay_ms", [200, 400])
def test_marks_that_come_back_unevenly_do_not_let_the_echo_through(delay_ms: float, loss_db: float) -> None:
    room, caller = Room(echo=Echo(delay_ms, loss_db)), _talk(1.5, level=-20, seed=int(delay_ms))
    line = Line(room, seed=int(loss_db), marks=(3, 10), caller=caller, caller_at_ms=15_000)
    assert line.onset_ms(0) == 15_000 + (line.onset_ms(15_000) or 0)


def test_without_an_echo_a_quiet_caller_is_noticed_as_soon_as_anybody_would_be() -> None:
    line = Line(Room(), caller=_talk(1.5, level=-36, seed=3), caller_at_ms=8_000)
    assert line.onset_ms(0) == 8_000 + (line.onset_ms(8_000) or 0)
    assert (line.onset_ms(8_000) or 1000) <= 220


def test_in_a_noisy_room_the_echo_still_does_not_stop_the_tutor() -> None:
    line = Line(Room(echo=Echo(200, 20), noise=NoiseKind.HUM, noise_db=25))
    assert line.onset_ms(0) is None


def test_an_echo_that_begins_in_mid_call_stops_the_tutor_no_more_once_it_was_mistaken() -> None:
    guard, tutor = EchoGuard(), levels(_talk(20.0, level=-20, seed=5))
    delay, stops, run = 10, 0, 0
    sound = _talk(20.0, level=-32, seed=5)
    for index, at_ear in enumerate(tutor):
        frame = _frame(sound, index - delay) if index > 400 else SILENCE_FRAME
        run = run + 1 if guard.is_callers(frame, at_ear) and frame != SILENCE_FRAME else 0
        if run == ONSET_MS // FRAME_MS:
            guard.noticed()
            guard.mistaken()
            stops += 1
    assert stops <= 2


def test_the_ear_is_where_the_fastest_marks_say() -> None:
    ramp = b"".join(bytes([0x10 + frame]) * 160 for frame in range(96))
    there = levels(ramp)
    tape = EarTape()
    tape.sent(1, ramp)
    assert [tape.next() for _ in range(3)] == there[:3]
    tape.moved(1, 200)
    assert tape.next() == there[10]
    at = 11
    for late in (9, 5, 8, 6, 5, 7):
        at += 6
        for _ in range(6):
            tape.next()
        tape.moved(1, (at - late) * 20)
    assert tape.next() == there[at - 5]
    tape.hold()
    assert tape.next() == FLOOR_DB
    # What goes on after a silence is as late as what was said before.
    tape.resume()
    assert [tape.next() for _ in range(6)] == [FLOOR_DB] * 5 + [there[at - 4]]
    tape.clear()
    assert tape.next() == FLOOR_DB
    tape.moved(1, 500)
    assert tape.next() == FLOOR_DB


def test_sound_in_pieces_of_any_size_is_the_same_sound_at_the_ear() -> None:
    sound = _talk(1.0, level=-20, seed=7)
    whole, pieces = EarTape(), EarTape()
    whole.sent(1, sound)
    for start in range(0, len(sound), 77):
        pieces.sent(1, sound[start : start + 77])
    assert [whole.next() for _ in range(60)] == pytest.approx([pieces.next() for _ in range(60)])


@given(st.lists(st.tuples(st.integers(0, 255), st.floats(-96, 0)), max_size=400))
def test_whatever_comes_the_guard_stays_within_its_bounds(frames: list[tuple[int, float]]) -> None:
    guard = EchoGuard()
    for byte, tutor_db in frames:
        guard.is_callers(bytes([byte]) * FRAME_BYTES, tutor_db)
        assert guard.coupling_db <= FIRST_COUPLING_DB
        assert guard.lag is None or 0 <= guard.lag <= 32


@given(st.lists(st.integers(0, 255), min_size=1, max_size=200))
def test_while_the_tutor_is_silent_every_frame_is_the_callers(bytes_: list[int]) -> None:
    guard = EchoGuard()
    assert all(guard.is_callers(bytes([byte]) * FRAME_BYTES, FLOOR_DB) for byte in bytes_)


@given(st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES))
def test_a_frame_has_the_same_level_alone_and_among_others(frame: bytes) -> None:
    assert levels(frame + frame) == pytest.approx([level_db(frame)] * 2, abs=0.01)
