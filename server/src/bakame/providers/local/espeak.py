"""espeak-ng through ctypes: blocking, one voice at a time, safe to share between threads.

The library keeps its voice, rate and callback in globals, so a process loads it once (`load`) and each use holds a
lock.
Reference: `espeak-ng/speak_lib.h` of espeak-ng 1.52.
"""

import ctypes
import ctypes.util
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from bakame.errors import Unavailable

_SYNCHRONOUS: Final = 2
"""AUDIO_OUTPUT_SYNCHRONOUS: sound goes to the callback, and `espeak_Synth` returns when all of it did."""
_DONT_EXIT: Final = 0x8000
"""Without it the library ends the whole process when its data files are missing."""
_BUFFER_MS: Final = 100
_UTF8: Final = 1
_END_PAUSE: Final = 0x1000
_RATE: Final = 1
_VOLUME: Final = 2
_WORD_EVENT: Final = 1
_SLOWEST, _FASTEST = 80, 450


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of sound, pcm16, and the words that begin in it.

    A word is a pair: the index in the text of its first character, and its start in milliseconds from the start of the
    whole utterance. A number read as several words gives several pairs.
    """

    audio: bytes
    words: tuple[tuple[int, int], ...]


class Espeak:
    """The library, initialised. Make it with `load`, once a process."""

    def __init__(self, library: ctypes.CDLL, *, data_path: str | None) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._blocks: list[Block] = []
        path = None if data_path is None else data_path.encode()
        self.rate_hz: int = library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, path, _DONT_EXIT)
        if self.rate_hz <= 0:
            raise Unavailable("espeak-ng does not find its voices")
        # The library keeps a bare pointer to the callback; this reference keeps it alive.
        self._callback = _Callback(self._collect)
        library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, *, voice: str, words_per_minute: int, volume: int, pause: bool) -> list[Block]:
        """The sound of `text`, which is never read as markup; with a sentence's pause after it when `pause`.

        `text` must hold no control characters: Ctrl-A begins a command to the library. `volume` is 0 to 200, 100 is
        the library's own. Raises `Unavailable` when the library refuses.
        """
        encoded = text.encode()
        with self._lock:
            self._blocks = []
            self._check(self._library.espeak_SetVoiceByName(voice.encode()), f"voice {voice}")
            rate = min(max(words_per_minute, _SLOWEST), _FASTEST)
            self._check(self._library.espeak_SetParameter(_RATE, rate, 0), "rate")
            self._check(self._library.espeak_SetParameter(_VOLUME, volume, 0), "volume")
            flags = _UTF8 | (_END_PAUSE if pause else 0)
            self._check(self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, flags, None, None), "synthesis")
            return self._blocks

    def _collect(self, samples: int | None, count: int, events: Any) -> int:
        words: list[tuple[int, int]] = []
        index = 0
        while events[index].type:
            if events[index].type == _WORD_EVENT:
                words.append((events[index].text_position - 1, events[index].audio_position))
            index += 1
        audio = ctypes.string_at(samples, count * 2) if samples and count > 0 else b""
        if audio or words:
            self._blocks.append(Block(audio, tuple(words)))
        return 0

    @staticmethod
    def _check(error: int, what: str) -> None:
        if error:
            raise Unavailable(f"espeak-ng refuses: {what} (error {error})")


_loading = threading.Lock()


def load() -> Espeak:
    """The library of this process, from the `espeakng-loader` package, else the system's. Raises `Unavailable`."""
    with _loading:
        return _load()


@cache
def _load() -> Espeak:
    # A failure is not cached: once the operator has put the library in place, the next call finds it.
    import espeakng_loader

    try:
        return Espeak(ctypes.CDLL(espeakng_loader.get_library_path()), data_path=espeakng_loader.get_data_path())
    except (OSError, RuntimeError, Unavailable):
        system = ctypes.util.find_library("espeak-ng")
    if system is None:
        raise Unavailable("espeak-ng is not installed")
    try:
        return Espeak(ctypes.CDLL(system), data_path=None)
    except OSError as error:
        raise Unavailable("espeak-ng cannot be loaded") from error
