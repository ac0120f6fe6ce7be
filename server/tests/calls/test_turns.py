from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import FRAME_MS, SILENCE_FRAME
from bakame.calls.turns import LONGEST_MS, PREROLL_MS, Endpointer, Floor
from bakame.learning.expect import YES_NO, AnswerKind, Expect

LOUD = bytes([0x10]) * 160


def _feed(endpointer: Endpointer, ms: int, *, speech: bool, tutor: bool = False) -> list[Floor]:
    frame = LOUD if speech else SILENCE_FRAME
    changes = [endpointer.feed(frame, speech=speech, tutor_speaks=tutor) for _ in range(ms // FRAME_MS)]
    return [change for change in changes if change is not Floor.SAME]


def test_a_word_is_cut_out_with_the_sound_before_it() -> None:
    endpointer = Endpointer()
    endpointer.expect(YES_NO)
    assert _feed(endpointer, 1000, speech=False) == []
    assert _feed(endpointer, 400, speech=True) == [Floor.TAKEN]
    assert _feed(endpointer, 1000, speech=False) == [Floor.YIELDED]
    audio, speech_ms = endpointer.take()
    assert speech_ms == 400
    assert audio.startswith(SILENCE_FRAME * (PREROLL_MS // FRAME_MS))
    assert audio.count(0x10) == 400 // FRAME_MS * 160


def test_a_number_said_in_two_pieces_is_one_answer() -> None:
    endpointer = Endpointer()
    endpointer.expect(Expect(AnswerKind.INTEGER))
    _feed(endpointer, 400, speech=True)
    assert _feed(endpointer, 600, speech=False) == []
    _feed(endpointer, 400, speech=True)
    assert _feed(endpointer, 900, speech=False) == [Floor.YIELDED]
    assert endpointer.take()[1] == 800


def test_an_mm_does_not_stop_the_tutor_and_a_word_does() -> None:
    endpointer = Endpointer()
    assert _feed(endpointer, 160, speech=True, tutor=True) == []
    assert _feed(endpointer, 1000, speech=False, tutor=True) == []
    assert _feed(endpointer, 300, speech=True, tutor=True) == [Floor.TAKEN]


def test_a_click_is_not_speech() -> None:
    endpointer = Endpointer()
    for _ in range(20):
        assert _feed(endpointer, 40, speech=True) == []
        assert _feed(endpointer, 400, speech=False) == []


def test_a_room_that_never_falls_silent_cannot_hold_the_floor() -> None:
    endpointer = Endpointer()
    changes = _feed(endpointer, LONGEST_MS + 1000, speech=True)
    assert changes[:2] == [Floor.TAKEN, Floor.YIELDED]


@given(st.lists(st.booleans(), max_size=1500))
def test_floors_are_taken_and_yielded_in_turn(speech: list[bool]) -> None:
    endpointer = Endpointer()
    changes = [
        endpointer.feed(LOUD if is_speech else SILENCE_FRAME, speech=is_speech, tutor_speaks=False)
        for is_speech in speech
    ]
    turns = [change for change in changes if change is not Floor.SAME]
    assert turns == [Floor.TAKEN, Floor.YIELDED] * (len(turns) // 2) + [Floor.TAKEN] * (len(turns) % 2)
