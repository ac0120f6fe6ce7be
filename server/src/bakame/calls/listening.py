"""The caller's side of a conversation: frames become utterances, and a caller who speaks over the tutor stops it.

Pause, confirm, resume: at the first sound of the caller's the tutor falls silent and keeps its place. Words, or enough
speech, mean that the caller wants the floor: what the tutor was saying is dropped. A sound that ends before that was a
cough or an "mm", and the tutor goes on at the very word.
"""

from collections.abc import Callable
from typing import Final

from bakame.audio.format import FRAME_MS, SILENCE_FRAME
from bakame.calls.answers import Progress, is_backchannel, progress
from bakame.calls.echo import EarTape, EchoGuard
from bakame.calls.speaking import Speaker
from bakame.calls.turns import BARGE_ONSET_MS, Endpointer, Floor, Pace
from bakame.calls.understanding import Understanding, Utterance
from bakame.learning.expect import NOTHING, Expect
from bakame.ports.clock import Clock
from bakame.ports.speech import VoiceActivity

MEANT_MS: Final = 400
"""So much speech over the tutor wants the floor; in the tutor's silence, less that fits nothing was a cough."""
BACKCHANNEL_MS: Final = 1_000
"""The same while the words that are understood are only "mm" and "yeah"."""
RESUME_MS: Final = 200
"""The tutor goes on when a short sound is over for so long."""
UNDECIDED_MS: Final = 2_000
"""However little is said: a tutor that is silent for longer seems gone."""
WORD_MS: Final = 160
"""A sound shorter than this is no word, and nobody is asked what it was."""

NOISY_MS: Final = 40
"""Each noise that came to nothing must be longer by so much before the tutor falls silent for one again."""
NOISIEST_MS: Final = 280


class Listener:
    """Fed with the caller's frames. `began(at)` tells when the caller began to say something that is meant for the
    tutor, `said(utterance)` what.
    """

    def __init__(
        self,
        *,
        activity: VoiceActivity,
        tape: EarTape,
        speaker: Speaker,
        understanding: Understanding,
        pace: Pace,
        clock: Clock,
        began: Callable[[float], None],
        said: Callable[[Utterance], None],
    ) -> None:
        self._activity = activity
        self._tape = tape
        self._guard = EchoGuard()
        self._endpointer = Endpointer()
        self._speaker = speaker
        self._understanding = understanding
        self._pace = pace
        self._clock = clock
        self._began = began
        self._said = said
        self._expect: Expect = NOTHING
        self._open = False
        self._held_ms: int | None = None
        self._quiet_ms = 0
        self._began_at = 0.0
        self._words = ""
        self._over_statement = False
        self.cut = False
        """The tutor was stopped in what it is saying now."""

    @property
    def speaking(self) -> bool:
        """Whether the caller is saying something, as far as one can tell."""
        return self._endpointer.speaking

    def expect(self, expect: Expect, *, open_: bool) -> bool:
        """A new reply begins. `open_`: the caller may interrupt it. True when the caller is in the middle of something,
        which is about what was asked before and is dropped.
        """
        speaking = self._endpointer.speaking
        if speaking:
            self._endpointer.take()
        self._expect, self._open = expect, open_
        self._held_ms, self.cut = None, False
        self._endpointer.end_ms = self._pace.end_ms(expect)
        self._endpointer.barge_onset_ms = max(BARGE_ONSET_MS, self._endpointer.barge_onset_ms - NOISY_MS)
        return speaking

    def hears(self, frame: bytes) -> None:
        """One frame of the caller's."""
        speech = self._activity.is_speech(frame)
        self._quiet_ms = 0 if speech else self._quiet_ms + FRAME_MS
        # Whoever has stopped the tutor is heard as they are: there is nothing left to echo.
        callers = self._guard.is_callers(frame, self._tape.next(), talking=self._endpointer.speaking) or self.cut
        # Once the tutor is silent an echo ends by itself, and what goes on is the caller.
        masked = not callers and self._held_ms is None
        self._understanding.hears(SILENCE_FRAME if masked else frame)
        if masked and self._guard.lag is not None:
            frame = SILENCE_FRAME
        endpointer = self._endpointer
        audible = self._speaker.audible and self._open
        match endpointer.feed(frame, speech=speech and callers, tutor_speaks=audible):
            case Floor.TAKEN:
                self._began_at = self._clock.monotonic()
                self._words, self._over_statement = "", False
                endpointer.end_ms = self._pace.end_ms(self._expect)
                if audible:
                    self._hold()
                else:
                    self._began(self._began_at)
            case Floor.YIELDED:
                self._yield()
            case Floor.SAME if endpointer.speaking:
                if self._held_ms is not None:
                    self._decide(self._held_ms + FRAME_MS)
                elif audible and speech and callers and not self.cut:
                    # The caller was speaking already when the tutor began another sentence.
                    self._hold()
                elif self._understanding.live:
                    self._follow()
            case _:
                pass

    def pressed(self) -> None:
        """A key was pressed: the tutor stops at once."""
        if self._open and self._speaker.audible:
            self.interrupt()

    def interrupt(self) -> None:
        """The caller has the floor."""
        self._held_ms = None
        self.cut = True
        self._speaker.cut()

    def go_on(self) -> None:
        """It came to nothing: the tutor says the rest."""
        self.cut = False
        self._guard.mistaken()

    def understood(self) -> None:
        """It was the caller, with words."""
        self._guard.confirmed()
        self._endpointer.barge_onset_ms = BARGE_ONSET_MS

    def _hold(self) -> None:
        self._held_ms = 0
        self._over_statement = not self._speaker.asking
        self._guard.noticed()
        self._speaker.hold()

    def _decide(self, held_ms: int) -> None:
        """Whether the caller who made the tutor fall silent wants the floor."""
        endpointer, words = self._endpointer, self._understanding.words
        self._held_ms = held_ms
        listens = bool(words) and is_backchannel(words, asking=not self._over_statement)
        if (words and not listens) or endpointer.speech_ms >= (BACKCHANNEL_MS if listens else MEANT_MS):
            self._began(self._began_at)
            self.interrupt()
        elif self._quiet_ms >= RESUME_MS or held_ms >= UNDECIDED_MS:
            self._resume()

    def _resume(self) -> None:
        """It was a short sound: the tutor goes on, while somebody looks whether it was a word."""
        self._held_ms = None
        audio, speech_ms = self._endpointer.take()
        self._guard.mistaken()
        self._endpointer.barge_onset_ms = min(NOISIEST_MS, self._endpointer.barge_onset_ms + NOISY_MS)
        self._speaker.resume()
        if speech_ms >= WORD_MS:
            self._said(Utterance(audio, speech_ms, aside=True, over_statement=self._over_statement))

    def _follow(self) -> None:
        """With words at hand, what is complete ends sooner, and what goes on later."""
        words = self._understanding.words
        if words != self._words:
            self._words = words
            far = progress(words, self._expect) if words else Progress.UNKNOWN
            self._endpointer.end_ms = self._pace.end_ms(self._expect, far)

    def _yield(self) -> None:
        if self._held_ms is not None:
            self._resume()
            return
        pause_ms = self._endpointer.longest_pause_ms
        audio, speech_ms = self._endpointer.take()
        self._said(Utterance(audio, speech_ms, pause_ms, over_statement=self._over_statement))
