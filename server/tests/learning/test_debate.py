"""Debates: moves are marked as a teacher marks them, banned topics are refused, the tutor has something to answer."""

import random
import sys
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Missing
from bakame.learning.debate import (
    MOVES,
    REASONS,
    SIDES,
    DebateContent,
    MoveScore,
    Side,
    banned_topic,
    next_argument,
    parse_debate,
    rebuttal,
    score_move,
)
from bakame.learning.fields import CurriculumError
from bakame.learning.phrases import Phrases, Together, stem
from bakame.learning.skills import parse_curriculum
from bakame.text.gsm import is_gsm
from learning.debate_sentences import FRESH, LAST, MOVES_BY_HAND, UNSEEN, Labelled
from learning.debate_topics import BANNED_SENTENCES, HARMLESS_SENTENCES

FOLDER = Path(__file__).parents[2] / "curriculum"
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "debate").glob("*.yaml"))}
CURRICULUM = parse_curriculum((FOLDER / "skills.yaml").read_text(encoding="utf-8"), source="skills.yaml")
CONTENT = parse_debate(FILES, curriculum=CURRICULUM)
UNIFORMS = "motion.uniforms"
ALL_SETS = (MOVES_BY_HAND, UNSEEN, FRESH, LAST)


@pytest.fixture(scope="session")
def content() -> DebateContent:
    return CONTENT


def reason_for(said: str, *, motion: str = "uniforms", side: Side = "agree", move: str = "reason") -> MoveScore:
    return score_move(CONTENT, f"motion.{motion}", side=side, move=move, said=said)


def codes(score: MoveScore) -> list[str]:
    return [reason.code for reason in score.reasons]


def agreement(labelled: tuple[Labelled, ...]) -> tuple[float, list[str]]:
    """The share of sentences that are marked as by hand, and the others."""
    wrong: list[str] = []
    for motion, side, move, said, marks in labelled:
        score = reason_for(said, motion=motion, side=side, move=move)
        if score.move != marks:
            wrong.append(f"{move}: {said!r} is {marks}, marked {score.move} ({score.reasons[0].code})")
    return 1 - len(wrong) / len(labelled), wrong


# the content


def test_every_motion_and_every_skill_of_the_curriculum_can_be_debated(content: DebateContent) -> None:
    assert content.motions.keys() == CURRICULUM.motions.keys()
    assert content.guides.keys() == {skill.id for skill in CURRICULUM.of_module("debate")}
    assert {guide.move for guide in content.guides.values()} == set(MOVES)
    assert all(content.guide_for(move).move == move for move in MOVES)


def test_each_argument_is_told_apart_by_its_own_words(content: DebateContent) -> None:
    for motion in content.motions.values():
        for argument in motion.all_arguments:
            score = score_move(content, motion.id, side=argument.side, move="reason", said=argument.line)
            assert score.argument == argument, argument.id
            assert score.link == 2, argument.id


def test_the_tutor_opens_on_the_side_it_takes(content: DebateContent) -> None:
    for motion in content.motions.values():
        for side in SIDES:
            said = motion.openings[side]
            assert score_move(content, motion.id, side=side, move="claim", said=said).side in (side, None), said


def test_no_argument_or_reply_is_written_twice_or_impolite(content: DebateContent) -> None:
    every = [each for motion in content.motions.values() for each in motion.all_arguments]
    for texts in ([each.line for each in every], [each.reply for each in every], [each.example for each in every]):
        assert [text for text, times in Counter(texts).items() if times > 1] == []
    for each in every:
        for text in (each.line, each.reply, each.example):
            score = score_move(content, each.id.rsplit(".", 2)[0], side=each.side, move="respect", said=text)
            assert score.respect >= 1, text


def test_nothing_that_the_tutor_says_is_a_banned_topic(content: DebateContent) -> None:
    for motion in content.motions.values():
        said = [motion.motion, *motion.terms, *motion.terms.values(), *motion.openings.values()]
        for each in motion.all_arguments:
            said += [each.claim, each.reason, each.example, each.reply, *each.keywords]
        assert [text for text in said if banned_topic(content, text)] == []
        assert all(map(is_gsm, said))


def test_model_sentences_make_their_own_move(content: DebateContent) -> None:
    for guide in content.guides.values():
        for text in guide.models:
            best = max(
                score_move(content, motion, side=side, move=guide.move, said=text).move
                for motion in content.motions
                for side in SIDES
            )
            assert best == 2, (guide.move, text)


