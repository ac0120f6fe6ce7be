"""Typing while the screen changes: keys are read one by one, and a line is edited where the screen shows it."""

import asyncio
import codecs
import os
import termios
import tty
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from typing import Final

_ENTER: Final = "\r\n"
_BACKSPACE: Final = "\x7f\b"
_CLEAR: Final = "\x15"
_END: Final = "\x04"
_ESCAPE: Final = "\x1b"


class LineEditor:
    """A line that is being typed: characters in, whole lines out. Arrow keys and their like are ignored."""

    def __init__(self) -> None:
        self.text = ""
        self.ended = False
        self._escape = ""

    def type(self, characters: str) -> list[str]:
        """The lines that these characters complete. `ended` is set by Ctrl-D in an empty line."""
        lines: list[str] = []
        for character in characters:
            if self._in_escape(character):
                continue
            if character in _ENTER:
                lines.append(self.text)
                self.text = ""
            elif character in _BACKSPACE:
                self.text = self.text[:-1]
            elif character == _CLEAR:
                self.text = ""
            elif character == _END:
                self.ended = self.ended or not self.text
            elif character.isprintable():
                self.text += character
        return lines

    def _in_escape(self, character: str) -> bool:
        """Whether a character belongs to an escape sequence: ESC, a bracket or O, parameters, a final letter or ~."""
        if character == _ESCAPE:
            self._escape = character
            return True
        if not self._escape:
            return False
        introduces = self._escape == _ESCAPE and character in "[O"
        self._escape = self._escape + character if introduces or not (character.isalpha() or character == "~") else ""
        return True


class Keyboard:
    """A terminal's keyboard. `typing` is told what stands in the line."""

    def __init__(self, descriptor: int, *, typing: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._typing = typing
        self._editor = LineEditor()
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    async def lines(self) -> AsyncIterator[str]:
        """The lines that are typed, until Ctrl-D or the end of input. Keys are not echoed by the terminal meanwhile."""
        loop = asyncio.get_running_loop()
        with _unbuffered(self._descriptor):
            loop.add_reader(self._descriptor, self._read)
            try:
                while (line := await self._lines.get()) is not None:
                    yield line
            finally:
                loop.remove_reader(self._descriptor)

    def _read(self) -> None:
        try:
            typed = os.read(self._descriptor, 1024)
        except OSError:
            typed = b""
        for line in self._editor.type(self._decoder.decode(typed)):
            self._lines.put_nowait(line)
        self._typing(self._editor.text)
        if self._editor.ended or not typed:
            self._lines.put_nowait(None)


@contextmanager
def _unbuffered(descriptor: int) -> Generator[None, None, None]:
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
