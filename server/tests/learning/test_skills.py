"""A curriculum file is read wholly or refused with every reason."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.learning.generators import DebateMove, OpenTask, PassageQuestion, RowChoice, SoundPair
from bakame.learning.skills import Curriculum, CurriculumError, parse_curriculum

Change = Callable[[dict[str, Any], dict[str, Any]], object]


@pytest.fixture(scope="session")
def small(curriculum_text: str) -> str:
    """The real file with three skills only, as quick to read as to break."""
    document: dict[str, Any] = yaml.safe_load(curriculum_text)
    wanted = ("math.number.count_next", "math.number.count_back", "math.number.odd_even")
    document["skills"] = [skill for skill in document["skills"] if skill["id"] in wanted]
    document["skills"][2]["prerequisites"] = ["math.number.count_back"]
    for section in ("passages", "motions", "topics"):
        document[section] = document[section][:1]
    return json.dumps(document)  # which is YAML, and quicker to write


def problems(text: str) -> list[str]:
    with pytest.raises(CurriculumError) as caught:
        parse_curriculum(text, source="skills.yaml")
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return [str(problem) for problem in caught.value.problems]


def test_the_real_file_holds_five_modules(curriculum: Curriculum) -> None:
    counts = {module: len(curriculum.of_module(module)) for module in ("math", "english", "comprehension", "debate")}
    assert counts == {"math": 151, "english": 118, "comprehension": 16, "debate": 14}
    assert len(curriculum.skills) == 326
    assert len(curriculum.of_module("general")) == 27
    kinds = {type(skill.generator) for skill in curriculum.skills.values()}
    assert {RowChoice, SoundPair, OpenTask, PassageQuestion, DebateMove} < kinds
    assert (len(curriculum.passages), len(curriculum.motions), len(curriculum.topics)) == (44, 38, 52)
    assert curriculum.model.bkt["choice2"].p_guess == 0.5
    assert curriculum.model.threshold == 0.95


def test_prerequisites_come_before_what_needs_them(curriculum: Curriculum) -> None:
    seen: set[str] = set()
    for skill in curriculum.skills.values():
        assert seen.issuperset(skill.prerequisites)
        seen.add(skill.id)


def test_every_format_has_model_parameters(curriculum: Curriculum) -> None:
    for skill in curriculum.skills.values():
        assert skill.format in curriculum.model.bkt
        assert skill.format in curriculum.model.min_items


def test_minus_is_plausible_only_where_answers_go_below_zero(curriculum: Curriculum) -> None:
    assert curriculum.skills["math.integers.add"].signed
    assert not curriculum.skills["math.mul.tables_6_9"].signed
    assert not curriculum.skills["math.sub.within_10"].signed


BREAKS: list[tuple[str, Change, str]] = [
    ("unknown key", lambda d, s: s.update(colour="red"), "math.number.count_next: colour: is not a known key"),
    ("missing key", lambda d, s: s.pop("title"), "math.number.count_next: title: is missing"),
    ("unknown section", lambda d, s: d.update(extra=1), "skills.yaml: extra: is not a known key"),
    ("missing section", lambda d, s: d.pop("model"), "skills.yaml: model: is missing"),
    ("id shape", lambda d, s: s.update(id="math.Add one"), "id: must be small words joined by points"),
    ("id of another module", lambda d, s: s.update(id="english.add.one"), "must begin with its module, 'math'"),
    ("id twice", lambda d, s: d["skills"].append(s), "math.number.count_next: id: is there twice"),
    ("module", lambda d, s: s.update(module="cooking"), "module: 'cooking' is not one of comprehension, debate"),
    ("level", lambda d, s: s.update(level="P9"), "level: 'P9' is not one of A1"),
    ("bloom", lambda d, s: s.update(bloom="guess"), "bloom: 'guess' is not one of"),
    ("title", lambda d, s: s.update(title=7), "title: must be text, not 7"),
    ("prerequisite", lambda d, s: s.update(prerequisites=["math.gone"]), "there is no skill 'math.gone'"),
    (
        "circle",
        lambda d, s: s.update(prerequisites=["math.number.odd_even"]),
        "go round in a circle: math.number.",
    ),
    ("retired", lambda d, s: s.update(retired="maybe"), "retired: must be true or false"),
    ("kind", lambda d, s: s["generator"].update(kind="riddle"), "generator.kind: 'riddle' is not one of"),
    ("answer", lambda d, s: s["generator"].update(answer="a+"), "generator.answer: 'a+', character"),
    ("unknown name", lambda d, s: s["generator"].update(answer="a+z"), "there is no variable 'z'"),
    ("answer type", lambda d, s: s["generator"].update(answer_type="colour"), "answer_type: 'colour' is not one of"),
    (
        "answer shape",
        lambda d, s: s["generator"].update(answer="a/7+frac(1,9)"),
        "does not fit the answer type integer",
    ),
    ("template name", lambda d, s: s["generator"].update(say="{b}?"), "generator.say: 'b', character 1"),
    ("template attribute", lambda d, s: s["generator"].update(sms="{a.real}"), "Attribute is not allowed"),
    ("template brace", lambda d, s: s["generator"].update(hint="{a"), "a brace without its partner"),
    ("long prompt", lambda d, s: s["generator"].update(say="word " * 36), "has 36 words; at most 35"),
    ("long text", lambda d, s: s["generator"].update(sms="x" * 161), "takes 161 septets; one SMS holds 160"),
    ("where", lambda d, s: s["generator"].update(where="a>100"), "generator.where: 'a>100' was not true in 2000 draws"),
    ("failing", lambda d, s: s["generator"].update(answer="a//(a-a)"), "generator: 'a//(a-a)', character 1"),
    ("no options", lambda d, s: s["generator"].update(answer_type="choice"), "generator.options: is missing"),
    ("range", lambda d, s: s["generator"]["vars"].update(a={"int": [9, 1]}), "must be two whole numbers"),
    (
        "float",
        lambda d, s: s["generator"]["vars"].update(a={"pick": [0.5]}),
        "must be a list of whole numbers or texts",
    ),
    ("no source", lambda d, s: s["generator"]["vars"].update(a={}), "must have one of int, pick, row, expr"),
    ("function's name", lambda d, s: s["generator"]["vars"].update(max={"pick": [1]}), "cannot be the name"),
    (
        "misconception",
        lambda d, s: s["generator"]["misconceptions"].append({"tag": "x y", "value": "a"}),
        "misconceptions.2.tag: 'x y' must be small letters",
    ),
    (
        "tag twice",
        lambda d, s: s["generator"]["misconceptions"].append({"tag": "same", "value": "a"}),
        "'same' is there twice",
    ),
    ("probability", lambda d, s: d["model"]["bkt_by_format"]["integer"].update(p_slip=1.5), "p_slip: must be a number"),
    ("guess and slip", lambda d, s: d["model"]["bkt_by_format"]["choice2"].update(p_slip=0.6), "must be less than 1"),
    ("format", lambda d, s: d["model"]["mastery"]["min_items"].pop("fraction"), "min_items.fraction: is missing"),
    ("prior", lambda d, s: d["model"]["prior_level_difficulty_logit"].pop("P1"), "has no entry for the level 'P1'"),
    ("passage", lambda d, s: d["passages"][0].pop("questions"), "passages.0.questions: is missing"),
    ("motion", lambda d, s: d["motions"][0].update(id="x"), "must begin with 'motion.'"),
    ("version", lambda d, s: d.update(version=2), "version: must be a whole number from 1 to 1"),
]


@pytest.mark.parametrize(("change", "expected"), [each[1:] for each in BREAKS], ids=[each[0] for each in BREAKS])
def test_a_mistake_is_named_with_file_skill_and_field(small: str, change: Change, expected: str) -> None:
    document: dict[str, Any] = json.loads(small)
    change(document, document["skills"][0])
    found = problems(json.dumps(document))
    assert any(expected in each for each in found), found
    assert all(each.startswith("skills.yaml: ") for each in found)


def test_all_problems_are_told_at_once(small: str) -> None:
    document: dict[str, Any] = json.loads(small)
    for skill in document["skills"]:
        skill["level"] = "P9"
        skill["generator"]["answer"] = "nothing"
    assert len(problems(json.dumps(document))) == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("  \n", "the file is empty"),
        ("just words", "must be a mapping"),
        ("- a\n- b", "must be a mapping"),
        ("a: [1, 2", "line "),
        ("a: 1\nb: : :", "line 2, column"),
        ("a: 1\na: 2", "line 2, column 1: the key 'a' is written twice"),
        ("\x00\x01\x02", "not YAML"),
        ("a: &x [1]\nb: *x", "YAML aliases"),
        ("a: &x {b: 1}\nc: {<<: *x}", "YAML aliases"),
        ("a: !!python/object/apply:os.system [true]", "line 1, column 4"),
        ("x" * 4_000_001, "larger than"),
    ],
)
def test_what_is_not_a_curriculum_is_refused(text: str, expected: str) -> None:
    assert any(expected in each for each in problems(text))


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "YAML aliases" in problems("\n".join(lines))[0]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_is_a_curriculum_error_or_still_a_curriculum(small: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(small)))
    length = data.draw(st.integers(0, 40))
    broken = small[:start] + data.draw(st.text(max_size=5)) + small[start + length :]
    with contextlib.suppress(CurriculumError):
        assert parse_curriculum(broken, source="skills.yaml").skills
