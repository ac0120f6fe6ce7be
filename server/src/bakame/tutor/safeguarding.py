"""Sees when a learner says that somebody hurts them, that they want to die or that they are in danger.

What it sees opens a case for a person. What is answered was written by people; no model takes part.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bakame.errors import Invalid
from bakame.text.disclosure import Detector, Rules
from bakame.text.disclosure_likeness import Likeness
from bakame.tutor.module import Matter
from bakame.tutor.wording import line

DISCLOSURE: Final = "disclosure"
GENERAL: Final = "care.general"
REPLIES: Final = ("care.self_harm", "care.danger", "care.abuse", GENERAL)
"""The keys of what may be answered. Each is given the fields `child` and `gbv`, numbers to call."""

UNSURE: Final = "unsure"
"""Beside a sign of which only the likeness tells."""
SURE: Final = 0.2
"""The likeness's probability from which a person is to look: low, since to overlook costs more than to look twice."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One category: what is answered, and whether a person must look at once."""

    name: str
    reply: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Care:
    """`safeguarding.yaml`, read. `signs` in the order in which they decide what is answered."""

    signs: tuple[Sign, ...]
    detector: Detector


class Safeguarding:
    """Watches over what learners say: by patterns, and by likeness where no pattern fits.

    `child_helpline` and `gbv_hotline` are numbers that a learner may call.
    """

    def __init__(
        self,
        care: Care,
        *,
        child_helpline: str,
        gbv_hotline: str,
        likeness: Likeness | None = None,
        sure: float = SURE,
    ) -> None:
        """Raises `Invalid` when the likeness knows a sign that `care` does not."""
        self._care = care
        self._likeness = likeness
        self._sure = sure
        self._child_helpline = child_helpline
        self._gbv_hotline = gbv_hotline
        if likeness and (unknown := set(likeness.names) - {sign.name for sign in care.signs}):
            raise Invalid(f"the likeness knows signs that safeguarding.yaml does not: {', '.join(sorted(unknown))}")

    def sees(self, text: str) -> Matter | None:
        """What a person must look at; None for ordinary words. Bounded time for any text."""
        seen = self._care.detector.signs(text)
        alike = self._likeness.sign(text, sure=self._sure) if self._likeness and not seen else None
        signs = [sign for sign in self._care.signs if sign.name in seen or sign.name == alike]
        if not signs:
            return None
        return Matter(
            kind=DISCLOSURE,
            reply=line(GENERAL if alike else signs[0].reply, child=self._child_helpline, gbv=self._gbv_hotline),
            urgent=any(sign.urgent for sign in signs),
            signs=(*(sign.name for sign in signs), *((UNSURE,) if alike else ())),
        )


def packaged_likeness() -> Likeness:
    """The one that comes with the product. Raises `Invalid`; blocking."""
    return Likeness.read((files("bakame.tutor") / "disclosure.npz").read_bytes())


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,16}$")]
_Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$")]


class _Sign(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reply: str
    urgent: bool


class _Language(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    words: dict[_Name, list[_Text]]
    signs: dict[_Name, Annotated[list[_Text], Field(min_length=1)]]
    innocent: list[_Text] = Field(default_factory=list[str])
    spellings: dict[_Word, _Text] = Field(default_factory=dict[str, str])
    plain: list[_Word] = Field(default_factory=list[str])


class _Care(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: Annotated[int, Field(ge=1, le=1)]
    signs: Annotated[dict[_Name, _Sign], Field(min_length=1)]
    languages: Annotated[dict[_Name, _Language], Field(min_length=1)]


def parse_care(text: str, *, source: str) -> Care:
    """Reads `safeguarding.yaml` wholly. Raises `Invalid`, which names `source` and all that is wrong."""
    try:
        read = _Care.model_validate(yaml.safe_load(text))
    except yaml.YAMLError:
        raise Invalid(f"{source}: it is not YAML") from None
    except ValidationError as error:
        raise Invalid(
            "\n".join(f"{source}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        ) from None
    faults = [
        f"{source}: {name}: there is no reply {sign.reply}"
        for name, sign in read.signs.items()
        if sign.reply not in REPLIES
    ]
    for language, rules in read.languages.items():
        for name in sorted(read.signs.keys() ^ rules.signs.keys()):
            known = "has no patterns" if name in read.signs else "is no sign"
            faults.append(f"{source}: {language}: {name} {known}")
    if faults:
        raise Invalid("\n".join(faults))
    try:
        detector = Detector(
            [
                Rules(language, each.words, each.signs, each.innocent, each.spellings, each.plain)
                for language, each in read.languages.items()
            ]
        )
    except Invalid as error:
        raise Invalid("\n".join(f"{source}: {fault}" for fault in str(error).splitlines())) from None
    return Care(tuple(Sign(name, each.reply, each.urgent) for name, each in read.signs.items()), detector)
