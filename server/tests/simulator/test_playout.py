"""What the caller hears, when marks come back, and what a clear does."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.simulator.playout import CAPACITY_BYTES, Echo, Gap, Playout

SOUND = b"\x10"
SILENCE = b"\xff"


def frame(ms: int = 20) -> bytes:
    return SOUND * (8 * ms)


def test_sound_is_heard_in_real_time_and_silence_where_nothing_was_sent() -> None:
    ear = Playout(now=5.0)
    ear.play(frame(20), now=5.010)
    ear.advance(now=5.050)
    assert ear.heard == SILENCE * 80 + SOUND * 160 + SILENCE * 160
    assert ear.sound_until_ms == 30


def test_a_mark_comes_back_when_its_sound_was_played_and_not_before() -> None:
    ear = Playout(now=0)
    ear.play(frame(100), now=0)
    assert ear.mark("said", now=0) == ()
    assert ear.advance(now=0.099) == ()
    assert ear.advance(now=0.100) == (Echo("said"),)
    assert ear.advance(now=0.200) == ()


def test_a_mark_behind_nothing_comes_back_at_once() -> None:
    ear = Playout(now=0)
    assert ear.mark("first", now=0) == (Echo("first"),)
    ear.play(frame(20), now=0)
    assert ear.mark("second", now=1) == (Echo("second"),)


def test_a_clear_stops_the_voice_and_returns_all_marks_in_order() -> None:
    ear = Playout(now=0)
    for name in ("one", "two", "three"):
        ear.play(frame(100), now=0)
        ear.mark(name, now=0)
    assert ear.clear(now=0.150) == (Echo("one"), Echo("two", cleared=True), Echo("three", cleared=True))
    assert ear.clear(now=0.150) == ()
    ear.advance(now=0.300)
    assert ear.heard == SOUND * 1200 + SILENCE * 1200


def test_running_dry_within_speech_is_a_gap_and_a_pause_between_sentences_is_not() -> None:
    ear = Playout(now=0)
    ear.play(frame(40), now=0)
    ear.play(frame(40), now=0.100)
    ear.play(frame(40), now=2.0)
    ear.clear(now=2.01)
    ear.play(frame(40), now=2.1)
    assert ear.gaps == (Gap(at_ms=40, length_ms=60),)


def test_ten_minutes_may_wait_and_no_more() -> None:
    ear = Playout(now=0)
    assert ear.play(SOUND * CAPACITY_BYTES, now=0) == ((), True)
    assert ear.play(frame(), now=0) == ((), False)
    assert ear.queued_ms == 600_000
    assert ear.play(frame(), now=1) == ((), True)


def test_line_noise_is_no_sound() -> None:
    ear = Playout(now=0)
    ear.play(b"\xff\x7f\xfe\x7e\xf9" * 100, now=0)
    ear.advance(now=1)
    assert ear.sound_until_ms == 0


steps = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.one_of(
            st.integers(0, 3000),  # bytes of sound
            st.just("mark"),
            st.just("clear"),
            st.just("wait"),
        ),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(steps)
def test_everything_sent_is_heard_once_in_order_and_every_mark_comes_back_once(
    script: list[tuple[int, int | str]],
) -> None:
    ear = Playout(now=100.0)
    now = 100.0
    sent = 0
    names: list[str] = []
    echoes: list[Echo] = []
    cleared = False
    for wait_ms, step in script:
        now += wait_ms / 1000
        match step:
            case int():
                # Sound that counts its own bytes, never silence, so order and loss are visible.
                audio = bytes((sent + n) % 100 for n in range(step))
                sent += step
                reached, taken = ear.play(audio, now=now)
                assert taken
                echoes += reached
            case "mark":
                names.append(f"m{len(names)}")
                echoes += ear.mark(names[-1], now=now)
            case "clear":
                cleared = True
                echoes += ear.clear(now=now)
                assert ear.queued_ms == 0
            case _:
                echoes += ear.advance(now=now)
        assert ear.heard_ms == pytest.approx((now - 100.0) * 1000, abs=0.126)
    echoes += ear.advance(now=now + 100)
    assert [echo.name for echo in echoes] == names
    played = ear.heard.replace(SILENCE, b"")
    if cleared:
        assert len(played) <= sent
    else:
        assert played == bytes(n % 100 for n in range(sent))
        assert not any(echo.cleared for echo in echoes)


@given(st.lists(st.integers(1, 400), min_size=2, max_size=30))
def test_gaps_are_exactly_the_silences_between_pieces_of_speech(pauses_ms: list[int]) -> None:
    ear = Playout(now=0)
    now = 0.0
    for pause_ms in pauses_ms:
        ear.play(frame(20), now=now)
        now += (20 + pause_ms) / 1000
    ear.play(frame(20), now=now)
    assert [gap.length_ms for gap in ear.gaps] == pytest.approx(pauses_ms, abs=0.126)
    assert all(earlier.at_ms < later.at_ms for earlier, later in pairwise(ear.gaps))
