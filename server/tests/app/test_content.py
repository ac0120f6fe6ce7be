"""Broken content does not start, and says where."""

import shutil
from pathlib import Path

import pytest

from bakame.app.content import load_content
from bakame.app.settings import SERVER_ROOT
from bakame.errors import Invalid


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    shutil.copytree(SERVER_ROOT / "curriculum", tmp_path / "curriculum")
    shutil.copytree(SERVER_ROOT / "locales", tmp_path / "locales")
    return tmp_path / "curriculum", tmp_path / "locales"


def test_the_content_of_the_checkout_loads() -> None:
    content = load_content(curriculum_dir=SERVER_ROOT / "curriculum", locales_dir=SERVER_ROOT / "locales")
    assert len(content.curriculum.of_module("math")) == 151
    assert "en" in content.wording.languages
    assert len(content.names) > 200


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("skills.yaml", "answer: a+1", "answer: a+unknown", ["skills.yaml", "math.number.count_next", "answer"]),
        ("skills.yaml", "answer: a+1", "answer: __import__('os')", ["skills.yaml", "math.number.count_next", "answer"]),
        ("skills.yaml", "version: 1", "version: [1", ["skills.yaml", "line"]),
        ("feedback.yaml", "\nmistakes:", "\nmistake:", ["feedback.yaml"]),
        ("steps.yaml", "math.number.count_next", "math.number.no_such", ["steps.yaml", "math.number.no_such"]),
        ("names.yaml", "names:", "people:", ["names.yaml", "names"]),
        ("names.yaml", "  - Aline", "  - 7", ["names.yaml"]),
    ],
)
def test_a_broken_file_is_refused_with_its_place(
    folders: tuple[Path, Path], file: str, old: str, new: str, says: list[str]
) -> None:
    curriculum, locales = folders
    text = (curriculum / file).read_text("utf-8")
    assert old in text
    (curriculum / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Invalid) as refused:
        load_content(curriculum_dir=curriculum, locales_dir=locales)
    assert all(words in str(refused.value) for words in says)


def test_a_missing_or_unreadable_file_is_named(folders: tuple[Path, Path]) -> None:
    curriculum, locales = folders
    (curriculum / "feedback.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match=r"feedback\.yaml"):
        load_content(curriculum_dir=curriculum, locales_dir=locales)
    (curriculum / "skills.yaml").unlink()
    with pytest.raises(Invalid, match=r"skills\.yaml"):
        load_content(curriculum_dir=curriculum, locales_dir=locales)
