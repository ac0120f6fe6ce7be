"""The catalogues: every key that is spoken exists, and every line is short, simple and in the right alphabet."""

import ast
import random
import re
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from structlog.testing import capture_logs

from bakame.text.gsm import septets, to_gsm
from bakame.text.language import SURE, guess
from bakame.tutor.conversation import SPOKEN_BY_KIND
from bakame.tutor.wording import DRAFT, REVIEWED, Line, Wording, WordingError, line, read_catalogue
from classroom import SERVER, english

LONGEST_FIELD = {"example": 100, "topics": 90, "topic": 41, "name": 20, "written": 10, "answer": 10}
RNG = random.Random(1)
SPEAKERS = ("line", "Line", "answer_line", "words", "_words")
MODULES = ("math", "english", "comprehension", "debate", "general")
LANGUAGES_ASKED = ((2, "two"), (3, "three"), (4, "four"))
LEARNERS_ASKED = ((0, "none"), (1, "one"), (2, "two"), (3, "three"))
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)*")
TRANSLATIONS = ("rw", "fr", "sw")
KEY_NOT_LAST = {
    "en": r"\bpress (\d|hash|star) (for|to)\b",
    "rw": r"\bkanda (\d|urwego|akanyenyeri) (niba|kugira|ngo)\b",
    "fr": r"\bappuyez sur (le \d|dièse|étoile) pour\b",
    "sw": r"\bbonyeza (\d|reli|nyota) (kwa|ili|ku\w+)\b",
}


@cache
def sources() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in sorted((SERVER / "src/bakame").rglob("*.py")))


def matching(pattern: ast.JoinedStr) -> list[str]:
    """The English keys that f"status.{x}" can be; what begins with a field can be anything, so it is nothing."""
    pieces = [re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else r"\w+" for piece in pattern.values]
    if not re.match(r"[a-z_]+\\\.", pieces[0]):
        return []
    return [key for key in sorted(english().keys()) if re.fullmatch("".join(pieces), key)]


def keys_in(node: ast.expr) -> list[str]:
    """The keys in `"a"`, `"a" if x else "b"`, `("a", "b")[n]` and `found.get(x, "a")`.

    What `f"a.{x}"` can be is not known here; it is told only when it can be nothing at all.
    """
    match node:
        case ast.Constant(value=str(key)):
            return [key]
        case ast.IfExp(body=one, orelse=other):
            return [*keys_in(one), *keys_in(other)]
        case ast.Subscript(value=ast.Tuple(elts=each)):
            return [key for one in each for key in keys_in(one)]
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, other]):
            return keys_in(other)
        case ast.JoinedStr():
            is_open = isinstance(node.values[0], ast.FormattedValue)
            return [] if is_open or matching(node) else [ast.unparse(node)]
        case _:
            return []


def spoken_by_the_code() -> dict[str, set[str]]:
    """Keys in `line("…", field=…)`, `answer_line("…", …)` and `words("…")`, with the fields that are given.

    Fields that come in a mapping cannot be read off; `answer_line` gives two.
    """
    used: dict[str, set[str]] = {}
    for node in (each for tree in sources() for each in ast.walk(tree)):
        match node:
            case ast.Call(
                func=ast.Name(id=called) | ast.Attribute(attr=called), args=[key, *others], keywords=keywords
            ) if called in SPEAKERS and not (called == "Line" and others):
                given = {"answer", "written"} if called == "answer_line" else {k.arg for k in keywords if k.arg}
                used |= {each: used.get(each, given) & (given - {"spare"}) for each in keys_in(key)}
            case _:
                pass
    counts = {"mastered", "right", "asked"}
    used |= {f"status.{named}{on}": {*counts, "name", "topic"} for named in ("named", "unnamed") for on in ("", "_on")}
    used |= {f"{family}.{kind}": set() for family in ("unclear", "keys") for kind in SPOKEN_BY_KIND}
    used |= {f"module.{module}": set() for module in MODULES}
    used |= {f"language.ask.{count}": {f"language{n + 1}" for n in range(at)} for at, count in LANGUAGES_ASKED}
    used |= {f"who.ask.{count}": {f"name{n + 1}" for n in range(at)} for at, count in LEARNERS_ASKED}
    return used


