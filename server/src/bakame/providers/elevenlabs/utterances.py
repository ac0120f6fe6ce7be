"""The agent's turns as utterances of the line: numbered, closed and settled. Sans-I/O: times in seconds of one clock.

The vendor says when an utterance is cut, and never when one is over. Ours is over

- when the sound so far says, by its characters, the whole text of the turn; else
- when the next thing begins: the caller was understood, another turn's text came, or sound of after a tool's answer;
- at the latest when all sound that came has been played and none came for `QUIET_S` since. The line has run dry by
  then, so the end of an utterance, which pads a frame, cannot be heard. What comes later is another utterance. A
  sentence that its characters show to be cut off stays open for longer: a vendor that stalls is found out by that.

Text and sound come apart, in either order. Where sound has characters with times its words come from them; elsewhere
the text goes out as `Wording`. What the caller heard is what our own ear says; the vendor's correction after an
interruption is kept as the text of the utterance that was cut.
"""

from dataclasses import dataclass, field
from typing import Final

from bakame.audio.format import AudioFormat
from bakame.ports.voice import Heard, Speech, Wording
from bakame.providers.elevenlabs.alignment import Words
from bakame.providers.elevenlabs.events import AgentCorrection, AgentText, Sound

QUIET_S: Final = 0.4
"""The line's own lead is 160 ms; the rest is for sound that the network holds back."""
UNFINISHED_S: Final = 5.0
"""For the rest of a sentence that its characters show to be cut off. Whoever listens to us gives up before that."""
_SENTENCE_ENDS: Final = frozenset(".?!…:;)]}\"'”’")
_ALIGNED_WITHIN_MS: Final = 50.0

SpeechEvent = Speech | Wording


@dataclass(frozen=True, slots=True)
class Settled:
    """An utterance that is over: its text, and what of it was heard."""

    text: str
    heard: str
    complete: bool


@dataclass(slots=True)
class _Utterance:
    number: int
    continues: bool
    last_event: int = 0
    sound_ms: float = 0.0
    text: str = ""
    words: Words = field(default_factory=Words)
    aligned: bool = False
    given: str = ""
    """What the agent was given to say."""

    @property
    def lacks_text(self) -> bool:
        return not self.text and not self.continues

    @property
    def is_unfinished(self) -> bool:
        """Whether its characters stop before its text does or, while that is unknown, in the middle of a sentence or of
        what the agent was given to say.
        """
        said = "".join(self.words.text.split())
        if not self.aligned or not said:
            return False
        if self.text:
            return len(said) < len("".join(self.text.split()))
        given = "".join(self.given.split())
        return said[-1] not in _SENTENCE_ENDS or (given != said and given.startswith(said))

    def settled(self, heard: Heard) -> Settled:
        text = self.text or " ".join(self.words.text.split()) or heard.text
        return Settled(text, heard.text, heard.complete)


