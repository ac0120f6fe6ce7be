"""What the tutor's models are given."""

import pytest

from bakame.app.tutoring import looking_up
from bakame.errors import Invalid
from classroom import answers


def test_a_model_finds_what_teachers_wrote() -> None:
    tool = looking_up(answers(), None)
    assert "salt" in tool.use({"question": "Why is the sea salty?"})
    assert tool.use({"question": "Who won the match yesterday?"}) == "Nothing was written on this."


@pytest.mark.parametrize("given", [{}, {"question": ""}, {"question": 7}])
def test_what_is_no_question_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        looking_up(answers(), None).use(given)
