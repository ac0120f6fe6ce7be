"""Reading curriculum files: safe YAML, and fields that collect every problem instead of stopping at the first."""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import yaml

from bakame.errors import Invalid

MAX_FILE: Final = 4_000_000
"""Characters of a curriculum file."""
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a curriculum file. `skill` and `field` are empty when the file itself is at fault."""

    source: str
    skill: str
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.skill, self.field, self.message) if part)


class CurriculumError(Invalid):
    """A curriculum file that cannot be used; `str()` lists all its problems, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class _Loader(_SafeLoader):  # the C loader has no type stubs
    """Safe YAML in which writing a key twice is an error instead of a silent loss."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if len(set(keys)) < len(keys):
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} is written twice", key.start_mark
                    )
                seen.add(key.value)
        return cast("dict[Hashable, Any]", super().construct_mapping(node, deep=deep))


def load_document(text: str, *, source: str) -> dict[str, Any]:
    """The mapping in a YAML file. Raises `CurriculumError` with line and column.

    Aliases are refused, because a few hundred bytes of them can stand for gigabytes.
    """

    def refuse(message: str) -> CurriculumError:
        return CurriculumError([Problem(source, "", "", message)])

    if len(text) > MAX_FILE:
        raise refuse(f"larger than {MAX_FILE} characters")
    if not text.strip():
        raise refuse("the file is empty")
    try:
        if "&" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            raise refuse("YAML aliases (*name) are not allowed; write the value again")
        document: object = yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader, see above
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise refuse(f"{where}{error.problem or error.context or 'not YAML'}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise refuse(f"not YAML: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from None
    if not isinstance(document, dict):
        raise refuse("the file must be a mapping of names to values")
    return cast("dict[str, Any]", document)


class Problems:
    """Everything wrong so far in one file."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[Problem] = []

    def add(self, skill: str, field: str, message: str) -> None:
        self.found.append(Problem(self.source, skill, field, message))

    def check(self) -> None:
        """Raises `CurriculumError` if anything was found."""
        if self.found:
            raise CurriculumError(self.found)


class Fields:
    """The fields of one mapping. A missing or wrong one is noted, and read as an empty value of its type.

    Call `close` at the end: it notes the keys that nobody read.
    """

    def __init__(self, value: object, *, problems: Problems, skill: str = "", path: str = "") -> None:
        self.problems = problems
        self.skill = skill
        self.path = path
        self._left: dict[Any, Any] = {}
        if isinstance(value, dict):
            self._left = dict(cast("dict[Any, Any]", value))
        else:
            self.note("", f"must be a mapping, not {_shown(value)}")
        self.keys = tuple(str(key) for key in self._left)

    def note(self, key: str, message: str) -> None:
        field = f"{self.path}.{key}" if self.path and key else self.path or key
        self.problems.add(self.skill, field, message)

    def has(self, key: str) -> bool:
        return key in self._left

    def label(self, key: str) -> str:
        """A text to name this mapping by in problems, left in place; empty when it is not a text."""
        value = self._left.get(key)
        return value if isinstance(value, str) else ""

    def take(self, key: str) -> object:
        """The raw value; None, and a note, when there is none."""
        if key not in self._left:
            self.note(key, "is missing")
            return None
        return self._left.pop(key)

    def drop(self, *keys: str) -> None:
        """Leaves fields unread on purpose."""
        for key in keys:
            self._left.pop(key, None)

    def nested(self, key: str) -> "Fields":
        value = self.take(key)
        path = f"{self.path}.{key}" if self.path else key
        return Fields({} if value is None else value, problems=self.problems, skill=self.skill, path=path)

    def text(self, key: str, *, default: str | None = None) -> str:
        if default is not None and key not in self._left:
            return default
        value = self.take(key)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None:
            self.note(key, f"must be text, not {_shown(value)}")
        return ""

    def word(self, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
        """A text that is one of `allowed`."""
        value = self.text(key, default=default)
        if value and value not in allowed:
            self.note(key, f"{value!r} is not one of {', '.join(sorted(allowed))}")
        return value

    def texts(self, key: str, *, least: int = 0, default: Sequence[str] | None = None) -> tuple[str, ...]:
        if default is not None and key not in self._left:
            return tuple(default)
        listed = self.items(key, least=least)
        bad = [item for item in listed if not isinstance(item, str)]
        if bad:
            self.note(key, f"must be a list of texts; {_shown(bad[0])} is not one (put it in quotes?)")
        return tuple(item for item in listed if isinstance(item, str))

    def items(self, key: str, *, least: int = 0, optional: bool = False) -> list[object]:
        if optional and key not in self._left:
            return []
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note(key, f"must be a list, not {_shown(value)}")
            return []
        listed = cast("list[object]", value)
        if len(listed) < least:
            self.note(key, f"needs at least {least} items, has {len(listed)}")
        return listed

    def integer(self, key: str, *, low: int, high: int) -> int:
        value = self.take(key)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        if value is not None:
            self.note(key, f"must be a whole number from {low} to {high}, not {_shown(value)}")
        return low

    def number(self, key: str, *, low: float, high: float) -> float:
        value = self.take(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        if value is not None:
            self.note(key, f"must be a number from {low} to {high}, not {_shown(value)}")
        return low

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._left.pop(key, default)
        if isinstance(value, bool):
            return value
        self.note(key, f"must be true or false, not {_shown(value)}")
        return default

    def close(self) -> None:
        for key in self._left:
            self.note(str(key), "is not a known key")


def _shown(value: object) -> str:
    text = re.sub(r"\s+", " ", repr(value))
    return text if len(text) <= 40 else text[:37] + "..."


def numbers_by_name(fields: Fields, *, low: float, high: float) -> Mapping[str, float]:
    """All the fields of a mapping as numbers."""
    return {key: fields.number(key, low=low, high=high) for key in fields.keys}
