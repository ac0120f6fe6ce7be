"""The course of a debate: level, motions, moves; and the choice of three for people who use keys."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Missing
from bakame.learning.debate import MOVES, SIDES, Side, banned_topic, parse_debate
from bakame.learning.debate_choices import ROOM, term_of, three_ways, weak_point
from bakame.learning.debate_content import FAULTS
from bakame.learning.debate_plan import (
    ANSWERING,
    LEVELS,
    PLACING,
    asked_for,
    first_ability,
    level_of,
    moves_of,
    offered,
    other_side,
)
from bakame.learning.difficulty import Rating
from bakame.learning.fields import CurriculumError
from bakame.learning.mastery import Knowledge
from bakame.text.gsm import is_gsm, septets
from learning.test_debate import CONTENT, CURRICULUM, FILES

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MOTIONS = sorted(CONTENT.motions)


def test_a_level_is_reached_when_its_moves_are_within_reach() -> None:
    assert [level_of(CURRICULUM, Rating(logit)) for logit in (-3.0, -0.5, 0.2, 0.3, 1.2, 1.3, 4.0)] == [
        *("A2", "A2", "A2", "B1", "B1", "B2", "B2")
    ]


def test_somebody_of_whom_nothing_is_known_begins_at_the_lowest_level() -> None:
    assert level_of(CURRICULUM, first_ability(CURRICULUM, {})) == "A2"


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_of_ones_english_is_where_debates_begin(level: str) -> None:
    known = {s.id: Knowledge(0.95) for s in CURRICULUM.of_module("english") if s.level <= level}
    assert level_of(CURRICULUM, first_ability(CURRICULUM, known)) == level


@given(st.sampled_from(LEVELS), st.integers(0, 1_000))
def test_a_debate_has_each_move_once_begins_with_what_places_and_ends_with_the_conclusion(
    level: str, seed: int
) -> None:
    moves = moves_of(CONTENT, level, {}, now=NOW, rng=random.Random(seed))
    assert moves[:2] == PLACING
    assert moves[-1] == "conclusion"
    assert len(set(moves)) == len(moves)
    assert set(moves) <= set(MOVES)
    assert "rebuttal" in moves
    assert level == "A2" or moves.index("restate") == moves.index("rebuttal") - 1


def test_all_fourteen_skills_come_up() -> None:
    met: set[str] = set()
    for seed in range(60):
        for level in LEVELS:
            met.update(moves_of(CONTENT, level, {}, now=NOW, rng=random.Random(seed)))
    known = {CONTENT.guide_for("weighing").skill_id: Knowledge(0.99, items=6, mastered=True)}
    assert "fallacy" in moves_of(CONTENT, "B2", known, now=NOW, rng=random.Random(1))
    assert met == set(MOVES)


def test_a_review_that_is_due_comes_before_what_is_new() -> None:
    due = Knowledge(0.99, items=6, mastered=True, due_at=NOW)
    known = {CONTENT.guide_for("example").skill_id: due}
    for seed in range(10):
        assert "example" in moves_of(CONTENT, "B1", known, now=NOW, rng=random.Random(seed))


def test_moves_that_are_over_stay_first() -> None:
    moves = moves_of(CONTENT, "B2", {}, now=NOW, rng=random.Random(1), made=("claim", "reason"))
    assert moves[:2] == ("claim", "reason")
    assert len(set(moves)) == len(moves)


@given(st.sampled_from(LEVELS), st.integers(0, 1_000), st.sets(st.sampled_from(MOTIONS), max_size=8))
def test_two_motions_of_the_level_are_offered_and_none_of_late(level: str, seed: int, recent: set[str]) -> None:
    found = offered(CONTENT, level, recent=recent, rng=random.Random(seed))
    assert len({each.id for each in found}) == 2
    fresh = [each for each in CONTENT.motions.values() if each.level == level and each.id not in recent]
    assert recent.isdisjoint(each.id for each in found)
    if len(fresh) >= 2:
        assert {each.level for each in found} == {level}
    if len({each.domain for each in fresh}) >= 2:
        assert found[0].domain != found[1].domain


def test_when_every_motion_was_debated_some_are_offered_again() -> None:
    assert len(offered(CONTENT, "A2", recent=MOTIONS, rng=random.Random(1))) == 2


@pytest.mark.parametrize("motion", MOTIONS)
def test_every_motion_can_be_asked_for_by_its_title(motion: str) -> None:
    assert motion in [each.id for each in asked_for(CONTENT, f"I want to debate about {CONTENT.motions[motion].title}")]


@pytest.mark.parametrize("said", ["", "hello", "please", "1", "you are stupid", "school", "\u4f60", "xyzzy"])
def test_what_names_no_motion_asks_for_none(said: str) -> None:
    assert asked_for(CONTENT, said) == ()


@given(st.text(max_size=200))
def test_any_wish_is_read(said: str) -> None:
    assert len(asked_for(CONTENT, said)) <= 2


# the choice of three


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("motion", MOTIONS)
def test_a_choice_has_one_right_sentence_and_fits_into_a_text(motion: str, side: Side) -> None:
    content = CONTENT.motions[motion]
    for move in MOVES:
        for point in content.arguments[other_side(side)] if move in ANSWERING else (None,):
            for written in (True, False):
                three = three_ways(CONTENT, content, move, side=side, seed=3, point=point, written=written)
                assert three.codes.count("") == 1
                assert set(three.codes) - {""} <= set(FAULTS)
                assert len({each.lower() for each in three.sentences}) == 3
                assert all(is_gsm(each) and "{" not in each for each in three.sentences)
                assert all(banned_topic(CONTENT, each) is None for each in three.sentences)
                assert all(len(each.split()) <= 30 for each in three.sentences)
                room = sum(septets(each) + 3 for each in three.sentences)
                assert not written or room <= ROOM + 1, (move, three.sentences)


@given(st.sampled_from(MOTIONS), st.sampled_from(MOVES), st.sampled_from(SIDES), st.integers(0, 10**9), st.booleans())
def test_a_choice_is_the_same_for_the_same_debate(motion: str, move: str, side: Side, seed: int, written: bool) -> None:
    content = CONTENT.motions[motion]
    one, other = (three_ways(CONTENT, content, move, side=side, seed=seed, written=written) for _ in range(2))
    assert one == other


def test_the_right_sentence_is_not_always_at_the_same_place() -> None:
    content = CONTENT.motions["motion.uniforms"]
    places = {three_ways(CONTENT, content, "reason", side="agree", seed=seed).right for seed in range(40)}
    assert places == {0, 1, 2}


def test_the_right_sentence_tells_which_argument_it_makes() -> None:
    content = CONTENT.motions["motion.uniforms"]
    three = three_ways(CONTENT, content, "reason", side="agree", seed=1)
    made = next(each for each in content.all_arguments if each.id == three.argument)
    assert made.side == "agree"
    assert made.reason in three.model


def test_the_answer_to_the_tutors_point_is_the_one_that_was_written_for_it() -> None:
    content = CONTENT.motions["motion.uniforms"]
    point = content.arguments["disagree"][0]
    assert three_ways(CONTENT, content, "rebuttal", side="agree", seed=1, point=point).model == point.reply


def test_weak_reasoning_is_answered_by_its_own_name() -> None:
    content = CONTENT.motions["motion.uniforms"]
    for seed in range(6):
        three = three_ways(CONTENT, content, "fallacy", side="agree", seed=seed)
        assert {each.text: each.answer for each in CONTENT.weak}[weak_point(CONTENT, seed)] == three.model


def test_a_word_to_explain_is_one_worth_explaining() -> None:
    assert term_of(CONTENT.motions["motion.walk_to_school"])[0] == "walk"
    assert term_of(CONTENT.motions["motion.uniforms"])[0] == "pupil"


def test_there_is_no_choice_for_what_is_no_move() -> None:
    with pytest.raises(Missing, match="duel"):
        three_ways(CONTENT, CONTENT.motions["motion.uniforms"], "duel", side="agree", seed=1)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("motions_a2.yaml", 'title: "school uniforms"', 'title: "the uniforms of all schools"', "title: has more than"),
        ("motions_a2.yaml", '  title: "school uniforms"\n', "", "title: is missing"),
        ("moves.yaml", 'ask_short: "Now one example?"', f'ask_short: "{"x" * 33}"', "ask_short: has more than 32"),
        ("moves.yaml", 'wrong: {absent: "{claim}", off', 'wrong: {off', "must be 2 sentences, not 1"),
        ("moves.yaml", 'wrong: {absent: "{claim}"', 'wrong: {dull: "{claim}"', "'dull' has no feedback"),
        ("moves.yaml", 'right: "{side} {reason}."', 'right: "{side} {why}."', "{why} is not a field"),
        ("moves.yaml", 'right: "{side} {reason}."', 'right: "{side} {reason."', "has a brace too many"),
        ("moves.yaml", "  rude: \"Let us", "  rood: \"Let us", "feedback.rude: is missing"),
    ],
)  # fmt: skip
def test_a_fault_in_what_is_asked_is_named(name: str, old: str, new: str, message: str) -> None:
    assert old in FILES[name]
    with pytest.raises(CurriculumError) as raised:
        parse_debate({**FILES, name: FILES[name].replace(old, new, 1)}, curriculum=CURRICULUM)
    assert message in str(raised.value)