def changed(name: str, change: Mapping[str, object]) -> dict[str, str]:
    document = yaml.safe_load(FILES[name])
    document.update(change)
    return {**FILES, name: yaml.safe_dump(document)}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({name: text for name, text in FILES.items() if name != "moves.yaml"}, "must be in one file, not in 0"),
        ({name: text for name, text in FILES.items() if name != "motions_a2.yaml"}, "has no arguments in any debate"),
        ({**FILES, "again.yaml": FILES["motions_a2.yaml"]}, "is there twice"),
        ({**FILES, "motions_a2.yaml": FILES["motions_a2.yaml"].replace("motion.uniforms", "motion.x")}, "no motion"),
        ({**FILES, "motions_a2.yaml": FILES["motions_a2.yaml"].replace("because no one", "as no one")}, "must begin"),
        ({**FILES, "moves.yaml": FILES["moves.yaml"].replace("  polite:", "  polyte:")}, "markers.polite: is missing"),
        ({**FILES, "moves.yaml": FILES["moves.yaml"].replace("hutu|hutus", "hutu||hutus")}, "an empty choice"),
        ({**FILES, "motions_a2.yaml": FILES["motions_a2.yaml"].replace("make pupils equal.", "\u4f60")}, "plain SMS"),
        (changed("motions_b1.yaml", {"more": 1}), "more: is not a known key"),
    ],
)
def test_a_file_with_a_fault_says_what_is_wrong(files: Mapping[str, str], message: str) -> None:
    with pytest.raises(CurriculumError, match=message.replace("|", r"\|")):
        parse_debate(files, curriculum=CURRICULUM)


# the marks


def test_moves_are_marked_as_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    share, wrong = agreement(tuple(chain(*ALL_SETS)))
    by_set = ", ".join(f"{agreement(each)[0]:.1%} of {len(each)}" for each in ALL_SETS)
    with capsys.disabled():
        sys.stdout.write(f"\ndebate moves: {share:.1%} marked as by hand ({by_set})\n")
    assert share >= 0.95, "\n".join(wrong)
    assert agreement(MOVES_BY_HAND)[0] >= 0.95


def test_there_are_labelled_sentences_for_every_move_and_every_mark() -> None:
    assert len(MOVES_BY_HAND) >= 120
    seen = {(move, marks) for _, _, move, _, marks in chain(*ALL_SETS)}
    assert {move for move, marks in seen if marks == 2} == set(MOVES)
    assert {move for move, marks in seen if marks == 0} == set(MOVES)


def test_a_whole_reason_on_the_motion_is_marked_and_named() -> None:
    score = reason_for("I agree because uniforms make everybody equal")
    assert (score.move, score.link, score.respect, score.side) == (2, 2, 1, "agree")
    assert score.argument is not None
    assert score.argument.claim == "Uniforms make pupils equal."
    assert codes(score) == ["whole", "argument", "civil"]


def test_a_reason_for_the_other_side_is_noticed() -> None:
    score = reason_for("I agree because uniforms are expensive for parents")
    assert score.side == "agree"
    assert score.argument is not None
    assert score.argument.side == "disagree"
    assert codes(score)[3] == "other_side"


@pytest.mark.parametrize(
    ("motion", "said", "side"),
    [
        ("uniforms", "I do not agree", "disagree"),
        ("uniforms", "i don't really agree", "disagree"),
        ("uniforms", "i no agree", "disagree"),
        ("uniforms", "No one is judged", "agree"),
        ("uniforms", "pupils should not wear uniforms", "disagree"),
        ("uniforms", "I don't think pupils should wear uniforms", "disagree"),
        ("uniforms", "uniforms are not good", "disagree"),
        ("uniforms", "do you agree or disagree", None),
        ("uniforms", "what did you say", None),
        ("uniforms", "uniforms are not expensive", None),
        ("village_or_city", "the city is better than the village", "disagree"),
        ("village_or_city", "a city is worse than a village", "agree"),
        ("village_or_city", "it is better to live in a village than in a city", "agree"),
        ("village_or_city", "I prefer Kigali", "disagree"),
        ("village_or_city", "cities are not better than villages", "agree"),
        ("plastic_ban", "plastic bottles are useful", "disagree"),
        ("phones_at_school", "I agree that phones help but I disagree with the motion", "disagree"),
        ("goats_or_hens", "I don't like goats", "agree"),
        ("small_family_business", "I want a job with a salary each month", "disagree"),
    ],
)
def test_the_side_is_heard_as_people_say_it(motion: str, said: str, side: Side | None) -> None:
    assert reason_for(said, motion=motion, move="claim").side == side


