"""The words and marks of choosing: data only, no rules."""

import re
from typing import Final

from bakame.text.wordlists import word_set

LIKE: Final = 0.8
"""How alike a word and an option's word must be to be taken for it."""
CLEARLY: Final = 0.1
"""By how much it must be more like it than like any other option's."""
MAX_CHARS: Final = 500
MOST_KEY_WORDS: Final = 3
MOST_AROUND: Final = 6
START: Final = 3
STEM, ENDING = 3, 3
"""Letters of a stem, at least, and of an ending, at most."""
MOST_SLIPPERY: Final = 5
"""Letters of a word that one slip makes another of: "event" is not "even"."""

PLACES: Final = {
    word: place
    for place, row in enumerate(
        (
            "first 1st mbere premier premiere kwanza",
            "second 2nd deuxieme pili",
            "third 3rd troisieme",
            "fourth 4th quatrieme",
        )
    )
    for word in row.split()
}
COUNTED_PLACES: Final = {"kabiri": 1, "gatatu": 2, "kane": 3, "mbili": 1, "tatu": 2, "nne": 3}
"""Numbers that name a place after "iya", "icya", "ya": "iya kabiri" is the second."""
PLACE_MARKERS: Final = word_set("iya icya uwa ya cya nimero namba")
LAST: Final = word_set("last nyuma derniere dernier mwisho")
BESIDE_A_PLACE: Final = PLACE_MARKERS | word_set(
    "the la le number no numero option choice answer one fraction word sentence line "
    "bigger greater larger smaller less more higher lower heavier lighter longer shorter correct right"
)
KEY: Final = re.compile(
    r"(?:(?:press|key|option|number|no|answer|letter|choice|namba|nimero|numero|reponse|lettre|jibu|opt)\s+)?"
    r"([1-9]|[a-d]|bee|cee|dee)",
    re.ASCII,
)
LABELLED: Final = re.compile(r"^(?:option\s+)?\(?([1-4]|[a-d])(?:[).:]+\s*|\s+)(?=\S)", re.ASCII)
LETTER_NAMES: Final = {
    name: letter
    for name, _, letter in (
        each.partition("=")
        for each in word_set(
            "ay=a eh=a bee=b see=c sea=c cee=c dee=d ee=e ef=f eff=f gee=g jee=g aitch=h eye=i jay=j kay=k el=l ell=l "
            "em=m en=n oh=o pee=p queue=q cue=q ar=r are=r ess=s tea=t tee=t you=u vee=v ex=x why=y zed=z zee=z"
        )
    )
}
LETTERS: Final = {"bee": "b", "cee": "c", "dee": "d"}
WRAPPING: Final = frozenset(
    (
        *("um", "uh", "er", "hmm", "mm", "so", "well", "ok", "okay", "please", "pls", "sir", "madam", "teacher", "yes"),
        *("it", "is", "its", "was", "the", "answer", "my", "i", "think", "that", "thats", "say", "choose", "pick"),
        *("chose", "guess", "believe", "heard", "hear", "ni", "cest", "jibu", "igisubizo", "thank", "you", "thanks"),
        *("murakoze", "la", "le", "reponse", "est"),
    )
)
"""Around an answer, and no part of it."""
OPENING: Final = re.compile(
    r"^(?:(?:um|uh|er|so|well|ok|okay|yes|please|teacher) )*"
    r"(?:(?:the|my) answer is|answer is|it is|its|it was|i think it is|i think its|i think|i say|i choose|i heard"
    r"|i pick|that is|ni|cest|jibu ni|igisubizo ni) (?=\S)"
)
COURTESY: Final = re.compile(r"^(?:please|teacher|sir|madam) | (?:please|pls|teacher|sir|madam|thanks|murakoze)$")
POLAR: Final = ({"yes", "no"}, {"true", "false"})
FILLERS: Final = WRAPPING | frozenset(("a", "an", "in", "be", "one", "of", "number", "word"))
SMALL: Final = word_set("last next from to with her his him she he they them we at on by for and this their our your")
"""Words that tell no option from another."""
ALWAYS_SMALL: Final = word_set("a an the is it its was of in be my i that one you la le ni est")
CORRECTED: Final = re.compile(r"\b(?:no|sorry|wait|oops|i mean|actually|rather|oya|non|hapana|but)\b")
REFUSED: Final = re.compile(r"\bnot\s+(.+?)(?:\s*,\s*|\s+but\s+|$)")
OPEN: Final = re.compile(
    r"\b(?:or|and|both|neither|either|all|any|cyangwa|ou|au|not|isnt|nor|none|sometimes|half|partly|almost)\b"
)
ARTICLE: Final = re.compile(r"^(?:the|an?) (?=\w{3})")
SIGNS: Final = {
    ">": ("greater than", "greater", "bigger than", "bigger", "more than", "more", "larger than", "larger"),
    "<": ("less than", "less", "smaller than", "smaller", "fewer than", "fewer"),
    "=": ("equal", "equals", "equal to", "the same", "same", "they are equal", "is equal to"),
    "+": ("plus", "add", "addition"),
    "-": ("minus", "subtract", "take away"),
}
