"""The subjects that are taught, each by its name."""

from collections.abc import Mapping

from bakame.learning.skills import Curriculum
from bakame.tutor.guidance import Guidance
from bakame.tutor.module import TutorModule
from bakame.tutor.modules.math import MathModule


def modules(*, curriculum: Curriculum, guidance: Guidance) -> Mapping[str, TutorModule]:
    """Every module by name."""
    return {"math": MathModule(curriculum=curriculum, guidance=guidance)}
