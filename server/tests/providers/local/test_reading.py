import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.providers.local.reading import speakable, spoken_words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("What is 7 times 8?", "What is 7 times 8?"),
        ("7 x 8", "7 times 8"),
        ("Solve x + 3 = 5.", "Solve x plus 3 equals 5."),
        ("5 - 3", "5 minus 3"),
        ("7-3", "7 minus 3"),
        ("Kigali - our capital", "Kigali - our capital"),
        ("3/4", "3 quarters"),
        ("-1/2", "minus 1 half"),
        ("2 1/2", "2 and 1 half"),
        ("11/37?", "11 over 37?"),
        ("RWF 500.", "500 francs."),
        ("500 RWF", "500 francs"),
        ("1,250 francs", "1,250 francs"),
        ("-4", "-4"),
        ("0.75", "0.75"),
        ("3²", "3 squared"),
        ("2^5", "2 to the power 5"),
        ("5kg", "5 kilograms"),
        ("1 km", "1 kilometre"),
        ("12 m²", "12 square metres"),
        ("60 km/h", "60 kilometres per hour"),
        ("3 < 4", "3 is less than 4"),
        ("he/she", "he or she"),
        ("7 + __ = 9", "7 plus blank equals 9"),
        ("Press # or *.", "Press hash or star."),
        ("+250788123456", "plus 2 5 0, 7 8 8, 1 2 3, 4 5 6"),
        ("Well done 😀 \x01 Aline\u200b!", "Well done Aline!"),
    ],
)
def test_text_is_read_as_a_teacher_would(written: str, said: str) -> None:
    assert speakable(written) == said


@given(st.text())
def test_nothing_unspeakable_is_left_and_no_word_is_lost_or_added(text: str) -> None:
    words = text.split()
    assert len(spoken_words(words)) == len(words)
    assert not [char for char in speakable(text) if unicodedata.category(char) in {"Cc", "Cf", "Cs"}]
