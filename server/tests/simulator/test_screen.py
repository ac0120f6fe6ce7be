"""What a person at the phone sees."""

import io

from rich.console import Console

from bakame.simulator.events import (
    AudioCleared,
    CallState,
    Ended,
    EndReason,
    MarkEchoed,
    StateChanged,
    TutorHeard,
    Warned,
    WordsUnavailable,
)
from bakame.simulator.screen import LiveScreen, TextScreen


def test_a_call_reads_as_a_conversation() -> None:
    out = io.StringIO()
    screen = TextScreen(Console(file=out, highlight=False, width=200))
    screen.show(StateChanged(at_ms=0, state=CallState.IN_PROGRESS))
    screen.show(TutorHeard(at_ms=1, utterance=1, text="Hello."))
    screen.show(MarkEchoed(at_ms=1, name="m1", cleared=False))
    screen.show(TutorHeard(at_ms=2, utterance=2, text="What is"))
    screen.show(TutorHeard(at_ms=3, utterance=2, text="What is seven"))
    screen.show(AudioCleared(at_ms=4, dropped_ms=900))
    screen.you("fifty [six]")
    screen.show(Warned(at_ms=5, code=31951, message="not JSON"))
    screen.show(WordsUnavailable(at_ms=6, message="the server shows no words (404)"))
    screen.show(Ended(at_ms=7, reason=EndReason.SERVER, state=CallState.COMPLETED))
    assert out.getvalue().splitlines() == [
        "The call is answered.",
        "tutor: Hello.",
        "tutor: What is seven —",
        "you: fifty [six]",
        "warning 31951: not JSON",
        "The tutor's words do not appear here: the server shows no words (404).",
        "The tutor hung up.",
    ]


def test_on_a_terminal_the_words_grow_above_the_line_that_is_typed() -> None:
    out = io.StringIO()
    with LiveScreen(Console(file=out, highlight=False, width=80, force_terminal=True, color_system=None)) as screen:
        screen.show(TutorHeard(at_ms=1, utterance=1, text="What is"))
        screen.typing("fif")
        assert out.getvalue().rstrip().endswith("tutor: What is\n> fif▏")
        screen.show(TutorHeard(at_ms=2, utterance=1, text="What is seven times eight?"))
        assert out.getvalue().rstrip().endswith("tutor: What is seven times eight?\n> fif▏")
    assert "tutor: What is seven times eight?\n" in out.getvalue()
