"""The catalogues: every key that is spoken exists, and every line is short, simple and in the right alphabet."""

import ast
import random
import re
from pathlib import Path

import pytest

from bakame.text.gsm import septets, to_gsm
from bakame.tutor.conversation import SPOKEN_BY_KIND
from bakame.tutor.wording import Line, Wording, WordingError, line, read_catalogue
from classroom import SERVER, english

LONGEST_FIELD = {"example": 100, "topics": 90, "topic": 41, "name": 20, "written": 10, "answer": 10}
RNG = random.Random(1)
SPEAKERS = ("line", "answer_line", "words", "_words")


def literal(node: ast.expr) -> list[str]:
    """The keys in `"a"` and in `"a" if x else "b"`."""
    match node:
        case ast.Constant(value=str(key)):
            return [key]
        case ast.IfExp(body=one, orelse=other):
            return [*literal(one), *literal(other)]
        case _:
            return []


def spoken_by_the_code() -> dict[str, set[str]]:
    """Keys in `line("…", field=…)`, `answer_line("…", …)` and `words("…")`, with the fields that are given."""
    used: dict[str, set[str]] = {}
    for source in (SERVER / "src/bakame").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id=called) | ast.Attribute(attr=called), args=[key, *_], keywords=keywords
                ) if called in SPEAKERS:
                    given = {"answer", "written"} if called == "answer_line" else {k.arg for k in keywords if k.arg}
                    used |= {each: used.get(each, given) & (given - {"spare"}) for each in literal(key)}
                case _:
                    pass
    counts = {"mastered", "right", "asked"}
    used |= {f"status.{named}{on}": {*counts, "name", "topic"} for named in ("named", "unnamed") for on in ("", "_on")}
    used |= {f"{family}.{kind}": set() for family in ("unclear", "keys") for kind in SPOKEN_BY_KIND}
    return used


def test_english_has_every_key_that_the_code_speaks_with_the_fields_it_gives() -> None:
    assert english().problems(used=spoken_by_the_code()) == ()


def test_english_has_no_key_that_nobody_speaks() -> None:
    assert english().keys() - set(spoken_by_the_code()) == set()


@pytest.mark.parametrize("message_id", sorted(english().variants()))
def test_a_line_is_short_and_in_the_alphabet_of_texts(message_id: str) -> None:
    text = english().variants()[message_id]
    filled = re.sub(r"\{(\w+)\}", lambda field: "9" * LONGEST_FIELD.get(field[1], 4), text)
    assert to_gsm(filled) == filled
    if ".voice" not in message_id:
        assert septets(filled) <= 160
    if ".sms" not in message_id:
        assert len(text.split()) <= 35
        assert not re.search(r"\bpress (\d|hash|star) (for|to)\b", text, re.IGNORECASE), "the key is named last"


def test_a_rendering_is_chosen_by_channel_and_a_variant_at_random() -> None:
    wording = Wording({"en": {"a.voice": "spoken", "a.sms": "written", "b.1": "one", "b.2": "two"}})
    assert wording.text(line("a"), form="voice", rng=RNG) == "spoken"
    assert wording.text(line("a"), form="sms", rng=RNG) == "written"
    assert {wording.text(line("b"), form="voice", rng=RNG) for _ in range(50)} == {"one", "two"}


def test_what_is_not_translated_is_said_in_english_and_what_is_not_worded_is_seen_as_its_key() -> None:
    wording = Wording({"en": {"hello": "Hello"}, "rw": {}})
    assert wording.text(line("hello"), form="voice", language="rw", rng=RNG) == "Hello"
    assert wording.text(line("nowhere"), form="voice", language="rw", rng=RNG) == "nowhere"
    assert wording.text(line("hello"), form="voice", language="xx", rng=RNG) == "Hello"


def test_fields_are_filled_and_never_read_again() -> None:
    wording = Wording({"en": {"hello": "Hello {name} and {other}"}})
    assert (
        wording.text(line("hello", name="{name.__class__}"), form="sms", rng=RNG)
        == "Hello {name.__class__} and {other}"
    )


def test_the_check_names_what_does_not_agree() -> None:
    wording = Wording({"en": {"a": "A {x}", "b.voice": "B"}, "rw": {"a": "A {y}", "c": "C"}})
    assert wording.problems(used={"a": (), "b": (), "d": ()}) == (
        "rw: a uses y, which English does not",
        "rw: c is not in English",
        "a asks for x, which the code does not give",
        "b has no sms rendering in English",
        "d has no voice rendering in English",
        "d has no sms rendering in English",
    )


@pytest.mark.parametrize(
    "body",
    [
        'msgid "a"\nmsgstr "{0}"\n',
        'msgid "a"\nmsgstr "{x.y}"\n',
        'msgid "a"\nmsgstr "{x"\n',
        "msgid a\n",
        "\xff",
    ],
)
def test_a_broken_catalogue_stops_the_start_and_says_where(tmp_path: Path, body: str) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "bakame.po").write_text(body, "latin-1")
    with pytest.raises(WordingError, match=r"en/bakame\.po"):
        Wording.load(tmp_path)


def test_there_is_no_wording_without_english(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="no en/LC_MESSAGES"):
        Wording.load(tmp_path)


def test_untranslated_messages_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "bakame.po"
    file.write_text('msgid "a"\nmsgstr ""\n\nmsgid "b"\nmsgstr "B"\n')
    assert read_catalogue(file, language="en") == {"b": "B"}


def test_a_line_keeps_its_fields() -> None:
    assert line("a", x="1", spare=True) == Line("a", {"x": "1"}, spare=True)
