"""Search: which document is meant by a question, and when none is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.question_words import kind_of, stem
from bakame.learning.search import Document, Index

DOCUMENTS = [
    Document("sky", ("Why is the sky blue?", "what makes the sky blue"), ("sky", "light"), ("Air scatters it.",)),
    Document("salt", ("Why is the sea salty?", "where does the salt in the sea come from"), ("ocean",), ("Rivers.",)),
    Document("hens", ("What do hens eat?", "what should i feed my hens"), ("hens", "poultry"), ("Maize and soya.",)),
    Document("ill", ("How do I know a hen is sick?", "signs of a sick hen"), ("hens", "poultry"), ("Weak legs.",)),
    Document("vaccine", ("How do vaccines work?", "what does a vaccine do"), ("injection",), ("It teaches the body.",)),
    Document("erupt", ("Why do volcanoes erupt?", "what makes a volcano explode"), ("lava",), ("Gas pushes.",)),
]
INDEX = Index(DOCUMENTS)


def best(question: str) -> str | None:
    """What would be told."""
    hits = INDEX.find(question)
    return hits[0].id if hits and hits[0].sure else None


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("why is the sky blue", "sky"),
        ("y is the sky blue??", "sky"),
        ("WHY IS THE SEA SALTY", "salt"),
        ("what can I feed my chickens", "hens"),
        ("how can i see that my hen is sick", "ill"),
        ("how do vacines work", "vaccine"),
        ("why do volcanos erupt", "erupt"),
        ("what causes a volcano to explode", "erupt"),
    ],
)
def test_other_words_and_misspelt_words_find_the_same(question: str, document: str) -> None:
    assert best(question) == document


@pytest.mark.parametrize(
    "question",
    [
        "who painted the sky in this picture",
        "why is the sea blue",
        "how much does a hen cost in the market",
        "who invented the first vaccine",
        "hello",
        "the of and",
        "",
        "???",
        "12345",
    ],
)
def test_a_question_that_only_shares_words_is_not_answered(question: str) -> None:
    assert best(question) is None


def test_the_best_comes_first_and_no_more_than_asked_for() -> None:
    hits = INDEX.find("what do hens eat", most=2)
    assert [hit.id for hit in hits] == ["hens", "ill"]
    assert hits[0].likeness > hits[1].likeness


def test_one_id_is_one_document() -> None:
    with pytest.raises(ValueError, match="two documents"):
        Index([DOCUMENTS[0], DOCUMENTS[0]])


def test_nothing_is_found_in_nothing() -> None:
    assert Index([]).find("why is the sky blue") == ()


@given(st.text(max_size=200))
def test_any_text_gives_likenesses_from_nothing_to_one(text: str) -> None:
    hits = INDEX.find(text)
    assert len(hits) <= 3
    assert all(0.0 <= hit.likeness <= 1.0 for hit in hits)


@given(st.sampled_from([each for document in DOCUMENTS for each in document.wordings]))
def test_a_wording_finds_its_own_document(wording: str) -> None:
    found = best(wording.upper())
    assert found is not None
    assert wording in next(each for each in DOCUMENTS if each.id == found).wordings


def test_of_a_very_long_text_only_the_beginning_is_looked_for() -> None:
    text = "volcanoo erupptt " * 50_000
    assert INDEX.find(text) == INDEX.find(text[:5_000])


@pytest.mark.parametrize(
    "forms",
    [
        ("erupt", "erupts", "erupted", "erupting"),
        ("plant", "plants", "planting"),
        ("province", "provinces"),
        ("child", "children", "kids"),
        ("stop", "stopped", "stopping"),
        ("city", "cities"),
    ],
)
def test_forms_of_a_word_meet(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("pair", [("train", "training"), ("gas", "gate"), ("bus", "but"), ("sea", "seat")])
def test_different_words_do_not_meet(pair: tuple[str, str]) -> None:
    assert stem(pair[0]) != stem(pair[1])


@pytest.mark.parametrize(
    ("text", "kind"),
    [("how many hens", "many"), ("who was it", "who"), ("why not", "why"), ("what causes it", "cause"), ("hens", None)],
)
def test_what_is_asked_for_is_seen(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind
