"""What is taught and how it is worded, read from files once at start and checked wholly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, StringConstraints, ValidationError

from bakame.errors import Invalid
from bakame.learning.feedback import parse_feedback
from bakame.learning.skills import Curriculum, parse_curriculum
from bakame.learning.steps import parse_steps
from bakame.learning.stories import parse_stories
from bakame.tutor.guard import Banned, parse_banned
from bakame.tutor.guidance import Guidance
from bakame.tutor.wording import Wording


@dataclass(frozen=True, slots=True)
class Content:
    """All of it. `names`: given names to listen for, most likely first."""

    curriculum: Curriculum
    guidance: Guidance
    names: tuple[str, ...]
    wording: Wording
    banned: Banned


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
            stories=parse_stories(read("word_problems.yaml"), source="word_problems.yaml", curriculum=curriculum),
        ),
        names=_names(read("names.yaml")),
        wording=Wording.load(locales_dir),
        banned=parse_banned(read("asides.yaml"), source="asides.yaml"),
    )


class _Names(BaseModel):
    names: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...]


def _names(text: str) -> tuple[str, ...]:
    try:
        return _Names.model_validate(yaml.safe_load(text)).names
    except yaml.YAMLError:
        raise Invalid("names.yaml: it is not YAML") from None
    except ValidationError as error:
        problem = error.errors()[0]
        raise Invalid(f"names.yaml: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
