"""What is taught and how it is worded, read from files once at start and checked wholly."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bakame.errors import Invalid
from bakame.learning.feedback import parse_feedback
from bakame.learning.skills import Curriculum, parse_curriculum
from bakame.learning.steps import parse_steps
from bakame.tutor.guidance import Guidance
from bakame.tutor.wording import Wording


@dataclass(frozen=True, slots=True)
class Content:
    """All of it. `names`: given names to listen for, most likely first."""

    curriculum: Curriculum
    guidance: Guidance
    names: tuple[str, ...]
    wording: Wording


def load_content(*, curriculum_dir: Path, locales_dir: Path) -> Content:
    """Reads everything. Raises `Invalid`, which names file, skill and field of all that is wrong; blocking."""

    def read(name: str) -> str:
        path = curriculum_dir / name
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise Invalid(f"{path}: cannot be read: {reason}") from None

    curriculum = parse_curriculum(read("skills.yaml"), source="skills.yaml")
    return Content(
        curriculum=curriculum,
        guidance=Guidance(
            feedback=parse_feedback(read("feedback.yaml"), source="feedback.yaml", curriculum=curriculum),
            steps=parse_steps(read("steps.yaml"), source="steps.yaml", curriculum=curriculum),
        ),
        names=_names(read("names.yaml")),
        wording=Wording.load(locales_dir),
    )


def _names(text: str) -> tuple[str, ...]:
    try:
        listed = yaml.safe_load(text)["names"]
    except (yaml.YAMLError, TypeError, KeyError):
        raise Invalid("names.yaml: there is no list called names in it") from None
    if not isinstance(listed, list) or not all(isinstance(name, str) and name.strip() for name in listed):
        raise Invalid("names.yaml: names: each one must be a word")
    return tuple(name.strip() for name in listed)
