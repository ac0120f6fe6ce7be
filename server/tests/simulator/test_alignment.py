"""What a caller heard is found again in what was sent, whatever was done to it on the way."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.simulator.alignment import Act, BargeIn, HeardReport, Spell, heard_report
from bakame.simulator.conditions import EarWay
from bakame.simulator.degrade import Fir, band_taps, to_mulaw
from bakame.simulator.network import MOBILE_2G, RURAL
from bakame.simulator.playout import Playout
from bakame.simulator.tracking import Run, SentSound, align

MS = 8
SILENCE = b"\xff"
PAUSE = SILENCE * (600 * MS)


def voice(ms: int, *, seed: int) -> bytes:
    """Something like speech: pulses of a gliding pitch and hiss, through formants that change each 80 ms."""
    rng = np.random.default_rng(seed)
    pieces: list[np.ndarray] = []
    phase = 0.0
    for _ in range(-(-ms // 80)):
        pitch_hz = np.linspace(rng.uniform(100, 250), rng.uniform(100, 250), 80 * MS)
        turns = phase + np.cumsum(pitch_hz / 8000)
        phase = float(turns[-1])
        source = np.diff(np.floor(turns), prepend=np.floor(turns[0])) * 20 + rng.normal(0, 0.5, 80 * MS)
        low = rng.uniform(300, 900)
        pieces.append(Fir(band_taps(low, low + rng.uniform(600, 2000))).push(source))
    sound = np.concatenate(pieces)[: ms * MS]
    return to_mulaw(6000 * sound / np.abs(sound).max())


SPOKEN = [voice(1200 + 150 * n, seed=n) for n in range(4)]
SENT = SentSound(b"".join(sentence + PAUSE for sentence in SPOKEN))
positions = st.integers(200, 900)
lengths = st.integers(20, 160)


def report(heard: bytes, *, sent: SentSound = SENT, acts: tuple[Act, ...] = ()) -> HeardReport:
    return heard_report(sent=sent, heard=heard, acts=acts)


def with_second(edited: bytes) -> bytes:
    """All that was sent, but for the second sentence."""
    return b"".join((SPOKEN[0], PAUSE, edited, PAUSE, SPOKEN[2], PAUSE, SPOKEN[3], PAUSE))


def is_whole(seen: HeardReport, *, but: str = "") -> bool:
    kinds = ("gaps", "clipped_starts", "lost", "skipped", "repeated")
    return all(getattr(seen, kind) == () for kind in kinds if kind != but)


def only(spells: tuple[Spell, ...]) -> Spell:
    (spell,) = spells
    return spell


# A carrier adds silence by frames; a shift of a few milliseconds is below what the alignment tells apart.
@given(st.lists(st.one_of(st.just(0), st.integers(20 * MS, 40_000)), min_size=5, max_size=5))
def test_pauses_between_sentences_of_any_length_are_no_fault(pauses: list[int]) -> None:
    heard = b"".join(
        SILENCE * pause + sound for pause, sound in zip(pauses, [*(s + PAUSE for s in SPOKEN), b""], strict=True)
    )
    seen = report(heard)
    assert is_whole(seen)
    assert seen.lost_share == seen.gap_share == 0
    assert seen.talk_ms == pytest.approx(sum(map(len, SPOKEN)) / MS, rel=0.08)


@given(positions, lengths)
def test_silence_within_a_word_is_a_gap_of_exactly_its_length(at_ms: int, length_ms: int) -> None:
    second = SPOKEN[1]
    cut = at_ms * MS
    seen = report(with_second(second[:cut] + SILENCE * (length_ms * MS) + second[cut:]))
    assert is_whole(seen, but="gaps")
    gap = only(seen.gaps)
    assert gap.length_ms == pytest.approx(length_ms, abs=0.2)
    assert gap.at_ms == pytest.approx((len(SPOKEN[0]) + len(PAUSE)) / MS + at_ms, abs=25)
    assert seen.gap_share == pytest.approx(length_ms / (seen.talk_ms + length_ms))


@given(positions)
def test_two_seconds_of_silence_within_a_word_are_a_gap_too(at_ms: int) -> None:
    second, cut = SPOKEN[1], at_ms * MS
    seen = report(with_second(second[:cut] + SILENCE * (2000 * MS) + second[cut:]))
    assert not seen.gaps or only(seen.gaps).length_ms == pytest.approx(2000, abs=0.2)
    assert seen.longest_silence_ms >= 1950
    assert is_whole(seen, but="gaps")


@given(st.integers(40, 600))
def test_a_beginning_that_is_missing_is_a_clipped_start(length_ms: int) -> None:
    seen = report(with_second(SPOKEN[1][length_ms * MS :]))
    assert is_whole(seen, but="clipped_starts")
    assert only(seen.clipped_starts).length_ms == pytest.approx(length_ms, abs=12)


@given(positions, lengths)
def test_sound_that_is_left_out_is_skipped(at_ms: int, length_ms: int) -> None:
    second, cut = SPOKEN[1], at_ms * MS
    seen = report(with_second(second[:cut] + second[cut + length_ms * MS :]))
    skipped_ms = sum(spell.length_ms for spell in (*seen.skipped, *seen.lost))
    assert skipped_ms == pytest.approx(length_ms, abs=16)
    assert seen.gaps == seen.repeated == ()


@given(positions, st.integers(40, 160))
def test_sound_that_is_heard_twice_is_repeated(at_ms: int, length_ms: int) -> None:
    second, cut = SPOKEN[1], at_ms * MS
    seen = report(with_second(second[:cut] + second[cut - length_ms * MS :]))
    assert sum(spell.length_ms for spell in seen.repeated) == pytest.approx(length_ms, abs=16)
    assert seen.gaps == seen.skipped == ()


@given(positions, st.integers(40, 160))
def test_silence_in_the_place_of_sound_is_lost(at_ms: int, length_ms: int) -> None:
    second, cut, length = SPOKEN[1], at_ms * MS, length_ms * MS
    seen = report(with_second(second[:cut] + SILENCE * length + second[cut + length :]))
    assert seen.gaps == seen.skipped == seen.repeated == ()
    assert sum(spell.length_ms for spell in seen.lost) == pytest.approx(length_ms, abs=16)


@given(st.integers(200, 1000), st.integers(0, 3000))
def test_what_was_dropped_on_purpose_is_no_loss(heard_ms: int, pause_ms: int) -> None:
    kept = SPOKEN[0] + PAUSE + SPOKEN[1]
    sent = SentSound(kept + SPOKEN[2] + PAUSE, (len(kept),))
    heard = SPOKEN[0] + PAUSE + SPOKEN[1][: heard_ms * MS] + SILENCE * (pause_ms * MS) + SPOKEN[2] + PAUSE
    assert is_whole(report(heard, sent=sent))


@settings(max_examples=10)
@given(st.integers(0, 100))
def test_a_mobile_network_loses_what_it_loses_and_makes_no_gaps(seed: int) -> None:
    sent = SentSound(SENT.audio * 4)
    for network in (MOBILE_2G, RURAL):
        way = EarWay(network, rng=random.Random(seed))
        heard = b"".join(way.push(sent.audio[at : at + 160]) for at in range(0, len(sent.audio) - 159, 160))
        seen = report(heard, sent=sent)
        assert seen.gaps_ms <= 25
        assert seen.lost_share <= 3 * network.down.loss.mean_loss + 0.01


@given(st.binary(max_size=3000), st.binary(max_size=3000))
def test_no_sound_breaks_the_report_and_runs_are_in_order(sent: bytes, heard: bytes) -> None:
    seen = report(heard, sent=SentSound(sent, (len(sent) // 2,)))
    assert seen.heard_ms == len(heard) / MS
    runs = align(SentSound(sent), heard)
    assert all(before.heard_end <= after.heard for before, after in pairwise(runs))
    assert all(run.sent_end <= len(sent) and run.heard_end <= len(heard) for run in runs)


def test_what_is_the_same_is_one_run() -> None:
    assert align(SentSound(SPOKEN[0]), SILENCE * 80 + SPOKEN[0])[0].lag == 80
    assert align(SentSound(b""), SPOKEN[0]) == []
    assert align(SentSound(SPOKEN[0]), b"") == []
    assert Run(5, 2, 3).sent_end == 5


def test_a_wait_runs_from_the_end_of_an_act_to_the_next_sound() -> None:
    heard = SPOKEN[0] + SILENCE * (3000 * MS) + SPOKEN[1]
    end_ms = len(SPOKEN[0]) / MS
    seen = report(heard, sent=SentSound(SPOKEN[0] + SPOKEN[1]), acts=(Act(end_ms + 500, end_ms + 1200),))
    assert only(seen.waits).length_ms == pytest.approx(1800, abs=10)
    assert seen.longest_wait_ms == only(seen.waits).length_ms
    assert seen.barge_ins == ()


def test_an_act_that_is_never_answered_is_waited_for_until_the_end() -> None:
    end_ms = len(SPOKEN[0]) / MS
    seen = report(SPOKEN[0] + SILENCE * (5000 * MS), sent=SentSound(SPOKEN[0]), acts=(Act(end_ms, end_ms + 1000),))
    assert only(seen.waits).length_ms == pytest.approx(4000, abs=1)


def test_a_barge_in_is_timed_from_the_callers_first_sound_to_silence() -> None:
    sent = SentSound(SPOKEN[3] + SPOKEN[1], (len(SPOKEN[3]),))
    heard = SPOKEN[3][: 900 * MS] + SILENCE * (700 * MS) + SPOKEN[1]
    seen = report(heard, sent=sent, acts=(Act(600, 1000),))
    (barge_in,) = seen.barge_ins
    assert barge_in.silent_after_ms == pytest.approx(300, abs=5)
    assert only(seen.waits).length_ms == pytest.approx(600, abs=10)


def test_a_voice_that_goes_on_was_not_stopped() -> None:
    sent = SentSound(SPOKEN[3])
    assert report(SPOKEN[3], sent=sent, acts=(Act(300, 350),)).barge_ins == (BargeIn(300, None),)


def test_the_report_fits_one_line_for_a_machine_and_one_for_a_person() -> None:
    seen = report(with_second(SPOKEN[1]))
    assert seen.as_json()["gaps"] == ()
    assert "0 gaps" in seen.summary()


def test_the_ear_of_a_call_agrees_with_its_playout_about_gaps() -> None:
    ear, now = Playout(now=0), 0.0
    for at in range(0, len(SPOKEN[0]), 160):
        now += 0.02 + (0.09 if at == 160 * 30 else 0)
        ear.play(SPOKEN[0][at : at + 160], now=now)
    ear.advance(now=now + 1)
    seen = report(ear.heard, sent=SentSound(SPOKEN[0]))
    assert sum(gap.length_ms for gap in ear.gaps) == pytest.approx(90, abs=1)
    assert seen.gaps_ms == pytest.approx(90, abs=1)
