"""How a caller sounds through a handset, a room and a mobile codec."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio import g711
from bakame.audio.level import level_of_mulaw
from bakame.errors import Invalid
from bakame.simulator.degrade import (
    CODEC_DELAY_SAMPLES,
    QUIET_ROOM,
    SPEECH_DB,
    Concealer,
    Echo,
    Microphone,
    MobileCodec,
    NoiseKind,
    Room,
    noise_frames,
    to_mulaw,
)

SILENCE = b"\xff" * 160


def tone(hz: float, *, seconds: float = 1.0, amplitude: float = 8000) -> bytes:
    return to_mulaw(amplitude * np.sin(2 * np.pi * hz * np.arange(round(8000 * seconds)) / 8000))


def frames(sound: bytes) -> list[bytes]:
    return [sound[at : at + 160] for at in range(0, len(sound), 160)]


def coded(sound: bytes, *, bits: int = 8) -> bytes:
    codec = MobileCodec(bits=bits)
    return b"".join(codec.push(frame) for frame in frames(sound))


def snr_db(sound: bytes, *, bits: int) -> float:
    """Of a tone in the band, against itself through a codec of enough bits."""
    clean = g711.decode(coded(sound)).astype(float)[400:]
    noise = g711.decode(coded(sound, bits=bits)).astype(float)[400:] - clean
    return 10 * float(np.log10(np.sum(clean**2) / np.sum(noise**2)))


@pytest.mark.parametrize(("hz", "loss_db"), [(60, 25), (150, 6), (3800, 20)])
def test_what_is_outside_of_a_mobiles_band_is_fainter(hz: float, loss_db: float) -> None:
    sound = tone(hz)
    assert level_of_mulaw(coded(sound)[800:]).rms_db < level_of_mulaw(sound).rms_db - loss_db


@pytest.mark.parametrize("hz", [500, 1000, 2000, 3000])
def test_what_is_inside_of_the_band_stays(hz: float) -> None:
    sound = tone(hz)
    assert level_of_mulaw(coded(sound)[800:]).rms_db == pytest.approx(level_of_mulaw(sound).rms_db, abs=0.8)


def test_fewer_bits_are_more_noise_and_it_follows_the_speech() -> None:
    loud = [snr_db(tone(700), bits=bits) for bits in (2, 3, 4)]
    assert loud == sorted(loud)
    assert loud[0] > 3
    assert snr_db(tone(700, amplitude=800), bits=3) == pytest.approx(loud[1], abs=3)


def test_silence_stays_silent_in_the_codec() -> None:
    assert coded(SILENCE * 20, bits=2).strip(b"\xff\x7f") == b""


@given(st.lists(st.integers(1, 12), min_size=1, max_size=10))
def test_the_codec_does_not_hear_where_frames_end(sizes: list[int]) -> None:
    sound = tone(440, seconds=0.6)
    codec, at, pieces = MobileCodec(bits=3), 0, list[bytes]()
    for size in sizes:
        pieces.append(codec.push(sound[at : at + 40 * size]))
        at += 40 * size
    whole = MobileCodec(bits=3).push(sound[:at])
    assert b"".join(pieces) == whole
    assert len(whole) == min(at, len(sound))


def test_the_codec_is_as_late_as_it_says() -> None:
    click = SILENCE + b"\x80" + SILENCE
    out = np.abs(g711.decode(coded(click[:320], bits=8)).astype(int))
    assert int(np.argmax(out)) == 160 + CODEC_DELAY_SAMPLES


@pytest.mark.parametrize("bits", [0, 9])
def test_a_codec_needs_bits(bits: int) -> None:
    with pytest.raises(Invalid):
        MobileCodec(bits=bits)


@pytest.mark.parametrize("kind", NoiseKind)
def test_noise_has_the_level_that_was_asked_for_and_its_seed(kind: NoiseKind) -> None:
    noise = noise_frames(kind, level_db=-40, seconds=10)
    assert level_of_mulaw(noise).rms_db == pytest.approx(-40, abs=0.5)
    assert noise == noise_frames(kind, level_db=-40, seconds=10)
    if kind is not NoiseKind.HUM:
        assert noise != noise_frames(kind, level_db=-40, seconds=10, seed=1)


def test_noise_is_heard_in_the_callers_silence() -> None:
    microphone = Microphone(Room(noise=NoiseKind.TRAFFIC, noise_db=15))
    heard = b"".join(microphone.push(SILENCE) for _ in range(500))
    assert level_of_mulaw(heard).rms_db == pytest.approx(SPEECH_DB - 15, abs=1)


def test_a_faint_voice_is_fainter_and_a_bad_microphone_clips() -> None:
    sound = tone(500)
    faint = b"".join(map(Microphone(Room(gain_db=-10)).push, frames(sound)))
    assert level_of_mulaw(faint).rms_db == pytest.approx(level_of_mulaw(sound).rms_db - 10, abs=0.2)
    clipped = b"".join(map(Microphone(Room(gain_db=20, clip_db=-12)).push, frames(sound)))
    assert level_of_mulaw(clipped).peak_db == pytest.approx(-12, abs=0.3)


def test_a_quiet_room_and_a_good_handset_change_nothing() -> None:
    sound = tone(500)
    assert b"".join(map(Microphone(QUIET_ROOM).push, frames(sound))) == sound


def test_the_tutor_is_heard_in_the_microphone_fainter() -> None:
    microphone = Microphone(Room(echo=Echo(delay_ms=100, loss_db=20)))
    assert microphone.echo_from == 800
    tutor = tone(500)
    back = b"".join(microphone.push(SILENCE, ear=frame) for frame in frames(tutor))
    assert level_of_mulaw(back).rms_db == pytest.approx(level_of_mulaw(tutor).rms_db - 20, abs=0.2)
    with pytest.raises(Invalid):
        Microphone(Room(echo=Echo(delay_ms=-1, loss_db=20)))


def test_what_did_not_come_is_the_last_sound_fading() -> None:
    concealer = Concealer()
    sound = tone(500, seconds=0.02)
    assert concealer.heard(sound) == sound
    levels = [level_of_mulaw(concealer.missing()).rms_db for _ in range(4)]
    assert levels[0] == pytest.approx(level_of_mulaw(sound).rms_db - 6, abs=0.3)
    assert levels == sorted(levels, reverse=True)
    assert concealer.missing() == SILENCE
    concealer.heard(sound)
    assert concealer.missing() != SILENCE