def named_in_the_code() -> set[str]:
    """Whatever in the code may be a key: whole strings, and f-strings that begin like one."""
    named: set[str] = set()
    for node in (each for tree in sources() for each in ast.walk(tree)):
        match node:
            case ast.Constant(value=str(text)) if KEY.fullmatch(text):
                named.add(text)
            case ast.JoinedStr():
                named |= set(matching(node))
            case _:
                pass
    return named


def test_english_has_every_key_that_the_code_speaks_with_the_fields_it_gives() -> None:
    assert english().problems(used=spoken_by_the_code()) == ()


def test_english_has_no_key_that_nobody_speaks() -> None:
    assert english().keys() - set(spoken_by_the_code()) - named_in_the_code() == set()


def test_keys_made_by_the_code_are_found() -> None:
    def keys(code: str) -> list[str]:
        tree = ast.parse(code, mode="eval")
        return keys_in(tree.body)

    assert keys("'a' if x else 'b'") == ["a", "b"]
    assert keys("('menu.first', 'menu.second')[page]") == ["menu.first", "menu.second"]
    assert keys("found.get(x, 'unclear.again')") == ["unclear.again"]
    assert keys("f'module.{x}'") == []
    assert keys("f'nowhere.{x}'") == ["f'nowhere.{x}'"]
    assert keys("f'{x}.voice'") == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_all_keys_and_exactly_the_fields_of_english(language: str) -> None:
    wording = english()
    assert not wording.standing(language).missing
    assert [each for each in wording.problems() if each.startswith(language)] == []
    source = wording.variants()
    for message_id, text in wording.variants(language).items():
        fields = set(re.findall(r"\{(\w+)\}", text))
        assert fields == set(re.findall(r"\{(\w+)\}", source[message_id])), message_id


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_as_short_as_english_must_be(language: str) -> None:
    for message_id, text in english().variants(language).items():
        filled = re.sub(r"\{(\w+)\}", lambda field: "9" * LONGEST_FIELD.get(field[1], 4), text)
        if ".voice" not in message_id:
            assert septets(filled) <= 160, message_id
        if ".sms" not in message_id:
            assert len(text.split()) <= 35, message_id
            assert not re.search(KEY_NOT_LAST[language], text, re.IGNORECASE), message_id


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_a_draft_or_says_who_reviewed_it_and_never_both(language: str) -> None:
    path = SERVER / "locales" / language / "LC_MESSAGES" / "bakame.po"
    for message in read_po(BytesIO(path.read_bytes()), locale=language):
        signed = any(REVIEWED.fullmatch(each) for each in message.user_comments)
        assert not message.id or signed != (DRAFT in message.flags), message.id


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_in_its_own_language(language: str) -> None:
    texts = english().variants(language)
    guesses = Counter(found[0] for text in texts.values() if (found := guess(text)) and found[1] >= SURE)
    assert guesses[language] > 0.9 * guesses.total() > 200


@pytest.mark.parametrize("message_id", sorted(english().variants()))
def test_a_line_is_short_and_in_the_alphabet_of_texts(message_id: str) -> None:
    text = english().variants()[message_id]
    filled = re.sub(r"\{(\w+)\}", lambda field: "9" * LONGEST_FIELD.get(field[1], 4), text)
    assert to_gsm(filled) == filled
    if ".voice" not in message_id:
        assert septets(filled) <= 160
    if ".sms" not in message_id:
        assert len(text.split()) <= 35
        assert not re.search(KEY_NOT_LAST["en"], text, re.IGNORECASE), "the key is named last"


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


def test_a_line_that_a_language_lacks_is_counted_each_time_and_logged_once() -> None:
    wording = Wording({"en": {"hello": "Hello"}, "rw": {}})
    with capture_logs() as logs:
        for _ in range(3):
            wording.text(line("hello"), form="voice", language="rw", rng=RNG)
    assert wording.missed == {"rw": 3}
    assert [(entry["event"], entry["language"], entry["key"]) for entry in logs] == [("wording.missing", "rw", "hello")]


@pytest.mark.parametrize("broken", ["Muraho {", "Muraho {0}", "Muraho {name.x}", "Muraho {izina}", "Muraho"])
def test_a_translation_whose_fields_are_not_those_of_english_is_heard_in_english(broken: str) -> None:
    wording = Wording({"en": {"hello": "Hello {name}"}, "rw": {"hello": broken}})
    assert wording.text(line("hello", name="Keza"), form="sms", language="rw", rng=RNG) == "Hello Keza"
    assert wording.standing("rw").missing == ("hello",)
    assert wording.problems()[0].startswith("rw: hello")


