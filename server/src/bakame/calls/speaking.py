"""The tutor's side of a conversation: replies on their way to the caller's ear, sentence by sentence."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final

import structlog

from bakame.calls.echo import EarTape
from bakame.errors import Unavailable
from bakame.ports.speech import Synthesiser, Voice
from bakame.ports.voice import CallContext, CallNotes, Heard, Hold, Interrupt, Resume, Speech, VoiceEvent
from bakame.tutor.turn import Reply

SLOWER: Final = 0.85
"""On a poor line words come so much more slowly."""
ASIDE_WORDS: Final = 60
"""An explanation is not asked for more after so many words."""
ASIDE_FIRST_S: Final = 4.0
ASIDE_NEXT_S: Final = 3.0

_log = structlog.get_logger(__name__)

Explain = Callable[[CallContext, str], AsyncIterator[str]]
"""Answers a learner's question in sentences, each as soon as it is known. Raises `Unavailable`."""


class Spoken:
    """One reply and how much of it was heard. Sentences may join while it is being said."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.sentences: list[str] = []
        self.heard: list[str] = []
        self.done: list[bool] = []
        self.closed = False
        self.told = 0
        """Sentences that a model told, before the reply's own."""
        self.grew = asyncio.Event()

    @property
    def complete(self) -> bool:
        """All there is was heard."""
        return self.closed and all(self.done)

    @property
    def next_sentence(self) -> int:
        """The first sentence that was not heard to its end."""
        return self.done.index(False) if False in self.done else len(self.done)

    def add(self, *sentences: str) -> None:
        self.sentences.extend(sentences)
        self.heard.extend("" for _ in sentences)
        self.done.extend(False for _ in sentences)
        self.grew.set()

    def close(self) -> None:
        """No sentence joins any more."""
        self.closed = True
        self.grew.set()


class Speaker:
    """Says replies. `heard_all()` is called when the ear has all of the reply that was begun last."""

    def __init__(
        self,
        *,
        call: CallContext,
        notes: CallNotes,
        voice: Synthesiser,
        tape: EarTape,
        explain: Explain | None,
        heard_all: Callable[[], None],
    ) -> None:
        self._call = call
        self._notes = notes
        self._voice = voice
        self._tape = tape
        self._explain = explain
        self._heard_all = heard_all
        self._utterances = 0
        self._in_flight: dict[int, tuple[Spoken, int]] = {}
        self._saying: asyncio.Task[None] | None = None
        self.spoken: Spoken | None = None
        self.emit: Callable[[VoiceEvent], None] = lambda _: None

    @property
    def audible(self) -> bool:
        """Whether something was said that the ear does not have yet."""
        return bool(self._in_flight)

    @property
    def asking(self) -> bool:
        """Whether the sentence at the ear is a question."""
        for spoken, index in self._in_flight.values():
            return spoken.sentences[index].rstrip().endswith("?")
        return False

    def begin(self, reply: Reply) -> Spoken:
        """Takes up a reply; `fill` and `say` do the rest."""
        self.spoken = Spoken(reply)
        return self.spoken

    async def fill(self, spoken: Spoken) -> None:
        """Gives `spoken` its sentences: what a model has to say to an aside, as it comes, and then the reply's."""
        reply = spoken.reply
        if reply.aside and self._explain is not None:
            await self._explained(spoken, self._explain(self._call, reply.aside))
        spoken.add(*reply.sentences)
        spoken.close()

    async def _explained(self, spoken: Spoken, sentences: AsyncIterator[str]) -> None:
        patience_s, words = ASIDE_FIRST_S, 0
        try:
            while words < ASIDE_WORDS:
                async with asyncio.timeout(patience_s):
                    sentence = (await anext(sentences)).strip()
                if sentence:
                    spoken.add(sentence)
                    spoken.told += 1
                    words += len(sentence.split())
                patience_s = ASIDE_NEXT_S
        except StopAsyncIteration:
            pass
        except (Unavailable, TimeoutError) as error:
            _log.warning("call.aside_failed", call=self._call.call_id, words=words, kind=type(error).__name__)
        finally:
            if isinstance(sentences, AsyncGenerator):
                await sentences.aclose()

    async def say(self, spoken: Spoken) -> None:
        """Says what was not heard of `spoken` yet; each sentence is synthesised while those before it are heard."""
        self._saying = asyncio.current_task()
        index = spoken.next_sentence
        while True:
            while index < len(spoken.sentences):
                await self._sentence(spoken, index)
                index += 1
            if spoken.closed:
                break
            spoken.grew.clear()
            await spoken.grew.wait()
        if spoken.complete and spoken is self.spoken:
            self._heard_all()

    async def _sentence(self, spoken: Spoken, index: int) -> None:
        text = spoken.sentences[index]
        pace = spoken.reply.words_per_minute
        voice = Voice(self._call.language, round(pace * SLOWER) if self._notes.line_is_poor else pace)
        self._utterances += 1
        number = self._utterances
        self._in_flight[number] = (spoken, index)
        wording = text
        async for chunk in self._voice.speak(text, voice=voice):
            self._tape.sent(number, chunk.audio)
            self.emit(Speech(number, chunk.audio, wording, chunk.words))
            wording = ""
        self.emit(Speech(number, b"", last=True))

    def ear_moved(self, heard: Heard) -> None:
        """The ear has so much of an utterance."""
        if heard.utterance not in self._in_flight:
            return
        spoken, index = self._in_flight[heard.utterance]
        spoken.heard[index] = heard.text
        spoken.done[index] = heard.complete
        self._tape.moved(heard.utterance, heard.played_ms)
        if not (heard.complete or heard.cut):
            return
        del self._in_flight[heard.utterance]
        self._note(spoken, complete=spoken.complete)
        if spoken.complete and spoken is self.spoken and not self.audible:
            self._heard_all()

    def hold(self) -> None:
        """Falls silent and keeps its place."""
        self._tape.hold()
        self.emit(Hold())

    def resume(self) -> None:
        """Goes on at the very word."""
        self._tape.resume()
        self.emit(Resume())

    def cut(self) -> None:
        """Stops now; what was not heard is dropped."""
        if self._saying is not None:
            self._saying.cancel()
        self.emit(Interrupt())
        for spoken, _ in self._in_flight.values():
            # Announced but not yet on the line: nothing of it was heard.
            self._note(spoken, complete=False)
        self._in_flight.clear()
        self._tape.clear()

    def _note(self, spoken: Spoken, *, complete: bool) -> None:
        if spoken.reply.turn_id is not None:
            kept = spoken.heard if spoken.reply.keeps_aside else spoken.heard[spoken.told :]
            self._notes.turn_heard(spoken.reply.turn_id, " ".join(filter(None, kept)), complete=complete)
