"""Topics as files: what is read of them, and every fault that is named."""

import json
from pathlib import Path

import pytest

from bakame.learning.skills import Curriculum, CurriculumError
from bakame.learning.topics import LeftToPeople, Topics, all_topics, parse_left_to_people, parse_topics

FOLDER = Path(__file__).parents[2] / "curriculum/topics"
NOT_TOPICS = ("skills.yaml", "people.yaml")
SKY = "topic.science.why_is_the_sky_blue"


def read(curriculum: Curriculum) -> list[Topics]:
    files = [path for path in sorted(FOLDER.glob("*.yaml")) if path.name not in NOT_TOPICS]
    return [parse_topics(path.read_text("utf-8"), source=path.name, curriculum=curriculum) for path in files]


def people(curriculum: Curriculum) -> LeftToPeople:
    text = (FOLDER / "people.yaml").read_text("utf-8")
    return parse_left_to_people(text, source="people.yaml", curriculum=curriculum)


def document(**changes: object) -> dict[str, object]:
    topic: dict[str, object] = {
        "id": SKY,
        "keywords": ["sky", "blue", "light"],
        "lesson": ["Light is a mix.", "Air scatters blue light.", "So the sky is blue.", "Look away from the sun."],
        "answers": [{"q": [f"Question {n}?", f"asked as {n}"], "a": f"Answer {n}."} for n in range(6)],
        "quiz": [[f"What is {n}?", f"right {n}", "wrong", "bad"] for n in range(5)],
    }
    return {"version": 1, "topics": [{**topic, **changes}]}


def parsed(curriculum: Curriculum, **changes: object) -> Topics:
    # JSON is YAML, and has no aliases for what is there twice.
    return parse_topics(json.dumps(document(**changes)), source="t.yaml", curriculum=curriculum)


def test_every_topic_of_the_curriculum_is_written(curriculum: Curriculum) -> None:
    topics = all_topics(read(curriculum), curriculum=curriculum)
    assert list(topics) == list(curriculum.topics)
    assert len(topics) == 52
    assert sum(len(topic.answers) for topic in topics.values()) >= 6 * 52


def test_a_quiz_knows_the_words_that_show_its_answers(curriculum: Curriculum) -> None:
    topic = all_topics(read(curriculum), curriculum=curriculum)["topic.farming.keeping_hens_healthy"]
    shown = {row.question: (row.about, row.shown) for row in topic.quiz}
    assert "Newcastle" in shown["What protects hens from Newcastle disease?"][1]
    # No paragraph of the lesson tells it, an answer does.
    about, words = shown["About how long does a hen's egg take to hatch?"]
    assert about is None
    assert "21 days" in words
    for row in topic.quiz:
        assert row.shown
        assert row.about is None or topic.paragraphs[row.about] == row.shown


def test_metadata_comes_from_the_curriculum(curriculum: Curriculum) -> None:
    topic = parsed(curriculum)[SKY]
    assert (topic.title, topic.level, topic.area) == ("Why is the sky blue?", "S1", "science")
    assert topic.answers[1].id == f"{SKY}#2"
    assert topic.answers[1].wordings == ("Question 1?", "asked as 1")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "topic.science.nowhere"}, "there is no topic of this name"),
        ({"keywords": ["one"]}, "needs at least 3"),
        ({"lesson": ["One.", "Two.", "Three."]}, "lesson: needs at least 4"),
        ({"lesson": [f"{n}." for n in range(8)]}, "at most 7 are allowed"),
        ({"lesson": ["word " * 36, "b", "c", "d"]}, "lesson.0: has 36 words"),
        ({"lesson": ["a \u4e2d", "b", "c", "d"]}, "lesson.0: holds a letter"),
        ({"answers": []}, "answers: needs at least 6"),
        ({"answers": [{"q": ["One?"], "a": "Yes."}] * 6}, "answers.0.q: needs at least 2"),
        ({"answers": [{"q": ["One?", "Two?"], "a": "word " * 40}] * 6}, "answers.0.a: has 40 words"),
        ({"quiz": [["Why?", "this"]] * 5}, "quiz.0: must be a question"),
        ({"quiz": [["Why?", "this", 3]] * 5}, "quiz.0: must be a question"),
        ({"quiz": [["Why?", "this", "THIS"]] * 5}, "quiz.0: two options are the same"),
        ({"quiz": [["Why? " * 40, "this", "that"]] * 5}, "one text holds 160"),
        ({"surprise": 1}, "surprise: is not a known key"),
    ],
)
def test_each_fault_is_named(curriculum: Curriculum, changes: dict[str, object], fault: str) -> None:
    with pytest.raises(CurriculumError) as raised:
        parsed(curriculum, **changes)
    assert fault in str(raised.value)
    assert "t.yaml" in str(raised.value)


