"""What is taught and how it is worded, read from files once at start and checked wholly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, StringConstraints, ValidationError

from bakame.errors import Invalid
from bakame.learning.debate import parse_debate
from bakame.learning.feedback import parse_feedback
from bakame.learning.notes import Notes, parse_notes, together
from bakame.learning.passages import parse_passages
from bakame.learning.skills import Curriculum, parse_curriculum
from bakame.learning.steps import parse_steps
from bakame.learning.stories import parse_stories
from bakame.learning.topics import all_topics, parse_left_to_people, parse_topics
from bakame.tutor.guard import Banned, parse_banned
from bakame.tutor.guidance import Guidance
from bakame.tutor.registry import Materials
from bakame.tutor.safeguarding import Care, parse_care
from bakame.tutor.wording import Wording


@dataclass(frozen=True, slots=True)
class Content:
    """All of it. `names`: given names to listen for, most likely first. `care`: how calls for help are heard."""

    materials: Materials
    care: Care
    names: tuple[str, ...]
    wording: Wording

    @property
    def curriculum(self) -> Curriculum:
        return self.materials.curriculum

    @property
    def guidance(self) -> Guidance:
        return self.materials.guidance

    @property
    def banned(self) -> Banned:
        return self.materials.banned


def load_content(*, curriculum_dir: Path, locales_dir: Path) -> Content:
    """Reads everything. Raises `Invalid`, which names file, skill and field of all that is wrong; blocking."""
    return Content(
        materials=load_materials(curriculum_dir),
        care=parse_care(_read(curriculum_dir, "safeguarding.yaml"), source="safeguarding.yaml"),
        names=_names(_read(curriculum_dir, "names.yaml")),
        wording=Wording.load(locales_dir),
    )


def load_materials(folder: Path) -> Materials:
    """What is taught, from the curriculum folder. Raises `Invalid`; blocking."""

    def read(name: str) -> str:
        return _read(folder, name)

    def each(part: str, *, without: tuple[str, ...] = ()) -> dict[str, str]:
        """The files of a folder by their names in it."""
        found = sorted(path.name for path in (folder / part).glob("*.yaml") if path.name not in without)
        return {name: read(f"{part}/{name}") for name in found}

    def notes(files: dict[str, str], module: str) -> Notes:
        parsed = [parse_notes(text, source=name, curriculum=curriculum) for name, text in files.items()]
        return together(parsed, curriculum=curriculum, module=module)

    curriculum = parse_curriculum(read("skills.yaml"), source="skills.yaml")
    stories = parse_stories(read("word_problems.yaml"), source="word_problems.yaml", curriculum=curriculum)
    topics = each("topics", without=("skills.yaml", "people.yaml"))
    return Materials(
        curriculum=curriculum,
        guidance=Guidance(
            feedback=parse_feedback(read("feedback.yaml"), source="feedback.yaml", curriculum=curriculum),
            steps=parse_steps(read("steps.yaml"), source="steps.yaml", curriculum=curriculum),
            stories=stories,
        ),
        english=notes(each("english"), "english"),
        readings=parse_passages(each("passages"), curriculum=curriculum),
        debate=parse_debate(each("debate"), curriculum=curriculum),
        topics=all_topics(
            [parse_topics(text, source=name, curriculum=curriculum) for name, text in topics.items()],
            curriculum=curriculum,
        ),
        general=notes({"topics/skills.yaml": read("topics/skills.yaml")}, "general"),
        left_to_people=parse_left_to_people(
            read("topics/people.yaml"), source="topics/people.yaml", curriculum=curriculum
        ),
        banned=parse_banned(read("asides.yaml"), source="asides.yaml"),
    )


def _read(folder: Path, name: str) -> str:
    path = folder / name
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Invalid(f"{path}: cannot be read: {reason}") from None


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
