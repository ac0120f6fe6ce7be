"""What the tutor says, by key: gettext catalogues under `locales/<language>/LC_MESSAGES/bakame.po`.

A message id is a key (`feedback.right`); its text may hold `{named}` fields. A key may be written in two renderings,
`.voice` and `.sms`, and each of them, or the plain key, in variants `.1`, `.2`, … of which one is taken at random.
A language that lacks a key falls back to English; when English lacks it too, the key itself is shown.

A translation is a draft until a person has read it: drafts carry gettext's flag `fuzzy`; a reviewed one has lost it and
carries the comment `reviewed by <name> on <date>` (`bakame locales review` does both). English is the source: it is
always reviewed. A language is offered to learners when nothing of it is missing or a draft, or when drafts are allowed.
"""

import random
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Final, Literal

import structlog
from babel.core import UnknownLocaleError
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from bakame.errors import Invalid

SOURCE_LANGUAGE: Final = "en"
DOMAIN: Final = "bakame"
DRAFT: Final = "fuzzy"
REVIEWED: Final = re.compile(r"reviewed by .+ on \d{4}-\d\d-\d\d")
_ORDER: Final = (SOURCE_LANGUAGE, "rw", "fr", "sw")
"""In which languages are offered; others follow."""

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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one language says: texts by message id, and the ids that a person has reviewed."""

    texts: Mapping[str, str]
    reviewed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a language is. `reviewed` and `drafts` are message ids; `missing` are keys that fall back to English."""

    reviewed: tuple[str, ...]
    drafts: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether a learner hears nothing but reviewed words of it."""
        return not self.drafts and not self.missing


class Wording:
    """Catalogues of all languages, read once. What a translation has wrong is left out of it and is English then."""

    def __init__(
        self,
        catalogues: Mapping[str, Mapping[str, str]],
        *,
        reviewed: Mapping[str, Collection[str]] | None = None,
        faults: Sequence[str] = (),
    ) -> None:
        """`catalogues` maps a language to its texts by message id; `reviewed`, to those ids that are no drafts.

        `faults`: what was wrong with the files already, one sentence each.
        """
        english = _families(catalogues.get(SOURCE_LANGUAGE, {}))
        self._faults = list(faults)
        self._catalogues: dict[str, Mapping[str, str]] = {}
        for language, texts in catalogues.items():
            wrong = {} if language == SOURCE_LANGUAGE else _faults_of(texts, english)
            self._faults += [f"{language}: {fault}" for fault in wrong.values()]
            self._catalogues[language] = {key: text for key, text in texts.items() if key not in wrong}
        self._families = {language: _families(texts) for language, texts in self._catalogues.items()}
        self._reviewed = {language: frozenset(ids) for language, ids in (reviewed or {}).items()}
        self._missed: Counter[str] = Counter()
        self._reported: set[tuple[str, str]] = set()

    @classmethod
    def load(cls, folder: Path) -> "Wording":
        """Reads `<folder>/<language>/LC_MESSAGES/bakame.po` of every language; blocking.

        Raises `WordingError` when English cannot be used. A translation that cannot be read is left out, and logged.
        """
        files = {path.parent.parent.name: path for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))}
        if SOURCE_LANGUAGE not in files:
            raise WordingError(f"no {SOURCE_LANGUAGE}/LC_MESSAGES/{DOMAIN}.po in the locales folder")
        read: dict[str, Catalogue] = {}
        faults: list[str] = []
        for language, path in files.items():
            try:
                read[language] = read_catalogue(path, language=language)
            except WordingError as error:
                if language == SOURCE_LANGUAGE:
                    raise
                faults.append(str(error))
        texts = {language: catalogue.texts for language, catalogue in read.items()}
        wording = cls(texts, reviewed={language: each.reviewed for language, each in read.items()}, faults=faults)
        if problems := wording.problems():
            _log.warning("wording.faulty", problems=problems)
        return wording

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have a catalogue."""
        return frozenset(self._catalogues)

    def offered(self, *, allow_drafts: bool) -> tuple[str, ...]:
        """The languages that learners may choose, English first.

        A language is offered when its catalogue is complete and wholly reviewed; with `allow_drafts` when it says
        anything at all, and what it lacks is heard in English.
        """
        offered = [
            language
            for language in sorted(self._catalogues, key=_place)
            if language == SOURCE_LANGUAGE
            or (self._catalogues[language] and (allow_drafts or self.standing(language).is_complete))
        ]
        return tuple(offered)

    def standing(self, language: str) -> Standing:
        """How many messages of a language are reviewed, drafts, or missing. Raises `KeyError` for an unknown one."""
        texts = self._catalogues[language]
        reviewed = texts.keys() if language == SOURCE_LANGUAGE else self._reviewed.get(language, frozenset())
        families = self._families[language]
        return Standing(
            reviewed=tuple(key for key in texts if key in reviewed),
            drafts=tuple(key for key in texts if key not in reviewed),
            missing=tuple(key for key in self._families[SOURCE_LANGUAGE] if not _is_worded(key, families)),
        )

    @property
    def missed(self) -> Mapping[str, int]:
        """How often each language had no words for a line, since the start."""
        return dict(self._missed)

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

        Every translation must exist in English and have exactly the fields that English has. `used` maps the keys that
        the code speaks to the fields that it gives; each must exist in English, in both renderings or in a plain one,
        and ask for no other field.
        """
        english = self._families[SOURCE_LANGUAGE]
        found = list(self._faults)
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
        return frozenset(_stem(family) for family in self._families[SOURCE_LANGUAGE])

    def variants(self, language: str = SOURCE_LANGUAGE) -> Mapping[str, str]:
        """All texts of a language by message id."""
        return self._catalogues[language]

    def _report(self, language: str, key: str) -> None:
        self._missed[language] += 1
        if (language, key) not in self._reported:
            self._reported.add((language, key))
            _log.warning("wording.missing", language=language, key=key)


def read_catalogue(path: Path, *, language: str) -> Catalogue:
    """One .po file; untranslated messages are left out. Raises `WordingError`.

    In the source language a field that is no plain name is an error too; in others `Wording` leaves the message out.
    """
    try:
        messages = read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    except (OSError, UnicodeDecodeError, PoFileError, UnknownLocaleError, ValueError) as error:
        raise WordingError(f"{language}/{path.name}: {error}") from error
    texts: dict[str, str] = {}
    reviewed: set[str] = set()
    for message in messages:
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string:
            texts[message.id] = message.string
            if is_reviewed(message):
                reviewed.add(message.id)
            if language == SOURCE_LANGUAGE and (fault := _fault_of_fields(message.string)):
                raise WordingError(f"{language}/{path.name}: {message.id}: {fault}")
    return Catalogue(texts, frozenset(reviewed))


def is_reviewed(message: Message) -> bool:
    """Whether a person has put their name to a message."""
    return DRAFT not in message.flags and any(REVIEWED.fullmatch(each) for each in message.user_comments)


class _Fields(dict[str, str]):
    """Fields of a line; one that is missing stays visible."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _fault_of_fields(text: str) -> str | None:
    """Why the fields of a text cannot be filled in; None when they can."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        return str(error)
    for _, name, spec, conversion in parsed:
        if name is not None and (not name.isidentifier() or spec or conversion):
            return f"a field is a plain name in braces, not {{{name}}}"
    return None


def _faults_of(texts: Mapping[str, str], english: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What is wrong with the messages of a translation, by message id."""
    faults: dict[str, str] = {}
    for message_id, text in texts.items():
        family = _family_of(message_id)
        wanted = {
            frozenset(_fields_of([variant]))
            for key in dict.fromkeys((family, _stem(family), *(f"{family}.{form}" for form in FORMS)))
            for variant in english.get(key, ())
        }
        if not wanted:
            faults[message_id] = f"{message_id} is not in English"
        elif fault := _fault_of_fields(text):
            faults[message_id] = f"{message_id}: {fault}"
        elif extra := _fields_of([text]) - frozenset[str]().union(*wanted):
            faults[message_id] = f"{message_id} uses {', '.join(sorted(extra))}, which English does not"
        elif frozenset(_fields_of([text])) not in wanted:
            faults[message_id] = f"{message_id} has fewer fields than English"
    return faults


def _fields_of(variants: Collection[str]) -> set[str]:
    return {name for text in variants for _, name, _, _ in Formatter().parse(text) if name}


def _family_of(message_id: str) -> str:
    """The message id without the number of its variant."""
    stem, _, last = message_id.rpartition(".")
    return stem if stem and last.isdigit() else message_id


def _stem(family: str) -> str:
    """The key, without its rendering."""
    return family.removesuffix(".voice").removesuffix(".sms")


def _is_worded(family: str, families: Collection[str]) -> bool:
    """Whether a language has words wherever English has this family."""
    if family in families or _stem(family) in families:
        return True
    return all(f"{family}.{form}" in families for form in FORMS)


def _place(language: str) -> tuple[int, str]:
    return (_ORDER.index(language) if language in _ORDER else len(_ORDER), language)


def _families(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    families: dict[str, list[str]] = {}
    for message_id in sorted(texts):
        families.setdefault(_family_of(message_id), []).append(texts[message_id])
    return {key: tuple(variants) for key, variants in families.items()}
