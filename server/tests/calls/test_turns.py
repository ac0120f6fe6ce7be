from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import FRAME_MS, SILENCE_FRAME
from bakame.calls.answers import Progress
from bakame.calls.turns import (
    END_MS,
    LONGEST_END_MS,
    LONGEST_MS,
    LONGEST_PATIENCE_MS,
    PREROLL_MS,
    SHORTEST_END_MS,
    Endpointer,
    Floor,
    Pace,
)
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


def test_over_the_tutor_speech_is_noticed_within_a_fraction_of_a_word() -> None:
    endpointer = Endpointer()
    assert _feed(endpointer, 100, speech=True, tutor=True) == []
    assert _feed(endpointer, 20, speech=True, tutor=True) == [Floor.TAKEN]


def test_a_click_is_not_speech() -> None:
    endpointer = Endpointer()
    for _ in range(20):
        assert _feed(endpointer, 40, speech=True) == []
        assert _feed(endpointer, 400, speech=False) == []


def test_a_room_that_never_falls_silent_cannot_hold_the_floor() -> None:
    endpointer = Endpointer()
    changes = _feed(endpointer, LONGEST_MS + 1000, speech=True)
    assert changes[:2] == [Floor.TAKEN, Floor.YIELDED]


def test_an_utterance_may_be_ended_early_and_the_next_one_is_its_own() -> None:
    endpointer = Endpointer()
    _feed(endpointer, 200, speech=True)
    _feed(endpointer, 100, speech=False)
    assert (endpointer.speech_ms, endpointer.silence_ms) == (200, 100)
    audio, speech_ms = endpointer.take()
    assert (audio.count(0x10), speech_ms) == (200 // FRAME_MS * 160, 200)
    assert not endpointer.speaking
    assert _feed(endpointer, 100, speech=True) == [Floor.TAKEN]
    assert endpointer.take()[1] == 100


def test_the_longest_pause_inside_an_answer_is_kept_and_the_one_at_its_end_is_not() -> None:
    endpointer = Endpointer()
    endpointer.expect(Expect(AnswerKind.INTEGER))
    for pause_ms in (300, 500, 100):
        _feed(endpointer, 200, speech=True)
        _feed(endpointer, pause_ms, speech=False)
    _feed(endpointer, 200, speech=True)
    assert _feed(endpointer, 900, speech=False) == [Floor.YIELDED]
    assert endpointer.longest_pause_ms == 500


INTEGER = Expect(AnswerKind.INTEGER)


def test_at_first_everybody_is_waited_for_as_long_as_the_question_asks() -> None:
    pace = Pace()
    assert pace.end_ms(INTEGER) == END_MS[AnswerKind.INTEGER]
    assert pace.end_ms(YES_NO) < pace.end_ms(INTEGER) < pace.end_ms(Expect(AnswerKind.OPEN))
    assert pace.patience_s(INTEGER) == 5.0


def test_who_pauses_inside_answers_is_waited_for_longer_and_who_does_not_less_long() -> None:
    slow, quick = Pace(), Pace()
    for _ in range(6):
        slow.answered(INTEGER, longest_pause_ms=700, response_ms=4_500)
        quick.answered(INTEGER, longest_pause_ms=0, response_ms=600)
    assert quick.end_ms(INTEGER) < END_MS[AnswerKind.INTEGER] < slow.end_ms(INTEGER)
    assert slow.end_ms(INTEGER) > 900
    # What was learnt from numbers holds for a yes too, in its proportion.
    assert quick.end_ms(YES_NO) < END_MS[AnswerKind.YES_NO] < slow.end_ms(YES_NO)
    assert quick.patience_s(INTEGER) < 5.0 < slow.patience_s(INTEGER)


def test_who_was_cut_short_is_waited_for_longer() -> None:
    pace = Pace()
    pace.cut_short(INTEGER)
    assert pace.end_ms(INTEGER) > END_MS[AnswerKind.INTEGER]


def test_what_goes_on_is_waited_for_longer_than_what_is_complete() -> None:
    pace = Pace()
    goes_on, complete = (pace.end_ms(INTEGER, far) for far in (Progress.GOES_ON, Progress.COMPLETE))
    assert complete < pace.end_ms(INTEGER) < goes_on


def test_time_to_think_that_was_asked_for_is_given_to_the_second() -> None:
    thinking = Expect(AnswerKind.INTEGER, patience_ms=20_000)
    pace = Pace()
    for _ in range(9):
        pace.answered(INTEGER, longest_pause_ms=0, response_ms=100)
        pace.answered(thinking, longest_pause_ms=0, response_ms=19_000)
    assert pace.patience_s(thinking) == 20.0
    assert pace.patience_s(INTEGER) < 5.0


_EXPECTS = st.builds(Expect, st.sampled_from(AnswerKind), patience_ms=st.integers(0, 30_000))
_DEEDS = st.one_of(
    st.tuples(st.just("answered"), _EXPECTS, st.integers(0, 12_000), st.none() | st.integers(0, 60_000)),
    st.tuples(st.just("cut"), _EXPECTS, st.just(0), st.none()),
    st.tuples(st.just("silent"), _EXPECTS, st.just(0), st.none()),
)


@given(st.lists(_DEEDS, max_size=40), _EXPECTS, st.sampled_from(Progress))
def test_whatever_a_caller_does_the_waiting_stays_within_bounds(
    deeds: list[tuple[str, Expect, int, int | None]], expect: Expect, far: Progress
) -> None:
    pace = Pace()
    for deed, about, pause_ms, response_ms in deeds:
        match deed:
            case "answered":
                pace.answered(about, longest_pause_ms=pause_ms, response_ms=response_ms)
            case "cut":
                pace.cut_short(about)
            case _:
                pace.silent(about)
    assert SHORTEST_END_MS <= pace.end_ms(expect, far) <= LONGEST_END_MS
    patience_s = pace.patience_s(expect)
    if expect.patience_ms > LONGEST_PATIENCE_MS:
        assert patience_s * 1000 == expect.patience_ms
    else:
        assert 0.75 * expect.patience_ms <= patience_s * 1000 + 1e-6 <= LONGEST_PATIENCE_MS + 1e-6


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=1500), st.integers(1, 3_000))
def test_no_speech_after_the_onset_is_lost_and_no_utterance_is_too_long(
    frames: list[tuple[bool, bool]], end_ms: int
) -> None:
    endpointer = Endpointer()
    endpointer.end_ms = end_ms
    within = 0
    for speech, tutor in frames:
        floor = endpointer.feed(LOUD if speech else SILENCE_FRAME, speech=speech, tutor_speaks=tutor)
        if endpointer.speaking or floor is Floor.YIELDED:
            within += speech and floor is not Floor.TAKEN
            assert endpointer.silence_ms <= end_ms + FRAME_MS
        if floor is Floor.YIELDED:
            audio, speech_ms = endpointer.take()
            assert len(audio) <= (LONGEST_MS + FRAME_MS) * 8
            assert audio.count(0x10) >= speech_ms * 8 - 160
            assert speech_ms >= within * FRAME_MS
            within = 0


@given(st.lists(st.booleans(), max_size=1500))
def test_floors_are_taken_and_yielded_in_turn(speech: list[bool]) -> None:
    endpointer = Endpointer()
    changes = [
        endpointer.feed(LOUD if is_speech else SILENCE_FRAME, speech=is_speech, tutor_speaks=False)
        for is_speech in speech
    ]
    turns = [change for change in changes if change is not Floor.SAME]
    assert turns == [Floor.TAKEN, Floor.YIELDED] * (len(turns) // 2) + [Floor.TAKEN] * (len(turns) % 2)
