from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bakame.providers.local.certainty import Evidence, certainty, meaning
from bakame.providers.local.search import Candidate

SOUND = np.log(np.full((10, 40), 1 / 40, np.float32))
EVIDENCE = st.builds(
    Evidence,
    text=st.just("seven"),
    margin=st.floats(-12, 12),
    misfit=st.floats(0, 20),
    phones=st.integers(1, 40),
    clarity=st.floats(0, 1),
)


def candidate(text: str, score: float) -> Candidate:
    return Candidate(tuple(text.split()), score, 5, 0, 9)


@given(EVIDENCE)
def test_it_is_a_probability(evidence: Evidence) -> None:
    assert 0 <= certainty(evidence) <= 1


@given(EVIDENCE, st.floats(0.5, 4))
def test_a_closer_rival_and_a_worse_fit_make_it_less(evidence: Evidence, more: float) -> None:
    assert certainty(replace(evidence, margin=evidence.margin - more)) <= certainty(evidence)
    assert certainty(replace(evidence, misfit=evidence.misfit + more)) <= certainty(evidence)


@given(EVIDENCE, st.floats(0, 1))
def test_several_voices_at_once_are_less_certain_than_one(evidence: Evidence, clarity: float) -> None:
    clear, unclear = max(clarity, evidence.clarity), min(clarity, evidence.clarity)
    assert certainty(replace(evidence, clarity=unclear)) <= certainty(replace(evidence, clarity=clear))


def test_another_way_to_say_the_same_is_no_rival() -> None:
    zero, oh, two = candidate("zero", -40), candidate("oh", -41), candidate("two", -45)
    assert Evidence.of(zero, [zero, oh, two], SOUND).margin == 5
    assert Evidence.of(two, [zero, oh, two], SOUND).margin == -5
    assert Evidence.of(zero, [zero], SOUND).margin > 5


def test_meaning_is_shared_by_what_need_not_be_told_apart() -> None:
    assert meaning("oh") == meaning("zero")
    assert meaning("a half") == meaning("one half")
    assert meaning("yes please") == meaning("yeah") != meaning("nope")
    assert meaning("say it again") == meaning("repeat")
    assert meaning("right") != meaning("true"), "the options of a question stay apart"