@pytest.mark.parametrize(
    ("said", "respect", "code"),
    [
        ("I understand your point, but I disagree", 2, "polite"),
        ("I disagree", 1, "civil"),
        ("you are stupid", 0, "attacks_person"),
        ("your idea is rubbish", 0, "attacks_person"),
        ("shut up", 0, "attacks_person"),
        ("that is a stupid rule", 0, "rude"),
        ("sorry but that is a stupid rule", 1, "rude_but_polite"),
        ("you are not stupid", 1, "civil"),
        ("the street is full of rubbish and garbage", 1, "civil"),
        ("a pig eats more than a hen", 1, "civil"),
        ("adverts fool children", 1, "civil"),
        ("Thank you, and please listen", 2, "polite"),
    ],
)
def test_politeness_counts_and_insults_cost(said: str, respect: int, code: str) -> None:
    score = reason_for(said)
    assert (score.respect, score.reasons[2].code) == (respect, code)


def test_a_good_reason_with_an_insult_keeps_its_mark_and_loses_respect() -> None:
    score = reason_for("You are an idiot, because uniforms cost poor parents much money", side="disagree")
    assert (score.move, score.link, score.respect) == (2, 2, 0)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "nothing_said"),
        ("... !!! \U0001f600", "nothing_said"),
        ("потому что форма дорогая", "other_script"),
        ("因为 校服 贵", "other_script"),
        ("لأن الزي غالي", "other_script"),
    ],
)
def test_what_has_no_english_words_has_no_marks(said: str, code: str) -> None:
    score = reason_for(said)
    assert (score.move, score.link, score.respect) == (0, 0, 1)
    assert codes(score)[:2] == [code, code]


def test_a_list_of_keywords_is_not_an_argument() -> None:
    score = reason_for("because equal same judge rich poor jealous ashamed money cost style free")
    assert (score.move, score.link, score.argument) == (1, 1, None)
    assert codes(score)[:2] == ["stuffed", "stuffed"]


def test_the_motion_said_again_is_not_a_reason() -> None:
    score = reason_for("because every pupil should wear a school uniform")
    assert (score.move, score.link, score.argument) == (0, 1, None)


def test_no_part_of_a_word_is_taken_for_a_word() -> None:
    assert reason_for("becausement uniformity equalise").move == 0
    assert reason_for("disagreeable", move="claim").side is None
    assert banned_topic(CONTENT, "Sussex, Essex and Middlesex are places; sexton is a word; grapes are sweet") is None


def test_five_thousand_characters_are_marked_by_what_comes_first() -> None:
    said = "I agree because uniforms make all of us equal. " + "Then we go home and we eat and talk about it. " * 110
    assert len(said) > 5_000
    score = reason_for(said)
    assert (score.move, score.link) == (2, 2)
    assert reason_for("x" * 5_000).move == 0
    assert reason_for("because " * 700).move == 0


def test_what_does_not_exist_is_missing() -> None:
    with pytest.raises(Missing, match=r"motion\.none"):
        score_move(CONTENT, "motion.none", side="agree", move="claim", said="yes")
    with pytest.raises(Missing, match="dance"):
        score_move(CONTENT, UNIFORMS, side="agree", move="dance", said="yes")
    with pytest.raises(Missing, match="dance"):
        CONTENT.guide_for("dance")


WORDS = st.sampled_from(
    [
        "i",
        "agree",
        "disagree",
        "because",
        "but",
        "not",
        "no",
        "yes",
        "uniform",
        "pupils",
        "equal",
        "cost",
        "money",
        "you",
        "stupid",
        "please",
        "should",
        "wear",
        "first",
        "for",
        "example",
        "means",
        "some",
        "people",
        "a",
        "the",
        "is",
        "to",
        "of",
        "12",
        "x",
        "sex",
        "god",
        "你好",
        "café",
        "don't",
    ]
)
SAID = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join))


