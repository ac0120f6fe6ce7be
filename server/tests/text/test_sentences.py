"""Sentences of a text that is still being written: each as soon as it is complete, and the same however it was cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.sentences import MOST_WORDS, Sentences, sentences_of, spoken

LINE = """one two three half 3.5 4 7 56. e.g. i.e. Dr. No. etc. A. x. ... ? ! so, and; why? Yes! (it) “no” * - # **
*bold* _soft_ `code` 3*4 😀 1. 2) U.S. "Why?" p.m. Well… it's"""
WORDS = st.sampled_from([*LINE.split(), "\n", "\n\n", "- "])
TEXTS = st.one_of(st.lists(WORDS, max_size=120).map(" ".join), st.text(max_size=300))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A half is one of two. It is 3.5 here! Is it?", ["A half is one of two.", "It is 3.5 here!", "Is it?"]),
        ("Take a fruit, e.g. a mango. Cut it.", ["Take a fruit, e.g. a mango.", "Cut it."]),
        ("Mr. Eric and Dr. Keza, i.e. two people. J. Paul came.", None),
        ("Look at No. 5. The answer is no. Go on.", ["Look at No. 5.", "The answer is no.", "Go on."]),
        ("Well... let me see. Wait... Then we add.", ["Well... let me see.", "Wait...", "Then we add."]),
        ('"Why?" she asked. "Because." Then she left.', ['"Why?" she asked.', '"Because."', "Then she left."]),
        ("Pens, books, etc. are counted. Pens etc. Then more.", None),
        ("Come at 5 p.m. tomorrow. Or at 6 p.m. Then eat.", None),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("No end at all", ["No end at all"]),
        ("", []),
        (" \n ... ?! \n", []),
    ],
)
def test_a_text_is_told_sentence_by_sentence(text: str, sentences: list[str] | None) -> None:
    expected = {
        "Mr.": ["Mr. Eric and Dr. Keza, i.e. two people.", "J. Paul came."],
        "Pens,": ["Pens, books, etc. are counted.", "Pens etc.", "Then more."],
        "Come": ["Come at 5 p.m. tomorrow.", "Or at 6 p.m.", "Then eat."],
    }
    assert sentences_of(text) == (sentences if sentences is not None else expected[text.split()[0]])


def test_markdown_and_pictures_are_not_spoken() -> None:
    text = (
        "## Fractions\n**A half** is _one_ of `two` parts 😀.\n\n"
        "- first, cut\n* then share\n> 1. Take ten.\n2. Add 3 * 4.\n"
        "See [my page](https://example.org/a_b) now. Is it 2*3, 90° or x^2?\n---\n```text\nDone\n```"
    )
    assert sentences_of(text) == [
        "Fractions",
        "A half is one of two parts.",
        "first, cut",
        "then share",
        "1. Take ten.",
        "2. Add 3 * 4.",
        "See my page now.",
        "Is it 2*3, 90° or x^2?",
        "Done",
    ]


def test_a_number_at_the_start_of_a_line_is_still_said() -> None:
    assert sentences_of("The answer is\n56.\n- 4 is less.") == ["The answer is", "56.", "4 is less."]


def test_the_first_sentence_comes_with_the_space_after_it() -> None:
    splitter = Sentences()
    assert splitter.push("A half is one of") == []
    assert splitter.push(" two.") == []
    assert splitter.push(" ") == ["A half is one of two."]
    assert splitter.push("Is it? N") == ["Is it?"]
    assert splitter.end() == ["N"]


def test_a_sentence_that_is_too_long_for_the_ear_is_parted_at_a_clause() -> None:
    words = [f"w{n}" for n in range(50)]
    words[24] += ","
    assert sentences_of(" ".join(words) + ".") == [" ".join(words[:25]), " ".join(words[25:]) + "."]
    plain = " ".join(f"w{n}" for n in range(50))
    assert [len(part.split()) for part in sentences_of(plain)] == [35, 15]
    joined = " ".join([*(f"w{n}" for n in range(20)), "because", *(f"w{n}" for n in range(20))])
    assert [part.split()[0] for part in sentences_of(joined)] == ["w0", "because"]


def test_a_run_without_a_space_is_not_held_for_ever() -> None:
    splitter = Sentences()
    parts = [part for _ in range(100) for part in splitter.push("a" * 60)]
    assert parts
    assert len("".join([*parts, *splitter.end()]).replace(" ", "")) == 6000


@given(TEXTS, st.data())
def test_how_a_text_was_cut_changes_nothing(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    splitter = Sentences()
    told: list[str] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        told += splitter.push(text[start:end])
    assert [*told, *splitter.end()] == sentences_of(text)


@given(st.lists(WORDS, max_size=120).map(" ".join))
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    def sounds(words: str) -> str:
        return re.sub(r"[\W_]", "", words)

    assert sounds(" ".join(sentences_of(text))) == sounds(text)


@given(TEXTS, st.integers(3, MOST_WORDS))
def test_no_sentence_is_longer_than_asked_and_none_is_empty(text: str, most: int) -> None:
    for sentence in sentences_of(text, most_words=most):
        assert 1 <= len(sentence.split()) <= most
        assert any(map(str.isalnum, sentence))
        assert sentence == " ".join(sentence.split())


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=30))
def test_a_plain_word_stays_as_it_is(word: str) -> None:
    assert spoken(word) == word
