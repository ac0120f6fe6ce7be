"""What the acoustic model makes of sound: phones where somebody speaks, blanks where nobody does."""

from itertools import groupby

import numpy as np
import pytest

from bakame.audio import g711
from bakame.providers.local.acoustics import BLANK, PHONES, AcousticModel, clarity, features, spoken_frames
from providers.local.speech import spoken

MODEL = AcousticModel()


def pcm_of(text: str) -> np.ndarray:
    return g711.decode(spoken(text))


def test_every_row_is_a_distribution_over_phones_and_the_blank() -> None:
    scores = MODEL.scores(pcm_of("twelve"))
    assert scores.shape[1] == len(PHONES) + 1
    assert np.exp(scores).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_the_phones_of_a_word_are_heard_in_order() -> None:
    best = MODEL.scores(pcm_of("seven")).argmax(axis=1)
    columns: list[int] = best.tolist()
    heard = [PHONES[column - 1] for column, _ in groupby(columns) if column != BLANK]
    assert {"S", "V"} <= set(heard)
    assert heard.index("S") < heard.index("V")


def test_how_loud_somebody_speaks_does_not_matter() -> None:
    loud = pcm_of("seven")
    assert np.abs(features(loud) - features((loud * 0.3).astype(np.int16)))[10:-10].mean() < 0.2


def test_long_silence_around_a_word_does_not_hide_it() -> None:
    quiet = np.zeros(40_000, np.int16)
    word = pcm_of("seven")
    inside = spoken_frames(MODEL.scores(np.concatenate([quiet, word, quiet])))
    assert inside == pytest.approx(spoken_frames(MODEL.scores(word)), abs=2.5)


def test_nobody_speaks_in_silence_and_in_hiss() -> None:
    hiss = np.random.default_rng(1).normal(0, 300, 16_000).astype(np.int16)
    assert spoken_frames(MODEL.scores(np.zeros(8_000, np.int16))) < 1.5
    assert spoken_frames(MODEL.scores(hiss)) < 1.5
    assert spoken_frames(MODEL.scores(pcm_of("seven"))) > 2


@pytest.mark.parametrize("samples", [0, 1, 199, 900])
def test_a_scrap_of_sound_is_no_error(samples: int) -> None:
    assert len(MODEL.scores(np.ones(samples, np.int16))) >= 1


def test_one_voice_is_clearer_than_a_room_of_them() -> None:
    voices = [pcm_of(text).astype(float) for text in ("twelve", "my mother went to the market", "three quarters")]
    size = min(voice.size for voice in voices)
    room = sum((voice[:size] for voice in voices), np.zeros(size)) / 3
    assert clarity(MODEL.scores(room.astype(np.int16))) < 0.6 < clarity(MODEL.scores(pcm_of("twelve")))
    assert clarity(MODEL.scores(np.zeros(8_000, np.int16))) == 0, "nothing is heard, so nothing clearly"
