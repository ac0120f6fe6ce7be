import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.calls.keys import MOST_KEYS, Entry, KeyedAnswer, KeyedCommand, KeyPad
from bakame.learning.expect import YES_NO, AnswerKind, Expect
from bakame.text.commands import Command

INTEGER = Expect(AnswerKind.INTEGER)
DECIMAL = Expect(AnswerKind.DECIMAL)
FRACTION = Expect(AnswerKind.FRACTION)
CHOICE = Expect(AnswerKind.CHOICE, options=("odd", "even"))


def _press(expect: Expect, keys: str) -> list[Entry]:
    """The entries of keys pressed half a second apart, `.` standing for a long pause."""
    pad, now, entries = KeyPad(expect), 0.0, list[Entry | None]()
    for key in keys:
        if key == ".":
            now += 10.0
            entries.append(pad.pause(now))
        else:
            now += 0.5
            entries.append(pad.press(key, now))
    return [entry for entry in entries if entry is not None]


@pytest.mark.parametrize(
    ("expect", "keys", "answer"),
    [
        (INTEGER, "56#", "56"),
        (INTEGER, "56.", "56"),
        (INTEGER, "*4#", "-4"),
        (INTEGER, "0#", "0"),
        (INTEGER, "9#", "9"),
        (INTEGER, "99.", "99"),
        (DECIMAL, "0*75#", "0.75"),
        (DECIMAL, "*0*5#", "-0.5"),
        (FRACTION, "3*4#", "3/4"),
        (FRACTION, "*3*4.", "-3/4"),
        (CHOICE, "2", "2"),
        (YES_NO, "1", "1"),
        (CHOICE, "7", "7"),
    ],
)
def test_an_answer_is_read_as_it_would_be_typed(expect: Expect, keys: str, answer: str) -> None:
    assert _press(expect, keys) == [KeyedAnswer(answer)]


@pytest.mark.parametrize(
    ("expect", "keys", "command"),
    [
        (INTEGER, "*.", Command.REPEAT),
        (INTEGER, "*#", Command.REPEAT),
        (INTEGER, "0.", Command.HINT),
        (INTEGER, "9.", Command.DONT_KNOW),
        (CHOICE, "*", Command.REPEAT),
        (CHOICE, "0", Command.HINT),
        (YES_NO, "9", Command.DONT_KNOW),
    ],
)
def test_a_lone_key_is_a_command(expect: Expect, keys: str, command: Command) -> None:
    assert _press(expect, keys) == [KeyedCommand(command)]


def test_a_hash_alone_means_nothing() -> None:
    assert _press(INTEGER, "###.") == []
    assert _press(CHOICE, "#") == []


def test_the_next_number_starts_afresh() -> None:
    assert _press(INTEGER, "12#34#") == [KeyedAnswer("12"), KeyedAnswer("34")]


def test_an_entry_is_not_finished_before_its_pause() -> None:
    pad = KeyPad(INTEGER)
    pad.press("5", 1.0)
    assert pad.due is not None
    assert pad.pause(pad.due - 0.01) is None
    pad.press("6", pad.due - 0.01)
    assert pad.pause(pad.due) == KeyedAnswer("56")
    assert pad.due is None


def test_a_child_that_leans_on_the_keypad_gets_a_bounded_number() -> None:
    (entry,) = _press(INTEGER, "5" * 200 + "#")
    assert entry == KeyedAnswer("5" * MOST_KEYS)


@given(st.text("0123456789*#.", max_size=40), st.sampled_from([INTEGER, DECIMAL, FRACTION, CHOICE, YES_NO]))
def test_any_keys_are_read_without_loss_of_order(keys: str, expect: Expect) -> None:
    for entry in _press(expect, keys):
        assert isinstance(entry, KeyedCommand) or entry.text
