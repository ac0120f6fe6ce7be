"""What may go wrong at a vendor of speech."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Read when a connection or a request begins. Seconds are of sound: received on a live socket, sent by the voice.

    `drops`: each new connection is closed without a word. `hangs`: it is taken, and nothing is ever said. `refuse`:
    every upgrade and request is answered with this HTTP status. `late_s`: each message, or an answer's first byte,
    comes so many seconds later. `dies_after_s`: the connection breaks off, with the closing code and reason of
    `closes` where it is given. `mute_after_s`: nothing is said any more, though pings are answered. `freezes_after_s`:
    not even those. `fails_after_s`: an Error message, and no word more. `garbage`: nonsense of every kind before each
    result, and instead of an answer. `ignores_finalize`: no result answers one. `misses_speech_final`: endpointing
    settles words without saying that the utterance is over. `repeats_utterance_end`: it comes twice. `silent`: the
    voice's answer has no byte. `endless`: it does not stop.
    """

    drops: bool = False
    refuse: int | None = None
    hangs: bool = False
    late_s: float = 0.0
    dies_after_s: float | None = None
    closes: tuple[int, str] | None = None
    mute_after_s: float | None = None
    freezes_after_s: float | None = None
    fails_after_s: float | None = None
    garbage: bool = False
    ignores_finalize: bool = False
    misses_speech_final: bool = False
    repeats_utterance_end: bool = False
    silent: bool = False
    endless: bool = False


NONE = Faults()
