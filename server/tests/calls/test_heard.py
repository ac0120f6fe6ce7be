from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bakame.calls.heard import MARK_EVERY_FRAMES, Ear
from bakame.ports.speech import WordTime
from bakame.ports.voice import Heard

WORDS = (
    WordTime("What", 0),
    WordTime("is", 200),
    WordTime("seven", 400),
    WordTime("times", 800),
    WordTime("eight", 1200),
)


def _ear_with(frames: int, *, closed: bool = True) -> tuple[Ear, list[str]]:
    ear = Ear()
    ear.queued(1, frames, WORDS)
    if closed:
        ear.closed(1, frames, 0.0)
    marks = [mark for n in range(frames) if (mark := ear.sent(1, n * 0.02, ends_s=(n + 1) * 0.02))]
    return ear, marks


def test_an_utterance_is_heard_word_by_word_as_its_marks_return() -> None:
    ear, marks = _ear_with(80)
    texts = [heard.text for mark in marks for heard in ear.echoed(mark, 0.0)]
    assert texts[0] == "What"
    assert texts[-1] == "What is seven times eight"
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))


def test_the_last_mark_completes_it() -> None:
    ear, marks = _ear_with(80)
    for mark in marks[:-1]:
        assert not any(heard.complete for heard in ear.echoed(mark, 0.0))
    assert ear.echoed(marks[-1], 0.0) == [Heard(1, 1600, "What is seven times eight", complete=True)]
    assert not ear.playing


def test_a_lost_mark_is_vouched_for_by_the_next_one() -> None:
    ear, marks = _ear_with(80)
    (heard,) = ear.echoed(marks[3], 0.0)
    assert heard.played_ms == 4 * MARK_EVERY_FRAMES * 20
    assert ear.echoed(marks[1], 0.0) == []


def test_after_a_clear_the_echoes_mean_nothing() -> None:
    ear, marks = _ear_with(80)
    ear.echoed(marks[0], 1.0)
    (cut,) = ear.cleared(1.0)
    assert cut == Heard(1, MARK_EVERY_FRAMES * 20, "What", complete=False, cut=True)
    assert [ear.echoed(mark, 1.1) for mark in marks[1:]] == [[]] * (len(marks) - 1)
    assert ear.frames_played == MARK_EVERY_FRAMES


def test_what_played_between_the_last_echo_and_the_clear_counts_but_never_more_than_was_sent() -> None:
    ear, marks = _ear_with(80)
    ear.echoed(marks[0], 1.0)
    assert ear.cleared(1.2)[0].played_ms == MARK_EVERY_FRAMES * 20 + 200
    ear, marks = _ear_with(12)
    ear.echoed(marks[0], 1.0)
    assert ear.cleared(9.0)[0].played_ms == 240


def test_an_utterance_that_is_closed_after_its_last_frame_still_gets_its_mark() -> None:
    ear, _ = _ear_with(7, closed=False)
    mark = ear.closed(1, 7, 1.0)
    assert mark is not None
    assert ear.echoed(mark, 1.1)[0].complete


def test_an_unknown_mark_means_nothing() -> None:
    ear, _ = _ear_with(20)
    assert ear.echoed("m999", 0.0) == []
    assert ear.echoed("", 0.0) == []


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.data())
def test_the_ear_never_goes_back_nor_beyond_what_was_sent(lengths: list[int], data: st.DataObject) -> None:
    ear = Ear()
    marks: list[str] = []
    for number, frames in enumerate(lengths):
        ear.closed(number, frames, 0.0)
        marks += [mark for _ in range(frames) if (mark := ear.sent(number, 0.0, ends_s=0.0))]
    seen = 0
    for mark in data.draw(st.lists(st.sampled_from(marks), max_size=20)):
        ear.echoed(mark, 0.0)
        assert seen <= ear.frames_played <= sum(lengths)
        seen = ear.frames_played
    ear.echoed(marks[-1], 0.0)
    assert ear.frames_played == sum(lengths)