def test_all_faults_are_told_at_once(curriculum: Curriculum) -> None:
    with pytest.raises(CurriculumError) as raised:
        parsed(curriculum, keywords=["one"], quiz=[], answers=[])
    assert len(raised.value.problems) == 3


def test_a_topic_is_missed_and_one_wording_asks_for_one_answer(curriculum: Curriculum) -> None:
    with pytest.raises(CurriculumError, match="has no lesson"):
        all_topics(read(curriculum)[:1], curriculum=curriculum)
    twice = [{"q": ["Question 0?", "the same again"], "a": "Answer."} for _ in range(6)]
    with pytest.raises(CurriculumError, match=r"'Question 0\?' is asked in"):
        all_topics([parsed(curriculum, answers=twice)], curriculum=curriculum)
    with pytest.raises(CurriculumError, match="is written in two files"):
        all_topics([parsed(curriculum), parsed(curriculum)], curriculum=curriculum)


# what is left to people


@pytest.mark.parametrize(
    ("question", "matter"),
    [
        ("how many tablets for fever", "medicine"),
        ("What dose of paracetamol do I give my child?", "medicine"),
        ("which medicine should i take for a headache", "medicine"),
        ("combien de comprimés pour la fièvre", "medicine"),
        ("I want to die", "self_harm"),
        ("how can i kill myself", "self_harm"),
        ("ndashaka gupfa", "self_harm"),
        ("my father beats me every day", "abuse"),
        ("a man touched me and i am afraid", "abuse"),
        ("my neighbour took my land what does the law say", "dispute"),
        ("my boss did not pay me", "dispute"),
        ("my friend owes me money what should i do", "dispute"),
        ("my sister is pregnant and bleeding", "pregnancy"),
        ("how can i do an abortion", "pregnancy"),
    ],
)
def test_what_is_left_to_people_is_seen(curriculum: Curriculum, question: str, matter: str) -> None:
    left = parse_left_to_people(
        (FOLDER / "people.yaml").read_text("utf-8"), source="people.yaml", curriculum=curriculum
    )
    assert left.matter_of(question) == matter


@pytest.mark.parametrize(
    "question",
    [
        "can medicine stop a cold",
        "what is a period",
        "how do vaccines work",
        "what is the beat in music",
        "how do judges work",
        "what is a loan",
        "how do i keep my pin safe",
        "what does alcohol do to the body",
        "how many teeth has a child",
        "why do my hens die",
        "what is a savings group",
        "how do I hit a ball far",
        "",
        "x" * 5_000,
    ],
)
def test_ordinary_questions_are_not_left_to_people(curriculum: Curriculum, question: str) -> None:
    left = parse_left_to_people(
        (FOLDER / "people.yaml").read_text("utf-8"), source="people.yaml", curriculum=curriculum
    )
    assert left.matter_of(question) is None


def test_every_matter_of_the_curriculum_must_be_recognised(curriculum: Curriculum) -> None:
    some = {"version": 1, "left_to_people": [{"name": "a", "matter": "self-harm", "any": ["kill myself"]}]}
    with pytest.raises(CurriculumError, match="does not say how 'medicine doses' is recognised"):
        parse_left_to_people(json.dumps(some), source="p.yaml", curriculum=curriculum)
    other = {"version": 1, "left_to_people": [{"name": "a", "matter": "weather", "any": ["rain"]}]}
    with pytest.raises(CurriculumError, match="'weather' is not one of"):
        parse_left_to_people(json.dumps(other), source="p.yaml", curriculum=curriculum)
