"""Passages, motions and topics: what modules other than mathematics teach from."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeVar

from bakame.learning.fields import Fields, Problems


@dataclass(frozen=True, slots=True)
class PassageItem:
    """A question about a passage, its answer and its wrong options."""

    type: str
    ask: str
    answer: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to be heard. `text` is empty and `items` are none while it is only an outline."""

    id: str
    level: str
    grades: str
    genre: str
    topic: str
    target_words: int
    key_words: tuple[str, ...]
    status: str
    text: str
    items: tuple[PassageItem, ...]


@dataclass(frozen=True, slots=True)
class Motion:
    """Something to debate, with first reasons for both sides."""

    id: str
    level: str
    domain: str
    motion: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A general question to explore."""

    id: str
    area: str
    title: str
    level: str


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=_Named)


def read_each(
    listed: list[object], read: Callable[[Fields], _Item], *, problems: Problems, key: str
) -> Mapping[str, _Item]:
    """Reads every item of the section `key`; ids must be there once and begin with the section's own word."""
    found: dict[str, _Item] = {}
    prefix = key.removesuffix("s") + "."
    for n, item in enumerate(listed):
        fields = Fields(item, problems=problems, path=f"{key}.{n}")
        each = read(fields)
        fields.close()
        if each.id and not each.id.startswith(prefix):
            fields.note("id", f"{each.id!r} must begin with {prefix!r}")
        if each.id in found:
            fields.note("id", f"{each.id!r} is there twice")
        found[each.id] = each
    return MappingProxyType(found)


def read_passage(fields: Fields, levels: Collection[str]) -> Passage:
    status = fields.word("status", ("written", "outline"))
    written = status == "written"
    items = [
        Fields(item, problems=fields.problems, path=f"{fields.path}.questions.{n}")
        for n, item in enumerate(fields.items("questions", optional=not written))
    ]
    return Passage(
        id=fields.text("id"),
        level=fields.word("level", levels),
        grades=fields.text("grades"),
        genre=fields.text("genre"),
        topic=fields.text("topic"),
        target_words=fields.integer("target_words", low=10, high=2000),
        key_words=fields.texts("key_words"),
        status=status,
        text=fields.text("text") if written else fields.text("text", default=""),
        items=tuple(_read_item(item) for item in items),
    )


def _read_item(fields: Fields) -> PassageItem:
    item = PassageItem(fields.text("type"), fields.text("ask"), fields.text("answer"), fields.texts("wrong", least=1))
    fields.close()
    if item.answer in item.wrong:
        fields.note("wrong", "holds the answer")
    return item


def read_motion(fields: Fields, levels: Collection[str]) -> Motion:
    return Motion(
        id=fields.text("id"),
        level=fields.word("level", levels),
        domain=fields.text("domain"),
        motion=fields.text("motion"),
        reasons_for=fields.texts("for", least=1),
        reasons_against=fields.texts("against", least=1),
    )


def read_topic(fields: Fields, levels: Collection[str]) -> Topic:
    return Topic(
        id=fields.text("id"), area=fields.text("area"), title=fields.text("title"), level=fields.word("level", levels)
    )
