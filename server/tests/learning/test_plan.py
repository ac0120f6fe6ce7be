"""A sitting opens with reviews, teaches, and keeps to its shares."""

from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.plan import REVIEWS_FIRST, SHARES, SLOTS, Counts, Slot, counted, order


def play(available: list[frozenset[Slot]]) -> Counts:
    counts: Counts = (0, 0, 0)
    for has in available:
        slot = next((each for each in order(counts) if each in has), None)
        if slot is not None:
            counts = counted(counts, slot)
    return counts


def test_two_reviews_come_first_and_then_the_new_thing() -> None:
    counts: Counts = (0, 0, 0)
    first: list[Slot] = []
    for _ in range(6):
        slot = order(counts)[0]
        first.append(slot)
        counts = counted(counts, slot)
    assert first[:REVIEWS_FIRST] == [Slot.REVIEW] * REVIEWS_FIRST
    assert set(first[REVIEWS_FIRST:]) == {Slot.LEVEL}


def test_when_all_is_to_be_had_the_shares_are_kept() -> None:
    counts = play([frozenset(Slot)] * 40)
    assert sum(counts) == 40
    for slot, count in zip(SLOTS, counts, strict=True):
        assert abs(count - SHARES[slot] * 40) <= 1


def test_a_beginner_without_reviews_works_at_level() -> None:
    assert play([frozenset({Slot.LEVEL})] * 10) == (0, 10, 0)


@given(st.lists(st.frozensets(st.sampled_from(list(Slot)), min_size=1), min_size=1, max_size=40))
def test_whatever_is_to_be_had_no_question_is_lost_and_no_stretch_comes_before_the_level(
    available: list[frozenset[Slot]],
) -> None:
    counts: Counts = (0, 0, 0)
    for has in available:
        slots = order(counts)
        assert len(set(slots)) == len(slots)
        slot = next((each for each in slots if each in has), None)
        if slot is None:
            # Only a stretch was to be had, and it waits for a footing.
            assert has == {Slot.STRETCH}
            continue
        if slot is Slot.STRETCH:
            assert counts[1] > 0
        counts = counted(counts, slot)
