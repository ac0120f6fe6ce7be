"""Keys as an agent gets them: when an entry is finished, and what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.learning.expect import AnswerKind
from bakame.providers.elevenlabs.keys import MOST_KEYS, KeyEntry


def entered(keys: str, *, expects: str) -> list[tuple[str, str]]:
    """What goes out for these keys; what is left goes out after a pause."""
    entry = KeyEntry()
    entry.expects = expects
    out = [entry.take(by_hash=key == "#") for key in keys if entry.press(key)]
    return [*out, entry.take(by_hash=False)] if entry.typed else out


@pytest.mark.parametrize(
    ("keys", "expects", "said"),
    [
        ("42#", "integer", ["42"]),
        ("42", "integer", ["42"]),
        ("42", "", ["42"]),
        ("3*4#", "fraction", ["3*4"]),
        ("2", "choice", ["2"]),
        ("12", "yes_no", ["1", "2"]),
        ("9#", "integer", ["9"]),
        ("9", "integer", ["I don't know the answer."]),
        ("0", "choice", ["Please give me a hint."]),
        ("*", "", ["Please repeat that."]),
        ("#", "integer", []),
        ("##7#", "integer", ["7"]),
    ],
)
def test_what_the_keys_say(keys: str, expects: str, said: list[str]) -> None:
    assert [text for _, text in entered(keys, expects=expects)] == said


@given(st.text(alphabet="0123456789*#", max_size=60), st.sampled_from(["", *AnswerKind]))
def test_every_key_but_the_hash_is_in_one_entry_at_most(keys: str, expects: str) -> None:
    entries = [typed for typed, _ in entered(keys, expects=expects)]
    assert all(0 < len(typed) <= MOST_KEYS for typed in entries)
    if max(map(len, keys.split("#"))) <= MOST_KEYS:
        assert "".join(entries) == keys.replace("#", "")
