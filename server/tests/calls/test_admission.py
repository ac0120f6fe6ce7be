"""How many calls fit, and who is told when they don't."""

from bakame.calls.admission import OFFER_S, TEXT_EVERY_S, Admission
from fakes.clock import HandClock


def test_one_more_than_fits_is_turned_away_until_a_seat_is_free() -> None:
    clock = HandClock()
    admission = Admission(most=2, clock=clock)
    assert [admission.admit(call) for call in ("a", "b", "c")] == [True, True, False]
    admission.began("a")
    assert admission.admit("a")
    assert not admission.admit("c")
    admission.ended("a")
    assert admission.admit("c")


def test_a_call_whose_stream_never_comes_gives_its_seat_back() -> None:
    clock = HandClock()
    admission = Admission(most=1, clock=clock)
    assert admission.admit("a")
    clock.wait(OFFER_S + 1)
    assert admission.admit("b")
    admission.began("b")
    clock.wait(OFFER_S + 1)
    assert not admission.admit("c")


def test_a_process_that_stops_takes_nobody_but_keeps_who_is_there() -> None:
    admission = Admission(most=5, clock=HandClock())
    assert admission.admit("a")
    admission.closed = True
    assert admission.admit("a")
    assert not admission.admit("b")


def test_a_line_is_told_by_text_once_an_hour() -> None:
    clock = HandClock()
    admission = Admission(most=1, clock=clock)
    assert admission.may_text("+250788000001")
    assert not admission.may_text("+250788000001")
    assert admission.may_text("+250788000002")
    clock.wait(TEXT_EVERY_S)
    assert admission.may_text("+250788000001")
