"""The subjects that are taught, each by its name."""

from collections.abc import Mapping
from dataclasses import dataclass

from bakame.learning.debate import DebateContent
from bakame.learning.notes import Notes
from bakame.learning.passages import Readings
from bakame.learning.skills import Curriculum
from bakame.learning.topics import LeftToPeople, Topics
from bakame.tutor.guard import Banned
from bakame.tutor.guidance import Guidance
from bakame.tutor.library import ContentLibrary
from bakame.tutor.module import TutorModule
from bakame.tutor.modules.comprehension import ComprehensionModule
from bakame.tutor.modules.debate import DebateModule
from bakame.tutor.modules.english import EnglishModule
from bakame.tutor.modules.general import GeneralModule
from bakame.tutor.modules.math import MathModule


@dataclass(frozen=True, slots=True)
class Materials:
    """What the modules teach from. `guidance` is for what is made by rule; the rest was written."""

    curriculum: Curriculum
    guidance: Guidance
    english: Notes
    readings: Readings
    debate: DebateContent
    topics: Topics
    general: Notes
    left_to_people: LeftToPeople
    banned: Banned


def library(materials: Materials) -> ContentLibrary:
    """Answers to questions, from all that was written."""
    return ContentLibrary(
        curriculum=materials.curriculum,
        topics=materials.topics,
        notes=materials.general,
        left=materials.left_to_people,
        banned=materials.banned,
    )


def modules(materials: Materials, *, answers: ContentLibrary, asides: bool = False) -> Mapping[str, TutorModule]:
    """Every module by name. `asides`: there is a model that answers what content does not."""
    curriculum = materials.curriculum
    taught: tuple[TutorModule, ...] = (
        MathModule(curriculum=curriculum, guidance=materials.guidance),
        EnglishModule(curriculum=curriculum, notes=materials.english),
        ComprehensionModule(curriculum=curriculum, readings=materials.readings),
        DebateModule(curriculum=curriculum, content=materials.debate),
        GeneralModule(
            curriculum=curriculum,
            topics=materials.topics,
            notes=materials.general,
            library=answers,
            asides=asides,
        ),
    )
    return {module.name: module for module in taught}