def test_a_language_is_offered_when_all_of_it_is_reviewed_or_when_drafts_are_allowed() -> None:
    texts = {"a": "A", "b.voice": "B", "b.sms": "b"}
    catalogues = {"sw": {"a": "A"}, "fr": texts, "rw": texts, "en": texts, "xx": {}}
    wording = Wording(catalogues, reviewed={"fr": {"a", "b.voice"}, "rw": set(texts), "sw": {"a"}})
    assert wording.offered(allow_drafts=False) == ("en", "rw")
    assert wording.offered(allow_drafts=True) == ("en", "rw", "fr", "sw")
    assert wording.standing("fr").drafts == ("b.sms",)
    assert wording.standing("sw").missing == ("b.sms", "b.voice")
    assert wording.standing("en").is_complete


def test_one_wording_for_ear_and_eye_may_do_where_english_has_two_and_two_where_it_has_one() -> None:
    english_texts = {"a": "A", "b.voice": "B", "b.sms": "b", "c.1": "C", "c.2": "c"}
    wording = Wording({"en": english_texts, "rw": {"a.voice": "A", "a.sms": "a", "b": "B", "c.3": "C"}})
    assert wording.standing("rw").missing == ()
    assert wording.problems() == ()


def test_the_check_names_what_does_not_agree() -> None:
    wording = Wording({"en": {"a": "A {x}", "b.voice": "B"}, "rw": {"a": "A {y}", "c": "C", "b.voice": "B {"}})
    assert wording.problems(used={"a": (), "b": (), "d": ()}) == (
        "rw: a uses y, which English does not",
        "rw: c is not in English",
        "rw: b.voice: Single '{' encountered in format string",
        "a asks for x, which the code does not give",
        "b has no sms rendering in English",
        "d has no voice rendering in English",
        "d has no sms rendering in English",
    )


def catalogue(folder: Path, language: str, body: str) -> Path:
    path = folder / language / "LC_MESSAGES" / "bakame.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, "latin-1")
    return path


@pytest.mark.parametrize("body", ["msgid a\n", "\xff"])
def test_a_translation_that_cannot_be_read_is_not_offered_and_stops_nothing(tmp_path: Path, body: str) -> None:
    catalogue(tmp_path, "en", 'msgid "a"\nmsgstr "A"\n')
    catalogue(tmp_path, "rw", body)
    with capture_logs() as logs:
        wording = Wording.load(tmp_path)
    assert wording.offered(allow_drafts=True) == ("en",)
    assert wording.text(line("a"), form="sms", language="rw", rng=RNG) == "A"
    assert "rw/bakame.po" in wording.problems()[0]
    assert [entry["event"] for entry in logs] == ["wording.faulty"]


def test_a_message_is_reviewed_when_somebody_signed_it_and_it_is_no_draft(tmp_path: Path) -> None:
    path = catalogue(
        tmp_path,
        "rw",
        '# reviewed by Keza on 2026-11-23\nmsgid "a"\nmsgstr "A"\n\n'
        '# reviewed by Keza on 2026-11-23\n#, fuzzy\nmsgid "b"\nmsgstr "B"\n\n'
        '# reviewed\nmsgid "c"\nmsgstr "C"\n\nmsgid "d"\nmsgstr "D"\n',
    )
    read = read_catalogue(path, language="rw")
    assert set(read.texts) == {"a", "b", "c", "d"}
    assert read.reviewed == {"a"}


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
    catalogue(tmp_path, "en", body)
    with pytest.raises(WordingError, match=r"en/bakame\.po"):
        Wording.load(tmp_path)


def test_there_is_no_wording_without_english(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="no en/LC_MESSAGES"):
        Wording.load(tmp_path)


def test_untranslated_messages_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "bakame.po"
    file.write_text('msgid "a"\nmsgstr ""\n\nmsgid "b"\nmsgstr "B"\n')
    assert read_catalogue(file, language="en").texts == {"b": "B"}


def test_a_line_keeps_its_fields() -> None:
    assert line("a", x="1", spare=True) == Line("a", {"x": "1"}, spare=True)
