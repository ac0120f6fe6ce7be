"""Reading generators from a curriculum file."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, cast

from bakame.learning.expressions import Expression, ExpressionError, compile_expression
from bakame.learning.fields import Fields
from bakame.learning.functions import CONSTANTS, FUNCTIONS, Value, bounded
from bakame.learning.generators import (
    Computed,
    DebateMove,
    ExpressionGenerator,
    Form,
    Generator,
    IntRange,
    Misconception,
    OpenTask,
    PassageQuestion,
    Pick,
    RowChoice,
    SoundPair,
    Variable,
)
from bakame.learning.templates import Template, compile_template
from bakame.text.numbers import unit_named

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,11}")
_TAG: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_RESERVED: Final = {*FUNCTIONS, *CONSTANTS, "ifelse", "answer", "said", "and", "or", "not", "in", "is", "if", "else"}
_ANSWER_TYPES: Final = ("integer", "decimal", "fraction", "choice", "speech_open", "text_open")


def read_generator(fields: Fields) -> Generator | None:
    """The generator in `fields`; None, with its problems noted, when it cannot be read."""
    kind = fields.word("kind", _READERS)
    reader = _READERS.get(kind)
    if reader is None:
        return None
    before = len(fields.problems.found)
    generator = reader(kind, fields)
    fields.close()
    return generator if len(fields.problems.found) == before else None


def _expression(fields: Fields, key: str, names: Collection[str]) -> Expression | None:
    value = fields.take(key)
    if value is None:
        return None
    return _compiled(fields, key, value, names)


def _compiled(fields: Fields, key: str, value: object, names: Collection[str]) -> Expression | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        fields.note(key, "must be an expression")
        return None
    try:
        return compile_expression(str(value), names=names)
    except ExpressionError as error:
        fields.note(key, str(error))
        return None


def _template(fields: Fields, key: str, names: Collection[str]) -> Template | None:
    return _wording(fields, key, fields.text(key), names)


def _wording(fields: Fields, key: str, source: str, names: Collection[str]) -> Template | None:
    try:
        return compile_template(source, names=names)
    except ExpressionError as error:
        fields.note(key, str(error))
        return None


def _read_expression_generator(kind: str, fields: Fields) -> Generator | None:
    variables = _variables(fields.nested("vars"))
    names = [name for name, _ in variables]
    where = _expression(fields, "where", names) if fields.has("where") else None
    say, sms, hint = (_template(fields, key, names) for key in ("say", "sms", "hint"))
    answer = _expression(fields, "answer", names)
    answer_type = fields.word("answer_type", ("integer", "decimal", "fraction", "choice"))
    options = fields.texts("options", least=2) if answer_type == "choice" else ()
    if len(options) > 4 or len(set(options)) < len(options):
        fields.note("options", "must be two to four different texts")
    offers = fields.texts("offers", default=())
    if offers and len(offers) != len(options):
        fields.note("offers", "must be as many as the options")
    wordings = [_wording(fields, "offers", offer, names) for offer in offers]
    form = fields.word("form", tuple(Form)) if fields.has("form") else ""
    unit_name = fields.text("unit", default="")
    unit = unit_named(unit_name)
    if unit_name and unit is None:
        fields.note("unit", f"{unit_name!r} is not a unit that is known")
    misconceptions = _misconceptions(fields, names)
    if say is None or sms is None or hint is None or answer is None:
        return None
    return ExpressionGenerator(
        variables=tuple(variables),
        where=where,
        say=say,
        sms=sms,
        answer=answer,
        answer_type=answer_type,
        options=options,
        offers=tuple(wording for wording in wordings if wording),
        misconceptions=misconceptions,
        hint=hint,
        form=Form(form) if form in tuple(Form) else None,
        unit=unit,
    )


def _misconceptions(fields: Fields, names: Collection[str]) -> tuple[Misconception, ...]:
    found: dict[str, Misconception] = {}
    for n, item in enumerate(fields.items("misconceptions", optional=True)):
        each = Fields(item, problems=fields.problems, skill=fields.skill, path=f"{fields.path}.misconceptions.{n}")
        tag = each.text("tag")
        if tag and not _TAG.fullmatch(tag):
            each.note("tag", f"{tag!r} must be small letters, digits and _")
        if tag in found:
            each.note("tag", f"{tag!r} is there twice")
        value = _expression(each, "value", names)
        each.close()
        if value is not None:
            found[tag] = Misconception(tag, value)
    return tuple(found.values())


def _variables(fields: Fields) -> list[tuple[str, Variable]]:
    variables: list[tuple[str, Variable]] = []
    for name in fields.keys:
        if not _NAME.fullmatch(name) or name in _RESERVED:
            fields.note(name, "cannot be the name of a variable")
        each = fields.nested(name)
        variable = _variable(each, [earlier for earlier, _ in variables])
        each.close()
        if variable is not None:
            variables.append((name, variable))
    if not fields.keys:
        fields.note("", "must have at least one variable")
    return variables


def _variable(fields: Fields, names: Collection[str]) -> Variable | None:
    if fields.has("int"):
        ends = fields.items("int", least=2)
        step = fields.integer("step", low=1, high=10**6) if fields.has("step") else 1
        match ends:
            case [int(low), int(high)] if -(10**12) <= low <= high <= 10**12:
                return IntRange(low, high, step)
            case _:
                fields.note("int", "must be two whole numbers, the smaller first")
                return None
    if fields.has("expr"):
        expression = _expression(fields, "expr", names)
        return Computed(expression) if expression else None
    for key, rows in (("pick", False), ("row", True)):
        if fields.has(key):
            options = [_literal(item) for item in fields.items(key, least=1)]
            if any(value is None or isinstance(value, tuple) is not rows for value in options):
                wanted = "lists of whole numbers and texts" if rows else "whole numbers or texts"
                fields.note(key, f"must be a list of {wanted}")
                return None
            return Pick(tuple(value for value in options if value is not None))
    fields.note("", "must have one of int, pick, row, expr")
    return None


def _literal(item: object) -> Value | None:
    """A value written in YAML; None when it is not one (a float, a date, true or false, too large)."""
    match item:
        case bool():
            return None
        case list():
            inside = [_literal(each) for each in cast("list[object]", item)]
            return None if None in inside else tuple(value for value in inside if value is not None)
        case int() | str():
            try:
                return bounded(item)
            except ValueError:
                return None
        case _:
            return None


def _rows(fields: Fields, *, least: int, most: int) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for n, item in enumerate(fields.items("seed_rows", least=1)):
        cells = cast("list[object]", item) if isinstance(item, list) else []
        texts = tuple(cell for cell in cells if isinstance(cell, str) and cell.strip())
        if len(texts) != len(cells) or not least <= len(texts) <= most:
            fields.note(f"seed_rows.{n}", f"must be a list of {least} to {most} texts")
        elif len(set(texts)) < len(texts):
            fields.note(f"seed_rows.{n}", "says the same thing twice")
        rows.append(texts)
    return tuple(rows)


def _read_rows(kind: str, fields: Fields) -> Generator:
    rows = _rows(fields, least=3, most=5)
    return RowChoice(kind, fields.text("how"), rows, fields.word("answer_type", ("choice",)))


def _read_sounds(kind: str, fields: Fields) -> Generator:
    rows = _rows(fields, least=2, most=2)
    pairs = tuple((row[0], row[1]) for row in rows if len(row) == 2)
    return SoundPair(fields.text("how"), pairs, fields.word("answer_type", ("choice",)))


def _read_task(kind: str, fields: Fields) -> Generator:
    prompts, must_have = fields.texts("prompts", least=1), fields.texts("must_have", least=1)
    answer_type = fields.word("answer_type", ("speech_open", "text_open"))
    return OpenTask(kind, fields.text("how"), prompts, must_have, answer_type)


def _read_passage_question(kind: str, fields: Fields) -> Generator:
    answer_type = fields.word("answer_type", _ANSWER_TYPES)
    return PassageQuestion(fields.text("question_type"), fields.text("how"), answer_type)


def _read_debate_move(kind: str, fields: Fields) -> Generator:
    return DebateMove(fields.text("move"), fields.text("how"), fields.word("answer_type", _ANSWER_TYPES))


_READERS: Final[Mapping[str, Callable[[str, Fields], Generator | None]]] = {
    "expression": _read_expression_generator,
    "gap_choice": _read_rows,
    "meaning_choice": _read_rows,
    "sound_pair": _read_sounds,
    "speak_task": _read_task,
    "write_task": _read_task,
    "passage_question": _read_passage_question,
    "debate_move": _read_debate_move,
}