@given(
    said=SAID,
    move=st.sampled_from(MOVES),
    side=st.sampled_from(SIDES),
    motion=st.sampled_from(sorted(CONTENT.motions)),
)
def test_whatever_is_said_has_marks_with_reasons(said: str, move: str, side: Side, motion: str) -> None:
    score = score_move(CONTENT, motion, side=side, move=move, said=said)
    assert all(0 <= marks <= 2 for marks in (score.move, score.link, score.respect))
    assert score.total == score.move + score.link + score.respect
    assert [reason.about for reason in score.reasons[:3]] == ["move", "link", "respect"]
    assert all(reason.text == REASONS[reason.code] for reason in score.reasons)
    assert score.argument is None or score.argument in CONTENT.motions[motion].all_arguments


@given(said=st.lists(WORDS, max_size=30).map(" ".join), move=st.sampled_from(MOVES))
def test_case_and_punctuation_change_no_mark(said: str, move: str) -> None:
    loud = said.upper().replace(" ", " , ") + " !!!"
    plain, other = reason_for(said, move=move), reason_for(loud, move=move)
    assert plain == other


# banned topics


@pytest.mark.parametrize(("topic", "said"), BANNED_SENTENCES)
def test_a_banned_topic_is_found_and_named(topic: str, said: str) -> None:
    assert banned_topic(CONTENT, said) == topic
    assert banned_topic(CONTENT, f"Teacher, {said.upper()}!!") == topic


@pytest.mark.parametrize("said", HARMLESS_SENTENCES)
def test_harmless_sentences_are_not_refused(said: str) -> None:
    assert banned_topic(CONTENT, said) is None


def test_the_labelled_sentences_of_debates_are_not_refused() -> None:
    assert [each[3] for each in chain(*ALL_SETS) if banned_topic(CONTENT, each[3])] == []


def test_a_banned_topic_is_found_at_the_end_of_a_long_text() -> None:
    assert banned_topic(CONTENT, "uniforms are good for us " * 250 + "and the genocide") == "genocide"


@given(before=st.integers(0, 200))
def test_a_banned_combination_is_found_wherever_it_stands(before: int) -> None:
    assert banned_topic(CONTENT, "goat " * before + "Islam is a false religion") == "religion"


def test_a_score_says_that_the_topic_is_banned() -> None:
    score = reason_for("because the genocide made people poor")
    assert [(reason.code, reason.detail) for reason in score.reasons if reason.about == "topic"] == [
        ("banned", "genocide")
    ]


# what the tutor says


def test_the_tutor_answers_the_argument_that_was_made() -> None:
    made = reason_for("because uniforms make pupils equal").argument
    assert made is not None
    reply = rebuttal(CONTENT, UNIFORMS, to=made, rng=random.Random(1), used=())
    assert reply.text == made.reply
    again = rebuttal(CONTENT, UNIFORMS, to=made, rng=random.Random(1), used={reply.key})
    assert again.argument.side == "disagree"
    assert again.text == again.argument.line


def test_the_tutor_says_something_for_its_side_when_no_argument_was_known() -> None:
    for side in SIDES:
        reply = rebuttal(CONTENT, UNIFORMS, to=None, side=side, rng=random.Random(2), used=())
        assert reply.argument.side == side


@given(seed=st.integers(), side=st.sampled_from(SIDES), motion=st.sampled_from(sorted(CONTENT.motions)))
def test_no_argument_comes_twice_before_all_have_come(seed: int, side: Side, motion: str) -> None:
    rng, used = random.Random(seed), list[str]()
    arguments = CONTENT.motions[motion].arguments[side]
    for _ in arguments:
        used.append(next_argument(CONTENT, motion, side=side, used=used, rng=rng).id)
    assert sorted(used) == sorted(each.id for each in arguments)
    assert next_argument(CONTENT, motion, side=side, used=used, rng=rng) in arguments


# finding phrases


def test_the_longest_phrase_wins_and_groups_stand_near_each_other() -> None:
    phrases = Phrases.of(["i agree", "i agree that", "agree"])
    assert [span.text for span in phrases.find(["i", "agree", "that", "i", "agree"])] == ["i agree that", "i agree"]
    near = Together.parse("red|dark red + hat", within=4)
    assert near.is_in(["a", "hat", "that", "is", "red"])
    assert near.is_in(["the", "dark", "red", "hat"])
    assert not near.is_in(["red", "is", "not", "the", "colour", "of", "a", "hat"])
    assert not Together.parse("red hat + hat", within=5).is_in(["red", "hat"])


@pytest.mark.parametrize(
    "forms",
    [("judge", "judges", "judged", "judging"), ("study", "studies", "studied"), ("run", "runs"), ("class", "classes")],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1
