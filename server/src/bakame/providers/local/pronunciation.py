"""Pronunciations, in the ARPABET of the CMU dictionary, for words that it lacks: above all the names of learners. Pure.

Kinyarwanda is written as it is spoken, so its rules are exact as far as English sounds go; a name that is not
Kinyarwanda by its letters is read by rough English and French rules. Source: Ministerial Instructions no 001/2014 on
the orthography of Kinyarwanda.
"""

import re
from collections.abc import Sequence
from typing import Final

_FIXED: Final = {"nought": ("N AO T",), "okay": ("OW K EY",), "ok": ("OW K EY",)}

_KINYARWANDA: Final = (
    # Longest first: the first that fits is taken.
    ("nshy", "N SH"), ("njy", "N JH"), ("mpw", "M P W"), ("mbw", "M B W"), ("ndw", "N D W"), ("ngw", "N G W"),
    ("nkw", "N K W"), ("ntw", "N T W"), ("nzw", "N Z W"), ("shyw", "SH W"), ("shy", "SH"), ("shw", "SH W"),
    ("jyw", "JH W"), ("jy", "JH"), ("cyw", "CH W"), ("cy", "CH"), ("ny", "N Y"), ("pf", "P F"), ("ts", "T S"),
    ("sh", "SH"), ("ch", "CH"), ("ph", "F"), ("th", "T"), ("gi", "G IY"), ("ge", "G EH"), ("ng", "N G"),
    ("a", "AA"), ("e", "EH"), ("i", "IY"), ("o", "OW"), ("u", "UW"),
    ("b", "B"), ("c", "CH"), ("d", "D"), ("f", "F"), ("g", "G"), ("h", "HH"), ("j", "ZH"), ("k", "K"), ("l", "L"),
    ("m", "M"), ("n", "N"), ("p", "P"), ("r", "R"), ("s", "S"), ("t", "T"), ("v", "V"), ("w", "W"), ("y", "Y"),
    ("z", "Z"), ("q", "K"), ("x", "K S"),
)  # fmt: skip
_ENGLISH: Final = (
    ("tion", "SH AH N"), ("eau", "OW"), ("ough", "AO"), ("igh", "AY"), ("que", "K"), ("tch", "CH"), ("sch", "SH"),
    ("ai", "EY"), ("ay", "EY"), ("au", "OW"), ("ee", "IY"), ("ea", "IY"), ("ei", "EY"), ("ey", "IY"), ("ie", "IY"),
    ("oa", "OW"), ("oo", "UW"), ("ou", "UW"), ("ow", "OW"), ("oy", "OY"), ("ch", "CH"), ("ck", "K"), ("ph", "F"),
    ("qu", "K W"), ("sh", "SH"), ("th", "TH"), ("wh", "W"), ("gn", "N Y"), ("kn", "N"), ("wr", "R"), ("dg", "JH"),
    ("ce", "S EH"), ("ci", "S IY"), ("cy", "S IY"), ("ge", "JH EH"), ("gi", "JH IY"),
    ("a", "AE"), ("e", "EH"), ("i", "IH"), ("o", "AA"), ("u", "AH"),
    ("b", "B"), ("c", "K"), ("d", "D"), ("f", "F"), ("g", "G"), ("h", "HH"), ("j", "JH"), ("k", "K"), ("l", "L"),
    ("m", "M"), ("n", "N"), ("p", "P"), ("q", "K"), ("r", "R"), ("s", "S"), ("t", "T"), ("v", "V"), ("w", "W"),
    ("x", "K S"), ("y", "IY"), ("z", "Z"),
)  # fmt: skip
_VOWELS: Final = "aeiou"
_SYLLABLE: Final = re.compile(
    r"(?:(?:m|n)?(?:b|c|d|f|g|h|j|k|m|n|p|r|s|t|v|w|y|z|pf|ts|sh|ny|jy|cy|shy|njy|by|py|my|ry|ty|ky|gy|vy)?w?[aeiou])+"
)


def is_kinyarwanda(word: str) -> bool:
    """Whether `word` could be Kinyarwanda by its letters: open syllables only, no x, q or l."""
    return _SYLLABLE.fullmatch(word) is not None


def pronunciations(word: str) -> Sequence[str]:
    """How `word` (lower case letters and apostrophes) may be said, as ARPABET phones, likeliest first, at least one.

    A Kinyarwanda name has two: r is a tap that English ears, and an English acoustic model, take for r or for l.
    """
    if word in _FIXED:
        return _FIXED[word]
    if is_kinyarwanda(word):
        phones = _by_rules(word, _KINYARWANDA)
        return tuple(dict.fromkeys((phones, re.sub(r"\bR\b", "L", phones))))
    single = re.sub(r"([^eo])\1", r"\1", word)
    english = _by_rules(_without_silent_e(single), _ENGLISH)
    return tuple(phones for phones in dict.fromkeys((english, _by_rules(single, _KINYARWANDA))) if phones) or ("AH",)


def _without_silent_e(word: str) -> str:
    if not re.search(f"[{_VOWELS}].*[^{_VOWELS}]e$", word):
        return word
    soft = {"c": "s", "g": "j"}.get(word[-2], word[-2])
    return word[:-2] + soft


def _by_rules(word: str, rules: Sequence[tuple[str, str]]) -> str:
    phones: list[str] = []
    at = 0
    while at < len(word):
        for letters, said in rules:
            if word.startswith(letters, at):
                phones.append(said)
                at += len(letters)
                break
        else:
            at += 1
    return " ".join(phones)
