"""Who tells of harm is heard, in four languages; who does a lesson is left to it."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import yaml

from bakame.app.settings import SERVER_ROOT
from bakame.errors import Invalid
from bakame.text.disclosure_likeness import Likeness
from bakame.tutor.safeguarding import REPLIES, UNSURE, Care, Safeguarding, packaged_likeness, parse_care
from bakame.tutor.wording import Line
from text.disclosure_lists import FIRST, SECOND, THIRD, Labelled, labelled

RULES = SERVER_ROOT / "curriculum" / "safeguarding.yaml"
NOT_LESSONS = ("safeguarding.yaml", "asides.yaml", "moves.yaml", "people.yaml")
"""These list what is said in need, or what must not be said."""
URGENT = ("self_harm", "danger", "pregnancy", "sexual")
LANGUAGES = ("en", "rw", "fr", "sw")


@pytest.fixture(scope="module")
def care() -> Care:
    return parse_care(RULES.read_text(encoding="utf-8"), source=RULES.name)


@pytest.fixture(scope="module")
def watch(care: Care) -> Safeguarding:
    return Safeguarding(care, child_helpline="116", gbv_hotline="3512", likeness=packaged_likeness())


def measured(watch: Safeguarding, lines: list[Labelled]) -> tuple[dict[str, float], float, list[str]]:
    """Recall by language and together ("all"), precision, and what was seen wrongly."""
    told, heard = defaultdict[str, int](int), defaultdict[str, int](int)
    wrong: list[str] = []
    for each in lines:
        matter = watch.sees(each.text)
        if each.sign is None:
            wrong += [f"{each.language}: {each.text}"] if matter else []
            continue
        for key in (each.language, "all"):
            told[key] += 1
            heard[key] += matter is not None
    recall = {key: heard[key] / told[key] for key in told}
    return recall, heard["all"] / (heard["all"] + len(wrong)), wrong


def test_the_lists_are_large_and_say_nothing_twice() -> None:
    lines = list(labelled(*FIRST, *SECOND, *THIRD))
    assert len({(each.language, each.sign, each.text) for each in lines}) == len(lines)
    least = {"en": 120, "rw": 90, "fr": 90, "sw": 90}
    for language, count in least.items():
        assert sum(each.sign is not None and each.language == language for each in labelled(*FIRST)) >= count
    assert sum(each.sign is None for each in lines) >= 1_000


def test_who_tells_of_harm_is_heard(care: Care, watch: Safeguarding, capsys: pytest.CaptureFixture[str]) -> None:
    first = list(labelled(*FIRST))
    rules = Safeguarding(care, child_helpline="116", gbv_hotline="3512")
    sets = {
        "first list, tuned half": ([each for each in first if each.tuned], 0.98, 0.97),
        "first list, other half": ([each for each in first if not each.tuned], 0.97, 0.97),
        "second list": (list(labelled(*SECOND)), 0.95, 0.95),
        "third list, no rule changed for it": (list(labelled(*THIRD)), 0.0, 0.88),
    }
    for name, (lines, least_recall, least_precision) in sets.items():
        for kind, by in (("patterns", rules), ("patterns and likeness", watch)):
            recall, precision, wrong = measured(by, lines)
            shown = ", ".join(f"{key} {recall[key]:.1%}" for key in (*LANGUAGES, "all"))
            with capsys.disabled():
                print(f"\ndisclosures, {name}, {kind}: recall {shown}; precision {precision:.1%}", end="")  # noqa: T201
            least = least_recall or {"patterns": 0.30, "patterns and likeness": 0.65}[kind]
            assert recall["all"] >= least, name
            assert min(recall[language] for language in LANGUAGES) >= least - 0.15, name
            assert precision >= least_precision, wrong


def test_what_cannot_wait_is_marked_urgent(watch: Safeguarding) -> None:
    told = [each for each in labelled(*FIRST, *SECOND) if each.sign in URGENT]
    late = [each.text for each in told if (matter := watch.sees(each.text)) and not matter.urgent]
    assert len(late) <= 0.05 * len(told), late


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in cast("dict[object, object]", value).items():
            yield from (text for each in pair for text in strings(each))
    elif isinstance(value, list):
        yield from (text for each in cast("list[object]", value) for text in strings(each))


def lessons() -> Iterator[str]:
    for path in sorted((SERVER_ROOT / "curriculum").rglob("*.yaml")):
        if path.name not in NOT_LESSONS:
            yield from strings(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_what_lessons_say_and_accept_is_not_taken_for_a_call_for_help(watch: Safeguarding) -> None:
    said = list(dict.fromkeys(lessons()))
    assert len(said) > 10_000
    seen = [(text, matter) for text in said if (matter := watch.sees(text))]
    assert [text for text, matter in seen if UNSURE not in matter.signs] == []
    assert len(seen) <= 0.002 * len(said), [text for text, _ in seen]


@pytest.mark.parametrize(
    ("said", "reply", "urgent", "signs"),
    [
        ("i want to die", "care.self_harm", True, ("self_harm",)),
        ("the answer is 5. my father beats me", "care.abuse", False, ("physical",)),
        ("he tuch me", "care.abuse", True, ("sexual",)),
        ("papa arankubita ndashaka gupfa", "care.self_harm", True, ("self_harm", "physical")),
        ("there is no food at home", "care.general", False, ("neglect",)),
        ("quelqu'un me suit", "care.danger", True, ("danger",)),
        ("ANANIPIGA!!! 😢", "care.abuse", False, ("physical",)),
    ],
)
def test_the_reply_is_that_of_the_gravest_sign(
    watch: Safeguarding, said: str, reply: str, urgent: bool, signs: tuple[str, ...]
) -> None:
    matter = watch.sees(said)
    assert matter is not None
    assert isinstance(matter.reply, Line)
    assert (matter.kind, matter.reply.key, matter.urgent, matter.signs) == ("disclosure", reply, urgent, signs)
    assert matter.reply.fields == {"child": "116", "gbv": "3512"}


@pytest.mark.parametrize(
    "said", ["", " ", "kill", "hit", "I am hungry", "12", "?!", "my father does not beat me", "\x00"]
)
def test_ordinary_words_are_left_alone(watch: Safeguarding, said: str) -> None:
    assert watch.sees(said) is None


def test_what_only_looks_alike_is_said_to_be_unsure(care: Care) -> None:
    both = Safeguarding(care, child_helpline="116", gbv_hotline="3512", likeness=packaged_likeness())
    alone = Safeguarding(care, child_helpline="116", gbv_hotline="3512")
    only = [each for each in labelled(*THIRD) if each.sign and both.sees(each.text) and not alone.sees(each.text)]
    assert only
    for each in only:
        matter = both.sees(each.text)
        assert matter is not None
        assert isinstance(matter.reply, Line)
        assert (matter.signs[-1], matter.reply.key) == (UNSURE, "care.general")


def test_the_weights_are_read_as_they_were_written() -> None:
    packaged = packaged_likeness()
    again = Likeness.read(packaged.write())
    assert again.names == packaged.names
    for text in ("i do not want to be here any more", "the goat eats grass in the field"):
        assert abs(again.scores(text)[0] - packaged.scores(text)[0]) < 0.05


@pytest.mark.parametrize("data", [b"", b"rubbish", b"PK\x03\x04 half a file"])
def test_weights_that_cannot_be_read_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        Likeness.read(data)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("reply: care.abuse", "reply: care.hug", "no reply care.hug"),
        ("urgent: true", "urgent: maybe", "signs.self_harm.urgent"),
        ("version: 1", "version: 2", "version"),
        ("      bullying:\n", "      teasing:\n", "teasing is no sign"),
        ("- i hate my life", "- (", "safeguarding.yaml"),
        ("        - <hit> <me> <often>\n", "        - <hits> <me>\n", "no class hits"),
        ("languages:", "tongues:", "languages"),
        ("version: 1", "version: [1", "not YAML"),
    ],
)
def test_a_file_with_a_fault_is_refused_and_says_where(old: str, new: str, complaint: str) -> None:
    text = RULES.read_text(encoding="utf-8")
    if old not in text:
        old = "        - hate my life"
        new = "        - ("
        complaint = "en: self_harm"
    with pytest.raises(Invalid, match=complaint.replace("(", r"\(")):
        parse_care(text.replace(old, new), source=Path(RULES).name)


def test_every_sign_has_a_reply(care: Care) -> None:
    assert {sign.reply for sign in care.signs} == set(REPLIES)
