"""The utterances of one Realtime session: an item of OpenAI's each, by its id and by our number. Sans-I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEPT: Final = 64
"""Utterances that are remembered; what is older was heard long ago."""


@dataclass(slots=True)
class Utterance:
    """`size`: bytes of sound that came. `closed`: no more comes. `over`: the ear has finished with it."""

    number: int
    item_id: str
    size: int = 0
    text: str = ""
    closed: bool = False
    over: bool = False


class Utterances:
    """In the order in which they began. Numbers only grow."""

    def __init__(self) -> None:
        self._by_item: dict[str, Utterance] = {}
        self._numbers = 0

    def __iter__(self) -> Iterator[Utterance]:
        return iter(tuple(self._by_item.values()))

    def of(self, item_id: str) -> Utterance:
        """The utterance that this item is; begins one."""
        utterance = self._by_item.get(item_id)
        if utterance is None:
            if len(self._by_item) >= KEPT:
                del self._by_item[next(iter(self._by_item))]
            self._numbers += 1
            utterance = self._by_item[item_id] = Utterance(self._numbers, item_id)
        return utterance

    def numbered(self, number: int) -> Utterance | None:
        return next((one for one in self._by_item.values() if one.number == number), None)

    @property
    def audible(self) -> bool:
        """Whether any has sound that the ear has not finished with."""
        return any(one.size > 0 and not one.over for one in self._by_item.values())
