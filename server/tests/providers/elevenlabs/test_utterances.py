"""The agent's turns as utterances: where one ends, what its words and text are, what came of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import TELEPHONE
from bakame.ports.speech import WordTime
from bakame.ports.voice import Heard, Speech, Wording
from bakame.providers.elevenlabs.alignment import Words
from bakame.providers.elevenlabs.events import AgentCorrection, AgentText, Characters, Sound
from bakame.providers.elevenlabs.utterances import QUIET_S, Settled, Utterances

SECOND = b"\x10" * 8000


def letters(text: str, *, each_ms: float = 50) -> Characters:
    return Characters(list(text), [index * each_ms for index in range(len(text))], [each_ms] * len(text))


def plain(event_id: int = 1) -> Sound:
    return Sound(event_id, SECOND)


def heard(number: int, text: str, *, cut: bool = False) -> Heard:
    return Heard(number, 500, text, complete=not cut, cut=cut)


# Words


def test_words_count_from_the_utterances_first_sample_over_all_pieces() -> None:
    words = Words()
    assert words.push(letters("Two plus "), sound_ms=450) == (WordTime("Two", 0), WordTime("plus", 200))
    assert words.push(letters("tw"), sound_ms=100) == ()
    assert words.push(letters("o?"), sound_ms=100) == (WordTime("two?", 450),)
    assert words.text == "Two plus two?"
    assert words.flush() == ()


def test_a_word_that_no_space_ends_is_kept_until_the_utterance_is_over() -> None:
    words = Words()
    assert words.push(letters("Two"), sound_ms=150) == ()
    assert words.flush() == (WordTime("Two", 0),)


def test_sound_without_characters_moves_what_comes_after_it() -> None:
    words = Words()
    words.push(letters("One "), sound_ms=200)
    words.push(None, sound_ms=1000)
    assert words.push(letters("two "), sound_ms=200) == (WordTime("two", 1200),)


def test_characters_that_run_ahead_of_their_sound_go_on_where_they_ended() -> None:
    words = Words()
    words.push(letters("One two "), sound_ms=100)
    assert words.push(letters("three "), sound_ms=700) == (WordTime("three", 400),)


@given(st.text(alphabet="ab .,é", max_size=60), st.data())
def test_wherever_the_pieces_end_no_letter_is_lost_and_time_never_goes_back(text: str, data: st.DataObject) -> None:
    words, times, at = Words(), list[WordTime](), 0
    while at < len(text):
        size = data.draw(st.integers(1, 7))
        piece = text[at : at + size]
        times += words.push(letters(piece), sound_ms=50 * len(piece))
        at += size
    times += words.flush()
    assert "".join(word.word for word in times) == "".join(text.split())
    assert all(one.start_ms <= other.start_ms for one, other in pairwise(times))


# Ends


def test_sound_that_says_the_whole_text_closes_the_utterance_at_once() -> None:
    utterances = Utterances(TELEPHONE)
    assert utterances.text(AgentText("Two plus two?", 1), void=False) == []
    (speech, closed) = utterances.sound(Sound(1, SECOND, letters("Two plus two? ")), 0.0)
    assert speech == Speech(1, SECOND, words=(WordTime("Two", 0), WordTime("plus", 200), WordTime("two?", 450)))
    assert closed == Speech(1, b"", last=True)
    assert utterances.closes_at is None


def test_the_text_may_come_after_such_sound() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.sound(Sound(1, SECOND, letters("Two plus two? ")), 0.0)
    assert utterances.text(AgentText("Two plus two?", 1), void=False) == [Speech(1, b"", last=True)]


def test_without_characters_it_ends_when_the_line_has_run_dry() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.sound(plain(), 10.0)
    utterances.sound(plain(), 10.1)
    assert utterances.closes_at == 12.0 + QUIET_S
    assert utterances.run_dry(12.1) == []
    assert utterances.run_dry(12.4) == [Speech(1, b"", last=True)]
    assert utterances.run_dry(13.0) == []


def test_it_ends_when_the_caller_was_understood() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.sound(plain(), 0.0)
    assert utterances.turn_over() == [Speech(1, b"", last=True)]
    assert utterances.turn_over() == []
    assert utterances.sound(plain(2), 1.0) == [Speech(2, SECOND)]


def test_the_text_of_another_turn_ends_it() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.text(AgentText("One."), void=False)
    assert utterances.sound(plain(), 0.0) == [Speech(1, SECOND), Wording(1, "One.")]
    assert utterances.text(AgentText("Two."), void=False) == [Speech(1, b"", last=True)]
    assert utterances.sound(plain(), 0.0) == [Speech(2, SECOND), Wording(2, "Two.")]


@pytest.mark.parametrize("event_id", [5, None])
def test_sound_that_answers_to_a_tool_is_another_utterance(event_id: int | None) -> None:
    utterances = Utterances(TELEPHONE)
    utterances.sound(plain(4), 0.0)
    utterances.tool_called(event_id)
    assert utterances.sound(plain(4), 0.1) == [Speech(1, SECOND)], "the word before the tool goes on"
    utterances.tool_answered()
    assert utterances.sound(plain(6), 0.2) == [Speech(1, b"", last=True), Speech(2, SECOND)]
    assert utterances.text(AgentText("Let me see.", 4), void=False) == [Wording(1, "Let me see.")]
    assert utterances.text(AgentText("Right.", 6), void=False) == [Wording(2, "Right.")]


def test_a_piece_without_sound_begins_nothing() -> None:
    utterances = Utterances(TELEPHONE)
    assert utterances.sound(Sound(1, b"", letters("Hm")), 0.0) == []
    assert utterances.closes_at is None


def test_sound_after_a_gap_goes_on_as_another_utterance_that_has_no_text_of_its_own() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.text(AgentText("A long story.", 1), void=False)
    utterances.sound(plain(1), 0.0)
    utterances.run_dry(5.0)
    assert utterances.sound(plain(1), 6.0) == [Speech(2, SECOND)]
    utterances.turn_over()
    assert utterances.text(AgentText("Next.", 2), void=False) == []
    assert utterances.sound(plain(2), 9.0) == [Speech(3, SECOND), Wording(3, "Next.")]


# What came of it


def test_an_utterance_that_was_heard_is_settled_with_its_text() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.text(AgentText("Right."), void=False)
    utterances.sound(plain(), 0.0)
    assert utterances.unheard
    assert utterances.heard(Heard(1, 500, "", complete=False)) is None
    assert utterances.heard(heard(1, "Right.")) == Settled("Right.", "Right.", complete=True)
    assert utterances.heard(heard(1, "Right.")) is None
    assert not utterances.unheard


def test_one_that_was_cut_keeps_the_vendors_correction_as_text_and_our_ears_words() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.text(AgentText("Seven is correct, now", 1), void=False)
    utterances.sound(plain(), 0.0)
    utterances.interrupted(0.5)
    assert utterances.heard(heard(1, "Seven is correct,", cut=True)) is None
    corrected = AgentCorrection("Seven is correct, now", "Seven is", 2)
    assert utterances.corrected(corrected) == [Settled("Seven is", "Seven is correct,", complete=False)]
    assert utterances.settle_cut() == []


def test_the_text_of_a_cut_turn_that_comes_late_is_not_taken_for_the_next_ones() -> None:
    for event_id, void in ((1, True), (None, False)):
        utterances = Utterances(TELEPHONE)
        utterances.sound(plain(), 0.0)
        utterances.interrupted(0.5)
        utterances.heard(heard(1, "", cut=True))
        assert utterances.text(AgentText("Seven is correct.", event_id), void=void) == []
        assert utterances.settle_cut() == [Settled("Seven is correct.", "", complete=False)]
        assert utterances.sound(plain(3), 1.0) == [Speech(2, SECOND)]


def test_an_interruption_gives_the_ear_the_word_that_was_held_back() -> None:
    utterances = Utterances(TELEPHONE)
    utterances.sound(Sound(1, SECOND, letters("Seven is cor")), 0.0)
    assert utterances.interrupted(0.5) == [Speech(1, b"", words=(WordTime("cor", 450),))]
    assert utterances.closes_at is None
    assert utterances.interrupted(0.6) == []


STEPS = st.one_of(
    st.tuples(st.just("sound"), st.integers(1, 9)),
    st.tuples(st.just("text"), st.none() | st.integers(1, 9)),
    st.tuples(st.just("tool"), st.none() | st.integers(1, 9)),
    st.tuples(st.sampled_from(["answered", "over", "cut", "dry", "heard"]), st.none()),
)


@given(st.lists(STEPS, max_size=40))
def test_whatever_the_order_numbers_grow_and_nothing_follows_an_end(steps: list[tuple[str, int | None]]) -> None:
    utterances, now = Utterances(TELEPHONE), 0.0
    ended, newest, settled = set[int](), 0, 0
    for step, event_id in steps:
        now += 0.3
        events: list[Speech | Wording] = []
        match step:
            case "sound":
                events = utterances.sound(plain(event_id or 1), now)
            case "text":
                events = utterances.text(AgentText(f"Text {event_id}.", event_id), void=False)
            case "tool":
                utterances.tool_called(event_id)
            case "answered":
                utterances.tool_answered()
            case "over":
                events = utterances.turn_over()
            case "cut":
                events = utterances.interrupted(now)
                ended.update(range(1, newest + 1))
                for number in range(1, newest + 1):
                    utterances.heard(heard(number, "", cut=True))
            case "dry":
                events = utterances.run_dry(now + 60)
            case _:
                settled += sum(utterances.heard(heard(number, "x")) is not None for number in ended)
        for event in events:
            if isinstance(event, Speech):
                assert event.utterance >= newest
                assert event.utterance not in ended
                newest = event.utterance
                if event.last:
                    ended.add(event.utterance)
    assert settled <= newest
