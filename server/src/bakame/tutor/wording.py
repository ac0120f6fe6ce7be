"""What the tutor says, by key: gettext catalogues under `locales/<language>/LC_MESSAGES/bakame.po`.

A message id is a key (`feedback.right`); its text may hold `{named}` fields. A key may be written in two renderings,
`.voice` and `.sms`, and each of them, or the plain key, in variants `.1`, `.2`, … of which one is taken at random.
A language that lacks a key falls back to English; when English lacks it too, the key itself is shown.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Final, Literal

import structlog
from babel.messages.pofile import PoFileError, read_po

from bakame.errors import Invalid

SOURCE_LANGUAGE: Final = "en"
DOMAIN: Final = "bakame"

Form = Literal["voice", "sms"]
FORMS: Final[tuple[Form, ...]] = ("voice", "sms")

_log = structlog.get_logger(__name__)


class WordingError(Invalid):
    """A catalogue cannot be used; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say, by key. `spare`: the first to be left out when a text would not fit in one part."""

    key: str
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Something to say that the curriculum has worded already, for the ear and for the eye.

    `whole`: in a text it may take several parts rather than lose words, as the passage of a reading lesson does.
    """

    say: str
    sms: str
    spare: bool = False
    whole: bool = False


Part = Line | Written


def line(key: str, *, spare: bool = False, **fields: str) -> Line:
    """A `Line` with its fields as keywords."""
    return Line(key, fields, spare)


class Wording:
    """Catalogues of all languages, read once."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, str]]) -> None:
        """`catalogues` maps a language to its texts by message id."""
        self._families = {language: _families(texts) for language, texts in catalogues.items()}
        self._catalogues = catalogues
        self._reported: set[tuple[str, str]] = set()

    @classmethod
    def load(cls, folder: Path) -> "Wording":
        """Reads `<folder>/<language>/LC_MESSAGES/bakame.po` of every language. Raises `WordingError`."""
        files = {path.parent.parent.name: path for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))}
        if SOURCE_LANGUAGE not in files:
            raise WordingError(f"no {SOURCE_LANGUAGE}/LC_MESSAGES/{DOMAIN}.po in the locales folder")
        wording = cls({language: read_catalogue(path, language=language) for language, path in files.items()})
        if problems := wording.problems():
            raise WordingError("\n".join(problems))
        return wording

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have a catalogue."""
        return frozenset(self._catalogues)

    def text(self, said: Line, *, form: Form, language: str = SOURCE_LANGUAGE, rng: random.Random) -> str:
        """The words of a line. A missing field stays visible as `{field}`; a missing key as the key. Never raises."""
        for candidate in dict.fromkeys((language, SOURCE_LANGUAGE)):
            family = self._families.get(candidate, {})
            variants = family.get(f"{said.key}.{form}") or family.get(said.key)
            if variants:
                return rng.choice(variants).format_map(_Fields(said.fields))
            self._report(candidate, said.key)
        return said.key

    def problems(self, *, used: Mapping[str, Collection[str]] | None = None) -> tuple[str, ...]:
        """What is wrong with the catalogues, one sentence each.

        Every translation must exist in English and use no field that English does not. `used` maps the keys that the
        code speaks to the fields that it gives; each must exist in English, in both renderings or in a plain one, and
        ask for no other field.
        """
        english = self._families[SOURCE_LANGUAGE]
        found: list[str] = []
        for language, families in self._families.items():
            for key, variants in families.items():
                if key not in english:
                    found.append(f"{language}: {key} is not in English")
                elif extra := _fields_of(variants) - _fields_of(english[key]):
                    found.append(f"{language}: {key} uses {', '.join(sorted(extra))}, which English does not")
        for key, given in (used or {}).items():
            for form in FORMS:
                variants = english.get(f"{key}.{form}") or english.get(key)
                if not variants:
                    found.append(f"{key} has no {form} rendering in English")
                elif missing := _fields_of(variants) - set(given):
                    found.append(f"{key} asks for {', '.join(sorted(missing))}, which the code does not give")
        return tuple(dict.fromkeys(found))

    def keys(self) -> frozenset[str]:
        """All English keys, without their rendering and variant."""
        return frozenset(family.removesuffix(".voice").removesuffix(".sms") for family in self._families["en"])

    def variants(self, language: str = SOURCE_LANGUAGE) -> Mapping[str, str]:
        """All texts of a language by message id."""
        return self._catalogues[language]

    def _report(self, language: str, key: str) -> None:
        if (language, key) not in self._reported:
            self._reported.add((language, key))
            _log.warning("wording.missing", language=language, key=key)


def read_catalogue(path: Path, *, language: str) -> dict[str, str]:
    """The texts of one .po file by message id; untranslated ones are left out. Raises `WordingError`."""
    try:
        catalogue = read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    except (OSError, UnicodeDecodeError, PoFileError, ValueError) as error:
        raise WordingError(f"{language}/{path.name}: {error}") from error
    texts: dict[str, str] = {}
    for message in catalogue:
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string:
            texts[message.id] = message.string
            _check_fields(message.string, where=f"{language}/{path.name}: {message.id}")
    return texts


class _Fields(dict[str, str]):
    """Fields of a line; one that is missing stays visible."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _check_fields(text: str, *, where: str) -> None:
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise WordingError(f"{where}: {error}") from error
    for _, name, spec, conversion in parsed:
        if name is not None and (not name.isidentifier() or spec or conversion):
            raise WordingError(f"{where}: a field is a plain name in braces, not {{{name}}}")


def _fields_of(variants: Collection[str]) -> set[str]:
    return {name for text in variants for _, name, _, _ in Formatter().parse(text) if name}


def _families(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    families: dict[str, list[str]] = {}
    for message_id in sorted(texts):
        stem, _, last = message_id.rpartition(".")
        families.setdefault(stem if stem and last.isdigit() else message_id, []).append(texts[message_id])
    return {key: tuple(variants) for key, variants in families.items()}
