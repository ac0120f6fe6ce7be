"""Yes or no, true or false, as the answer to a question about the world, with or without a reason after it."""

import re
from typing import Final

from bakame.text.commands import read_yes_no
from bakame.text.compare import normalise
from bakame.text.talk import is_aside
from bakame.text.wordlists import word_set

_TRUE: Final = frozenset(
    (
        *(
            "true",
            "t",
            "tru",
            "treu",
            "ture",
            "it is true",
            "that is true",
            "vrai",
            "cest vrai",
            "ni ukuri",
            "ukuri",
            "nukuri",
        ),
        *(
            "kweli",
            "ni kweli",
            "ndiyo kweli",
            "yes true",
            "i think so",
            "yes i think so",
            "it is correct",
            "its true",
            "that is so",
            "yes it is true",
        ),
        *("yess", "yeas", "yes it is", "yes she can", "yes he can", "yes it can", "yes they can", "yes it does"),
    )
)
_FALSE: Final = frozenset(
    (
        *("false", "f", "fals", "falce", "flase", "it is false", "its false", "faux", "cest faux", "si ukuri"),
        *("ikinyoma", "ni ikinyoma", "uongo", "ni uongo", "si kweli", "not true", "it is not true", "its not true"),
        *("that is not true", "thats not true", "it is a lie", "its a lie", "a lie", "it isnt true", "untrue"),
        *("no way", "not at all", "i dont think so", "i do not think so", "no i dont think so", "siyo"),
    )
)
_REPEATED: Final = re.compile(r"(.)\1+")
_SHORT: Final = {"yes": True, "yego": True, "no": False, "oya": False}
"""What remains of "yees" and "nooo"."""
_YES_FIRST: Final = word_set("yes yeah yep yup true yego oui ndiyo ndio vrai kweli nibyo")
_NO_FIRST: Final = word_set("no nope false oya non hapana faux sibyo")
_NO_FOLLOWS: Final = word_set(
    "idea ideas problem problems question questions clue one more matter wonder thanks body answer news way"
)
"""After "no" they make something else of it: "no idea"."""
_WRAPPING: Final = re.compile(
    r"^(?:(?:um|uh|er|eee|so|well|ok|okay|please|teacher|i think|i say|i guess|i believe|the answer is|my answer is"
    r"|answer is|it is|its|press|i choose|thats)\s+)+|(?:\s+(?:please|teacher|sir|madam|murakoze|thank you|thanks))+$"
)
_OPEN: Final = re.compile(r"\b(?:or|but|half|partly|sometimes|both|depends|maybe|cyangwa|ou|au)\b")
_NEGATED: Final = re.compile(r"\b(?:not|isnt|doesnt|dont|cannot|cant|wont|never|no|false|wrong)\b")
_AFFIRMED: Final = re.compile(r"\b(?:yes|true|right|correct|yego|oui|ndiyo)\b")
_DENIED: Final = re.compile(r"\b(?:not|isnt)\s+(?:so|true|right|correct)\b")
_CORRECTED: Final = re.compile(r"\b(?:sorry|wait|i mean|oops|actually|mbabarira|pardon|samahani)\b|,")
_INSTEAD: Final = re.compile(r"^not (true|false) (?:but )?(true|false)$|^(?:true|false),? no,? (true|false)$")


def read_polarity(text: str) -> bool | None:
    """Whether `text` says that it is so, or that it is not; None when it says neither, or both.

    Beside what `read_yes_no` knows, a reason may follow ("no, it has many factors") and a correction counts ("no,
    sorry, yes"). Not for consent, where a bare yes is wanted.
    """
    plain = normalise(text)
    if match := _INSTEAD.match(plain):
        return (match[2] or match[3]) == "true"
    whole = _whole(text)
    if whole is not None:
        return whole
    if is_aside(text):
        return None
    pieces = [piece for piece in _CORRECTED.split(text.casefold()) if normalise(piece)]
    last = _whole(pieces[-1]) if len(pieces) > 1 and len(pieces[-1].split()) <= 3 else None
    if last is not None and all(_whole(piece) is not None or _AFFIRMED.search(piece) for piece in pieces[:-1]):
        return last
    return _with_reason(_WRAPPING.sub("", plain))


def _whole(text: str) -> bool | None:
    plain = normalise(text)
    bare = _WRAPPING.sub("", plain)
    for said in (plain, bare):
        if said in _TRUE or said in _FALSE:
            return said in _TRUE
        answer = read_yes_no(said) if said else None
        if answer is not None:
            return answer
    if (short := _REPEATED.sub(r"\1", bare)) in _SHORT:
        return _SHORT[short]
    words = bare.split()
    if words and all(word in _TRUE for word in words):
        return True
    return None


def _with_reason(plain: str) -> bool | None:
    """ "Yes because it has two factors": the first word decides, when the rest does not go against it."""
    first, _, rest = plain.partition(" ")
    if not rest or _OPEN.search(rest) or rest.split()[0] in _NO_FOLLOWS:
        return None
    if first in _YES_FIRST:
        return None if _NEGATED.search(_before_reason(rest)) else True
    if first in _NO_FIRST:
        return None if _AFFIRMED.search(_DENIED.sub("", _before_reason(rest))) else False
    return None


def _before_reason(rest: str) -> str:
    return re.split(r"\b(?:because|since|as|kubera|parce|kwa sababu)\b", rest)[0]
