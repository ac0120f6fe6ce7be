"""Sound is kept exactly until it is understood."""

from hypothesis import given
from hypothesis import strategies as st

from bakame.providers.deepgram.unsettled import PIECE_BYTES, UnsettledSound


@given(st.lists(st.binary(max_size=900) | st.floats(-10, 5_000) | st.just(1e308), max_size=20), st.integers(1, 3_000))
def test_what_is_kept_is_the_end_of_all_that_was_heard(steps: list[bytes | float], most: int) -> None:
    sound, heard = UnsettledSound(most=most), b""
    for step in steps:
        before = sound.begin
        if isinstance(step, bytes):
            sound.push(step)
            heard += step
        else:
            sound.settle(step)
        assert before <= sound.begin <= sound.end == len(heard)
        assert b"".join(sound.pieces()) == heard[sound.begin :]
        assert sound.end - sound.begin <= most


def test_it_is_sent_again_in_pieces_of_the_size_that_deepgram_wants() -> None:
    sound = UnsettledSound(most=10_000)
    sound.push(bytes(2 * PIECE_BYTES + 7))
    assert [len(piece) for piece in sound.pieces()] == [PIECE_BYTES, PIECE_BYTES, 7]


def test_the_rounding_of_seconds_leaves_nothing_over() -> None:
    sound = UnsettledSound(most=10_000)
    sound.push(bytes(1_000))
    sound.settle(999.9999)
    assert sound.begin == sound.end == 1_000
