"""What follows from how it is going: easier or harder questions, slower speech, an offer to stop; seldom a short line.

Nothing is said of the learner, only of the questions; nothing flatters, and nothing keeps anybody on a call.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bakame.learning.lesson import Lesson
from bakame.learning.mood import FRUSTRATED, SURE, WEARY, Estimate, Mood, Sign, faded, felt, target
from bakame.text.compare import normalise
from bakame.tutor.wording import Line, line

SPEAK_EVERY: Final = timedelta(minutes=4)
"""At most one line in so long a time."""
SLOWER_WPM: Final = 115
"""After frustration, on the ear."""
MOST_WORDS: Final = 12
"""Words of a message that can be a word about how it is going, and nothing else."""

_WORDS: Final = {
    Sign.TOO_HARD: (
        *("hard", "too hard", "this is hard", "its hard", "it is hard", "this is too hard", "its too hard"),
        *("it is too hard", "very hard", "this is very hard", "so hard", "difficult", "too difficult"),
        *("this is difficult", "its difficult", "it is difficult", "this is too difficult", "i cant do this"),
        *("i cannot do this", "i am confused", "im confused", "i am lost", "im lost", "i am stuck", "im stuck"),
        *("biragoye", "birakomeye", "biragoye cyane", "birakomeye cyane", "biranze", "biragoranye"),
        *("cest dur", "cest difficile", "cest trop dur", "cest trop difficile", "trop dur", "trop difficile"),
        *("je suis perdu", "je suis perdue", "ni ngumu", "ni ngumu sana", "ngumu sana", "ni vigumu"),
    ),
    Sign.TOO_EASY: (
        *("easy", "too easy", "this is easy", "its easy", "it is easy", "this is too easy", "its too easy"),
        *(
            "it is too easy",
            "very easy",
            "this is very easy",
            "so easy",
            "give me a harder one",
            "harder",
            "harder one",
        ),
        *("a harder one", "something harder", "i know this", "i know this already", "i already know this"),
        *("biroroshye", "biroroshye cyane", "ndabizi", "cest facile", "cest trop facile", "trop facile"),
        *("plus difficile", "ni rahisi", "ni rahisi sana", "rahisi sana", "rahisi"),
    ),
    Sign.TIRED: (
        *("tired", "i am tired", "im tired", "i am so tired", "im so tired", "i am very tired", "im very tired"),
        *("i feel tired", "i am sleepy", "im sleepy", "i need a break", "i want a break", "can we take a break"),
        *("lets take a break", "a break", "i am exhausted", "im exhausted"),
        *("ndananiwe", "naruhye", "ndaruhye", "je suis fatigue", "je suis fatiguee", "nimechoka", "nimechoka sana"),
    ),
    Sign.BORED: (
        *("boring", "this is boring", "its boring", "it is boring", "so boring", "i am bored", "im bored", "bored"),
        *("something else", "can we do something else", "i want something else", "i dont like this"),
        *("i do not like this", "i dont want this", "cest ennuyeux", "je mennuie", "autre chose", "inachosha"),
        *("birarambiranye", "birandambiye", "sipendi hii", "nataka kitu kingine"),
    ),
    Sign.CONTENT: (
        *("i like this", "i like it", "this is fun", "its fun", "it is fun", "i love this", "i enjoy this", "fun"),
        *("this is good", "this is nice", "i am happy", "im happy", "i understand", "i understand now", "now i get it"),
        *("i get it now", "ndabikunda", "ndabyumva", "ndishimye", "jaime ca", "jaime bien", "jai compris"),
        *("ninapenda", "ninaelewa", "nimeelewa"),
    ),
}
"""Whole messages, in the form that `normalise` gives."""
HEARD: Final = {
    Sign.TOO_HARD: line("mood.too_hard"),
    Sign.TOO_EASY: line("mood.too_easy"),
    Sign.TIRED: line("mood.tired"),
    Sign.BORED: line("mood.bored"),
    Sign.CONTENT: line("mood.content", spare=True),
}
"""What is said to a word about how it is going."""
_SIGNS: Final = {phrase: sign for sign, phrases in _WORDS.items() for phrase in phrases}
_AROUND: Final = frozenset(
    (
        *(
            "oh",
            "ah",
            "um",
            "uh",
            "hmm",
            "well",
            "but",
            "and",
            "so",
            "please",
            "teacher",
            "sir",
            "madam",
            "sorry",
            "ok",
        ),
        *("okay", "yes", "no", "now", "really", "me", "for", "today", "murakoze", "merci", "asante", "thank", "you"),
    )
)
"""Words that may stand around it."""


def report_in(text: str) -> Sign | None:
    """What a learner says of how it is going; None when the message is anything else. Whole messages only."""
    words = normalise(text).split()
    if not words or len(words) > MOST_WORDS:
        return None
    whole = _SIGNS.get(" ".join(words))
    if whole is not None:
        return whole
    first, last = 0, len(words)
    while first < last and words[first] in _AROUND:
        first += 1
    while last > first and words[last - 1] in _AROUND:
        last -= 1
    return _SIGNS.get(" ".join(words[first:last]))


def noticed(lesson: Lesson, sign: Sign, now: datetime) -> Lesson:
    """The lesson after a sign that no module sees, such as a silence."""
    profile = lesson.profile
    return replace(lesson, profile=replace(profile, mood=felt(profile.mood, sign, now=now)))


def words_per_minute(lesson: Lesson, now: datetime) -> int | None:
    """How slowly to speak; None when there is no reason to change it, or the learner asked for slow speech already."""
    mood = faded(lesson.profile.mood, now)
    return SLOWER_WPM if target(mood) == "after_frustration" and not lesson.slow else None


def remark(mood: Mood, now: datetime, *, on_call: bool) -> tuple[Mood, Line | None]:
    """One short line that goes with a change of pace, now and then; mostly None. Harder questions need no words.

    Weariness comes before difficulty: somebody who has had enough is told that they may stop.
    """
    if mood.spoken_at is not None and now - mood.spoken_at < SPEAK_EVERY:
        return mood, None
    mood = faded(mood, now)
    said: Line | None = None
    if _sure(mood.engagement) and mood.engagement.value <= WEARY:
        said = line("mood.stop" if on_call else "mood.later")
    elif _sure(mood.difficulty) and mood.difficulty.value >= FRUSTRATED:
        said = line("mood.easier", spare=True)
    return (replace(mood, spoken_at=now), said) if said else (mood, None)


def _sure(estimate: Estimate) -> bool:
    return estimate.confidence >= SURE
