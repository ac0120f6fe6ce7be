"""The embedded synthesiser: espeak-ng in one thread of its own."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from bakame.audio.format import AudioFormat
from bakame.errors import Unavailable
from bakame.ports.speech import SpeechChunk, Voice, WordTime
from bakame.providers.local import espeak
from bakame.providers.local.reading import spoken_words

VOICES: Final[Mapping[str, str]] = {"en": "en-us", "fr": "fr", "sw": "sw"}
"""espeak-ng's voice of each language.

English is American because it says every r and peaks 1.4 dB lower than the British voice; 86 % of its sound lies in the
telephone's band, as of the others (85 to 90 %).
"""
_RATE_HZ: Final = 22_050
_VOLUME: Final = 90
"""Of espeak-ng's 100: at 100 the loudest voice peaks at 0 dBFS, and the filter of the telephone needs headroom."""
_WORDS_HEARD: Final = 1.1
"""Words a minute that are heard for each that espeak-ng is asked for: measured on prompts, with their pauses."""
_SENTENCE_CHARS: Final = 60
"""A sentence end past this many characters ends a stretch; short sentences stay together, for their melody."""
_STRETCH_CHARS: Final = 300
"""The longest stretch, so that other calls wait for milliseconds, and an iterator closed early costs little."""
_PIECE_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text as it is read: at most `_PIECE_CHARS` characters, out of source word number `word`."""

    spoken: str
    word: int


class EspeakSynthesiser:
    """Speech by espeak-ng: pcm16 at 22.05 kHz, some 5 ms of work a sentence. A `ports.speech.Synthesiser`.

    `approximations` lets a language be read by another one's voice (`{"rw": "sw"}`): espeak-ng knows no Kinyarwanda,
    and without the operator's leave a text in it is refused. `load` brings the library.
    """

    def __init__(
        self,
        *,
        approximations: Mapping[str, str] | None = None,
        load: Callable[[], espeak.Espeak] = espeak.load,
    ) -> None:
        self._voices = dict(VOICES)
        for language, other in (approximations or {}).items():
            if other in VOICES:
                self._voices.setdefault(language, VOICES[other])
        self._load = load
        self._thread: ThreadPoolExecutor | None = None

    @property
    def name(self) -> str:
        return "espeak-ng"

    @property
    def format(self) -> AudioFormat:
        return AudioFormat("pcm16", _RATE_HZ)

    async def warm_up(self) -> None:
        """Loads the library and its English voice, so the first sentence is as fast as any. Raises `Unavailable`."""
        async for _ in self.speak("Hello.", voice=Voice()):
            pass

    async def close(self) -> None:
        """Ends the thread; a later `speak` starts another."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.shutdown, cancel_futures=True)

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        """The sound of `text`, a chunk each 100 ms. Joined, the words are the words of `text`, each once.

        The text is made in stretches of a sentence or so, the next one only when the last was taken. Numbers, signs and
        fractions are read as `reading.speakable` says; markup is read as text. A text without anything to say gives
        at most its words. Raises `Unavailable` for a language without a voice, or when espeak-ng fails.
        """
        named = self._voices.get(voice.language.lower().replace("_", "-").split("-")[0])
        if named is None:
            raise Unavailable(f"espeak-ng has no voice for the language {voice.language!r}", retryable=False)
        words = text.split()
        said, elapsed = 0, 0
        for stretch in _stretches(_pieces(words)):
            blocks = await self._run(
                stretch, voice=named, words_per_minute=round(voice.words_per_minute / _WORDS_HEARD)
            )
            starts = _starts(stretch)
            played = 0
            for block in blocks:
                times: list[WordTime] = []
                for position, start_ms in block.words:
                    word = stretch[max(bisect_right(starts, position) - 1, 0)].word
                    times += [WordTime(each, elapsed + start_ms) for each in words[said : word + 1]]
                    said = max(said, word + 1)
                played += len(block.audio)
                yield SpeechChunk(block.audio, tuple(times))
            elapsed += round(self.format.ms_for(played))
        if said < len(words):
            yield SpeechChunk(b"", tuple(WordTime(word, elapsed) for word in words[said:]))

    async def _run(self, stretch: Sequence[_Piece], *, voice: str, words_per_minute: int) -> list[espeak.Block]:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")
        text = " ".join(piece.spoken for piece in stretch)
        work = partial(self._say, text, voice=voice, words_per_minute=words_per_minute)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _say(self, text: str, *, voice: str, words_per_minute: int) -> list[espeak.Block]:
        library = self._load()
        if library.rate_hz != _RATE_HZ:
            raise Unavailable(f"espeak-ng speaks at {library.rate_hz} Hz", retryable=False)
        return library.say(
            text, voice=voice, words_per_minute=words_per_minute, volume=_VOLUME, pause=_ends_sentence(text)
        )


def _pieces(words: Sequence[str]) -> list[_Piece]:
    return [
        _Piece(spoken[start : start + _PIECE_CHARS], index)
        for index, spoken in enumerate(spoken_words(words))
        for start in range(0, len(spoken), _PIECE_CHARS)
    ]


def _stretches(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    stretches: list[list[_Piece]] = [[]]
    size = 0
    for piece in pieces:
        if size + len(piece.spoken) > _STRETCH_CHARS:
            stretches.append([])
            size = 0
        stretches[-1].append(piece)
        size += len(piece.spoken) + 1
        if size >= _SENTENCE_CHARS and _ends_sentence(piece.spoken):
            stretches.append([])
            size = 0
    return [stretch for stretch in stretches if stretch]


def _starts(stretch: Sequence[_Piece]) -> list[int]:
    starts = [0]
    for piece in stretch[:-1]:
        starts.append(starts[-1] + len(piece.spoken) + 1)
    return starts


def _ends_sentence(text: str) -> bool:
    return text.rstrip("\"')]").endswith((".", "?", "!"))
