import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.providers.local.pronunciation import is_kinyarwanda, pronunciations

PHONES = frozenset(
    (
        *("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"),
        *("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH"),
        *("V", "W", "Y", "Z", "ZH"),
    )
)
"""The 39 phones of the CMU dictionary."""


@pytest.mark.parametrize(
    ("name", "phones"),
    [
        ("keza", "K EH Z AA"),
        ("uwimana", "UW W IY M AA N AA"),
        ("mugisha", "M UW G IY SH AA"),
        ("nshuti", "N SH UW T IY"),
        ("cyiza", "CH IY Z AA"),
        ("hirwa", "HH IY R W AA"),
        ("patrick", "P AE T R IH K"),
        ("grace", "G R AE S"),
    ],
)
def test_names_are_said_as_they_are_written(name: str, phones: str) -> None:
    assert pronunciations(name)[0] == phones


def test_an_r_may_be_heard_as_an_l() -> None:
    assert "HH IY L W AA" in pronunciations("hirwa")


def test_closed_syllables_are_not_kinyarwanda() -> None:
    assert is_kinyarwanda("umuhoza")
    assert not is_kinyarwanda("patrick")


@given(st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=30))
def test_every_word_has_a_pronunciation_in_phones_of_the_dictionary(word: str) -> None:
    said = pronunciations(word)
    assert said
    for phones in said:
        assert set(phones.split()) <= PHONES
        assert phones
