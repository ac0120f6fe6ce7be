"""What a person at the simulated phone sees: lines of text, a live terminal, or lines of JSON."""

import json
from typing import Final, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from bakame.simulator.events import (
    AudioCleared,
    CallerUnderstood,
    CallEvent,
    CallState,
    CarrierSaid,
    Ended,
    EndReason,
    KeyPressed,
    MarkEchoed,
    StateChanged,
    TutorHeard,
    Warned,
    WordsUnavailable,
)

_STATES: Final = {
    CallState.RINGING: "It rings.",
    CallState.IN_PROGRESS: "The call is answered.",
}
_REASONS: Final = {
    EndReason.SERVER: "The tutor hung up.",
    EndReason.CALLER: "You hung up.",
    EndReason.CABLE: "The line is dead: the cable was pulled.",
    EndReason.REJECTED: "The call was refused.",
    EndReason.UNANSWERED: "Nobody answered.",
    EndReason.FAILED: "The call failed.",
}


class Screen(Protocol):
    """Where a call is shown."""

    def show(self, event: CallEvent) -> None:
        """Something happened on the call."""
        ...

    def you(self, words: str) -> None:
        """The caller says something."""
        ...

    def note(self, words: str) -> None:
        """Something else a person should know."""
        ...


class JsonScreen:
    """One JSON object a line."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, event: CallEvent) -> None:
        self.put(event.as_json())

    def you(self, words: str) -> None:
        self.put({"event": "spoken", "text": words})

    def note(self, words: str) -> None:
        self.put({"event": "note", "text": words})

    def put(self, fields: dict[str, object]) -> None:
        """Any object with an `event`."""
        self._console.file.write(json.dumps(fields, ensure_ascii=False) + "\n")
        self._console.file.flush()


class TextScreen:
    """One line for what happened; an utterance of the tutor's is shown when it is over."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._utterance: int | None = None
        self._words = ""

    def show(self, event: CallEvent) -> None:
        match event:
            case TutorHeard(utterance=utterance, text=text):
                if utterance != self._utterance:
                    self._finish()
                self._utterance, self._words = utterance, text
            case AudioCleared(dropped_ms=dropped_ms) if dropped_ms and self._words:
                self._words += " —"
            case CallerUnderstood(text=text, by=by):
                self._line("heard you", f"{text} (by {by})", "cyan")
            case CarrierSaid(text=text):
                self._line("carrier", text, "magenta")
            case KeyPressed(key=key):
                self._line("you", f"key {key}", "cyan")
            case Warned(code=code, message=message):
                self._line(f"warning {code}", message, "yellow")
            case WordsUnavailable(message=message):
                self.note(f"The tutor's words do not appear here: {message}.")
            case StateChanged(state=state) if state in _STATES:
                self.note(_STATES[state])
            case Ended(reason=reason, message=message):
                self.note(f"{_REASONS[reason]} {message}".rstrip())
            case _:
                pass
        if not isinstance(event, MarkEchoed):
            self._refresh()

    def you(self, words: str) -> None:
        self._line("you", words, "cyan")

    def note(self, words: str) -> None:
        self._finish()
        self._console.print(Text(words, style="dim"), soft_wrap=True)

    def _line(self, who: str, words: str, style: str) -> None:
        self._finish()
        self._console.print(Text.assemble((f"{who}: ", f"bold {style}"), words), soft_wrap=True)

    def _finish(self) -> None:
        """The utterance that was being heard is over."""
        if self._words:
            words, self._words, self._utterance = self._words, "", None
            self._refresh()
            self._console.print(tutor_line(words), soft_wrap=True)

    def _refresh(self) -> None:
        """Shows what is still growing, where that is possible."""


class LiveScreen(TextScreen):
    """A terminal: the tutor's words grow as they are heard, and what is being typed stays below them."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._typed = ""
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> "LiveScreen":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()
        self._live.stop()

    def typing(self, typed: str) -> None:
        """What stands in the input line now."""
        self._typed = typed
        self._refresh()

    def _refresh(self) -> None:
        prompt = Text.assemble(("> ", "bold"), self._typed, "▏")
        self._live.update(Group(tutor_line(self._words), prompt) if self._words else prompt, refresh=True)


def tutor_line(words: str) -> Text:
    """How the tutor's words look."""
    return Text.assemble(("tutor: ", "bold green"), words)
