"""Commands are whole messages: a learner who thinks aloud is never sent away."""

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.commands import Command, read_command, read_yes_no
from bakame.text.numbers import read_number


@pytest.mark.parametrize("word", ["HELP", "STOP", "START", "MATH", "HINT", "SKIP", "STATUS", "NAME", "CALL"])
@pytest.mark.parametrize(
    "shape", ["{}", "{}.", " {} \n", "{}!!!", '"{}"', "{} please", "Please {}", "{} 🙏", "{}, thank you"]
)
def test_a_bare_command_however_it_is_typed(word: str, shape: str) -> None:
    for typed in (word, word.lower(), word.title()):
        assert read_command(shape.format(typed)) == (Command[word], "")


@pytest.mark.parametrize(
    "word", ["stop", "stopall", "unsubscribe", "end", "quit", "cancel", "HAGARIKA", "Stop.", "ＳＴＯＰ"]
)
def test_every_way_out_is_open(word: str) -> None:
    assert read_command(word) == (Command.STOP, "")
    assert read_command(word, spoken=True) == (Command.STOP, "")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("?", Command.HELP),
        ("ubufasha", Command.HELP),
        ("unstop", Command.START),
        ("imibare", Command.MATH),
        ("maths", Command.MATH),
        ("give me a hint", Command.HINT),
        ("simbuka", Command.SKIP),
        ("next", Command.SKIP),
        ("amanota", Command.STATUS),
        ("call me", Command.CALL),
        ("mpamagara", Command.CALL),
        ("subiramo", Command.REPEAT),
        ("I don't know", Command.DONT_KNOW),
        ("i don’t know.", Command.DONT_KNOW),
        ("dont know", Command.DONT_KNOW),
        ("idk", Command.DONT_KNOW),
        ("simbizi", Command.DONT_KNOW),
        ("wait", Command.WAIT),
        ("slower", Command.SLOWER),
        ("buhoro", Command.SLOWER),
        ("Bye!", Command.BYE),
        ("murabeho", Command.BYE),
    ],
)
def test_other_words_for_commands(text: str, command: Command) -> None:
    assert read_command(text) == (command, "")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("say it again", Command.REPEAT),
        ("um can you repeat that please", Command.REPEAT),
        ("sorry, what?", Command.REPEAT),
        ("let me think", Command.WAIT),
        ("wait a minute", Command.WAIT),
        ("hmm hold on", Command.WAIT),
        ("no wait", Command.WAIT),
        ("speak slowly please", Command.SLOWER),
        ("skip this one", Command.SKIP),
        ("okay next question", Command.SKIP),
        ("um I don't know this one", Command.DONT_KNOW),
        ("help me", Command.HELP),
        ("can you give me a hint", Command.HINT),
        ("goodbye teacher", Command.BYE),
        ("ok bye", Command.BYE),
        ("how am I doing", Command.STATUS),
    ],
)
def test_phrases_of_conversation(text: str, command: Command) -> None:
    assert read_command(text, spoken=True) == (command, "")


@pytest.mark.parametrize("text", ["what", "one minute", "say it again", "um stop", "okay next", "sorry"])
def test_talk_is_no_command_in_a_text(text: str) -> None:
    assert read_command(text) is None


@pytest.mark.parametrize("spoken", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "hi", "think", "I think", "stop it hurts", "don't stop", "bus stop", "the end", "helpful"),
        *("mathew", "after math", "56", "fifty six", "yes", "no", "skipping", "waiter", "please", "um", "🙏"),
        *("call my mother", "start with the tens", "a" * 10_000, "stop " * 500),
    ],
)
def test_what_only_looks_like_a_command(text: str, spoken: bool) -> None:
    assert read_command(text, spoken=spoken) is None


def test_no_answer_with_a_number_is_a_command() -> None:
    for said in ("one minute", "one second", "ten", "none", "half", "kane", "one more"):
        assert read_command(said, spoken=True) is None


@pytest.mark.parametrize(
    "text", ["skip this one", "next one", "another one", "one more time", "one moment", "double check"]
)
def test_talk_of_the_next_one_is_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("NAME Aline", "Aline"),
        ("name aline mukamana", "aline mukamana"),
        ("Name: Jean-Paul.", "Jean-Paul"),
        ("NAME=D'Amour", "D'Amour"),
        ("my name is Aline", "Aline"),
        ("Change my name to José", "José"),
        ("izina Keza", "Keza"),
        ("Nitwa Keza", "Keza"),
        ("name", ""),
        ("my name is", ""),
        ("NAME ???", ""),
    ],
)
def test_a_name_comes_with_its_command(text: str, argument: str) -> None:
    assert read_command(text) == (Command.NAME, argument)


@given(st.text(max_size=200), st.booleans())
def test_no_text_breaks_the_commands(text: str, spoken: bool) -> None:
    read = read_command(text, spoken=spoken)
    assert read is None or isinstance(read[0], Command)


@given(st.text(ascii_lowercase, min_size=1, max_size=6), st.sampled_from(["stop", "hint", "help", "hi"]))
def test_a_command_inside_a_longer_word_is_none(letters: str, word: str) -> None:
    assert (read_command(f"{word}zq{letters}"), read_command(f"{letters}zq{word}")) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "yes",
            "Yes.",
            "YES!",
            "yeah",
            "yep",
            "y",
            "yes please",
            "yes it is",
            "yes, I do",
            "yes yes",
            "okay",
            "ok yes",
        ),
        *("well yes", "that's right", "That’s right!", "of course", "correct", "yego", "Yego, nibyo", "oui", "ndiyo"),
        *("yes teacher", "um yes", "yes 👍", "yes please, yes"),
    ],
)
def test_yes(text: str) -> None:
    assert read_yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    [
        *("no", "No.", "nope", "nah", "n", "no no", "no thank you", "no it isn't", "no, that's wrong", "not really"),
        *("oya", "Oya murakoze", "non", "hapana", "that is not right", "no sir", "um no"),
    ],
)
def test_no(text: str) -> None:
    assert read_yes_no(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "um",
        "maybe",
        "yes no",
        "yes and no",
        "no yes",
        "56",
        "no problem with seven",
        "know",
        "yesterday",
        "1",
        "y" * 500,
        "yes " * 20,
    ],
)
def test_neither_yes_nor_no(text: str) -> None:
    assert read_yes_no(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_yes_and_no(text: str) -> None:
    assert read_yes_no(text) in (True, False, None)
