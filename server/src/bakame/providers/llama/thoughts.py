"""What a model thinks aloud, left out of what it says. Sans-I/O.

A server without a reasoning parser sends thoughts inside the text, between `<think>` and `</think>`, at the start of a
reply (DeepSeek-R1, Qwen3 and what is distilled from them).
"""

from typing import Final

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class Thoughts:
    """Filters one reply, piece by piece. Tags may be cut anywhere."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._speaking = False

    def push(self, text: str) -> str:
        """What of this piece, and of what was held back, is to be said."""
        if self._speaking:
            return text
        self._held += text
        if not self._thinking:
            start = self._held.lstrip()
            if not start or (len(start) < len(_OPEN) and _OPEN.startswith(start)):
                return ""
            if not start.startswith(_OPEN):
                self._speaking = True
                return self._held
            self._thinking, self._held = True, start[len(_OPEN) :]
        _, closed, after = self._held.partition(_CLOSE)
        if not closed:
            # Thoughts are long: only what may be the beginning of the closing tag is kept.
            self._held = self._held[1 - len(_CLOSE) :]
            return ""
        self._thinking, self._held = False, after
        return self.push("")

    def end(self) -> str:
        """What was held back and turned out to be speech."""
        return "" if self._thinking or self._speaking else self._held