class Utterances:
    """One conversation's. Numbers begin with 1 and only grow."""

    def __init__(self, speaks: AudioFormat) -> None:
        self._speaks = speaks
        self._number = 0
        self._open: _Utterance | None = None
        self._closed: _Utterance | None = None
        self._live: dict[int, _Utterance] = {}
        self._cut: list[tuple[_Utterance, Heard]] = []
        self._next_text = ""
        self._fresh = True
        self._tool_event: int | None = None
        self._tool_answered = False
        self.line_free_at = 0.0
        """When the caller will have heard all that came, if nothing interrupts."""
        self.given = ""
        """What the agent was given to say next, word for word."""
        self.last_event = 0
        """The newest event that sound belonged to."""

    @property
    def unheard(self) -> bool:
        """Whether sound is in the air: the caller has not heard all that came."""
        return bool(self._live)

    @property
    def closes_at(self) -> float | None:
        """When the open utterance ends unless more sound comes; one that stops in the middle waits for the rest."""
        if self._open is None:
            return None
        return self.line_free_at + (UNFINISHED_S if self._open.is_unfinished else QUIET_S)

    # What the agent says

    def sound(self, sound: Sound, now: float) -> list[SpeechEvent]:
        """A piece of sound. A piece without any is nothing."""
        if not sound.audio:
            return []
        events = self._split(sound.event_id)
        utterance = self._open or self._begin()
        first = not utterance.sound_ms
        ms = self._speaks.ms_for(len(sound.audio))
        if first:
            utterance.aligned = sound.characters is not None and bool(sound.characters.chars)
        words = utterance.words.push(sound.characters if utterance.aligned else None, sound_ms=ms)
        utterance.sound_ms += ms
        utterance.last_event = self.last_event = max(self.last_event, sound.event_id)
        self.line_free_at = max(self.line_free_at, now) + ms / 1000
        events.append(Speech(utterance.number, sound.audio, words=words))
        if first and utterance.text and not utterance.aligned:
            events.append(Wording(utterance.number, utterance.text))
        return events + self._close_if_said()

    def text(self, event: AgentText, *, void: bool) -> list[SpeechEvent]:
        """The whole text of a turn. `void`: an interruption has made the turn void."""
        if not event.text.strip():
            return []
        cut = next((each for each, _ in self._cut if not each.text), None)
        if void or (cut is not None and event.event_id is None):
            if cut is not None:
                cut.text = event.text
            return []
        closed = self._closed
        if closed is not None and closed.lacks_text and (event.event_id or 0) <= closed.last_event:
            closed.text = event.text
            return [Wording(closed.number, event.text)] if closed.number in self._live and not closed.aligned else []
        current = self._open
        if current is not None and not current.text:
            current.text = event.text
            wording: list[SpeechEvent] = [] if current.aligned else [Wording(current.number, event.text)]
            return wording + self._close_if_said()
        events = self.turn_over()
        self._next_text = event.text
        return events

    def tool_called(self, event_id: int | None) -> None:
        """The agent asks for a tool; what it says to the answer is another utterance."""
        self._tool_event, self._tool_answered = event_id, False

    def tool_answered(self, say: str = "") -> None:
        """The agent has what it asked for, and is to say this."""
        self._tool_answered = True
        self.given = say

    def turn_over(self) -> list[SpeechEvent]:
        """Whatever comes next is another turn."""
        self._fresh = True
        return self._close()

    def run_dry(self, now: float) -> list[SpeechEvent]:
        """Closes the utterance whose time has come."""
        closes_at = self.closes_at
        return self._close() if closes_at is not None and now >= closes_at else []

    def interrupted(self, now: float) -> list[SpeechEvent]:
        """The turn is cut: the last word that was held back, for the ear to know of."""
        events: list[SpeechEvent] = []
        if self._open is not None and (words := self._open.words.flush()):
            events.append(Speech(self._open.number, b"", words=words))
        self._open = self._closed = None
        self._next_text = ""
        self._fresh = True
        self.line_free_at = now
        return events

    # What became of it

    def heard(self, heard: Heard) -> Settled | None:
        """The ear moved. An utterance that was heard to its end is settled; one that was cut waits for `settle_cut`."""
        if not (heard.complete or heard.cut):
            return None
        utterance = self._live.pop(heard.utterance, None)
        if utterance is None:
            return None
        if heard.complete:
            return utterance.settled(heard)
        self._cut.append((utterance, heard))
        return None

    def corrected(self, correction: AgentCorrection) -> list[Settled]:
        """The vendor's belief of what was heard; it becomes the text of the utterance that was cut."""
        if self._next_text == correction.original:
            self._next_text = ""
        fits = [each for each, _ in self._cut if each.text == correction.original] or [each for each, _ in self._cut]
        if fits:
            fits[-1].text = correction.corrected
        return self.settle_cut()

    def settle_cut(self) -> list[Settled]:
        """The utterances that were cut, with the text that they have by now."""
        cut, self._cut = self._cut, []
        return [utterance.settled(heard) for utterance, heard in cut]

    # Inside

    def _begin(self) -> _Utterance:
        self._number += 1
        utterance = self._open = _Utterance(
            self._number, continues=not self._fresh, text=self._next_text, given=self.given
        )
        self.given = ""
        self._live[self._number] = utterance
        self._next_text, self._fresh = "", False
        return utterance

    def _split(self, event_id: int) -> list[SpeechEvent]:
        """Sound that answers to a tool begins an utterance, even when the turn before it never ended."""
        tool = self._tool_event
        if not (self._tool_answered and (tool is None or event_id >= tool)) and (tool is None or event_id <= tool):
            return []
        self._tool_event, self._tool_answered = None, False
        return self.turn_over()

    def _close_if_said(self) -> list[SpeechEvent]:
        current = self._open
        if current is None or not current.aligned or not current.text:
            return []
        if current.sound_ms + _ALIGNED_WITHIN_MS < current.words.ends_ms:
            return []
        same = "".join(current.words.text.split()) == "".join(current.text.split())
        return self.turn_over() if same else []

    def _close(self) -> list[SpeechEvent]:
        current, self._open = self._open, None
        if current is None:
            return []
        self._closed = current
        return [Speech(current.number, b"", words=current.words.flush(), last=True)]
