"""The real curriculum, read once."""

from pathlib import Path

import pytest

from bakame.learning.feedback import Feedback, parse_feedback
from bakame.learning.skills import Curriculum, parse_curriculum
from bakame.learning.steps import Steps, parse_steps

FOLDER = Path(__file__).parents[2] / "curriculum"


@pytest.fixture(scope="session")
def curriculum_text() -> str:
    return (FOLDER / "skills.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def curriculum(curriculum_text: str) -> Curriculum:
    return parse_curriculum(curriculum_text, source="skills.yaml")


@pytest.fixture(scope="session")
def steps(curriculum: Curriculum) -> Steps:
    return parse_steps((FOLDER / "steps.yaml").read_text(encoding="utf-8"), source="steps.yaml", curriculum=curriculum)


@pytest.fixture(scope="session")
def feedback(curriculum: Curriculum) -> Feedback:
    text = (FOLDER / "feedback.yaml").read_text(encoding="utf-8")
    return parse_feedback(text, source="feedback.yaml", curriculum=curriculum)
